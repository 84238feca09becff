"""How a deployment stands when its system says that it is getting there, and its pods say that they are not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from modeltui.domain import Phase, Status
from modeltui.systems.core.types import Pod
from modeltui.systems.serving.deployment import Component, Deployment
from modeltui.systems.serving.standing import standing


def deployment(phase: Phase, *, ready: int | None, reason: str = "") -> Deployment:
    return Deployment(status=Status(phase, "Ready=False", reason), components=(Component(name="predictor", desired=2, ready=ready),))


def pod(name: str, state: dict[str, Any], **more: Any) -> Pod:
    waits = {"name": "main", "ready": False, "restartCount": 0, "image": "i", "imageID": "", "state": state, **more}
    whole = {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "main"}]},
        "status": {"phase": "Pending", "containerStatuses": [waits]},
    }
    return msgspec.convert(whole, Pod)


CRASHES = pod("a", {"waiting": {"reason": "CrashLoopBackOff"}})
STARTS = pod("b", {"waiting": {"reason": "ContainerCreating"}})


@pytest.mark.parametrize("reason", ["CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError"])
def test_a_pod_that_does_not_come_by_waiting_makes_it_failed(reason: str) -> None:
    stands = standing(deployment(Phase.PROCESSING, ready=0), [STARTS, pod("a", {"waiting": {"reason": reason}})])
    assert stands == Status(Phase.FAILED, "Ready=False", f"a: {reason}")


def test_while_others_serve_it_is_degraded() -> None:
    assert standing(deployment(Phase.PROCESSING, ready=1), [CRASHES]).phase is Phase.DEGRADED


@pytest.mark.parametrize("pods", [None, [], [STARTS]])
def test_otherwise_it_stands_as_its_system_says(pods: list[Pod] | None) -> None:
    assert standing(deployment(Phase.PROCESSING, ready=0, reason="why"), pods) == Status(Phase.PROCESSING, "Ready=False", "why")


@pytest.mark.parametrize("phase", [Phase.READY, Phase.PAUSED, Phase.FAILED])
def test_what_is_settled_stays(phase: Phase) -> None:
    assert standing(deployment(phase, ready=1), [CRASHES]).phase is phase


def test_a_reason_that_repeats_a_secret_is_masked() -> None:
    assert "hunter2hunter2" not in standing(deployment(Phase.FAILED, ready=0, reason="password=hunter2hunter2"), None).reason


ENDED = {"terminated": {"exitCode": 1, "reason": "Error"}}


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (pod("a", {"running": {}}, restartCount=4, lastState=ENDED), "a: restarted 4 times"),
        (pod("a", ENDED, restartCount=4, lastState=ENDED), "a: Error"),
    ],
)
def test_between_two_waits_of_a_crash_loop_it_stays_failed(one: Pod, reason: str) -> None:
    stands = standing(deployment(Phase.PROCESSING, ready=0), [one])
    assert (stands.phase, stands.reason) == (Phase.FAILED, reason)


@pytest.mark.parametrize(
    "one",
    [
        pod("a", {"running": {}}, restartCount=1, lastState=ENDED),
        pod("a", {"running": {}}, restartCount=4, ready=True, lastState=ENDED),
        pod("a", {"running": {}}, restartCount=4, lastState={"terminated": {"exitCode": 0}}),
    ],
)
def test_a_restart_or_two_or_one_that_was_survived_is_no_crash_loop(one: Pod) -> None:
    assert standing(deployment(Phase.PROCESSING, ready=0), [one]).phase is Phase.PROCESSING


def test_what_finds_no_node_is_pending() -> None:
    condition = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/9 nodes are available"}
    alone = msgspec.convert({"metadata": {"name": "a"}, "status": {"phase": "Pending", "conditions": [condition]}}, Pod)
    assert standing(deployment(Phase.PROCESSING, ready=0), [alone]).phase is Phase.PENDING
    assert standing(deployment(Phase.PROCESSING, ready=1), [alone]).phase is Phase.PROCESSING
    assert standing(deployment(Phase.PROCESSING, ready=0), [alone, STARTS]).phase is Phase.PROCESSING
