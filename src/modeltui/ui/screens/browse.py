"""A live table of objects: what can be done with the row under the cursor, or with the marked ones. Which rows, its subclasses say."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual.binding import BindingType

from modeltui.domain import Row, RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.kube.state import SyncState
from modeltui.systems.live import RowChanges
from modeltui.systems.protocol import Facts, Table, View
from modeltui.ui import keys, lineage, sights
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.table import TableScreen
from modeltui.ui.table.messages import Opened

if TYPE_CHECKING:
    from modeltui.ui.changing import Changing
    from modeltui.ui.screens.log import LogScreen

BREATH = 0.05
"""Seconds between two looks at the rows: a storm counts as one change, a lone event is never kept waiting."""


class Live(Protocol):
    """`systems.live.LiveRows`, or `systems.merged.LiveMerged`."""

    @property
    def states(self) -> dict[str, SyncState]: ...

    @property
    def facts(self) -> Facts: ...

    def rows(self) -> list[Row]: ...

    def obj(self, key: RowKey) -> Object | None: ...

    def close(self) -> None: ...

    async def wait(self) -> None: ...

    def take(self) -> RowChanges: ...


class BrowseScreen(TableScreen):
    """Subclasses start `live` and follow it, and know the view that a row is of."""

    BINDINGS: ClassVar[list[BindingType]] = keys.BROWSE
    live: Live

    def __init__(self, cluster: Cluster, of: Table, place: Place, **look: Any) -> None:
        """`look`: as `TableScreen` takes it."""
        super().__init__(of, place, **look)
        self.cluster = cluster
        self._connection = sights.connection({})

    def view_of(self, key: RowKey) -> View:
        raise NotImplementedError

    def on_unmount(self) -> None:
        self.live.close()

    async def follow(self) -> None:
        while True:
            await self.live.wait()
            changes = self.live.take()
            self.table.discard([*changes.removed, *changes.recreated])
            self.table.upsert(changes.upserts)
            if changes.states:
                self.show_state()
            await asyncio.sleep(0 if changes.more else BREATH)

    def connected_so(self, connection: sights.Connection) -> None:
        """What the table learns of the connection. That it is lost, or back again, is said on screens that watch nothing, too."""
        self._connection = connection
        lost, before = sights.is_lost(connection), self.console.bar.connection
        if (lost or sights.is_lost(before)) and before != (now := connection if lost else sights.CONNECTED):
            self.console.set_bar(connection=now)

    def keep(self, title: str, states: sights.States) -> None:
        """Every turn for the worse, and the end of it, for `:messages`: what a sight says goes away with it, and so may this screen."""
        for namespace, state in states.items():
            said, told = sights.trouble(title, namespace, state), self.cluster.troubles.setdefault(f"{title} {namespace}", set())
            if said and said + state.reason not in told:
                told.add(said + state.reason)
                self.console.note(said, raw=state.reason)
            elif said == "" and told:
                told.clear()
                self.console.note(f"{title}{f' in {namespace}' if namespace else ''}: live again.", error=False)

    # ---- actions

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a ModelSource has connections to check."""
        sources = self.of.name == "sources"
        return super().check_action(action, parameters) and (action != "check_connection" or sources)

    async def action_logs(self, previous: bool) -> None:
        """Of a row that has a log, by what its details are."""
        if (found := self._object()) is None:
            return
        (view, key), screen = found, None
        if view.detail == "dataset":
            from modeltui.ui.screens.dataset_detail import log_screen

            screen = log_screen(self.cluster, key, previous=previous)
        elif view.detail == "pod":
            screen = self._pod_log(view, key, previous)
        if screen is None:
            self.console.say(f"{self.of.title} have no log of their own; :datasets have the logs of their downloads.", error=True)
        else:
            await self.app.push_screen(screen)

    def _pod_log(self, view: View, key: RowKey, previous: bool) -> LogScreen:
        from modeltui.kube.log_targets import one_pod
        from modeltui.ui.screens.log import LogScreen

        return LogScreen(self.cluster, one_pod(key[0], key[1]), title=f"Log of {view.resource.kind} {key[1]}", previous=previous)

    @property
    def _changing(self) -> Changing:
        return self.console.changing(self.cluster)

    def _key(self) -> RowKey | None:
        if self.table.cursor_key is None or not self.table.display:
            self.console.say("There is no row to act on.", error=True)
            return None
        return self.table.cursor_key

    def _object(self) -> tuple[View, RowKey] | None:
        """The view of the row under the cursor, and (namespace, name)."""
        return None if (key := self._key()) is None else (self.view_of(key), key[:2])

    def targets(self) -> Sequence[tuple[Resource, RowKey]]:
        """Of the marked rows, or the one under the cursor: the resource, and (namespace, name)."""
        return [(self.view_of(key).resource, key[:2]) for key in self.table.target_keys]

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.console.navigator.open_detail(self.view_of(event.key), event.key[:2])

    def default_view(self) -> View:
        """Of what can be made where there is no row."""
        raise NotImplementedError

    async def action_actions(self) -> None:
        """Everything that can be done with the row, or with the marked ones; without any there is still something to make."""
        from modeltui.ui.changing import Target

        chosen = self.table.target_keys if self.table.display else []
        views = {self.view_of(key).name: self.view_of(key) for key in chosen} or {"": self.default_view()}
        if len(views) > 1:
            self.console.say(f"Mark rows of one kind, or delete them with ctrl-d: those marked are {', '.join(views)}.")
            return
        (view,) = views.values()
        around = next(iter(self.place.namespaces), "")
        namespace = chosen[0][0] if chosen else around
        obj = self.live.obj(chosen[0]) if len(chosen) == 1 else None
        keys = [key[:2] for key in chosen]
        await self._changing.menu(Target(view, keys, namespace, self.live.facts, obj, more=self.offers(), around=around))

    async def action_operate(self, word: str) -> None:
        """Scale, restart, stop, start: what the row's system does for that word."""
        from modeltui.ui.changing import Target

        if (key := self._key()) is None:
            return
        if len(self.table.marked_keys) > 1:
            self.console.say(f"To {word} is for one row at a time; ctrl-\\ clears the marks.", error=True)
            return
        (key,) = self.table.target_keys
        view, obj = self.view_of(key), self.live.obj(key)
        await self._changing.operate(word, Target(view, [key[:2]], key[0], self.live.facts, obj))

    async def action_edit(self) -> None:
        if (found := self._object()) is not None:
            await self._changing.edit_yaml(found[0].resource, found[1])

    async def action_form(self) -> None:
        if (found := self._object()) is not None:
            await self._changing.edit(found[0].resource, found[1])

    async def action_check_connection(self) -> None:
        if (found := self._object()) is not None:
            await self.console.navigator.open_connections(found[1])

    async def action_delete(self) -> None:
        """Of the marked rows, or the one under the cursor."""
        if self._key() is not None:
            await self._changing.delete(self.targets())

    async def action_describe(self) -> None:
        if (found := self._object()) is not None:
            await self.console.navigator.open_detail(*found)

    async def action_yaml(self) -> None:
        if (found := self._object()) is not None:
            await self.console.navigator.open_yaml(found[0].resource, found[1])

    def action_copy(self, what: str) -> None:
        if self._key() is None:
            return
        targets = self.table.target_keys
        texts = list(dict.fromkeys(key[1] if what == "name" else key[0] for key in targets))
        self.console.copy("\n".join(texts), what=texts[0] if len(texts) == 1 else f"{len(texts):,} {what}s")

    async def action_warp(self) -> None:
        if (key := self._key()) is not None and key[0]:
            await self.console.navigator.use_namespaces((key[0],))

    async def action_owner(self) -> None:
        if (key := self._key()) is None:
            return
        obj = self.live.obj(key)
        target = lineage.owner(self.view_of(key), obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that owns this.")

    async def action_history_of(self) -> None:
        """What was changed of it from this machine."""
        if (found := self._object()) is not None:
            await self.console.navigator.open_history_of(found[0].resource, found[1])

    async def action_used_by(self) -> None:
        if (key := self._key()) is None:
            return
        obj = self.live.obj(key)
        target = lineage.used_by(self.view_of(key), obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that uses this.")
