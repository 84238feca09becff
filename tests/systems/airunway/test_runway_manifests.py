"""Answers to ModelDeployments and back: fit for the API server, and nothing that no answer speaks of is touched."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems.airunway import runway_samples as made
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.airunway import deployable, manifests
from modeltui.systems.airunway.answers import DeploymentAnswers, VolumeAnswers
from modeltui.systems.airunway.checks import check_deployment
from modeltui.systems.airunway.reading import read
from modeltui.systems.airunway.types import ModelDeployment
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.answers import EnvAnswers, PlacementAnswers

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
VOLUMES = st.sampled_from(
    [
        (),
        (VolumeAnswers(name="cache", size="10Gi", storage_class_name="fast"),),
        (VolumeAnswers(name="cache", claim="there"), VolumeAnswers(name="own", purpose="custom", claim="c", path="/own", read_only=True)),
    ]
)
ANSWERS = st.builds(
    DeploymentAnswers,
    name=NAMES,
    namespace=st.just("team"),
    model=st.just("Qwen/Qwen3-0.6B"),
    image=st.sampled_from(["", "corp/own:1"]),
    provider=st.sampled_from(["", "dynamo", "kaito"]),
    engine=st.sampled_from(["", "vllm", "sglang"]),
    mode=st.sampled_from(["aggregated", "disaggregated"]),
    replicas=st.integers(0, 32),
    gpus=st.integers(0, 8),
    prefill_replicas=st.integers(0, 3),
    prefill_gpus=st.integers(1, 8),
    decode_replicas=st.integers(0, 3),
    decode_gpus=st.integers(1, 8),
    memory=st.sampled_from(["", "24Gi"]),
    served_name=st.sampled_from(["", "chat"]),
    context_length=st.none() | st.integers(1, 9000),
    prefix_caching=st.booleans(),
    eager=st.booleans(),
    trust_remote_code=st.booleans(),
    extra_args=st.sampled_from([(), ("--a", "b")]),
    token_secret=st.sampled_from(["", "hf-token-secret"]),
    gateway=st.sampled_from([None, True, False]),
    gateway_model=st.sampled_from(["", "g"]),
    volumes=VOLUMES,
    env=st.sampled_from([(), (EnvAnswers(name="A", value="b"),)]),
    placement=st.builds(PlacementAnswers, node_selector=st.dictionaries(NAMES, NAMES, max_size=1)),
)
MANY = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(answers=ANSWERS)
def test_any_deployment_is_fit_and_comes_back(answers: DeploymentAnswers) -> None:
    manifest = manifests.deployment(answers)
    assert unfit(manifest) == []
    assert not [one for one in check_deployment(manifest, FactTable()) if one.severity is Severity.ERROR]
    assert manifests.deployment(manifests.answers_of(manifest)) == manifest
    seen = read(msgspec.convert(manifest, ModelDeployment), FactTable())
    assert seen.models == (answers.model,)
    halves = answers.mode == "disaggregated"
    parts = answers.prefill_replicas * answers.prefill_gpus + answers.decode_replicas * answers.decode_gpus
    assert seen.gpus == (parts if halves else answers.replicas * answers.gpus)


@MANY
@given(before=ANSWERS, after=ANSWERS)
def test_what_no_answer_speaks_of_stays(before: DeploymentAnswers, after: DeploymentAnswers) -> None:
    after = msgspec.structs.replace(after, name=before.name)
    live: dict[str, Any] = manifests.deployment(before)
    live["metadata"]["labels"] = {"team": "nlp"}
    live["spec"]["podTemplate"] = {"metadata": {"labels": {"a": "b"}}}
    live["spec"]["provider"] = {**live["spec"].get("provider", {}), "overrides": {"spec": {"x": 1}}}
    wanted = manifests.deployment(after, live=live)
    assert wanted["metadata"]["labels"] == {"team": "nlp"}
    assert wanted["spec"]["podTemplate"] == {"metadata": {"labels": {"a": "b"}}}
    if after.provider:
        assert wanted["spec"]["provider"] == {"name": after.provider, "overrides": {"spec": {"x": 1}}}
    assert wanted["spec"]["scaling"] == manifests.deployment(after)["spec"]["scaling"]


def test_an_image_that_brings_its_model() -> None:
    spec = manifests.deployment(DeploymentAnswers(name="q", image="ghcr.io/x/aikit:1b", engine="", gpus=0))["spec"]
    assert spec["model"] == {"source": "custom"}
    assert (spec["engine"], spec["resources"]) == ({"image": "ghcr.io/x/aikit:1b"}, {"gpu": {"count": 0}})


def test_halves_that_ask_for_different_memory_are_not_shown_as_a_form() -> None:
    live = made.disaggregated()
    live["spec"]["scaling"]["prefill"]["memory"] = "1Gi"
    with pytest.raises(AnswersError, match="different memory"):
        manifests.answers_of(live)


@given(model=st.text(max_size=60))
def test_a_proposed_name_is_a_good_one(model: str) -> None:
    assert deployable.name_problem(deployable.propose(model)) == ""


def test_a_name_for_grove() -> None:
    assert deployable.name_problem("a" * 22)
    assert deployable.propose("org/" + "a" * 40) == "a" * 21
