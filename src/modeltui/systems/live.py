"""From watched objects to rows: joins the stores that a view needs and makes anew only the rows that a change touches.

Pulled, not pushed: a reader awaits `wait()` and then calls `take()`, at the pace of its screen. Between two looks all
changes of a key count as one, so a storm costs no more than the number of rows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from modeltui.domain import UNKNOWN, Row, RowKey
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Store
from modeltui.systems.facts import ALL_NAMESPACES, FactTable
from modeltui.systems.protocol import Facts, View

BATCH: Final = 500
"""Rows made in one go, so that the first 10,000 do not hold up the keyboard; the rest follows at the next look."""

_COMPLETE: Final = frozenset({Sync.LIVE, Sync.POLLING, Sync.NO_NAMESPACE})


class Watching(Protocol):
    """What is needed of `kube.session.Session`."""

    def watch(self, resource: Resource, kind: Any, namespaces: Sequence[str] = (), selector: str = "") -> Store[Any]: ...

    def release(self, store: Store[Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What is new since the last look. Apply `removed` before `upserts`."""

    upserts: list[Row]
    removed: list[RowKey]
    states: bool
    """Whether some state of the view's own resource changed."""
    recreated: frozenset[RowKey] = frozenset()
    """Those of `upserts` that are another object under the same name: marks on the old one do not hold."""
    more: bool = False
    """There are more to come, which were left for the next look."""


class LiveRows:
    """The rows of one view, kept up to date. Use it on the session's event loop; `close()` gives the watches back."""

    def __init__(self, session: Watching, view: View, namespaces: Sequence[str], selector: str = "") -> None:
        """`namespaces`: none means all. `selector` narrows the view's own resource, not the joined ones."""
        self.view = view
        self.namespaces = tuple(namespaces)
        self._session = session
        self._selector = selector
        self._facts = FactTable()
        self._rows: dict[RowKey, Row] = {}
        self._due: dict[RowKey, None] = {}
        """Rows to make anew, in the order in which that became known."""
        self._removed: dict[RowKey, None] = {}
        self._recreated: set[RowKey] = set()
        self._new_states = True
        self._sources: list[Source] = []

    def start(self) -> None:
        """Begins to watch. The view's own resource is asked for first, so that its rows come first."""
        self._sources = [
            Source(self._session, resource, kind, self.namespaces, self._selector if resource == self.view.resource else "")
            for resource, kind in {self.view.resource: self.view.type, **self.view.joins}.items()
        ]

    def close(self) -> None:
        for source in self._sources:
            source.close()
        self._sources = []

    @property
    def started(self) -> bool:
        return bool(self._sources)

    @property
    def states(self) -> dict[str, SyncState]:
        """By namespace ("" for all), of the view's own resource: a joined one that is denied only makes cells unknown."""
        return self.store.states

    @property
    def store(self) -> Store[Any]:
        """The view's own objects."""
        return self._sources[0].store

    @property
    def facts(self) -> Facts:
        return self._facts

    def states_of(self, resource: Resource) -> dict[str, SyncState]:
        """As `states`, of a joined resource."""
        return next(source.store.states for source in self._sources if source.resource == resource)

    @property
    def joined(self) -> bool:
        """Whether every joined list has been answered, be it with a refusal: rows made now will not change for want of them."""
        return all(state.sync is not Sync.SYNCING for source in self._sources[1:] for state in source.store.states.values())

    def rows(self) -> list[Row]:
        """All rows as of the last `take`."""
        return list(self._rows.values())

    def obj(self, key: RowKey) -> Object | None:
        """The object behind a row, now."""
        return self.store.get((key[0], key[1]))

    async def wait(self) -> None:
        """Until there is something to take."""
        if self._due or self._removed or self._new_states:
            return
        waits = [asyncio.ensure_future(source.subscription.wait()) for source in self._sources]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def take(self, limit: int | None = BATCH) -> RowChanges:
        """The changes since the last look; when more than `limit` rows are due, the rest comes with the next one."""
        for source in self._sources:
            self._note(source)
        due = list(self._due) if limit is None else [key for key, _ in zip(self._due, range(limit), strict=False)]
        upserts = []
        for key in due:
            del self._due[key]
            obj = self._facts.get(self.view.resource, *key)
            if obj is not None and is_row(self.view, obj):
                row = row_of(self.view, obj, self._facts)
                if self._rows.get(key) != row or key in self._recreated:
                    self._rows[key] = row
                    upserts.append(row)
        recreated = frozenset(row.key for row in upserts if row.key in self._recreated)
        changes = RowChanges(upserts, list(self._removed), self._new_states, recreated, more=bool(self._due))
        self._recreated.difference_update(due)
        self._removed = {}
        self._new_states = False
        return changes

    def _note(self, source: Source) -> None:
        """Takes over what changed in one store, and finds out which rows that touches."""
        changes = source.subscription.take()
        own = source.resource == self.view.resource
        for key in changes.keys:
            now = source.store.get(key)
            before = self._facts.put(source.resource, now) if now is not None else self._facts.drop(source.resource, key)
            if own:
                self._note_own(key, now if now is not None and is_row(self.view, now) else None)
            if not own or source.resource in self.view.joins:
                for version in (before, now):
                    if version is not None and not isinstance(version, Undecodable):
                        self._mark(self.view.dependents(source.resource, version, self._facts))
        if own:
            self._recreated |= changes.recreated
        if changes.states:
            self._new_states |= own
            for namespace, known in source.known().items():
                if own and self._selector:
                    known = False  # of the list that the selector leaves, not of the kind
                if not self._facts.set_known(source.resource, namespace, known=known):
                    continue
                if source.resource in self.view.elsewhere:
                    self._mark(self._own_keys())
                elif not own:
                    self._mark(key for key in self._own_keys() if namespace in (key[0], ALL_NAMESPACES))

    def _note_own(self, key: RowKey, now: Object | None) -> None:
        if now is not None:
            self._due[key] = None
            self._removed.pop(key, None)
            return
        self._due.pop(key, None)
        self._recreated.discard(key)
        if self._rows.pop(key, None) is not None:
            self._removed[key] = None

    def _own_keys(self) -> Iterable[RowKey]:
        return [key for key, _ in self.store.items()]

    def _mark(self, keys: Iterable[RowKey]) -> None:
        for key in keys:
            obj = self._facts.get(self.view.resource, *key)
            if obj is not None and is_row(self.view, obj):
                self._due[key] = None


class Source:
    """One watched resource of a view: its store, the subscription to it, and whether its lists were ever complete."""

    def __init__(self, session: Watching, resource: Resource, kind: Any, namespaces: Sequence[str], selector: str) -> None:
        self.resource = resource
        self._session = session
        self.store: Store[Any] = session.watch(resource, kind, namespaces, selector)
        self.subscription = self.store.subscribe()
        self._complete: set[str] = set()

    def known(self) -> dict[str, bool]:
        """Namespace -> whether the list is complete. A stale one is, if it was complete before the connection, or the login, was lost."""
        result = {}
        for namespace, state in self.store.states.items():
            if state.sync in _COMPLETE:
                self._complete.add(namespace)
            elif state.sync not in (Sync.STALE, Sync.UNAUTHORIZED):
                self._complete.discard(namespace)
            result[namespace] = namespace in self._complete
        return result

    def close(self) -> None:
        self.subscription.close()
        self._session.release(self.store)


def is_row(view: View, obj: Object) -> bool:
    """Whether the view shows it. One that could not be read is shown by the view of its kind."""
    return view.shows is None or (not isinstance(obj, Undecodable) and view.shows(obj))


def row_of(view: View, obj: Object, facts: Facts) -> Row:
    """The row of any object: one that could not be read says so in place of its cells."""
    if isinstance(obj, Undecodable):
        values = tuple(
            {"name": obj.metadata.name, "namespace": obj.metadata.namespace, "age": obj.metadata.creation_timestamp or UNKNOWN}.get(
                column.key, UNKNOWN
            )
            for column in view.columns
        )
        return Row(obj.metadata.key, values, obj.metadata.labels, problem=obj.problem or "The object could not be read.")
    return view.row(obj, facts)
