"""How long to wait before the next try, so that a broken server is never stormed."""

from __future__ import annotations

from random import Random

from modeltui.kube.clock import Clock


class Backoff:
    """Exponential delays with jitter, started over after a healthy time (client-go's reflector uses the same figures).

    A delay is drawn from [d, d * (1 + jitter)], where d doubles from `base` until the longest delay is `cap` (client-go
    jitters on top of it, up to a minute): many watches that lost the same server do not come back in the same instant.
    """

    def __init__(
        self,
        clock: Clock,
        rng: Random,
        *,
        base: float = 0.8,
        factor: float = 2.0,
        cap: float = 30.0,
        jitter: float = 1.0,
        reset_after: float = 120.0,
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._base = base
        self._factor = factor
        self._highest = cap / (1 + jitter)
        self._jitter = jitter
        self._reset_after = reset_after
        self._step = base
        self._quiet_since = clock.monotonic()

    def next(self) -> float:
        """Seconds to wait now. `reset_after` seconds since the end of the last wait count as health."""
        now = self._clock.monotonic()
        if now - self._quiet_since >= self._reset_after:
            self._step = self._base
        delay = self._step * (1 + self._jitter * self._rng.random())
        self._step = min(self._highest, self._step * self._factor)
        self._quiet_since = now + delay
        return delay
