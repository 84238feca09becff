"""A live table of one kind: its rows, and the sight in their place. What differs between systems is in their `View`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from modeltui.document import Line
from modeltui.domain import RowKey
from modeltui.systems.live import LiveRows
from modeltui.systems.protocol import View
from modeltui.systems.serving.versions import served
from modeltui.ui import completeness, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.sights import Subject


class KindScreen(BrowseScreen):
    live: LiveRows

    def __init__(self, cluster: Cluster, view: View, place: Place, **look: Any) -> None:
        """`look`: as `TableScreen` takes it."""
        super().__init__(cluster, view, place, **look)
        self.view = view
        self.live = LiveRows(cluster.session, view, place.namespaces, place.selector)

    def on_mount(self) -> None:
        super().on_mount()
        if not self.view.older:
            self.live.start()
        self.narrow(self.place.filter)
        self.run_worker(self._begin(), exclusive=True)

    async def _begin(self) -> None:
        """Where an older version of the kind may be what the cluster serves, that has to be known before anything can be watched."""
        if self.view.older:
            (self.view,) = await served(self.cluster.session.discovery, (self.view,))
            self.live = LiveRows(self.cluster.session, self.view, self.place.namespaces, self.place.selector)
            self.live.start()
        await self.follow()

    def view_of(self, key: RowKey) -> View:
        return self.view

    def default_view(self) -> View:
        return self.view

    def bar(self) -> BarState:
        counts = self.table.counts if self.is_mounted else Counts(0)
        states = self.live.states if self.is_mounted and self.live.started else {}
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
        if not self.live.started:
            self.show_rows_or(sights.sight(Subject(self.view.title, self.view.resource, 0, 0), {}))
            return
        counts, known = self.table.counts, len(self.live.rows())
        if known and not counts.total:
            return  # the table is about to count them
        states = self.live.states
        self.keep(self.view.title, states)
        self.connected_so(sights.connection(states, rows=bool(counts.total)))
        subject = Subject(self.view.title, self.view.resource, counts.total, counts.shown, self.filter_words)
        self.show_rows_or(sights.sight(subject, states))
        found = sights.notes(subject, states)
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in found[:3]]
        if len(found) > 3:
            lines.append(((f"   and {len(found) - 3} more namespaces; :messages and the top bar say how they are", "dim"),))
        self.show_notes(lines)
        self.show_bar()
