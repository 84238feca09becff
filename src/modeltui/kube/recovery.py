"""From an error and what came before it to what a reflector does next, and when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from modeltui.kube import errors
from modeltui.kube.backoff import Backoff
from modeltui.kube.clock import Clock
from modeltui.kube.remedy import Remedy, remedy

SHORT: Final = 1.0
"""Seconds: a watch that ends sooner did not work, and opening it again at once could become a storm."""
RELIST_REST: Final = 30.0
"""Seconds: a new list sooner after the last one waits for the backoff, since lists are what hurts a server."""
INTERNAL_LIMIT: Final = 60.0
"""Seconds of 5xx answers after which the version held is no longer trusted."""


@dataclass(slots=True)
class Progress:
    """Where a reflector stands."""

    version: str = ""
    """The resourceVersion to go on from: opaque, never compared as an order."""
    relist: bool = True
    """Whether `version` is of no use, so that a list must come first."""
    newest: bool = False
    """Whether that list must be the newest, since the server does not know our version."""
    epoch: int = 0
    """`Client.epoch` that `version` is of."""
    synced: bool = False
    """Whether the sink holds everything, or held it when it was last heard of."""
    listed_at: float = float("-inf")
    opened_at: float | None = None
    """When the current watch was open; None while it is not."""
    events: int = 0
    """Lines of the current watch."""

    @property
    def anywhere(self) -> bool:
        """Whether a watch from `version` begins with everything there is, in no order, instead of going on."""
        return self.version in ("", "0")


class Recovery:
    """Remembers what errors have to do with each other. Nothing is tried again at once unless it had worked for a while."""

    def __init__(self, clock: Clock, rng: Random) -> None:
        self._clock = clock
        self._backoff = Backoff(clock, rng)
        self._failing_since: float | None = None
        self._torn_at = ""
        """The version at which the last unreadable line came."""
        self._missing = False
        """Whether the last answer was 404."""

    def well(self) -> None:
        """Something worked."""
        self._failing_since, self._missing = None, False

    def plan(self, error: Exception, at: Progress) -> Remedy:
        """The remedy for `error`, its delay filled in."""
        plan = self._remedy(error, at)
        return plan if plan.delay is not None else replace(plan, delay=self._delay(plan, at))

    def _remedy(self, error: Exception, at: Progress) -> Remedy:
        plan = remedy(error)
        now = self._clock.monotonic()
        match error:
            case errors.Gone() if at.relist:
                return replace(plan, newest=True)
            case errors.BadAnswer() if not at.relist:
                again, self._torn_at = self._torn_at == at.version, at.version
                return replace(plan, relist=again)
            case errors.ServerError() if self._failing_since is None:
                self._failing_since = now
            case errors.ServerError() if now - (self._failing_since or now) > INTERNAL_LIMIT:
                return replace(plan, relist=True)
            case errors.NotFound() if at.synced and not self._missing:
                # A restarting server may answer 404 before it has loaded its CRDs: rows are not dropped on its first word.
                self._missing = True
                return Remedy(relist=True)
        return plan

    def _delay(self, plan: Remedy, at: Progress) -> float:
        now = self._clock.monotonic()
        if plan.at_once:
            if at.relist:
                if plan.newest and not at.newest:
                    return 0
            elif plan.relist:
                if now - at.listed_at >= RELIST_REST:
                    return 0
            elif at.opened_at is not None:
                lived = now - at.opened_at
                if lived >= SHORT:
                    return 0
                if at.events:
                    return SHORT - lived
        return self._backoff.next()
