"""When a Pod counts as ready, and as available: ready for so long that it will probably stay so."""

from __future__ import annotations

from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.controllers.controller import condition, deleting
from modeltui.demo.controllers.pod_index import ENDED
from modeltui.demo.errors import Object


def is_active(pod: Object) -> bool:
    """Neither over nor going."""
    return (pod.get("status") or {}).get("phase") not in ENDED and not deleting(pod)


def is_ready(pod: Object) -> bool:
    return (condition(pod, "Ready") or {}).get("status") == "True"


class Availability:
    """Since when which Pod is ready. Conditions have whole seconds only, which at a high pace are hours."""

    def __init__(self, *, pace: float) -> None:
        self._pace = pace
        self._since: dict[str, datetime] = {}

    def left(self, pod: Object, seconds: float) -> float | None:
        """Seconds until it counts as available, 0 when it does; None while it is not ready."""
        uid = pod["metadata"]["uid"]
        if not is_ready(pod):
            self._since.pop(uid, None)
            return None
        if not seconds:
            return 0.0
        told = condition(pod, "Ready") or {}
        since = self._since.setdefault(uid, clock.parse(told["lastTransitionTime"]) if not self._recent(told) else clock.now())
        return max(0.0, seconds - (clock.now() - since).total_seconds() * self._pace)

    @staticmethod
    def _recent(told: Object) -> bool:
        return (clock.now() - clock.parse(told["lastTransitionTime"])).total_seconds() < 2

    def forget(self, pod: Object) -> None:
        self._since.pop(pod["metadata"]["uid"], None)
