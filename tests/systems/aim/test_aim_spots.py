"""What the form that deploys makes of AIM Engine's traps: it does not let people make them, or the finding stands beside the question
that answers for it."""

from __future__ import annotations

import pytest
from tests.systems.aim.aim_traps import TRAPS
from tests.systems.aim.aiming import Trap

from modeltui.catalog.merged import Catalogs
from modeltui.systems.aim.manifests import answers_of
from modeltui.systems.answer_file import AnswersError
from modeltui.ui.wizards.deploy.aim_form import FORM
from modeltui.ui.wizards.deploy.form import Deploying

NO_QUESTION = ("metadata.annotations", "spec.cacheModel", "spec.templateName")
"""What only YAML can say, or what was there before: the review tells it."""


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap.has["kind"] == "AIMService"], ids=lambda trap: trap.name)
def test_a_finding_stands_beside_a_question_that_is_there(trap: Trap) -> None:
    deploying = Deploying(systems=(FORM,), catalogs=Catalogs())
    try:
        draft = deploying.draft(FORM.of.word, answers_of(trap.has))
    except AnswersError:
        return  # there is no way to answer so
    spot = deploying.spot(draft, trap.field)
    if trap.field.startswith(NO_QUESTION):
        assert spot is None
        return
    assert spot is not None
    step, place, key = spot
    asked = next(one for one in deploying.form().steps if one.key == step)
    assert key in {field.key for field in asked.fields}
    assert place == 0
