"""Many logs at once, in the order of time: containers come and go, and each is read as long as there is more of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Final

from modeltui.kube.client import Client
from modeltui.kube.clock import Clock, SystemClock, Timer
from modeltui.kube.errors import KubeError
from modeltui.kube.log_stream import Doing, From, LogStream
from modeltui.logs.entries import Entry, LogTarget
from modeltui.logs.merging import Merger

MOST: Final = 50
"""Logs that are followed at once: each is a connection of its own, and nobody reads more."""
BATCH: Final = 0.05
"""Seconds that lines are gathered for: a flood is handed over in a few pieces a second, and one line with no delay to be seen."""
WINDOW: Final = 0.3
"""Seconds that lines are held so that those of other containers can go before them."""
FIRST_WINDOW: Final = 0.8
"""The same for what was in a log before it was opened: all of them come at once, and are long."""
SETTLING: Final = 1.0
"""Seconds after its opening that a log counts as one that hands over what was there before."""
DRAIN: Final = 5.0
"""Seconds that the log of a container which has gone is still read to its end."""

_STOPPED: Final = (Doing.ENDED, Doing.FAILED)


class Follower:
    """Use it on one event loop. `take` is called with lines in order, a few times a second; `turned` when any stream changes state."""

    def __init__(
        self,
        client: Client,
        take: Callable[[list[Entry]], None],
        *,
        start: From,
        follow: bool = True,
        clock: Clock | None = None,
        rng: Random | None = None,
        most: int = MOST,
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self._client = client
        self._take = take
        self._start = start
        self._follow = follow
        self._clock = clock or SystemClock()
        self._rng = rng or Random()
        self._most = most
        self._turned = turned
        self._merger = Merger()
        self._timer: Timer | None = None
        self._streams: dict[LogTarget, LogStream] = {}
        self._tasks: dict[LogTarget, asyncio.Task[None]] = {}
        self._leaving: dict[LogTarget, Timer] = {}
        self._idle = asyncio.Event()
        self._idle.set()
        self.too_many = 0
        """How many more there are than are followed."""

    @property
    def doing(self) -> Mapping[LogTarget, Doing]:
        return {target: stream.doing for target, stream in self._streams.items()}

    @property
    def failures(self) -> Mapping[LogTarget, KubeError]:
        return {target: stream.failure for target, stream in self._streams.items() if stream.failure is not None}

    @property
    def newest(self) -> int:
        """Stamp of the newest line of all; 0 before any."""
        return max((stream.newest for stream in self._streams.values()), default=0)

    def follow(self, targets: Iterable[LogTarget]) -> None:
        """From now on these. New ones begin (from their beginning when others were followed before); those that are no longer
        among them are read to their end, and left."""
        wanted = list(dict.fromkeys(targets))
        first = not self._streams
        for target in [one for one in self._tasks if one not in wanted]:
            self._leave(target)
        for target in [one for one in self._streams if one not in wanted and one not in self._tasks]:
            del self._streams[target]  # one of the same name is another pod
        for target in wanted:
            if (timer := self._leaving.pop(target, None)) is not None:
                timer.cancel()
        new = [one for one in wanted if one not in self._streams]
        room = max(self._most - len(self._tasks), 0)
        self.too_many = max(len(new) - room, 0)
        for target in new[:room]:
            self._begin(target, self._start if first or not self._follow else From())
        self._turned()

    def tell(self, entry: Entry) -> None:
        """A line of the console's own, in its place among the others."""
        self._put(entry, hold=0.0)

    def retry_now(self) -> None:
        for stream in self._streams.values():
            stream.retry_now()

    async def until_idle(self) -> None:
        """Until no log is read any more: all have ended or failed."""
        await self._idle.wait()

    async def aclose(self) -> None:
        """End all streams. What was held back is handed over first."""
        tasks, self._tasks = list(self._tasks.values()), {}
        for timer in self._leaving.values():
            timer.cancel()
        self._leaving.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.flush()

    def flush(self) -> None:
        """Hand over what is held back."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if rest := self._merger.rest():
            self._take(rest)

    # ---- streams

    def _begin(self, target: LogTarget, start: From) -> None:
        stream = LogStream(
            self._client,
            target,
            lambda entry: self._heard(stream, entry),
            start=start,
            follow=self._follow,
            clock=self._clock,
            rng=self._rng,
            turned=self._turned,
        )
        self._streams[target] = stream
        task = asyncio.create_task(stream.run(), name=f"log of {target.name}")
        self._tasks[target] = task
        self._idle.clear()
        task.add_done_callback(lambda done: self._done(target, done))

    def _done(self, target: LogTarget, task: asyncio.Task[None]) -> None:
        if self._tasks.get(target) is task:
            del self._tasks[target]
        if (timer := self._leaving.pop(target, None)) is not None:
            timer.cancel()
            self._streams.pop(target, None)
        if not self._tasks:
            self._idle.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            self.flush()
            raise error  # a defect of ours: the loop's handler tells it
        self._turned()

    def _leave(self, target: LogTarget) -> None:
        if target not in self._leaving:
            self._leaving[target] = self._clock.call_later(DRAIN, lambda: self._cut(target))

    def _cut(self, target: LogTarget) -> None:
        task = self._tasks.get(target)
        if task is not None:
            self._put(Entry(target, self._newest(target), "The pod is gone; its log ends here.", note="dim"), hold=0.0)
            task.cancel()

    def _newest(self, target: LogTarget) -> int:
        stream = self._streams.get(target)
        return stream.newest if stream is not None else 0

    # ---- lines

    def _heard(self, stream: LogStream, entry: Entry) -> None:
        if len(self._streams) == 1:
            self._put(entry, hold=0.0)
            return
        opened = stream.opened_at
        settling = opened is not None and self._clock.monotonic() - opened < SETTLING
        self._put(entry, hold=FIRST_WINDOW if settling else WINDOW)

    def _put(self, entry: Entry, *, hold: float) -> None:
        now = self._clock.monotonic()
        self._merger.put(entry, due=now + hold)
        if self._timer is None:
            self._timer = self._clock.call_later(max(hold, BATCH), self._hand_over)

    def _hand_over(self) -> None:
        self._timer = None
        now = self._clock.monotonic()
        lines = self._merger.take(now)
        due = self._merger.next_due
        if due is not None:
            self._timer = self._clock.call_later(max(due - now, BATCH), self._hand_over)
        if lines:
            self._take(lines)
