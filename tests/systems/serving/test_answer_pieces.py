"""Pieces of answers to pieces of manifests and back: nothing is lost on the way, and what would be lost is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems import answer_file
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.serving import pieces
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers, PlacementAnswers, ResourceAnswers, TolerationAnswers

WORDS = st.text("abcxyz-0", min_size=1, max_size=6)
KEYS = st.builds(KeyAnswers, name=WORDS, key=WORDS)
ENV = st.one_of(
    st.builds(EnvAnswers, name=WORDS, value=st.text(max_size=5)),
    st.builds(EnvAnswers, name=WORDS, secret=KEYS),
    st.builds(EnvAnswers, name=WORDS, config_map=KEYS),
)
TOLERATIONS = st.builds(
    TolerationAnswers,
    key=WORDS,
    operator=st.sampled_from(["Equal", "Exists"]),
    value=st.just("") | WORDS,
    effect=st.sampled_from(["", "NoSchedule", "PreferNoSchedule", "NoExecute"]),
    toleration_seconds=st.none() | st.integers(0, 600),
)
PLACEMENTS = st.builds(
    PlacementAnswers,
    node_selector=st.dictionaries(WORDS, WORDS, max_size=2),
    tolerations=st.lists(TOLERATIONS, max_size=2).map(tuple),
)
AMOUNTS = st.sampled_from(["", "1", "500m", "16Gi"])
RESOURCES = st.builds(
    ResourceAnswers,
    gpus=st.none() | st.integers(0, 16),
    gpu_resource=st.sampled_from(["nvidia.com/gpu", "amd.com/gpu", "nvidia.com/mig-1g.10gb"]),
    cpu=AMOUNTS,
    memory=AMOUNTS,
    cpu_limit=AMOUNTS,
    memory_limit=AMOUNTS,
)


def shown(answers: ResourceAnswers) -> ResourceAnswers:
    """Which resource none is asked of, a manifest cannot say."""
    return answers if answers.gpus is not None else ResourceAnswers(**{**_fields(answers), "gpu_resource": "nvidia.com/gpu"})


def _fields(answers: ResourceAnswers) -> dict[str, Any]:
    return {name: getattr(answers, name) for name in ResourceAnswers.__struct_fields__}


@given(st.lists(ENV, max_size=3).map(tuple))
def test_an_environment_comes_back(answers: tuple[EnvAnswers, ...]) -> None:
    assert pieces.env_of(pieces.env(answers)) == answers


@given(PLACEMENTS)
def test_a_placement_comes_back(answers: PlacementAnswers) -> None:
    holder: dict[str, Any] = {"containers": []}
    pieces.lay_placement(holder, answers, PlacementAnswers())
    assert pieces.placement_of(holder) == answers
    assert holder["containers"] == []
    pieces.lay_placement(holder, PlacementAnswers(), answers)
    assert holder == {"containers": []}


@given(RESOURCES)
def test_resources_come_back_and_gpus_are_asked_for_as_kubernetes_wants_them(answers: ResourceAnswers) -> None:
    entry = pieces.resources(answers)
    assert pieces.resources_of(entry) == shown(answers)
    if answers.gpus is not None:
        assert entry["limits"][answers.gpu_resource] == entry["requests"][answers.gpu_resource] == str(answers.gpus)


@given(RESOURCES, RESOURCES)
def test_an_edit_of_resources_leaves_what_no_answer_speaks_of(before: ResourceAnswers, after: ResourceAnswers) -> None:
    live = pieces.resources(before)
    live.setdefault("requests", {})["ephemeral-storage"] = "10Gi"
    live.setdefault("limits", {})["rdma/ib"] = 1
    desired = copy.deepcopy(live)
    pieces.lay_resources(desired, after, pieces.resources_of(live))
    assert desired["requests"]["ephemeral-storage"] == "10Gi"
    assert desired["limits"]["rdma/ib"] == 1
    assert pieces.resources_of(desired) == shown(after)


@given(RESOURCES)
def test_the_same_answers_change_nothing(answers: ResourceAnswers) -> None:
    spelled = {"limits": {"nvidia.com/gpu": 2, "memory": 68719476736}, "claims": [{"name": "c"}]}
    desired = copy.deepcopy(spelled)
    pieces.lay_resources(desired, pieces.resources_of(spelled), pieces.resources_of(spelled))
    assert desired == spelled


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}},
        {"name": "NUMBER", "value": 3},
        {"value": "x"},
        "no mapping",
    ],
)
def test_a_variable_that_the_form_cannot_say_again_is_refused(entry: Any) -> None:
    with pytest.raises(AnswersError, match=r"edit it as YAML: env"):
        pieces.env_of([{"name": "A", "value": "1"}, entry])


@pytest.mark.parametrize("entry", [{"operator": "Near"}, {"key": "a", "newer": 1}, {"effect": "Sometimes"}, 3])
def test_a_toleration_that_the_form_cannot_say_again_is_refused(entry: Any) -> None:
    with pytest.raises(AnswersError, match="tolerations"):
        pieces.placement_of({"tolerations": [entry]})


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"limits": {"nvidia.com/gpu": 1, "amd.com/gpu": 1}}, "several kinds"),
        ({"limits": {"nvidia.com/gpu": 2}, "requests": {"nvidia.com/gpu": 1}}, "one whole number"),
        ({"limits": {"nvidia.com/gpu": "half"}}, "one whole number"),
    ],
)
def test_gpus_that_the_form_cannot_say_again_are_refused(entry: Any, why: str) -> None:
    with pytest.raises(AnswersError, match=why):
        pieces.resources_of(entry)


@given(st.lists(ENV, max_size=3).map(tuple), PLACEMENTS, RESOURCES)
def test_answers_are_written_and_read_as_a_file(env: tuple[EnvAnswers, ...], placement: PlacementAnswers, amounts: ResourceAnswers) -> None:
    for answers in (*env, placement, amounts):
        assert answer_file.read(answer_file.write(answers), type(answers)) == answers
