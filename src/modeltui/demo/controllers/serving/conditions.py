"""Conditions as the serving systems keep them. Pure but for the time of a change."""

from __future__ import annotations

from modeltui.demo import clock
from modeltui.demo.errors import Object


def told(status: Object, type_: str, value: bool | None, reason: str, message: str = "", *, generation: int | None = None) -> Object:
    """One condition in metav1's form; `value` None is Unknown. Its time stays while its status does, the time of the one in `status`."""
    word = {True: "True", False: "False", None: "Unknown"}[value]
    before = entry(status, type_)
    since = before["lastTransitionTime"] if before and before["status"] == word else clock.stamp(clock.now())
    found: Object = {"type": type_, "status": word, "reason": reason, "message": message, "lastTransitionTime": since}
    return found if generation is None else {**found, "observedGeneration": generation}


def entry(status: Object, type_: str) -> Object | None:
    return next((each for each in status.get("conditions") or [] if each["type"] == type_), None)


def holds(status: Object, type_: str) -> bool:
    return (entry(status, type_) or {}).get("status") == "True"


def with_condition(status: Object, condition: Object) -> Object:
    """The status with it in the place of the one of its type, or at the end (meta.SetStatusCondition)."""
    others = list(status.get("conditions") or [])
    places = [index for index, each in enumerate(others) if each["type"] == condition["type"]]
    if places:
        others[places[0]] = condition
    else:
        others.append(condition)
    return {**status, "conditions": others}


def with_knative(status: Object, type_: str, value: str, reason: str = "", message: str = "", *, counts: bool) -> Object:
    """The status with one condition set as knative's condition manager does it: sorted by type, without reason and message where it is
    True. `value`: "True", "False" or "Unknown"; `counts`: whether Ready depends on it, else it is for information."""
    told = {"status": value, "type": type_} | ({} if counts else {"severity": "Info"})
    if value != "True":
        told |= {key: text for key, text in (("reason", reason), ("message", message)) if text}
    before = entry(status, type_) or {}
    same = {key: text for key, text in before.items() if key != "lastTransitionTime"} == told
    told["lastTransitionTime"] = before["lastTransitionTime"] if same else clock.stamp(clock.now())
    others = [each for each in status.get("conditions") or [] if each["type"] != type_]
    return {**status, "conditions": sorted([*others, told], key=lambda each: str(each["type"]))}
