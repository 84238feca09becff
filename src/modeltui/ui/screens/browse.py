"""A live table of any view: rows, sights, marks, and what can be done with a row. What differs between systems is in their `View`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from modeltui.document import Line
from modeltui.domain import RowKey
from modeltui.systems.live import BATCH, LiveRows
from modeltui.systems.protocol import View
from modeltui.ui import completeness, keys, lineage, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.table import TableScreen
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.sights import Subject
from modeltui.ui.table.messages import Opened

BREATH = 0.05
"""Seconds between two looks at the rows: a storm counts as one change, a lone event is never kept waiting."""


if TYPE_CHECKING:
    from modeltui.ui.changing import Changing


class BrowseScreen(TableScreen):
    BINDINGS: ClassVar[list[BindingType]] = keys.BROWSE

    def __init__(self, cluster: Cluster, view: View, place: Place, **look: Any) -> None:
        """`look`: as `TableScreen` takes it."""
        super().__init__(view, place, **look)
        self.cluster = cluster
        self.view = view
        self.live = LiveRows(cluster.session, view, place.namespaces, place.selector)
        self._connection = sights.connection({})
        self._told: dict[str, set[str]] = {}
        """By namespace: what has been kept for `:messages` since all was well."""

    def on_mount(self) -> None:
        super().on_mount()
        self.live.start()
        self.narrow(self.place.filter)
        self.run_worker(self._follow(), exclusive=True)

    def on_unmount(self) -> None:
        self.live.close()

    async def _follow(self) -> None:
        while True:
            await self.live.wait()
            changes = self.live.take()
            self.table.discard([*changes.removed, *changes.recreated])
            self.table.upsert(changes.upserts)
            if changes.states:
                self.show_state()
            await asyncio.sleep(0 if len(changes.upserts) >= BATCH else BREATH)

    # ---- what is shown

    def bar(self) -> BarState:
        counts = self.table.counts if self.is_mounted else Counts(0)
        states = self.live.states if self.is_mounted else {}
        known = counts.total if counts.total or completeness.complete(states) else None
        return replace(
            self.console.bar,
            title=self.view.title,
            namespaces=self.place.namespaces,
            counts=Counts(known, counts.shown, counts.marked, completeness.missing(states)),
            filter=self.filter_words,
            selector=self.place.selector,
            connection=self._connection,
        )

    def show_state(self) -> None:
        counts, known = self.table.counts, len(self.live.rows())
        if known and not counts.total:
            return  # the table is about to count them
        states = self.live.states
        self._keep(states)
        self._connection = sights.connection(states, rows=bool(counts.total))
        subject = Subject(self.view.title, self.view.resource, counts.total, counts.shown, self.filter_words)
        self.show_rows_or(sights.sight(subject, states))
        found = sights.notes(subject, states)
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in found[:3]]
        if len(found) > 3:
            lines.append(((f"   and {len(found) - 3} more namespaces; :messages and the top bar say how they are", "dim"),))
        self.show_notes(lines)
        self.show_bar()

    def _keep(self, states: sights.States) -> None:
        """Every turn for the worse, and the end of it, for `:messages`: what a sight says goes away with it."""
        for namespace, state in states.items():
            said, told = sights.trouble(self.view.title, namespace, state), self._told.setdefault(namespace, set())
            if said and said + state.reason not in told:
                told.add(said + state.reason)
                self.console.note(said, raw=state.reason)
            elif said == "" and told:
                told.clear()
                self.console.note(f"{self.view.title}{f' in {namespace}' if namespace else ''}: live again.", error=False)

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.console.navigator.open_detail(self.view, event.key)

    @property
    def _changing(self) -> Changing:
        return self.console.changing(self.cluster)

    async def action_actions(self) -> None:
        """Everything that can be done with the row, or with the marked ones; without any there is still something to make."""
        from modeltui.ui.changing import Target

        keys = self.table.target_keys if self.table.display else []
        namespace = keys[0][0] if keys else next(iter(self.place.namespaces), "")
        obj = self.live.obj(keys[0]) if len(keys) == 1 else None
        await self._changing.menu(Target(self.view, keys, namespace, self.live.facts, obj))

    async def action_edit(self) -> None:
        if (key := self._key()) is not None:
            await self._changing.edit_yaml(self.view.resource, key)

    async def action_form(self) -> None:
        if (key := self._key()) is not None:
            await self._changing.edit(self.view.resource, key)

    async def action_check_connection(self) -> None:
        if (key := self._key()) is not None:
            await self.console.navigator.open_connections(key)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a ModelSource has connections to check."""
        return super().check_action(action, parameters) and (action != "check_connection" or self.view.detail == "source")

    async def action_delete(self) -> None:
        """Of the marked rows, or the one under the cursor."""
        if self._key() is not None:
            await self._changing.delete(self.view.resource, self.table.target_keys)

    async def action_logs(self, previous: bool) -> None:
        """Of a row whose detail has a log."""
        if (key := self._key()) is None:
            return
        if self.view.detail != "dataset":
            self.console.say(f"{self.view.title} have no log of their own; :datasets have the logs of their downloads.", error=True)
            return
        from modeltui.ui.screens.dataset_detail import log_screen

        await self.app.push_screen(log_screen(self.cluster, key, previous=previous))

    # ---- actions on the row under the cursor, or on the marked ones

    def _key(self) -> RowKey | None:
        if self.table.cursor_key is None or not self.table.display:
            self.console.say("There is no row to act on.", error=True)
            return None
        return self.table.cursor_key

    async def action_describe(self) -> None:
        if (key := self._key()) is not None:
            await self.console.navigator.open_detail(self.view, key)

    async def action_yaml(self) -> None:
        if (key := self._key()) is not None:
            await self.console.navigator.open_yaml(self.view.resource, key)

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
        target = lineage.owner(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that owns this.")

    async def action_history_of(self) -> None:
        """What was changed of it from this machine."""
        if (key := self._key()) is not None:
            await self.console.navigator.open_history_of(self.view.resource, key)

    async def action_used_by(self) -> None:
        if (key := self._key()) is None:
            return
        obj = self.live.obj(key)
        target = lineage.used_by(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that uses this.")
