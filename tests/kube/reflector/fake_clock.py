"""A clock that moves only when told to, so that a minute of waiting takes no time and no luck."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count


class FakeTimer:
    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self.when = when
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class FakeClock:
    def __init__(self) -> None:
        self._now = 1000.0
        self._asleep = 0.0
        self._timers: list[tuple[float, int, FakeTimer]] = []
        self._count = count()

    def monotonic(self) -> float:
        return self._now

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self._now - 1000 + self._asleep)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> FakeTimer:
        timer = FakeTimer(self._now + seconds, callback)
        heapq.heappush(self._timers, (timer.when, next(self._count), timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Let time pass; what becomes due runs in its order."""
        until = self._now + seconds
        while self._timers and self._timers[0][0] <= until:
            when, _, timer = heapq.heappop(self._timers)
            if not timer.cancelled:
                self._now = max(self._now, when)
                timer.callback()
        self._now = until

    def suspend(self, seconds: float) -> None:
        """The machine sleeps: the wall clock goes on, the monotonic one does not."""
        self._asleep += seconds

    @property
    def pending(self) -> list[float]:
        """Seconds until each timer that is still set, soonest first."""
        return sorted(timer.when - self._now for _, _, timer in self._timers if not timer.cancelled)
