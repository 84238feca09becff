"""The questions about Workspaces and InferenceSets: any answers go to the form and come back; complaints stand beside their fields."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from tests.systems.kaito.test_kaito_manifests import SETS, WORKSPACES

from modeltui.catalog.merged import shipped
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.kaito.answers import AdapterAnswers, ServingAnswers, SetAnswers, WorkspaceAnswers
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import kaito_form
from modeltui.ui.wizards.deploy.form import Deploying
from modeltui.ui.wizards.draft import Draft

DEPLOYING = Deploying(systems=(kaito_form.WORKSPACE_FORM, kaito_form.SET_FORM), catalogs=shipped())
FORM = DEPLOYING.form()


def sound(answers: Any) -> Any:
    """As the form has it: labels of nodes where none is made, and a preset of which the repository is known."""
    nodes = answers.nodes or ({} if answers.instance_type else {"pool": "a"})
    return msgspec.structs.replace(answers, nodes=nodes, model="phi-4" if answers.model == "of-tomorrow" else answers.model)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(one=WORKSPACES.map(sound), many=SETS.map(sound))
def test_any_answers_go_to_the_form_and_come_back(one: WorkspaceAnswers, many: SetAnswers) -> None:
    for word, answers in (("kaito", one), ("kaito-set", many)):
        draft = DEPLOYING.draft(word, answers)
        assert drafts.problems(FORM, draft) == ()
        assert DEPLOYING.answers(draft) == answers


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (WorkspaceAnswers(model="of-tomorrow"), "it is not known which model of the Hub it is"),
        (WorkspaceAnswers(model="phi-4", instance_type="x", gpus=1), "nodes to be made, and for a part"),
    ],
)
def test_what_the_form_cannot_show(answers: ServingAnswers, says: str) -> None:
    with pytest.raises(AnswersError, match=says):
        DEPLOYING.draft("kaito", answers)


def begun(**answers: str) -> Draft:
    draft = drafts.blank(FORM)
    before = draft
    for key, value in {"system": "kaito", **answers}.items():
        step = next(step.key for step in FORM.steps if any(field.key == key for field in step.fields))
        draft = draft.with_answer(step, key, value)
        draft, before = drafts.proposed(FORM, draft, before=before), draft
    return draft


def test_what_is_proposed_for_a_model() -> None:
    draft = begun(model="microsoft/phi-4")
    assert (draft.answer("kaito", "kaito.preset"), draft.answer("basics", "name")) == ("phi-4", "phi-4")
    assert draft.answer("serving", "token_secret") == ""
    gated = begun(model="meta-llama/Llama-3.2-1B-Instruct")
    assert gated.answer("kaito", "kaito.preset") == "meta-llama/Llama-3.2-1B-Instruct"
    assert gated.answer("serving", "token_secret") == "hf-token-secret"


def test_nodes_that_are_there_have_to_be_found() -> None:
    draft = begun(model="microsoft/phi-4", namespace="team")
    assert [(one.field, one.sentence.split(",")[0]) for one in drafts.problems(FORM, draft)] == [
        ("kaito.nodes", "Say by which labels the nodes are found")
    ]
    assert drafts.problems(FORM, draft.with_answer("kaito", "kaito.nodes", "pool=a")) == ()
    made = draft.with_answer("kaito", "kaito.place", kaito_form.MADE)
    assert [one.field for one in drafts.problems(FORM, made)] == ["kaito.instance_type"]


@pytest.mark.parametrize(
    ("key", "text", "wrong"),
    [
        ("kaito.preset", "a/b/c", "A preset of KAITO"),
        ("kaito.mig", "half", "as NVIDIA does"),
        ("kaito.instance_type", "two words", "One word"),
        ("kaito.adapter.strength", "1.5", "from 0 to 1"),
        ("kaito.adapter.pull_secrets", "a B_", "lower-case"),
        ("kaito.preset", "phi-4", ""),
        ("kaito.mig", "1g.10gb+me", ""),
        ("kaito.adapter.pull_secrets", "a b", ""),
    ],
)
def test_each_answer_is_judged(key: str, text: str, wrong: str) -> None:
    field = next(field for step in FORM.steps for field in step.fields if field.key == key)
    told = field.problem(text)
    assert wrong in told
    assert bool(told) == bool(wrong)


@pytest.mark.parametrize(
    ("word", "path", "spot"),
    [
        ("kaito", "resource.labelSelector.matchLabels", ("kaito", 0, "kaito.nodes")),
        ("kaito", "resource.instanceType", ("kaito", 0, "kaito.place")),
        ("kaito", "resource.partition.count", ("kaito", 0, "kaito.gpus")),
        ("kaito", "inference.preset.name", ("kaito", 0, "kaito.preset")),
        ("kaito", "inference.preset.presetOptions.modelAccessSecret", ("serving", 0, "token_secret")),
        ("kaito", "inference.adapters[1].source.image", ("kaito.adapters", 1, "kaito.adapter.image")),
        ("kaito", "inference.adapters[0].strength", ("kaito.adapters", 0, "kaito.adapter.strength")),
        ("kaito", "metadata.annotations", ("kaito", 0, "kaito.runtime")),
        ("kaito", "metadata.name", ("basics", 0, "name")),
        ("kaito", "tuning", None),
        ("kaito-set", "spec.replicas", ("kaito-set", 0, "kaito-set.replicas")),
        ("kaito-set", "spec.nodeCountLimit", ("kaito-set", 0, "kaito-set.node_limit")),
        ("kaito-set", "spec.template.resource.partition.profile", ("kaito-set", 0, "kaito-set.mig")),
        ("kaito-set", "spec.template.inference.config", ("kaito-set", 0, "kaito-set.config")),
        ("kaito-set", "spec.labelSelector", ("kaito-set", 0, "kaito-set.nodes")),
    ],
)
def test_a_complaint_stands_beside_its_field(word: str, path: str, spot: Any) -> None:
    kind = SetAnswers if word == "kaito-set" else WorkspaceAnswers
    adapters = tuple(AdapterAnswers(name=name, image="r/i:1") for name in ("a", "b"))
    draft = DEPLOYING.draft(word, kind(name="phi", namespace="team", model="phi-4", nodes={"pool": "a"}, adapters=adapters))
    assert DEPLOYING.spot(draft, path) == spot
    if spot is not None:
        step, group, key = spot
        assert key in draft.group(step, group)
