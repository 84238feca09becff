"""The conditions of a Pod: how one is put into a status, and what its containers make of them. Pure."""

from __future__ import annotations

from modeltui.demo import clock
from modeltui.demo.errors import Object


def with_condition(status: Object, told: Object) -> Object:
    """The status with this condition, whose time stays while its status does."""
    before: Object = next((each for each in status.get("conditions") or [] if each["type"] == told["type"]), {})
    since = before.get("lastTransitionTime") if before.get("status") == told["status"] else None
    entry = {**told, "lastProbeTime": None, "lastTransitionTime": since or clock.stamp(clock.now())}
    conditions = status.get("conditions") or []
    return {**status, "conditions": [entry if each is before else each for each in conditions] + ([] if before else [entry])}


def renewed(status: Object, told: list[Object]) -> list[Object]:
    """These conditions with their times, followed by the others of the status."""
    named = {each["type"] for each in told}
    kept = [each for each in status.get("conditions") or [] if each["type"] not in named]
    made: Object = {"conditions": status.get("conditions") or []}
    for each in told:
        made = with_condition(made, each)
    by_type = {each["type"]: each for each in made["conditions"]}
    return [*(by_type[each["type"]] for each in told), *kept]


def of_containers(pod: Object, status: Object) -> list[Object]:
    """What the states of its containers make of a Pod that has a node; in the order of the kubelet, without times."""
    return [_true("PodReadyToStartContainers", bool(status.get("podIP"))), *_initialized(pod, status), *_readiness(status)]


def _true(type_: str, holds: bool) -> Object:
    return {"type": type_, "status": "True" if holds else "False"}


def _initialized(pod: Object, status: Object) -> list[Object]:
    ended = status.get("phase") in ("Succeeded", "Failed")
    statuses = {each["name"]: each for each in status.get("initContainerStatuses") or []}
    left = [each["name"] for each in pod["spec"].get("initContainers") or [] if not _done(each, statuses.get(each["name"], {}))]
    if left and not ended:
        told = f"containers with incomplete status: [{' '.join(left)}]"
        return [{"type": "Initialized", "status": "False", "reason": "ContainersNotInitialized", "message": told}]
    return [{**_true("Initialized", True), **({"reason": "PodCompleted"} if status.get("phase") == "Succeeded" else {})}]


def _done(container: Object, status: Object) -> bool:
    if container.get("restartPolicy") == "Always":
        return bool(status.get("started"))
    return bool(status.get("ready"))


def _readiness(status: Object) -> list[Object]:
    phase = status.get("phase")
    if phase in ("Succeeded", "Failed"):
        why = {"reason": "PodCompleted" if phase == "Succeeded" else "PodFailed"}
        return [{"type": each, "status": "False", **why} for each in ("Ready", "ContainersReady")]
    sidecars = [
        each for each in status.get("initContainerStatuses") or [] if each.get("started") and "running" in (each.get("state") or {})
    ]
    left = [each["name"] for each in [*sidecars, *(status.get("containerStatuses") or [])] if not each.get("ready")]
    if not left:
        return [_true("Ready", True), _true("ContainersReady", True)]
    why = {"reason": "ContainersNotReady", "message": f"containers with unready status: [{' '.join(left)}]"}
    return [{"type": each, "status": "False", **why} for each in ("Ready", "ContainersReady")]
