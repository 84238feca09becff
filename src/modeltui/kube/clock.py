"""Time as the watch loop sees it: one injected source, so that a test can let an hour pass in a millisecond."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from modeltui.kube import errors


class Timer(Protocol):
    def cancel(self) -> None: ...


class Clock(Protocol):
    """Monotonic seconds for durations, the wall for what a person reads, and one kind of timer."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime:
        """The wall clock, timezone-aware UTC."""

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer: ...


class SystemClock:
    """The running event loop's clock."""

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        return asyncio.get_running_loop().call_later(seconds, callback)


class Alarm:
    """A sleep that can be cut short: `ring()` ends it at once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sleeping: asyncio.Future[None] | None = None

    @property
    def sleeping(self) -> bool:
        return self._sleeping is not None and not self._sleeping.done()

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self._sleeping = asyncio.get_running_loop().create_future()
        timer = self._clock.call_later(seconds, self.ring)
        try:
            await self._sleeping
        finally:
            timer.cancel()
            self._sleeping = None

    def ring(self) -> None:
        if self._sleeping is not None and not self._sleeping.done():
            self._sleeping.set_result(None)


class Deadline:
    """Ends the body with `errors.Timeout` after `seconds` without a `touch()`.

    As `asyncio.timeout`, but on the injected clock and cheap to renew: a touch per line of a busy watch stores one
    number, and the timer looks at it only when it was due.
    """

    def __init__(self, clock: Clock, seconds: float, reason: str) -> None:
        self._clock = clock
        self._reason = reason
        self._task: asyncio.Task[object] | None = None
        self.expired = False
        self.seconds = seconds

    def touch(self) -> None:
        self._touched = self._clock.monotonic()

    def expire(self, reason: str | None = None) -> None:
        """End the body now, if it has begun."""
        if self._task is not None and not self.expired:
            self.expired = True
            self._reason = reason or self._reason
            self._task.cancel()

    def _due(self) -> None:
        rest = self._touched + self.seconds - self._clock.monotonic()
        if rest <= 0:
            self.expire()
        else:
            self._timer = self._clock.call_later(rest, self._due)

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a Deadline needs a task that it can end")
        self._task = task
        self._cancelling = task.cancelling()
        self.touch()
        self._timer = self._clock.call_later(self.seconds, self._due)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._timer.cancel()
        task, self._task = self._task, None
        # Someone else may have cancelled the task in the same moment: then the cancellation is theirs and goes on.
        if task is not None and self.expired and task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise errors.Timeout(self._reason) from error
