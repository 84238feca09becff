"""A live table of any view: its rows, and the sight in their place. What differs between systems is in their `View`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modeltui.document import Line
from modeltui.domain import RowKey
from modeltui.systems.live import LiveRows
from modeltui.systems.protocol import View
from modeltui.ui import completeness, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.rows import RowsScreen
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.sights import Subject


class BrowseScreen(RowsScreen):
    live: LiveRows

    def __init__(self, cluster: Cluster, view: View, place: Place, **look: Any) -> None:
        """`look`: as `TableScreen` takes it."""
        super().__init__(cluster, view, place, **look)
        self.view = view
        self.live = LiveRows(cluster.session, view, place.namespaces, place.selector)

    def on_mount(self) -> None:
        super().on_mount()
        self.live.start()
        self.narrow(self.place.filter)
        self.run_worker(self.follow(), exclusive=True)

    def view_of(self, key: RowKey) -> View:
        return self.view

    def default_view(self) -> View:
        return self.view

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
        self.keep(self.view.title, states)
        self._connection = sights.connection(states, rows=bool(counts.total))
        subject = Subject(self.view.title, self.view.resource, counts.total, counts.shown, self.filter_words)
        self.show_rows_or(sights.sight(subject, states))
        found = sights.notes(subject, states)
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in found[:3]]
        if len(found) > 3:
            lines.append(((f"   and {len(found) - 3} more namespaces; :messages and the top bar say how they are", "dim"),))
        self.show_notes(lines)
        self.show_bar()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a ModelSource has connections to check."""
        return super().check_action(action, parameters) and (action != "check_connection" or self.view.detail == "source")

    async def action_logs(self, previous: bool) -> None:
        """Of a row whose detail has a log."""
        if (key := self._key()) is None:
            return
        if self.view.detail in ("pod", "deployment"):
            await self._pod_logs(key, previous)
            return
        if self.view.detail != "dataset":
            self.console.say(f"{self.view.title} have no log of their own; :datasets have the logs of their downloads.", error=True)
            return
        from modeltui.ui.screens.dataset_detail import log_screen

        await self.app.push_screen(log_screen(self.cluster, key, previous=previous))

    async def _pod_logs(self, key: RowKey, previous: bool) -> None:
        """Of the pod of the row, or of the pods of the deployment."""
        from modeltui.kube.log_targets import one_pod
        from modeltui.systems.serving.log_sources import logs_of
        from modeltui.ui.screens.log import LogScreen

        source = one_pod(*key[:2]) if self.view.detail == "pod" else logs_of(key[0], [(self.view, key[1])])
        title = f"Log of {self.view.resource.kind} {key[1]}"
        await self.app.push_screen(LogScreen(self.cluster, source, title=title, previous=previous))
