"""Workspaces and InferenceSets as deployments."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.kserve.kserving import Manifest, conditions, decoded, facts, pod, samples

from modeltui.domain import Phase
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito import reading
from modeltui.systems.kaito.types import WORKSPACES, InferenceSet, Workspace
from modeltui.systems.kaito.views import SETS_VIEW, WORKSPACES_VIEW
from modeltui.systems.serving.deployment import Deployment


def read(obj: Workspace, known: FactTable | None = None) -> Deployment:
    return reading.read(obj, known or facts())


def read_set(obj: InferenceSet, known: FactTable | None = None) -> Deployment:
    return reading.reader(WORKSPACES)(obj, known or facts())


def workspace(status: Manifest | None = None, *, name: str = "w", labels: Manifest | None = None, **top: Any) -> Workspace:
    manifest = {"metadata": {"name": name, "labels": labels or {}}, **({"inference": {"preset": {"name": "phi-4"}}} | top)}
    found: Workspace = decoded(Workspace, manifest, status)
    return found


def inference_set(status: Manifest | None = None, **spec: Any) -> InferenceSet:
    manifest = {"metadata": {"name": "llama"}, "spec": {"template": {"inference": {"preset": {"name": "llama-3.1"}}}, **spec}}
    found: InferenceSet = decoded(InferenceSet, manifest, status)
    return found


def test_every_real_workspace_is_read_as_it_is_written() -> None:
    found = {}
    for sample in samples("kaito", "Workspace").values():
        one = read(decoded(Workspace, sample))
        found[sample["metadata"]["name"]] = (one.models, one.engine, one.desired, one.gpus, [str(ref) for ref in one.uses])
    assert found == {
        "workspace-deepseek-r1-distill-qwen-14b": (
            ("deepseek-r1-distill-qwen-14b",),
            "vllm",
            1,
            None,
            ["ConfigMap ds-inference-params"],
        ),
        "workspace-gpt-oss-20b": (("gpt-oss-20b",), "vllm", 1, None, ["ConfigMap inference-params"]),
        "workspace-phi-3-mini-adapter": (("phi-3-mini-128k-instruct",), "vllm", 1, None, []),
    }


def test_the_real_inference_set_is_read_as_it_is_written() -> None:
    (sample,) = samples("kaito", "InferenceSet").values()
    one = read_set(decoded(InferenceSet, sample))
    assert (one.models, one.served, one.engine, one.desired, one.gpus) == (("llama-3.1-8b-instruct",), ("llama-3-1-8b",), "vllm", 2, None)
    assert [str(ref) for ref in one.uses] == ["Secret hf-token"]


def test_gpus_are_unknown_until_there_are_pods() -> None:
    own = [pod("a", {"kaito.sh/workspace": "w"}, gpus=2), pod("b", {"kaito.sh/workspace": "w"}, gpus=2), pod("c", {}, gpus=8)]
    assert read(workspace(), facts(pods=[])).gpus is None
    one = read(workspace(), facts(pods=own))
    assert (one.gpus, one.gpu_resource) == (4, "nvidia.com/gpu")


def test_pods_of_ones_own_say_engine_model_and_gpus() -> None:
    container = {"name": "x", "image": "i", "command": ["vllm", "serve", "a/b"], "resources": {"limits": {"nvidia.com/gpu": 2}}}
    one = read(workspace(inference={"template": {"spec": {"containers": [container | {"ports": [{"containerPort": 8000}]}]}}}))
    assert (one.models, one.engine, one.gpus, one.gpu_resource) == (("a/b",), "vllm", 2, "nvidia.com/gpu")
    assert one.endpoint is not None
    assert (one.endpoint.port, one.endpoint.pods) == (8000, {"kaito.sh/workspace": "w"})


def test_the_runtime_is_that_of_the_annotation() -> None:
    manifest = {"metadata": {"name": "w", "annotations": {"kaito.sh/runtime": "transformers"}}, "inference": {"preset": {"name": "x"}}}
    assert read(decoded(Workspace, manifest)).engine == "transformers"


def test_a_tuning_workspace_is_shown_as_what_it_is() -> None:
    tuning = {"method": "qlora", "preset": {"name": "phi-4"}}
    manifest = {"metadata": {"name": "t"}, "tuning": tuning}
    one = read(decoded(Workspace, manifest, {"state": "Running", "conditions": conditions(JobStarted="True")}))
    assert (one.engine, one.endpoint, one.models, one.desired) == ("tuning", None, ("phi-4",), None)
    assert (one.status.phase, "serves nothing" in one.status.reason) == (Phase.PROCESSING, True)
    done = read(decoded(Workspace, manifest, {"state": "Succeeded", "conditions": conditions(WorkspaceSucceeded="True")}))
    assert done.status.phase is Phase.READY
    failed = read(decoded(Workspace, manifest, {"state": "Failed", "conditions": conditions(JobStarted=("False", "x", "oom"))}))
    assert failed.status.phase is Phase.FAILED


SERVING = {"NodeClaimReady": "True", "ResourceReady": "True", "InferenceReady": "True", "WorkspaceSucceeded": "True"}


@pytest.mark.parametrize(
    ("state", "said", "phase", "says", "ready"),
    [
        ("", {}, Phase.PENDING, "not taken it up", None),
        ("Ready", SERVING, Phase.READY, "", 1),
        ("", SERVING, Phase.READY, "", 1),
        (
            "Pending",
            {"NodeClaimReady": ("False", "NodeClaimNotReady", "no capacity"), "ResourceReady": ("False", "x", "")},
            Phase.PENDING,
            "Waits for nodes: NodeClaimReady is False: NodeClaimNotReady: no capacity",
            None,
        ),
        ("Pending", {"ResourceReady": "True", "InferenceReady": ("False", "Pending", "wait")}, Phase.PROCESSING, "InferenceReady", 0),
        (
            "Pending",
            {"ResourceReady": "True", "InferenceReady": ("False", "WorkspaceInferenceStatusFailed", "bad preset")},
            Phase.FAILED,
            "bad preset",
            0,
        ),
        ("NotReady", {**SERVING, "InferenceReady": ("False", "Lost", "gone")}, Phase.DEGRADED, "gone", 0),
        ("Ready", {**SERVING, "NodesReady": ("False", "NodeLost", "1 of 2")}, Phase.DEGRADED, "not all of its nodes", 1),
        ("Failed", {"InferenceReady": ("False", "x", "y")}, Phase.FAILED, "y", 0),
        ("Ready", {**SERVING, "WorkspaceDeleting": "True"}, Phase.PROCESSING, "deleted", 1),
    ],
)
def test_the_status_of_a_workspace(state: str, said: dict[str, Any], phase: Phase, says: str, ready: int | None) -> None:
    one = read(workspace({"state": state, "conditions": conditions(**said)} if state or said else None))
    assert (one.status.phase, says in one.status.reason, one.ready) == (phase, True, ready), one.status
    assert one.status.raw == (state or ("WorkspaceSucceeded=True" if said else ""))


CHILD = {"inferenceset.kaito.sh/created-by": "llama"}


@pytest.mark.parametrize(
    ("spec", "status", "child", "phase", "says"),
    [
        ({}, None, None, Phase.PENDING, "not taken it up"),
        ({"replicas": 0}, {"replicas": 0, "readyReplicas": 0}, None, Phase.PAUSED, "No replicas"),
        ({"replicas": 2}, {"replicas": 2, "readyReplicas": 2}, None, Phase.READY, ""),
        ({"replicas": 2}, {"replicas": 2, "readyReplicas": 1}, None, Phase.DEGRADED, "1 of 2"),
        ({"replicas": 1}, {"replicas": 1}, {"InferenceReady": ("False", "XFailed", "bad")}, Phase.FAILED, "bad"),
        ({"replicas": 1}, {"replicas": 1}, {"NodeClaimReady": ("False", "n", "no capacity")}, Phase.PROCESSING, "no capacity"),
    ],
)
def test_the_status_of_a_set_says_what_its_workspaces_wait_for(
    spec: Manifest, status: Manifest | None, child: dict[str, Any] | None, phase: Phase, says: str
) -> None:
    made = [] if child is None else [(WORKSPACES, workspace({"conditions": conditions(**child)}, name="llama-0", labels=CHILD))]
    one = read_set(inference_set(status, **spec), facts(*made))
    assert (one.status.phase, says in one.status.reason) == (phase, True), one.status
    assert one.stopped == (phase is Phase.PAUSED)


def test_a_set_knows_its_workspaces_and_their_gpus() -> None:
    child = workspace(None, name="llama-0", labels=CHILD)
    known = facts((WORKSPACES, child), pods=[pod("a", {"kaito.sh/workspace": "llama-0", **CHILD}, gpus=4)])
    one = read_set(inference_set(replicas=2), known)
    assert one.gpus == 8
    assert one.uses == (), "what it has made is not what it is made of"
    assert read(child).served == ("llama",), "the Workspaces of a set serve under the set's name"
    assert list(SETS_VIEW.dependents(WORKSPACES, child, known)) == [("team", "llama")]


def test_both_versions_have_a_view() -> None:
    assert [view.resource.version for view in (WORKSPACES_VIEW, *WORKSPACES_VIEW.older)] == ["v1beta1", "v1alpha1"]
    assert [view.resource.version for view in (SETS_VIEW, *SETS_VIEW.older)] == ["v1beta1", "v1alpha1"]
