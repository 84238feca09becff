"""Answers as they are typed into a form."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.draft import Draft
from modeltui.ui.wizards.form import Form


def typed(form: Form, draft: Draft, answers: Mapping[str, str]) -> Draft:
    """One after the other, with what each proposes for those that nobody has typed. In a key "__" stands for a dot."""
    for key, value in answers.items():
        name = key.replace("__", ".")
        step = next(step for step in form.steps if name in {field.key for field in step.fields})
        draft = drafts.proposed(form, draft.with_answer(step.key, name, value), before=draft)
    return draft
