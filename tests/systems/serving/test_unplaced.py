"""What no node has room for is a fault, though its phase is only Pending: "faults only" shows it, and the deployment that it is of."""

from __future__ import annotations

import msgspec
import pytest

from modeltui.domain import Phase, Row, Status
from modeltui.kube.objects import Object, ObjectMeta
from modeltui.systems.core.types import Pod
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.pods import pod_row
from modeltui.systems.serving.rows import deployment_row


def pod(status: str, reason: str) -> Pod:
    scheduled = {"type": "PodScheduled", "status": status, "reason": reason}
    return msgspec.convert({"metadata": {"name": "a", "namespace": "n"}, "status": {"phase": "Pending", "conditions": [scheduled]}}, Pod)


UNPLACED, GATED, PLACED = pod("False", "Unschedulable"), pod("False", "SchedulingGated"), pod("True", "")


def row(phase: Phase, *pods: Pod) -> Row:
    obj = Object(metadata=ObjectMeta(name="d", namespace="n"))
    return deployment_row(obj, Deployment(status=Status(phase)), pods, system="s", kind="K")


@pytest.mark.parametrize(("one", "fault"), [(UNPLACED, True), (GATED, False), (PLACED, False)])
def test_a_pod_without_a_node_is_a_fault(one: Pod, fault: bool) -> None:
    assert pod_row(one).fault is fault


def test_so_is_the_deployment_that_it_is_of() -> None:
    assert row(Phase.PROCESSING, PLACED, UNPLACED).fault
    assert row(Phase.READY, UNPLACED).fault, "one replica more than there is room for"
    assert not row(Phase.PROCESSING, PLACED, GATED).fault
    assert not row(Phase.PAUSED, UNPLACED).fault
    assert not row(Phase.PROCESSING).fault
