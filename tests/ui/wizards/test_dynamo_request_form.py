"""The questions about a request for a goal: any answers go to the form and come back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeltui.catalog.merged import shipped
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.dynamo.answers import RequestAnswers
from modeltui.systems.dynamo.checks.requests import GPU_SKUS
from modeltui.ui.wizards import draft as drafts
from modeltui.ui.wizards.deploy import dynamo_request_form, model_step
from modeltui.ui.wizards.deploy.form import Deploying

DEPLOYING = Deploying(systems=(dynamo_request_form.FORM,), catalogs=shipped())
FORM = DEPLOYING.form()
GOALS = st.none() | st.floats(0.001, 1e6) | st.integers(1, 1000).map(float)
REQUESTS = st.builds(
    RequestAnswers,
    name=st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True),
    namespace=st.just("team"),
    model=st.just("Qwen/Qwen3-0.6B"),
    engine=st.sampled_from(["auto", "vllm", "sglang", "trtllm"]),
    image=st.sampled_from(["", "corp/planner:1"]),
    gpu_sku=st.sampled_from(["", *GPU_SKUS]),
    gpus_per_node=st.none() | st.integers(1, 64),
    total_gpus=st.none() | st.integers(1, 900),
    input_tokens=st.none() | st.integers(1, 9000),
    output_tokens=st.none() | st.integers(1, 9000),
    ttft=GOALS,
    itl=GOALS,
    search=st.sampled_from(["rapid", "thorough"]),
    apply=st.booleans(),
    cache_claim=st.sampled_from(["", "cache"]),
)


@settings(deadline=None)
@given(answers=REQUESTS)
def test_any_request_goes_to_the_form_and_comes_back(answers: RequestAnswers) -> None:
    draft = DEPLOYING.draft("dynamo-request", answers)
    assert drafts.problems(FORM, draft) == ()
    assert DEPLOYING.answers(draft) == answers


def test_only_what_it_needs_is_asked() -> None:
    draft = drafts.blank(FORM)
    assert [step.key for step in draft.asked(FORM)] == ["model", "system", "basics", "dynamo-request"]


@pytest.mark.parametrize("origin", [model_step.CLAIM, model_step.AIM])
def test_a_model_from_elsewhere_is_refused_at_the_system(origin: str) -> None:
    draft = drafts.blank(FORM).with_answer("model", "origin", origin)
    told = next(one.sentence for one in drafts.problems(FORM, draft) if one.step == "system")
    assert told.startswith("NVIDIA Dynamo, for a goal of latency cannot take it: ")


def test_a_model_of_no_hub_is_not_shown_as_a_form() -> None:
    with pytest.raises(AnswersError, match="no repository of the Hub"):
        DEPLOYING.draft("dynamo-request", RequestAnswers(name="a", model="/models/x"))


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("spec.model", ("model", "model")),
        ("spec.modelCache.pvcName", ("dynamo-request", "cache")),
        ("spec.hardware", ("dynamo-request", "sku")),
        ("spec.hardware.numGpusPerNode", ("dynamo-request", "per_node")),
        ("spec.sla.itl", ("dynamo-request", "itl")),
        ("spec.workload.isl", ("dynamo-request", "input")),
    ],
)
def test_where_a_complaint_stands(path: str, key: tuple[str, str]) -> None:
    found = DEPLOYING.spot(drafts.blank(FORM), path)
    assert found is not None
    assert (found[0], found[2].rpartition(".")[2]) == key


def test_a_spot_is_a_field_of_the_form() -> None:
    keys = {field.key for field in FORM.step("dynamo-request").fields}
    spots = [DEPLOYING.spot(drafts.blank(FORM), path) for path in dynamo_request_form._SPOTS]
    assert {spot[2] for spot in spots if spot} <= keys
