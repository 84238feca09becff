"""Several kinds in one live table. What stands under another row, such as what one system made of another's, shows when that is unfolded.

As `systems.live.LiveRows`: pulled, and only rows that a change touches are made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from modeltui.domain import Leader, Row, RowKey
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.systems import parents
from modeltui.systems.core.types import Pod
from modeltui.systems.facts import ALL_NAMESPACES, FactTable
from modeltui.systems.live import RowChanges, Source, Watching, row_of
from modeltui.systems.protocol import Facts, Merged, ObjectType, View

AT_ONCE: Final = 100
"""Rows made in one go: of a deployment with ten pods one takes a quarter of a millisecond or more, and the keyboard waits meanwhile."""
UNFOLDS: Final = "▸ "
"""Before the name of a row that has others under it."""
UNFOLDED: Final = "▾ "
"""When those are shown."""
UNDER: Final = "  └ "
"""Before the name of each of them."""

States = Mapping[str, SyncState]
"""By namespace; "" for all."""


@dataclass(frozen=True, slots=True)
class Place:
    """One object."""

    resource: Resource
    namespace: str
    name: str


class LiveMerged:
    """Use it on the session's event loop; `close()` gives the watches back."""

    def __init__(self, session: Watching, merged: Merged, namespaces: Sequence[str], selector: str = "") -> None:
        """`merged`: with its parts in versions that the cluster serves. `namespaces`: none means all. `selector` narrows the parts, and not
        what they are joined with."""
        self.merged = merged
        self.views = merged.parts
        self._main = merged.main
        self._parent = parents.column(merged.columns)
        self.namespaces = tuple(namespaces)
        self._session = session
        self._selector = selector
        self._own = {view.resource: view for view in self.views}
        self._by_word = {view.resource.group_resource: view for view in self.views}
        self._words = {view.resource: (word,) if word != merged.main else () for word, view in self._by_word.items()}
        self._kinds = parents.by_kind(self.views)
        self._joining: dict[Resource, list[View]] = {}
        """Whose rows objects of a kind may touch."""
        for view in self.views:
            for resource in view.joins:
                self._joining.setdefault(resource, []).append(view)
        self._facts = FactTable()
        self._sources: dict[Resource, Source] = {}
        self._made: dict[Place, Row] = {}
        """Rows as their views make them."""
        self._due: dict[Place, None] = {}
        self._touched: dict[Place, None] = {}
        """Whose shown row may be another one now."""
        self._parents: dict[Place, Place] = {}
        """Of every row that something made: by what, whether that is there or not."""
        self._under: dict[Place, set[Place]] = {}
        self._open: set[Place] = set()
        """Those that are not as the others are: open, or while all are open, closed."""
        self._all_open = False
        self._shown: dict[RowKey, Row] = {}
        self._removed: dict[RowKey, None] = {}
        self._recreated: set[RowKey] = set()
        self._new_states = True

    # ---- watching

    def start(self) -> None:
        kinds: dict[Resource, ObjectType] = {view.resource: view.type for view in self.views}
        for view in self.views:
            kinds = {**kinds, **{resource: kind for resource, kind in view.joins.items() if resource not in kinds}}
        self._sources = {
            resource: Source(self._session, resource, kind, self.namespaces, self._selector if resource in self._own else "")
            for resource, kind in kinds.items()
        }

    def close(self) -> None:
        for source in self._sources.values():
            source.close()
        self._sources = {}

    async def wait(self) -> None:
        """Until there is something to take."""
        if self._due or self._touched or self._removed or self._new_states:
            return
        waits = [asyncio.ensure_future(source.subscription.wait()) for source in self._sources.values()]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def take(self, limit: int | None = AT_ONCE) -> RowChanges:
        """The changes since the last look; when more than `limit` rows are due, the rest comes with the next one."""
        for source in self._sources.values():
            self._note(source)
        due = list(self._due) if limit is None else [place for place, _ in zip(self._due, range(limit), strict=False)]
        for place in due:
            del self._due[place]
            self._make(place)
        upserts = [row for place in self._touched if (row := self._show(place)) is not None]
        self._touched = {}
        recreated = frozenset(row.key for row in upserts if row.key in self._recreated)
        self._recreated -= recreated
        removed = [key for key in self._removed if key not in self._shown]
        changes = RowChanges(upserts, removed, self._new_states, recreated, more=bool(self._due))
        self._removed, self._new_states = {}, False
        return changes

    # ---- what is known

    @property
    def facts(self) -> Facts:
        return self._facts

    @property
    def joined(self) -> bool:
        """Whether every list has been answered, be it with a refusal."""
        return all(state.sync is not Sync.SYNCING for source in self._sources.values() for state in source.store.states.values())

    def rows(self) -> list[Row]:
        """Those that are shown, as of the last `take`."""
        return list(self._shown.values())

    def tops(self) -> list[Row]:
        """Those that stand under nothing, whatever is unfolded."""
        return [row for place, row in self._made.items() if self._leader(place) is None]

    def view_of(self, key: RowKey) -> View:
        """Raises KeyError for a key that is none of its rows'."""
        return self._by_word[key[2] if len(key) > 2 else self._main]

    def obj(self, key: RowKey) -> Object | None:
        """The object behind a row, now."""
        return self._sources[self.view_of(key).resource].store.get((key[0], key[1]))

    def states_of(self, view: View) -> States:
        return self._sources[view.resource].store.states if self._sources else {}

    @property
    def installed(self) -> tuple[View, ...]:
        """Those that the cluster has, or may have: all but those that it is known not to have."""
        return tuple(view for view in self.views if not _absent(self.states_of(view)))

    @property
    def absent(self) -> tuple[View, ...]:
        return tuple(view for view in self.views if _absent(self.states_of(view)))

    @property
    def states(self) -> dict[str, SyncState]:
        """By namespace, of all kinds that are installed together, those without namespaces in each of them: loading while one is, live when
        one is, else what the first says."""
        of_all = [self.states_of(view) for view in self.installed or self.views]
        of_all = [states for states in of_all if states]
        if not of_all:
            return {}
        places = self.namespaces or (ALL_NAMESPACES,)
        return {place: _of_place(place, of_all) for place in places}

    def ancestors(self, key: RowKey) -> list[Row]:
        """The rows of what made it, and of what made that; the topmost first."""
        found: list[Row] = []
        seen, at = set(), self._parents.get(self._place(key))
        while at is not None and at in self._made and at not in seen:
            seen.add(at)
            found.insert(0, self._made[at])
            at = self._parents.get(at)
        return found

    def children(self, key: RowKey) -> list[Row]:
        """The rows of what it made itself, by name."""
        return sorted(
            (self._made[place] for place in self._under.get(self._place(key), ()) if place in self._made), key=lambda row: row.key
        )

    # ---- unfolding

    def unfolds(self, key: RowKey) -> bool:
        """Whether something stands under that row, or under the one that it stands under."""
        return bool(self._group(key))

    def toggle(self, key: RowKey) -> None:
        """Shows what stands under it, or shows it no more; of a row that stands under another, that one is meant."""
        place = self._place(key)
        place = self._leader(place) or place
        if place in self._open:
            self._open.discard(place)
        else:
            self._open.add(place)
        self._touch(place)

    def toggle_all(self) -> bool:
        """All of them at once; whether they are unfolded now."""
        self._all_open = not self._all_open
        self._open.clear()
        for place in self._under:
            self._touch(place)
        return self._all_open

    def _group(self, key: RowKey) -> set[Place]:
        place = self._place(key)
        return self._under.get(self._leader(place) or place, set())

    def _place(self, key: RowKey) -> Place:
        return Place(self.view_of(key).resource, key[0], key[1])

    def _key(self, place: Place) -> RowKey:
        """Of its row. Those of the main kind have the key that they have everywhere; others are told apart by theirs."""
        return (place.namespace, place.name, *self._words[place.resource])

    def key_of(self, view: View, key: RowKey) -> RowKey:
        """Of the row of that view's object (namespace, name)."""
        return self._key(Place(view.resource, key[0], key[1]))

    # ---- from changes to rows

    def _note(self, source: Source) -> None:
        """Takes over what changed in one store, and finds out which rows that touches."""
        changes, resource = source.subscription.take(), source.resource
        own = self._own.get(resource)
        for key in changes.keys:
            now = source.store.get(key)
            before = self._facts.put(resource, now) if now is not None else self._facts.drop(resource, key)
            if own is not None:
                self._due[Place(resource, *key)] = None
            for version in (now,) if _stands_where_it_stood(before, now) else (before, now):
                if version is not None and not isinstance(version, Undecodable):
                    self._mark(resource, version)
        if own is not None:
            self._recreated |= {self._key(Place(resource, *key)) for key in changes.recreated}
        if changes.states:
            self._new_states = True
            for namespace, known in source.known().items():
                whole = known and not (own is not None and self._selector)  # else it is the list that the selector leaves
                if self._facts.set_known(resource, namespace, known=whole):
                    self._all_due(resource, namespace)

    def _mark(self, resource: Resource, version: Any) -> None:
        for view in self._joining.get(resource, ()):
            for key in view.dependents(resource, version, self._facts):
                self._due[Place(view.resource, key[0], key[1])] = None

    def _all_due(self, resource: Resource, namespace: str) -> None:
        for view in self.views:
            if resource in view.joins and resource != view.resource:
                for key, _ in self._sources[view.resource].store.items():
                    if namespace in (key[0], ALL_NAMESPACES):
                        self._due[Place(view.resource, *key)] = None

    def _make(self, place: Place) -> None:
        """The row of one object anew, and whose group that touches."""
        obj = self._facts.get(place.resource, place.namespace, place.name)
        before = self._made.get(place)
        self._touch(place)
        if obj is None:
            if self._made.pop(place, None) is not None:
                self._move(place, None)
            return
        row = row_of(self._own[place.resource], obj, self._facts)
        if row == before and self._key(place) not in self._recreated:
            return
        self._made[place] = row
        made_by = parents.read(str(row.values[self._parent] or ""), self._kinds)
        self._move(place, Place(made_by.resource, parents.where(made_by, place.namespace), made_by.name) if made_by is not None else None)
        self._touch(place)

    def _move(self, place: Place, parent: Place | None) -> None:
        before = self._parents.get(place)
        if before == parent:
            return
        if before is not None:
            del self._parents[place]
            self._under[before].discard(place)
            if not self._under[before]:
                del self._under[before]
            self._touched[before] = None
        if parent is not None:
            self._parents[place] = parent
            self._under.setdefault(parent, set()).add(place)
            self._touched[parent] = None

    def _touch(self, place: Place) -> None:
        """Its own row, and all that stand in its group: they are sorted by its values, or say that it has others under it."""
        self._touched[place] = None
        for under in self._all_under(place):
            self._touched[under] = None
        if (parent := self._parents.get(place)) is not None:
            self._touched[parent] = None

    def _all_under(self, place: Place, seen: frozenset[Place] = frozenset()) -> Iterable[Place]:
        for under in self._under.get(place, ()):
            if under not in seen and under != place:
                yield under
                yield from self._all_under(under, seen | {place, under})

    def _leader(self, place: Place) -> Place | None:
        """The topmost of those that made it and are there; None when it stands under nothing."""
        found, seen = None, {place}
        at = self._parents.get(place)
        while at is not None and at in self._made and at not in seen:
            found = at
            seen.add(at)
            at = self._parents.get(at)
        return found

    def _show(self, place: Place) -> Row | None:
        """The row as it is to be shown, when that is news; what is to be shown no more is noted."""
        row, leader, key = self._made.get(place), self._leader(place), self._key(place)
        if row is None or (leader is not None and not self._is_open(leader)):
            if self._shown.pop(key, None) is not None:
                self._removed[key] = None
            return None
        top = leader or place
        lead = UNDER if leader is not None else (UNFOLDED if self._is_open(place) else UNFOLDS) if self._under.get(place) else ""
        shown = Row(key, row.values, row.labels, row.problem, row.fault, Leader(self._key(top), self._made[top].values), lead)
        if self._shown.get(key) == shown and key not in self._recreated:
            return None
        self._shown[key] = shown
        self._removed.pop(key, None)
        return shown

    def _is_open(self, place: Place) -> bool:
        return (place in self._open) != self._all_open


def _of_place(place: str, of_all: Sequence[States]) -> SyncState:
    """Kinds without namespaces are in each of them, but of one that does not exist they say nothing."""
    within = [states[place] for states in of_all if place in states]
    if within and all(state.sync is Sync.NO_NAMESPACE for state in within):
        return within[0]
    return _together([states.get(place) or states[ALL_NAMESPACES] for states in of_all])


def _stands_where_it_stood(before: Object | None, now: Object | None) -> bool:
    """Of a pod: it belongs to what it belonged to, by its labels and owners; nothing else of it says so."""
    if not isinstance(before, Pod) or not isinstance(now, Pod):
        return False
    return (before.metadata.labels, before.metadata.owner_references) == (now.metadata.labels, now.metadata.owner_references)


def _absent(states: States) -> bool:
    return bool(states) and all(state.sync is Sync.NOT_INSTALLED for state in states.values())


_ORDER: Final = (Sync.SYNCING, Sync.STALE, Sync.UNAUTHORIZED, Sync.LIVE, Sync.POLLING, Sync.DENIED, Sync.NO_NAMESPACE, Sync.NOT_INSTALLED)


def _together(states: Sequence[SyncState]) -> SyncState:
    """Of several kinds in one namespace."""
    first = min(states, key=lambda state: _ORDER.index(state.sync))
    return replace(first, received=sum(state.received for state in states))
