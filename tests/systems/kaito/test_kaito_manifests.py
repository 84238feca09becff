"""Answers to manifests of a Workspace and of an InferenceSet and back."""

from __future__ import annotations

import copy
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.systems.kserve.kserving import samples
from tests.upstream import unfit

from modeltui.domain import Severity
from modeltui.systems.answer_file import AnswersError
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito import names, presets
from modeltui.systems.kaito.answers import AdapterAnswers, SetAnswers, WorkspaceAnswers
from modeltui.systems.kaito.checks import check_set, check_workspace
from modeltui.systems.kaito.manifests import inference_set, set_answers, workspace, workspace_answers


def errors(manifest: dict[str, Any]) -> list[str]:
    check = check_set if manifest["kind"] == "InferenceSet" else check_workspace
    return [one.reason for one in check(manifest, FactTable()) if one.severity is Severity.ERROR]


# ---- what is written ------------------------------------------------------------------------------------------------


def test_the_smallest_workspace() -> None:
    answers = WorkspaceAnswers(name="phi", namespace="team", model="phi-4", instance_type="Standard_NC24ads_A100_v4")
    assert workspace(answers) == yaml.safe_load("""
        apiVersion: kaito.sh/v1beta1
        kind: Workspace
        metadata: {name: phi, namespace: team}
        resource:
          instanceType: Standard_NC24ads_A100_v4
          labelSelector: {matchLabels: {apps: phi}}
        inference: {preset: {name: phi-4}}
    """)


def test_a_workspace_with_everything() -> None:
    answers = WorkspaceAnswers(
        name="llama",
        namespace="team",
        model="llama-3.1-8b-instruct",
        runtime="transformers",
        config="params",
        token_secret="hf-token",
        adapters=(
            AdapterAnswers(name="sql", image="registry.example/sql:1", strength="0.5", pull_secrets=("regcred",)),
            AdapterAnswers(name="chat", image="registry.example/chat:1"),
        ),
        nodes={"pool": "h100"},
        gpus=2,
    )
    manifest = workspace(answers)
    assert manifest == yaml.safe_load("""
        apiVersion: kaito.sh/v1beta1
        kind: Workspace
        metadata: {name: llama, namespace: team, annotations: {kaito.sh/runtime: transformers}}
        resource:
          labelSelector: {matchLabels: {pool: h100}}
          partition: {mode: accelerator, count: 2}
        inference:
          preset: {name: llama-3.1-8b-instruct, presetOptions: {modelAccessSecret: hf-token}}
          adapters:
          - source: {name: sql, image: "registry.example/sql:1", imagePullSecrets: [regcred]}
            strength: "0.5"
          - source: {name: chat, image: "registry.example/chat:1"}
          config: params
    """)
    assert errors(manifest) == []


def test_a_set_with_everything() -> None:
    answers = SetAnswers(
        name="qwen",
        namespace="team",
        model="Qwen/Qwen3-0.6B",
        runtime="vllm",
        config="params",
        nodes={"pool": "h100"},
        mig_profile="3g.40gb",
        replicas=3,
        node_limit=5,
    )
    manifest = inference_set(answers)
    assert manifest == yaml.safe_load("""
        apiVersion: kaito.sh/v1beta1
        kind: InferenceSet
        metadata: {name: qwen, namespace: team, annotations: {kaito.sh/runtime: vllm}}
        spec:
          replicas: 3
          nodeCountLimit: 5
          labelSelector: {matchLabels: {pool: h100}}
          template:
            metadata: {annotations: {kaito.sh/runtime: vllm}}
            resource: {partition: {mode: mig, profile: 3g.40gb}}
            inference: {preset: {name: Qwen/Qwen3-0.6B}, config: params}
    """)
    assert errors(manifest) == []


# ---- any answers ----------------------------------------------------------------------------------------------------

NAME = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
ADAPTER = st.builds(
    AdapterAnswers,
    name=NAME,
    image=st.sampled_from(["registry.example/sql:1", "a/b@sha256:" + "0" * 64]),
    strength=st.sampled_from(["", "0", "0.25", "1.0"]),
    pull_secrets=st.lists(NAME, max_size=2, unique=True).map(tuple),
)
PLACE = (
    st.builds(lambda kind: {"instance_type": kind}, st.sampled_from(["", "Standard_NC24ads_A100_v4", "p4d.24xlarge"]))
    | st.builds(lambda number: {"gpus": number}, st.integers(1, 8))
    | st.just({"mig_profile": "1g.10gb"})
)
COMMON = st.fixed_dictionaries(
    {
        "name": NAME,
        "namespace": NAME,
        "model": st.sampled_from(["phi-4", "Qwen/Qwen3-0.6B", "microsoft/Phi-4-mini-instruct", "of-tomorrow"]),
        "runtime": st.sampled_from(["", "vllm", "transformers"]),
        "config": st.just("") | NAME,
        "token_secret": st.just("") | NAME,
        "adapters": st.lists(ADAPTER, max_size=3, unique_by=lambda one: one.name).map(tuple),
        "nodes": st.dictionaries(st.sampled_from(["apps", "pool", "nvidia.com/gpu.product"]), st.sampled_from(["a", "NVIDIA-H100"])),
    }
)
WORKSPACES = st.builds(lambda common, place: WorkspaceAnswers(**common, **place), COMMON, PLACE)
SETS = st.builds(
    lambda common, place, replicas, limit: SetAnswers(**common, **place, replicas=replicas, node_limit=limit),
    COMMON,
    PLACE,
    st.integers(0, 9),
    st.none() | st.integers(9, 20),
)
BRIEF = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@BRIEF
@given(one=WORKSPACES, many=SETS)
def test_a_manifest_of_any_sound_answers_is_fit_for_the_api_server(one: WorkspaceAnswers, many: SetAnswers) -> None:
    for manifest in (workspace(one), inference_set(many)):
        assert unfit(manifest) == []
        assert errors(manifest) == []


@BRIEF
@given(one=WORKSPACES, many=SETS)
def test_what_was_written_is_read_back(one: WorkspaceAnswers, many: SetAnswers) -> None:
    first, second = workspace(one), inference_set(many)
    assert workspace_answers(first) == msgspec.structs.replace(one, nodes=one.nodes or {"apps": one.name})
    assert set_answers(second) == msgspec.structs.replace(many, nodes=many.nodes or {"apps": many.name})
    assert workspace(workspace_answers(first), live=first) == first
    assert inference_set(set_answers(second), live=second) == second


@BRIEF
@given(was=WORKSPACES, now=WORKSPACES, sets=st.tuples(SETS, SETS))
def test_an_edit_over_a_live_object_comes_to_the_same(
    was: WorkspaceAnswers, now: WorkspaceAnswers, sets: tuple[SetAnswers, SetAnswers]
) -> None:
    edited, fresh = workspace(now, live=workspace(was)), workspace(now)
    assert workspace_answers(edited) == workspace_answers(fresh)
    assert wanted(edited) == wanted(fresh)
    before, after = sets
    assert set_answers(inference_set(after, live=inference_set(before))) == set_answers(inference_set(after))


def wanted(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the whole comes to; an annotation that goes leaves an empty mapping behind."""
    return {key: manifest[key] for key in ("apiVersion", "kind", "resource", "inference")}


# ---- real objects ---------------------------------------------------------------------------------------------------


def test_every_real_one_can_be_shown_and_is_left_as_it_is() -> None:
    shown = 0
    for kind, back, make in (("Workspace", workspace_answers, workspace), ("InferenceSet", set_answers, inference_set)):
        for document in samples("kaito", kind).values():
            kept = {**copy.deepcopy(document), "apiVersion": "kaito.sh/v1beta1"}
            assert make(back(document), live=document) == kept  # type: ignore[operator, arg-type]  # each with its own kind
            shown += 1
    assert shown == 4


LIVE: dict[str, Any] = {
    "apiVersion": "kaito.sh/v1beta1",
    "kind": "Workspace",
    "metadata": {"name": "phi", "namespace": "team", "uid": "1", "resourceVersion": "7", "labels": {"team": "nlp"}},
    "resource": {"count": 2, "instanceType": "x", "labelSelector": {"matchLabels": {"apps": "phi"}}, "preferredNodes": ["a"]},
    "inference": {"preset": {"name": "phi-4", "accessMode": "public", "presetOptions": {"image": "r/i:1"}}, "config": "old"},
    "status": {"state": "Ready"},
}


def test_what_no_answer_speaks_of_stays() -> None:
    before = workspace_answers(LIVE)
    after = workspace(msgspec.structs.replace(before, config="new", token_secret="hf"), live=LIVE)
    assert after["resource"] == LIVE["resource"]
    preset = {"name": "phi-4", "accessMode": "public", "presetOptions": {"image": "r/i:1", "modelAccessSecret": "hf"}}
    assert after["inference"] == {"preset": preset, "config": "new"}
    assert after["metadata"] == {"name": "phi", "namespace": "team", "labels": {"team": "nlp"}}
    assert "status" not in after


POD = {"spec": {"containers": [{"name": "a", "image": "i"}]}}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"tuning": {"preset": {"name": "x"}}}, "a tuning job"),
        ({"inference": {"template": POD}}, "inference is not a preset, but pods of its own"),
        ({"inference": {}}, "inference is not a preset"),
        ({"resource": {"labelSelector": {"matchExpressions": [{"key": "a", "operator": "Exists"}]}}}, "has matchExpressions"),
        ({"resource": {"partition": {"mode": "mig"}}}, "resource.partition is not one that it knows"),
        ({"resource": {"partition": {"mode": "mig", "profile": "1g.10gb", "count": 1}}}, "resource.partition"),
        (
            {"inference": {"preset": {"name": "x"}, "adapters": [{"source": {"name": "a", "volumeSource": {}}}]}},
            r"inference.adapters\[0\] does not come from an image",
        ),
        ({"inference": {"preset": {"name": "x"}, "config": 5}}, "edit it as YAML: Expected `str`"),
        ({"inference": ["x"]}, "inference is not a mapping"),
        ({"metadata": {"name": "a", "annotations": {"kaito.sh/runtime": "tgi"}}}, "Invalid enum value 'tgi'"),
    ],
)
def test_what_the_form_cannot_show(change: dict[str, Any], says: str) -> None:
    with pytest.raises(AnswersError, match=says):
        workspace_answers({**LIVE, **change})


def test_a_set_whose_runtimes_differ_cannot_be_shown() -> None:
    live = inference_set(SetAnswers(name="a", namespace="b", model="phi-4", runtime="vllm"))
    live["metadata"]["annotations"]["kaito.sh/runtime"] = "transformers"
    with pytest.raises(AnswersError, match="another runtime"):
        set_answers(live)


# ---- names ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("microsoft/Phi-4-mini-instruct", "phi-4-mini-instruct"),
        ("qwen2.5-coder-7b-instruct", "qwen2-5-coder-7b-instruct"),
        ("01-ai/01-Yi", "model-01-yi"),
        ("", "model"),
        ("x" * 80, "x" * 54),
    ],
)
def test_names_are_proposed(model: str, name: str) -> None:
    assert names.propose(model) == name


@given(model=st.text())
def test_a_proposed_name_is_always_good(model: str) -> None:
    assert names.name_problem(names.propose(model)) == ""
    assert names.set_name_problem(names.propose_set(model)) == ""


@pytest.mark.parametrize(("name", "says"), [("", "Give it a name"), ("Phi", "lower-case"), ("4phi", "letter"), ("q" * 55, "55 characters")])
def test_names_that_are_no_good(name: str, says: str) -> None:
    assert says in names.name_problem(name)


def test_short_names_of_models() -> None:
    assert presets.preset_for("microsoft/phi-4") == "phi-4"
    assert presets.preset_for("Qwen/Qwen3-0.6B") == "Qwen/Qwen3-0.6B"
    assert (presets.repo_of("phi-4"), presets.repo_of("Qwen/Qwen3-0.6B"), presets.repo_of("of-tomorrow")) == (
        "microsoft/phi-4",
        "Qwen/Qwen3-0.6B",
        "",
    )
