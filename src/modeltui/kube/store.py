"""Watched objects by key, and who wants to know when they change.

A `Scope` is what one reflector fills: one resource in one namespace (or in all). A `Store` merges the scopes that a
screen asked for, so that one denied namespace does not hide the others. Everything here runs on one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState

T = TypeVar("T", bound=Object)

Key = tuple[str, str]
"""(namespace, name)."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the last look. A key that the store no longer holds was removed."""

    keys: set[Key]
    states: bool
    """Whether some `SyncState` changed."""
    recreated: frozenset[Key] = frozenset()
    """Those of `keys` whose object was deleted and made anew under the same name: another uid, so not the one last seen."""


class Subscription:
    """The changes one reader has not yet seen, coalesced by key: the last state wins, however slow the reader.

    What came and went between two looks is forgotten, so memory is bounded by what the reader knows plus what there is.
    """

    def __init__(self, store: Store[Object]) -> None:
        self._store = store
        self._pending: dict[Key, str | None] = {key: None for key, _ in store.items()}
        """Key to the uid that the reader knows; None when the reader does not know the key."""
        self._states = True
        self._news = asyncio.Event()
        self._news.set()

    async def wait(self) -> None:
        """Until there is something to take. At once after subscribing: the first look gets everything."""
        await self._news.wait()

    @property
    def waiting(self) -> bool:
        """Whether there is something to take."""
        return self._news.is_set()

    def take(self) -> Changes:
        pending, states = self._pending, self._states
        self._pending, self._states = {}, False
        self._news.clear()
        recreated = [key for key, uid in pending.items() if uid and (now := self._store.get(key)) and now.metadata.uid not in ("", uid)]
        return Changes(set(pending), states, frozenset(recreated))

    def close(self) -> None:
        """No more changes will be noted."""
        self._store.unsubscribe(self)

    def note(self, key: Key, was: Object | None, now: Object | None) -> None:
        if key not in self._pending:
            self._pending[key] = was.metadata.uid if was is not None else None
        elif now is None and self._pending[key] is None:
            del self._pending[key]
            return
        self._news.set()

    def note_state(self) -> None:
        self._states = True
        self._news.set()


class Scope(Generic[T]):
    """The objects of one reflector; its sink. `namespace` is "" for all namespaces and for cluster-scoped resources."""

    def __init__(self, namespace: str, *, state: SyncState, turned: Callable[[Sync, Sync], None] | None = None) -> None:
        """`turned` is called with the old and the new `Sync` when they differ."""
        self.namespace = namespace
        self.sync = state
        self.last_heard: datetime | None = None
        """When the server last sent anything on this list or watch, bookmarks included."""
        self.objects: dict[Key, T | Undecodable] = {}
        self.readers: set[Subscription] = set()
        self._turned = turned

    def __len__(self) -> int:
        return len(self.objects)

    def state(self, state: SyncState) -> None:
        was, self.sync = self.sync.sync, state
        if self._turned is not None and was is not state.sync:
            self._turned(was, state.sync)
        for reader in self.readers:
            reader.note_state()

    def heard(self, when: datetime) -> None:
        self.last_heard = when

    def page(self, objects: Iterable[T | Undecodable]) -> None:
        """Part of the first list, shown before the rest is there."""
        for obj in objects:
            self.upsert(obj)

    def replace(self, objects: Iterable[T | Undecodable]) -> None:
        """The whole truth: what is not in it is gone."""
        fresh = {obj.metadata.key: obj for obj in objects}
        for key in [key for key in self.objects if key not in fresh]:
            self._note(key, self.objects.pop(key), None)
        self.page(fresh.values())

    def upsert(self, obj: T | Undecodable) -> None:
        key = obj.metadata.key
        was = self.objects.get(key)
        if was is not None and same(was, obj):
            return
        self.objects[key] = obj
        self._note(key, was, obj)

    def remove(self, obj: T | Undecodable) -> None:
        """`obj` is the final state; if its name has gone to another uid since, that one stays."""
        key = obj.metadata.key
        was = self.objects.get(key)
        if was is None or (obj.metadata.uid and was.metadata.uid and obj.metadata.uid != was.metadata.uid):
            return
        del self.objects[key]
        self._note(key, was, None)

    def _note(self, key: Key, was: Object | None, now: Object | None) -> None:
        for reader in self.readers:
            reader.note(key, was, now)


def same(a: Object, b: Object) -> bool:
    """Whether two objects of one key are the same state: equal resourceVersion (an opaque word, never an order) and uid."""
    if a.metadata.resource_version and b.metadata.resource_version:
        return a.metadata.resource_version == b.metadata.resource_version and a.metadata.uid == b.metadata.uid
    return a == b


class Store(Generic[T]):
    """The merged view of one resource in the namespaces asked for."""

    def __init__(self, resource: Resource, kind: type[T], scopes: Sequence[Scope[T]]) -> None:
        self.resource = resource
        self.kind = kind
        self.scopes = tuple(scopes)
        self._by_namespace = {scope.namespace: scope for scope in scopes}
        self._all = self._by_namespace.get("")

    def get(self, key: Key) -> T | Undecodable | None:
        scope = self._by_namespace.get(key[0], self._all)
        return scope.objects.get(key) if scope is not None else None

    def items(self) -> Iterator[tuple[Key, T | Undecodable]]:
        for scope in self.scopes:
            yield from scope.objects.items()

    def __len__(self) -> int:
        return sum(len(scope) for scope in self.scopes)

    @property
    def states(self) -> dict[str, SyncState]:
        """By namespace; "" for all namespaces and for cluster-scoped resources."""
        return {scope.namespace: scope.sync for scope in self.scopes}

    @property
    def last_heard(self) -> datetime | None:
        """How old the oldest part of the data may be; None while some namespace that should answer never has."""
        quiet = (Sync.DENIED, Sync.UNAUTHORIZED, Sync.NOT_INSTALLED)
        times = [scope.last_heard for scope in self.scopes if scope.sync.sync not in quiet]
        known = [time for time in times if time is not None]
        return min(known) if known and len(known) == len(times) else None

    def subscribe(self) -> Subscription:
        subscription = Subscription(self)  # type: ignore[arg-type]  # reads only, so any T will do
        for scope in self.scopes:
            scope.readers.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        for scope in self.scopes:
            scope.readers.discard(subscription)
