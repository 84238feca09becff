"""What goes with KAITO's objects and what stays, told before; and what those that are there wait for."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from modeltui.domain import Finding, Severity
from modeltui.systems.core.types import CLAIMS, NODES, PODS, Node, PersistentVolumeClaim, Pod
from modeltui.systems.facts import FactTable
from modeltui.systems.kaito import consequences, observed
from modeltui.systems.kaito.types import SETS, WORKSPACES, InferenceSet, Workspace

LABELS = {"matchLabels": {"pool": "gpu"}}
PHI = {"preset": {"name": "phi-4"}}


def workspace(*, inference: Any = PHI, resource: Any = None, labels: Any = None, status: Any = None, name: str = "phi") -> Workspace:
    metadata = {"name": name, "namespace": "team", "uid": f"uid-{name}", "labels": labels or {}}
    document = {"metadata": metadata, "resource": {"labelSelector": LABELS, **(resource or {})}, "inference": inference}
    return msgspec.convert({**document, "status": status or {}}, Workspace)


def made(replicas: int, **resource: str) -> InferenceSet:
    spec = {"replicas": replicas, "labelSelector": LABELS, "template": {"resource": resource, "inference": PHI}}
    return msgspec.convert({"metadata": {"name": "many", "namespace": "team", "uid": "uid-many"}, "spec": spec}, InferenceSet)


def pod(name: str, **labels: str) -> Pod:
    return msgspec.convert({"metadata": {"name": name, "namespace": "team", "labels": labels}}, Pod)


def node(name: str, ready: str = "True", **labels: str) -> Node:
    return msgspec.convert(
        {"metadata": {"name": name, "labels": labels}, "status": {"conditions": [{"type": "Ready", "status": ready}]}}, Node
    )


def said(found: Any) -> list[str]:
    return [finding.reason for finding in found]


def test_a_workspace_gives_its_nodes_back() -> None:
    facts = FactTable.of({PODS: [pod("phi-0", **{"kaito.sh/workspace": "phi"})]})
    own = workspace(resource={"instanceType": "Standard_NC24ads_A100_v4"}, status={"workerNodes": ["aks-1"]})
    assert said(consequences.of_workspace(own, None, facts, {})) == [
        "What it serves is not served any more.",
        "Its pod goes: phi-0.",
        "The nodes aks-1 of type Standard_NC24ads_A100_v4 that KAITO made for it are given back.",
    ]
    there = said(consequences.of_workspace(workspace(status={"workerNodes": ["gpu-1", "gpu-2"]}), None, facts, {}))
    assert there[-1] == "Nodes gpu-1, gpu-2 stay."


def test_claims_that_it_owns_go_and_others_stay() -> None:
    owned = {
        "metadata": {
            "name": "phi-weights",
            "namespace": "team",
            "ownerReferences": [{"kind": "Workspace", "name": "phi", "uid": "uid-phi"}],
        }
    }
    others = {"metadata": {"name": "else", "namespace": "team"}}
    facts = FactTable.of({PODS: [], CLAIMS: [msgspec.convert(one, PersistentVolumeClaim) for one in (owned, others)]})
    found = said(consequences.of_workspace(workspace(), None, facts, {}))
    assert "Claim phi-weights goes with it, and the data: it has to be fetched again." in found
    assert not any("else" in one for one in found)


def test_a_change_of_the_model_replaces_pods_and_one_of_a_set_is_set_back() -> None:
    after = workspace(inference={"preset": {"name": "phi-3"}})
    assert said(consequences.of_workspace(workspace(), after, FactTable(), {})) == [
        "Its pods are replaced: it does not serve until the new ones are ready."
    ]
    child = workspace(labels={"inferenceset.kaito.sh/created-by": "many"})
    assert said(consequences.of_workspace(child, child, FactTable(), {})) == ["InferenceSet many made it and sets the change back."]
    assert consequences.of_workspace(workspace(), workspace(), FactTable(), {}) == ()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (made(3), made(1), "2 of its 3 Workspaces go."),
        (made(3, instanceType="x"), made(1, instanceType="x"), "2 of its 3 Workspaces and the nodes made for them go."),
        (made(2), made(0), "All of its Workspaces go. What it serves does not answer until it is started again."),
    ],
)
def test_a_set_with_fewer_replicas(before: InferenceSet, after: InferenceSet, says: str) -> None:
    (one,) = consequences.of_set(WORKSPACES)(before, after, FactTable(), {})
    assert (one.reason, one.field, one.severity) == (says, "spec.replicas", Severity.WARNING)
    assert consequences.of_set(WORKSPACES)(after, before, FactTable(), {}) == ()


def test_a_set_that_goes_takes_its_workspaces_along() -> None:
    children = [workspace(name=f"many-{number}", labels={"inferenceset.kaito.sh/created-by": "many"}) for number in range(2)]
    found = said(consequences.of_set(WORKSPACES)(made(2), None, FactTable.of({PODS: [], WORKSPACES: children}), {}))
    assert "Its Workspaces many-0, many-1 go with it." in found
    unknown = said(consequences.of_set(WORKSPACES)(made(2), None, FactTable.of({PODS: []}), {}))
    assert "Which Workspaces go with it is unknown: workspaces in namespace team have not been listed." in unknown


# ---- what they wait for -----------------------------------------------------------------------------------------------


def waits(type_: str, reason: str = "workspaceResourceStatusNotReady", message: str = "waiting") -> Any:
    return {"conditions": [{"type": type_, "status": "False", "reason": reason, "message": message}]}


def first(one: Workspace, *nodes: Node) -> Finding:
    (found,) = observed.of_workspace(one, FactTable.of({NODES: nodes}))
    return found


def test_each_thing_that_a_workspace_waits_for() -> None:
    alone = workspace(status=waits("ResourceReady"))
    assert first(alone).reason == "No node has the labels pool=gpu, and without an instance type none is made: it waits for one."
    assert first(alone).severity is Severity.ERROR
    ill = first(alone, node("gpu-1", "False", pool="gpu"))
    assert ill.reason == "It waits for nodes that are not ready: gpu-1."
    two = workspace(resource={"count": 2}, status={**waits("NodesReady"), "targetNodeCount": 2})
    assert first(two, node("gpu-1", pool="gpu")).reason.startswith("1 of the 2 nodes that it wants are there (pool=gpu)")
    assert first(two, node("gpu-1", pool="gpu"), node("gpu-2", pool="gpu")).remedy == "Look at the device plugin on its nodes."


def test_nodes_that_are_made_may_not_come() -> None:
    asks = {"instanceType": "Standard_NC24ads_A100_v4"}
    slow, failed = (
        workspace(resource=asks, status=waits("NodeClaimReady")),
        workspace(resource=asks, status=waits("NodeClaimReady", "NodeClaimFailed")),
    )
    assert first(slow).severity is Severity.WARNING
    assert first(failed).severity is Severity.ERROR
    assert "quota" in first(failed).remedy


def test_an_inference_that_fails_is_told_and_one_that_begins_is_not() -> None:
    assert (
        "InferenceReady is False: WorkspaceInferenceStatusFailed"
        in first(workspace(status=waits("InferenceReady", "WorkspaceInferenceStatusFailed"))).reason
    )
    begins = workspace(status=waits("InferenceReady", "WorkspaceInferenceStatusPending"))
    assert list(observed.of_workspace(begins, FactTable())) == []
    assert list(observed.of_workspace(workspace(), FactTable())) == []


def test_a_set_says_once_what_all_of_its_workspaces_wait_for() -> None:
    labels = {"inferenceset.kaito.sh/created-by": "many"}
    children = [workspace(name=f"many-{number}", labels=labels, status=waits("ResourceReady")) for number in range(3)]
    facts = FactTable.of({WORKSPACES: children, NODES: [], SETS: []})
    (one,) = observed.of_set(made(3), WORKSPACES, facts)
    assert (one.field, one.about) == ("spec.labelSelector", "Workspace many-0")
