"""The questions about a graph: any answers go to the form and come back, and the form proposes what works."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from tests.systems.dynamo.test_graph_manifests import GRAPHS

from modeltui.catalog.merged import shipped
from modeltui.systems.dynamo.answers import GraphAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import dynamo_form
from modeltui.ui.wizards.deploy.form import Deploying

DEPLOYING = Deploying(systems=(dynamo_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()


@settings(deadline=None)
@given(answers=GRAPHS)
def test_any_answers_go_to_the_form_and_come_back(answers: GraphAnswers) -> None:
    answers = msgspec.structs.replace(answers, name=f"q{answers.name}"[:20])
    draft = DEPLOYING.draft("dynamo", answers)
    assert drafts.problems(FORM, draft) == ()
    assert DEPLOYING.answers(draft) == answers
