"""Watch: the changes of one resource since a revision, as one watcher sees them through its selectors.

A watcher holds no queue: it remembers the revision it has seen, and reads the shared history from there. A slow one costs no memory,
and one that falls off the end of the history is told 410, as upstream's watch cache does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NamedTuple

from modeltui.demo import errors
from modeltui.demo.core import Core, bytes_at, is_as_stored, object_at
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.reading import Predicate, prefix
from modeltui.demo.storage import Bucket, Change, Stored, encode_object, event_line


class Event(NamedTuple):
    type: str
    object: Object


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event, before it is turned into bytes, a table or an object."""

    type: str
    stored: Stored
    change: Change | None = None
    """Set when the event is the change itself, whose line all watchers share."""


@dataclass(slots=True)
class Watch:
    """`since` None starts with what exists, as ADDED. Use it as an async iterator of Event, or take() after wait()."""

    core: Core
    target: Target
    namespace: str | None = None
    since: int | None = None
    matches: Predicate | None = None
    seen: int = 0
    """Everything up to this revision was delivered."""
    _initial: list[Delivery] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _bucket: Bucket = field(init=False)
    _closed: bool = False

    def __post_init__(self) -> None:
        self._bucket = self.core.storage.bucket(self.target.kind.resource)
        self._bucket.waiting.add(self._woken.set)
        if self.since is None:
            self.seen = self.core.storage.revision
            keys = self._bucket.under(prefix(self.target, self.namespace))
            existing = (self._bucket.objects[key] for key in keys)
            self._initial = [Delivery("ADDED", stored) for stored in existing if self.matches is None or self.matches(stored)]
        else:
            self.seen = self.since
            self._woken.set()  # something may have happened since then

    def deliveries(self) -> list[Delivery]:
        """What happened since the last call. Raises 410 when the history no longer reaches back to there."""
        self._woken.clear()
        found, self._initial = self._initial, []
        if self.seen < self._bucket.floor:
            raise errors.expired(f"too old resource version: {self.seen} ({self._bucket.floor})")
        under = prefix(self.target, self.namespace)
        for change in self._bucket.since(self.seen):
            self.seen = change.revision
            if change.now.key.startswith(under):
                delivery = self._seen_as(change)
                if delivery is not None:
                    found.append(delivery)
        return found

    def _seen_as(self, change: Change) -> Delivery | None:
        """An object that leaves the selector is DELETED, one that enters it ADDED."""
        if self.matches is None:
            return Delivery(change.type, change.now, change)
        before = change.before is not None and self.matches(change.before)
        now = change.type != "DELETED" and self.matches(change.now)
        if now:
            type_ = "MODIFIED" if before else "ADDED"
            return Delivery(type_, change.now, change if type_ == change.type else None)
        if not before or change.before is None:
            return None
        if change.type == "DELETED":
            return Delivery("DELETED", change.now, change)
        return Delivery("DELETED", _as_it_left(change.before, change.revision))

    def line(self, delivery: Delivery) -> bytes:
        """The event as the wire has it."""
        if delivery.change is not None and is_as_stored(self.target, delivery.stored):
            return delivery.change.line()
        return event_line(delivery.type, bytes_at(self.target, delivery.stored))

    def take(self) -> list[Event]:
        return [Event(delivery.type, object_at(self.target, delivery.stored)) for delivery in self.deliveries()]

    @property
    def stirred(self) -> bool:
        """Whether there may be something to take."""
        return bool(self._initial) or self._woken.is_set()

    async def wait(self) -> None:
        """Until there may be something to take."""
        if not self._initial:
            await self._woken.wait()

    @property
    def gone(self) -> bool:
        """Is the resource itself no longer served?"""
        return self.core.registry.kind(self.target.kind.resource) is None

    @property
    def current(self) -> bool:
        """Does it watch what is served now? Not when the resource's definition went, even if one of that name came back."""
        return not self.gone and self.core.storage.bucket(self.target.kind.resource) is self._bucket

    def close(self) -> None:
        self._closed = True
        self._bucket.waiting.discard(self._woken.set)
        self._woken.set()

    async def __aiter__(self) -> AsyncIterator[Event]:
        try:
            while not self._closed and not self.gone:
                for event in self.take():
                    yield event
                await self.wait()
        finally:
            self.close()


def _as_it_left(stored: Stored, revision: int) -> Stored:
    """The last state that matched, at the revision at which it stopped to."""
    obj = stored.decode()
    obj["metadata"]["resourceVersion"] = str(revision)
    return Stored(stored.key, revision, stored.uid, stored.labels, stored.owners, encode_object(obj))
