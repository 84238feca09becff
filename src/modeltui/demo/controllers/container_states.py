"""The status of one container, from one state to the next, as the kubelet writes it. Pure."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Final

from modeltui.demo import clock
from modeltui.demo.controllers.images import image_id, reference
from modeltui.demo.controllers.program import Ending
from modeltui.demo.errors import Object

FIRST_BACKOFF, LONGEST_BACKOFF = 10.0, 300.0
"""Seconds from an end to the second restart (the first comes at once), doubled with each."""
FORGIVEN: Final = 2 * LONGEST_BACKOFF
"""A container that ran for so many seconds starts anew with the shortest delay."""


def fresh(container: Object, *, reason: str) -> Object:
    """Before anything happened."""
    return {
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "lastState": {},
        "ready": False,
        "restartCount": 0,
        "started": False,
        "state": {"waiting": {"reason": reason}},
    }


def waiting(status: Object, reason: str, message: str = "") -> Object:
    state = {"reason": reason, **({"message": message} if message else {})}
    return {**status, "ready": False, "started": False, "state": {"waiting": state}}


def running(status: Object, container: Object, *, uid: str, at: datetime) -> Object:
    """Started, for the first time or again. `uid` is the Pod's."""
    before = ended(status)
    count = status["restartCount"] + (1 if before is not None else 0)
    identity = hashlib.sha256(f"{uid}/{container['name']}/{count}".encode()).hexdigest()
    return {
        **status,
        "containerID": f"containerd://{identity}",
        "image": reference(container["image"]),
        "imageID": image_id(container["image"]),
        "lastState": {"terminated": before} if before is not None else {},
        "ready": False,
        "restartCount": count,
        "started": False,
        "state": {"running": {"startedAt": clock.stamp(at)}},
    }


def terminated(status: Object, end: Ending, *, at: datetime, keeps_ready: bool = False) -> Object:
    """`keeps_ready`: an init container that ended well counts as ready."""
    began = ((status["state"].get("running") or {}).get("startedAt")) or clock.stamp(at)
    state = {
        "containerID": status.get("containerID", ""),
        "exitCode": end.code,
        "finishedAt": clock.stamp(at),
        "reason": end.reason,
        "startedAt": began,
    }
    return {**status, "ready": keeps_ready and end.good, "started": False, "state": {"terminated": state}}


def crash_loop(status: Object, pod: Object) -> Object:
    """A terminated container that is to be restarted later."""
    metadata = pod["metadata"]
    where = f"{metadata['name']}_{metadata['namespace']}({metadata['uid']})"
    told = f"back-off {_duration(backoff(status))} restarting failed container={status['name']} pod={where}"
    return {**waiting(status, "CrashLoopBackOff", told), "lastState": {"terminated": ended(status)}}


def ended(status: Object) -> Object | None:
    """The end of the container that a start would replace; None when it never ran."""
    found: Object | None = status["state"].get("terminated")
    if found is None and "waiting" in status["state"]:
        found = status["lastState"].get("terminated")
    return found


def backoff(status: Object) -> float:
    """Seconds from the end of a container to its next start."""
    last = ended(status)
    if last is None or not status["restartCount"]:
        return 0.0
    if (clock.parse(last["finishedAt"]) - clock.parse(last["startedAt"])).total_seconds() >= FORGIVEN:
        return 0.0
    return float(min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** (status["restartCount"] - 1)))


def _duration(seconds: float) -> str:
    """ "10s", "1m20s", "5m0s": as Go prints it."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"


def restarts(end: Object, policy: str) -> bool:
    """Does the restartPolicy start a container that ended like this again?"""
    return policy == "Always" or (policy == "OnFailure" and end["exitCode"] != 0)


def phase(pod: Object, status: Object) -> str:
    """Of a Pod, from the states of its containers."""
    policy = pod["spec"].get("restartPolicy", "Always")
    inits = {each["name"]: each for each in status.get("initContainerStatuses") or []}
    for container in pod["spec"].get("initContainers") or []:
        each = inits.get(container["name"], {"state": {}})
        end = each["state"].get("terminated")
        if container.get("restartPolicy") == "Always":
            if not each.get("started"):
                return "Pending"
        elif end is None or end["exitCode"] != 0:
            return "Failed" if end is not None and not restarts(end, policy) else "Pending"
    states = status.get("containerStatuses") or []
    if any("waiting" in each["state"] and ended(each) is None for each in states):
        return "Pending"
    ends = [each["state"].get("terminated") for each in states]
    if any("running" in each["state"] or "waiting" in each["state"] for each in states):
        return "Running"
    if any(end is None or restarts(end, policy) for end in ends):
        return "Running"
    return "Succeeded" if all(end["exitCode"] == 0 for end in ends if end) else "Failed"
