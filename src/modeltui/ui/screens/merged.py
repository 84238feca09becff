"""A live table of several kinds, whose rows may unfold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import BindingType

from modeltui.document import Line
from modeltui.domain import RowKey
from modeltui.systems.merged import UNDER, LiveMerged
from modeltui.systems.protocol import Merged, View
from modeltui.systems.serving.versions import served
from modeltui.ui import completeness, keys, merged_sights, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.sight import GLYPHS, Kind


class MergedScreen(BrowseScreen):
    BINDINGS: ClassVar[list[BindingType]] = keys.MERGED
    live: LiveMerged

    def __init__(self, cluster: Cluster, of: Merged, place: Place, **look: Any) -> None:
        super().__init__(cluster, of, place, **look)
        self.merged = of
        self.live = LiveMerged(cluster.session, of, place.namespaces, place.selector)

    def on_mount(self) -> None:
        super().on_mount()
        self.narrow(self.place.filter)
        self.show_state()
        self.run_worker(self._begin(), exclusive=True)

    async def _begin(self) -> None:
        """Which versions the cluster serves has to be known before anything can be watched."""
        parts = await served(self.cluster.session.discovery, self.merged.parts)
        self.live = LiveMerged(self.cluster.session, replace(self.merged, parts=parts), self.place.namespaces, self.place.selector)
        self.live.start()
        await self.follow()

    def view_of(self, key: RowKey) -> View:
        return self.live.view_of(key)

    def default_view(self) -> View:
        return next(iter(self.live.installed or self.merged.parts))

    # ---- what is shown

    def bar(self) -> BarState:
        counts = self._counts()
        states = merged_sights.every(self.live) if self.is_mounted else {}
        known = counts.total if counts.total or completeness.complete(states) else None
        return replace(
            self.console.bar,
            title=self.merged.title,
            namespaces=self.place.namespaces,
            counts=Counts(known, counts.shown, counts.marked, completeness.missing(states, of="lists")),
            filter=self.filter_words,
            selector=self.place.selector,
            connection=self._connection,
        )

    def _counts(self) -> Counts:
        """Without those that stand under others: unfolding a row makes it no more deployments."""
        if not self.is_mounted:
            return Counts(0)
        counts, under = self.table.counts, {row.key for row in self.live.rows() if row.lead == UNDER}
        shown = counts.shown - len(under.intersection(self.table.keys()))
        return Counts(max(counts.total - len(under), 0), shown, counts.marked)

    def show_state(self) -> None:
        counts, known = self.table.counts, len(self.live.rows())
        if known and not counts.total:
            return  # the table is about to count them
        for view in self.live.installed:
            self.keep(view.title, self.live.states_of(view))
        self.connected_so(sights.connection(merged_sights.every(self.live), rows=bool(counts.total)))
        shown = merged_sights.Shown(counts.total, counts.shown, self.filter_words)
        self.show_rows_or(merged_sights.sight(self.live, shown))
        found = merged_sights.notes(self.live, shown)
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in found[:3]]
        if len(found) > 3:
            lines.append(((f"   and {len(found) - 3} more; :messages and the top bar say how they are", "dim"),))
        self.show_notes(lines)
        self.show_bar()

    # ---- unfolding

    def action_unfold(self) -> None:
        if (key := self._key()) is None:
            return
        if not self.live.unfolds(key):
            self.console.say("Nothing stands under this row: nothing was made for it.")
            return
        self.live.toggle(key)
        self._take_now()
        if self.table.cursor_key not in {row.key for row in self.live.rows()} and (row := self.table.row(key)) is not None and row.leader:
            self.table.move_to(row.leader.key)

    def action_unfold_all(self) -> None:
        self.console.say("All rows are unfolded." if self.live.toggle_all() else "All rows are folded.")
        self._take_now()

    def _take_now(self) -> None:
        changes = self.live.take()
        self.table.discard([*changes.removed, *changes.recreated])
        self.table.upsert(changes.upserts)
