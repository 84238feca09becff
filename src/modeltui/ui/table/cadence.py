"""When to paint: a lone event at once, a storm a few times a second."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Protocol


class Stoppable(Protocol):
    def stop(self) -> None: ...


class Cadence:
    """Calls `flush` on the leading edge, then at most `fps` times a second while requests keep coming.

    `later(delay, callback)` starts a timer of `delay` seconds; `clock()` is monotonic, in seconds.
    """

    def __init__(
        self,
        flush: Callable[[], None],
        *,
        fps: float,
        later: Callable[[float, Callable[[], None]], Stoppable],
        clock: Callable[[], float],
    ) -> None:
        self._flush, self._interval, self._later, self._clock = flush, 1 / fps, later, clock
        self._next = float("-inf")
        self._waiting: Stoppable | None = None

    def request(self) -> None:
        if self._waiting is not None:
            return
        wait = self._next - self._clock()
        if wait <= 0:
            self._fire()
        else:
            self._waiting = self._later(wait, self._fire)

    def _fire(self) -> None:
        self._waiting = None
        self._next = self._clock() + self._interval
        self._flush()

    def stop(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None


def frames_per_second(environ: Mapping[str, str] = os.environ, *, low_bandwidth: bool = False) -> float:
    """How often a storm of changes is painted: 4 locally, 2 over SSH, 1 on a thin line."""
    if low_bandwidth:
        return 1.0
    return 2.0 if environ.get("SSH_CONNECTION") else 4.0
