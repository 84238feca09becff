"""Runs controllers: watches feed queues, queues feed reconcile; in real time, or as fast as it goes in past time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Controller, Failed, Mapper, Requeue
from modeltui.demo.controllers.log import report
from modeltui.demo.controllers.queue import WorkQueue
from modeltui.demo.definitions import RESOURCE as DEFINITIONS
from modeltui.demo.errors import StatusError
from modeltui.demo.watching import Watch

LEFT_ALONE = "bulk"
"""A namespace that no controller looks at: what `populate_many` puts there is for measuring, not for working on."""
SHORTEST = 0.01
"""Seconds until the next look at the earliest: what is due in less is due to rounding of times."""


@dataclass(slots=True)
class Lane:
    """One controller with its queue. It works only while its own kind, the first that it watches, is served."""

    controller: Controller
    queue: WorkQueue = field(default_factory=WorkQueue)

    @property
    def home(self) -> str:
        return next(iter(self.controller.watches))


@dataclass(slots=True)
class Feed:
    """The watch of one resource, for all controllers that look at it; None while no such resource is served."""

    resource: str
    wakes: list[tuple[Lane, Mapper]] = field(default_factory=list)
    watch: Watch | None = None


class Manager:
    """With `only_new` it begins as if all that is there were in order: what changes from now on is a reason to look, at that object."""

    def __init__(self, api: Api, controllers: Iterable[Controller], *, pace: float = 1.0, only_new: bool = False) -> None:
        self._api = api
        self._since = str(api.core.storage.revision) if only_new else "0"
        self._pace = pace
        self._lanes = [Lane(controller) for controller in controllers]
        self._turns = itertools.cycle(self._lanes)
        self._feeds: dict[str, Feed] = {}
        for lane in self._lanes:
            for resource, mapper in lane.controller.watches.items():
                self._feeds.setdefault(resource, Feed(resource)).wakes.append((lane, mapper))
        self._kinds_seen = -1
        self._follow_kinds()
        self._since = "0"

    def _follow_kinds(self) -> list[Feed]:
        """Watches what has come to be served since the last look, and no more what no longer is; the feeds that began."""
        kinds, begun = self._api.core.registry, []
        if kinds.changes == self._kinds_seen:
            return []
        self._kinds_seen = kinds.changes
        for feed in self._feeds.values():
            served = self._api.served(feed.resource)
            if feed.watch is not None and not (served and feed.watch.current):
                feed.watch.close()
                feed.watch = None
            if served and feed.watch is None:
                feed.watch = self._watch(feed.resource)
                begun.append(feed)
        return begun

    def _watch(self, resource: str) -> Watch:
        namespaced = self._api.target(resource).kind.namespaced
        return self._api.watch(resource, since=self._since, fields=f"metadata.namespace!={LEFT_ALONE}" if namespaced else "")

    def resync(self) -> None:
        """Looks at everything again, as controller-runtime does every ten hours."""
        self.close()
        for feed in self._feeds.values():
            feed.watch = self._watch(feed.resource) if self._api.served(feed.resource) else None

    def close(self) -> None:
        for feed in self._feeds.values():
            if feed.watch is not None:
                feed.watch.close()

    def advance(self, start: datetime, until: datetime) -> None:
        """Does everything that falls due from `start` to `until`, each at its own time, without waiting."""
        for _ in self.advancing(start, until):
            pass

    def advancing(self, start: datetime, until: datetime) -> Iterator[None]:
        """The same in steps, between which somebody else may do something."""
        now = start.timestamp()
        while True:
            yield from self._exhaust(now)
            due = self.next_due()
            if due is None or due > until.timestamp():
                return
            now = max(now, due)

    def _exhaust(self, now: float) -> Iterator[None]:
        storage, seen, moment = self._api.core.storage, -1, datetime.fromtimestamp(now, UTC)
        more = True
        while more:
            with clock.at(moment):
                self._api.settle()
                if storage.revision != seen:
                    seen = storage.revision
                    self.gather(now)
                more = self.step(now)
            yield

    async def run(self) -> None:
        """Until cancelled."""
        wake = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for feed in self._feeds.values():
                if feed.watch is not None:
                    group.create_task(self._pump(feed, feed.watch, wake))
            group.create_task(self._pump_new(group, wake))
            group.create_task(self._work(wake))

    async def _pump_new(self, group: asyncio.TaskGroup, wake: asyncio.Event) -> None:
        """Starts with kinds whose definitions come later."""
        definitions = self._api.watch(DEFINITIONS)
        while True:
            for feed in self._follow_kinds():
                if feed.watch is not None:
                    group.create_task(self._pump(feed, feed.watch, wake))
            await definitions.wait()
            definitions.take()

    async def _pump(self, feed: Feed, watch: Watch, wake: asyncio.Event) -> None:
        """Until what it watches is no longer served."""
        while feed.watch is watch and watch.current:
            await watch.wait()
            if feed.watch is watch:
                if self._take(feed, self._now()):
                    wake.set()
                watch = feed.watch  # it begins anew after a 410

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
        self._follow_kinds()
        for feed in self._feeds.values():
            self._take(feed, now)

    def _take(self, feed: Feed, now: float) -> bool:
        """Queues what the changes of one watch give reason to look at; whether there was anything."""
        if feed.watch is None or not feed.watch.stirred or not feed.watch.current:
            return False  # where it is not current, `_follow_kinds` is about to close it
        try:
            events = feed.watch.take()
        except StatusError as problem:
            if problem.code != 410:
                raise
            feed.watch.close()
            feed.watch = self._watch(feed.resource)
            events = feed.watch.take()
        for event in events:
            for lane, mapper in feed.wakes:
                for key in mapper(self._api, event.object):
                    lane.queue.add(key, now)
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
            if not self._api.served(lane.home):
                lane.queue.forget(key)
                return True
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
