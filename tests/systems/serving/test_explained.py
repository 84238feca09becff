"""Which cause comes first: that of a pod, of the system, or the words of its controller; and what no node will ever have."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from modeltui.domain import Finding, Phase, Severity, Status
from modeltui.kube.events import Event
from modeltui.systems.core.types import Node, Pod
from modeltui.systems.serving import unschedulable
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.explained import ranked

POD_ERROR, POD_WARNING = Finding(Severity.ERROR, "pod error", about="Pod a"), Finding(Severity.WARNING, "pod warning", about="Pod a")
ERROR, WARNING = Finding(Severity.ERROR, "system error"), Finding(Severity.WARNING, "system warning")
NOTE = Finding(Severity.INFO, "system note")


def deployment(phase: Phase, reason: str = "") -> Deployment:
    return Deployment(status=Status(phase, "", reason))


def event(reason: str, message: str, *, minute: int = 0, type_: str = "Warning") -> Event:
    about = {"kind": "AIMService", "name": "llama", "uid": "u"}
    when = f"2026-11-21T10:{minute:02}:00Z"
    return msgspec.convert(
        {"metadata": {"name": f"{reason}-{minute}"}, "involvedObject": about, "type": type_, "reason": reason, "message": message,
         "lastTimestamp": when, "source": {"component": "the-controller"}},
        Event,
    )  # fmt: skip


def reasons(phase: Phase, pods: list[Finding], system: list[Finding], said: list[Event] | None = None, why: str = "") -> list[str]:
    return [finding.reason for finding in ranked(deployment(phase, why), pods, system, said or [])]


def test_pods_come_before_the_system_and_what_is_merely_not_ready_last() -> None:
    found = reasons(Phase.FAILED, [POD_WARNING, POD_ERROR], [ERROR, WARNING, NOTE])
    assert found == ["pod error", "system error", "pod warning"]


def test_without_an_error_the_warnings_are_what_there_is_to_say() -> None:
    assert reasons(Phase.PROCESSING, [POD_WARNING], [WARNING, NOTE]) == ["pod warning", "system warning"]


def test_the_controllers_words_count_where_nothing_else_is_known() -> None:
    said = [event("A", "one.", minute=1), event("B", "two", minute=3), event("A", "one.", minute=2), event("C", "fine", type_="Normal")]
    assert reasons(Phase.PENDING, [], [], said) == ["B: two.", "A: one."]
    assert reasons(Phase.PENDING, [POD_ERROR], [], said) == ["pod error"]
    (first, *_) = ranked(deployment(Phase.PENDING), [], [], said)
    assert first.about == "AIMService llama"
    assert "the-controller" in first.remedy


def test_what_a_condition_repeats_of_a_pod_that_could_not_be_made_is_told_once() -> None:
    words = "gpus, requested: requests.nvidia.com/gpu=1, used: requests.nvidia.com/gpu=1"
    quota = Finding(Severity.ERROR, f"The namespace's quota is used up, so pods are refused: {words}", "ask for less")
    repeated = Finding(Severity.ERROR, f"PredictorReady is False: FailedCreate: exceeded quota: {words}.", "look")
    assert reasons(Phase.FAILED, [quota], [repeated, ERROR]) == [quota.reason, "system error"]
    assert reasons(Phase.FAILED, [], [repeated]) == [repeated.reason]


def test_an_event_that_only_repeats_that_it_is_not_ready_is_no_cause() -> None:
    said = [event("InferenceServiceNotReady", "InferenceService [llama] is no longer Ready")]
    assert reasons(Phase.PROCESSING, [POD_WARNING], [], said) == ["pod warning"]


def test_a_status_with_a_reason_is_the_last_resort() -> None:
    assert reasons(Phase.FAILED, [], [], why="it is so") == ["it is so"]
    assert reasons(Phase.PROCESSING, [], [], why="it takes time") == []


@pytest.mark.parametrize("phase", [Phase.READY, Phase.PAUSED])
def test_of_what_is_well_only_single_pods_are_told(phase: Phase) -> None:
    assert reasons(phase, [POD_ERROR, POD_WARNING], [ERROR], [event("A", "b")], "reason") == ["pod error", "pod warning"]


# ---- what no node will ever have --------------------------------------------------------------------------------------


def node(name: str, gpus: str = "", **labels: str) -> Node:
    room = {"cpu": "64", **({"nvidia.com/gpu": gpus} if gpus else {})}
    return msgspec.convert({"metadata": {"name": name, "labels": labels}, "status": {"allocatable": room}}, Node)


def pod(gpus: str = "1", resource: str = "nvidia.com/gpu", **selector: str) -> Pod:
    container = {"name": "main", "resources": {"limits": {resource: gpus}}}
    return msgspec.convert({"metadata": {"name": "a"}, "spec": {"containers": [container], "nodeSelector": selector}}, Pod)


def why(message: str, of: Pod, nodes: Any) -> tuple[str, str]:
    return unschedulable.explained(message, of, nodes)


SHORT = "0/2 nodes are available: 2 Insufficient nvidia.com/gpu."
UNMATCHED = "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector."


def test_what_is_taken_differs_from_what_nobody_has() -> None:
    nodes = [node("a", "8"), node("b")]
    assert "No node has 1 nvidia.com/gpu free" in why(SHORT, pod(), nodes)[0]
    reason, remedy = why(SHORT, pod("16"), nodes)
    assert reason.startswith("It asks for 16 nvidia.com/gpu, and no node has more than 8.")
    assert "fewer GPUs" in remedy
    amd = "0/2 nodes are available: 2 Insufficient amd.com/gpu."
    reason, remedy = why(amd, pod(resource="amd.com/gpu"), nodes)
    assert reason.startswith("No node of the cluster has amd.com/gpu; there is nvidia.com/gpu.")
    assert "device plugin" in remedy


@pytest.mark.parametrize("nodes", [None, []])
def test_nodes_that_may_not_be_seen_are_not_missing(nodes: Any) -> None:
    assert "free" in why(SHORT, pod("16"), nodes)[0]
    assert "No node has the labels that it asks for (zone=a)" in why(UNMATCHED, pod(zone="a"), nodes)[0]


def test_a_label_that_no_node_has_is_named_with_those_there_are() -> None:
    nodes = [node("a", zone="b"), node("c", zone="d")]
    reason, remedy = why(UNMATCHED, pod(zone="a"), nodes)
    assert reason.startswith("No node has the label zone=a that it asks for. Nodes have zone=b, zone=d.")
    assert "node selector" in remedy
    assert "No node has a label rack at all." in why(UNMATCHED, pod(rack="1"), nodes)[0]
    assert "or those that have them do not do" in why(UNMATCHED, pod(zone="b"), nodes)[0]
