"""Runs controllers: watches feed queues, queues feed reconcile; in real time, or as fast as it goes in past time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Controller, Failed, Mapper, Requeue
from modeltui.demo.controllers.log import report
from modeltui.demo.controllers.queue import WorkQueue
from modeltui.demo.errors import StatusError
from modeltui.demo.watching import Watch

LEFT_ALONE = "bulk"
"""A namespace that no controller looks at: what `populate_many` puts there is for measuring, not for working on."""
SHORTEST = 0.01
"""Seconds until the next look at the earliest: what is due in less is due to rounding of times."""


@dataclass(slots=True)
class Lane:
    controller: Controller
    queue: WorkQueue = field(default_factory=WorkQueue)


@dataclass(slots=True)
class Feed:
    """The watch of one resource for one controller."""

    lane: Lane
    resource: str
    mapper: Mapper
    watch: Watch


class Manager:
    def __init__(self, api: Api, controllers: Iterable[Controller], *, pace: float = 1.0) -> None:
        self._api = api
        self._pace = pace
        self._lanes = [Lane(controller) for controller in controllers]
        self._turns = itertools.cycle(self._lanes)
        self._feeds = [
            Feed(lane, resource, mapper, self._watch(resource))
            for lane in self._lanes
            for resource, mapper in lane.controller.watches.items()
        ]

    def _watch(self, resource: str) -> Watch:
        namespaced = self._api.target(resource).kind.namespaced
        return self._api.watch(resource, fields=f"metadata.namespace!={LEFT_ALONE}" if namespaced else "")

    def resync(self) -> None:
        """Looks at everything again, as controller-runtime does every ten hours."""
        self.close()
        for feed in self._feeds:
            feed.watch = self._watch(feed.resource)

    def close(self) -> None:
        for feed in self._feeds:
            feed.watch.close()

    def advance(self, start: datetime, until: datetime) -> None:
        """Does everything that falls due from `start` to `until`, each at its own time, without waiting."""
        now = start.timestamp()
        while True:
            with clock.at(datetime.fromtimestamp(now, UTC)):
                self._exhaust(now)
            due = self.next_due()
            if due is None or due > until.timestamp():
                return
            now = max(now, due)

    def _exhaust(self, now: float) -> None:
        storage, seen = self._api.core.storage, -1
        while True:
            self._api.settle()
            if storage.revision != seen:
                seen = storage.revision
                self.gather(now)
            if not self.step(now):
                return

    async def run(self) -> None:
        """Until cancelled."""
        wake = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds:
                group.create_task(self._pump(feed, wake))
            group.create_task(self._work(wake))

    async def _pump(self, feed: Feed, wake: asyncio.Event) -> None:
        while True:
            await feed.watch.wait()
            if self._take(feed, self._now()):
                wake.set()

    async def _work(self, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            while self.step(self._now()):  # noqa: ASYNC110  it waits for nothing: it makes room
                await asyncio.sleep(0)  # one step is short; requests are answered between two
            due = self.next_due()
            with contextlib.suppress(TimeoutError):  # not wait_for, which before Python 3.12 can swallow a cancellation
                async with asyncio.timeout(None if due is None else max(0.0, due - self._now()) / self._pace):
                    await wake.wait()

    def _now(self) -> float:
        return time.monotonic() * self._pace

    def gather(self, now: float) -> None:
        for feed in self._feeds:
            self._take(feed, now)

    def _take(self, feed: Feed, now: float) -> bool:
        """Queues what the changes of one watch give reason to look at; whether there was anything."""
        try:
            events = feed.watch.take()
        except StatusError as problem:
            if problem.code != 410:
                raise
            feed.watch.close()
            feed.watch = self._watch(feed.resource)
            events = feed.watch.take()
        for event in events:
            for key in feed.mapper(self._api, event.object):
                feed.lane.queue.add(key, now)
        return bool(events)

    def next_due(self) -> float | None:
        return min((due for lane in self._lanes if (due := lane.queue.next_due()) is not None), default=None)

    def step(self, now: float) -> bool:
        """Reconciles one key that is due; False when none is. Controllers take turns: two of them may keep each other busy, as the
        one for Models does with itself while a Dataset goes, and must not keep a third from working."""
        for _ in self._lanes:
            lane = next(self._turns)
            key = lane.queue.take(now)
            if key is None:
                continue
            try:
                again = lane.controller.reconcile(self._api, key)
            except (Failed, StatusError) as problem:
                report(self._api, lane.controller, key, str(problem))
                lane.queue.retry(key, now)
            except Requeue:
                lane.queue.retry(key, now)
            else:
                lane.queue.forget(key)
                if again is not None:
                    lane.queue.add(key, now + max(SHORTEST, again))
            return True
        return False
