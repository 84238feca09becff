"""A live table of any view: rows, sights, filter, marks. What differs between systems is in their `View`, not here."""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from modeltui import cells, paths
from modeltui.document import Line
from modeltui.domain import Column, Phase, Row, RowKey, Status
from modeltui.systems.live import BATCH, LiveRows
from modeltui.systems.protocol import View
from modeltui.ui import columns as column_choice
from modeltui.ui import completeness, filters, keys, lineage, sights
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.connection import Cluster
from modeltui.ui.navigation import Place
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sight import GLYPHS, Kind
from modeltui.ui.sights import Subject
from modeltui.ui.table.messages import ColumnsChanged, Opened, Sorted
from modeltui.ui.theme import block
from modeltui.ui.widgets.resource_table import ResourceTable
from modeltui.ui.widgets.sight import SightPane

FAULTS = frozenset({Phase.FAILED, Phase.DEGRADED})
MANY = 5_000
"""Rows from which a filter takes long enough to hold up the letters that are typed after it."""
PAUSE = 0.06
"""Seconds without a letter after which many rows are filtered."""
BREATH = 0.05
"""Seconds between two looks at the rows: a storm counts as one change, a lone event is never kept waiting."""


if TYPE_CHECKING:
    from modeltui.ui.changing import Changing


class BrowseScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Table"
    BINDINGS: ClassVar[list[BindingType]] = keys.BROWSE

    def __init__(
        self,
        cluster: Cluster,
        view: View,
        place: Place,
        *,
        sort: tuple[str, bool] | None = None,
        columns: tuple[str, ...] | None = None,
        wide: bool = False,
        fps: float | None = None,
        now: Callable[[], datetime],
    ) -> None:
        """`sort`: column and whether reversed, `columns`: those chosen, `wide`, all as remembered; `fps`: how often a storm is painted."""
        super().__init__(view.name)
        self.heading = view.title
        self.cluster = cluster
        self.view = view
        self.place = place
        self.live = LiveRows(cluster.session, view, place.namespaces, place.selector)
        self.pane = SightPane()
        self.notes = Static(markup=False, classes="notes")
        column, reverse = sort if sort and sort[0] in {column.key for column in view.columns} else (view.default_sort, False)
        one = len(place.namespaces) == 1
        self.table = ResourceTable(
            view.columns, sort=column, reverse=reverse, wide=wide, hidden_columns=("namespace",) if one else (), fps=fps, now=now
        )
        if columns:
            self.table.choose_columns(columns)
        self._filter = place.filter
        self._preview: Timer | None = None
        self._literally = ""
        self._faults = False
        self._connection = sights.connection({})
        self._told: dict[str, set[str]] = {}
        """By namespace: what has been kept for `:messages` since all was well."""

    def body(self) -> Iterable[Widget]:
        self.notes.display = False
        self.table.display = False
        yield self.notes
        yield self.table
        yield self.pane

    def on_mount(self) -> None:
        super().on_mount()
        self.live.start()
        self._narrow(self._filter)
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
                self._show_state()
            await asyncio.sleep(0 if len(changes.upserts) >= BATCH else BREATH)

    # ---- what is shown

    @property
    def filter_words(self) -> str:
        return " ".join(
            word for word in ("faults only" if self._faults else "", f"/{self._filter}{self._literally}" if self._filter else "") if word
        )

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

    def _show_state(self) -> None:
        counts, known = self.table.counts, len(self.live.rows())
        if known and not counts.total:
            return  # the table is about to count them
        states = self.live.states
        self._keep(states)
        self._connection = sights.connection(states, rows=bool(counts.total))
        subject = Subject(self.view.title, self.view.resource, counts.total, counts.shown, self.filter_words)
        sight = sights.sight(subject, states)
        if sight is not None:
            self.pane.show(sight)
        self._swap(sight is None)
        found = sights.notes(subject, states)
        lines: list[Line] = [((f" {GLYPHS[note.kind]} {note.text}", "bad" if note.kind is Kind.STALE else "warn"),) for note in found[:3]]
        if len(found) > 3:
            lines.append(((f"   and {len(found) - 3} more namespaces; :messages and the top bar say how they are", "dim"),))
        self.notes.display = bool(lines)
        if lines:
            self.notes.update(block(lines))
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

    def _swap(self, rows: bool) -> None:
        if self.table.display == rows and self.pane.display == (not rows):
            return
        self.table.display, self.pane.display = rows, not rows
        if rows and not self.prompt_open:
            self.set_focus(self.table, scroll_visible=False)

    def on_resource_table_counts_changed(self) -> None:
        self._show_state()

    def on_resource_table_marks_changed(self) -> None:
        self.show_bar()

    def on_resource_table_sorted(self, event: Sorted) -> None:
        self.console.remember_sort(self.view.name, event.column, reverse=event.reverse)

    def on_resource_table_columns_changed(self, event: ColumnsChanged) -> None:
        self.console.remember_wide(self.view.name, wide=event.wide)

    async def on_resource_table_opened(self, event: Opened) -> None:
        await self.console.navigator.open_detail(self.view, event.key)

    def column_keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those that may be shown, and those that are: what `:columns` completes."""
        return column_choice.keys(self.view.columns), tuple(column.key for column in self.table.shown_columns)

    def choose_columns(self, line: str) -> None:
        """`:columns`: remembered for this table."""
        shown = [column.key for column in self.table.shown_columns]
        if not line:
            self.console.say(column_choice.listed(self.view.columns, shown))
            return
        try:
            chosen = column_choice.choose(line, self.view.columns, shown)
        except column_choice.NoColumn as error:
            self.console.say(str(error), error=True)
            return
        self.table.choose_columns(chosen)
        self.console.remember_columns(self.view.name, chosen or ())

    # ---- the filter

    def suggest_filter(self, line: str) -> str | None:
        """Names of columns, before their colon."""
        head, space, last = line.rpartition(" ")
        found = next((column.key for column in self.view.columns if last and column.key.startswith(last)), None)
        return f"{head}{space}{found}:" if found else None

    def preview_filter(self, text: str) -> None:
        self._stop_preview()
        if self.table.counts.total <= MANY:
            self._narrow(text, quiet=True)
        else:
            self._preview = self.set_timer(PAUSE, lambda: self._narrow(text, quiet=True))

    def _stop_preview(self) -> None:
        if self._preview is not None:
            self._preview.stop()
            self._preview = None

    async def apply_filter(self, text: str) -> None:
        self._stop_preview()
        self.console.remember_line("/", text)
        self._narrow(text)

    def cancel_filter(self) -> None:
        self._stop_preview()
        self._narrow(self.place.filter)

    async def action_filter(self) -> None:
        await self.open_prompt("/", self._filter)

    def _narrow(self, text: str, *, quiet: bool = False) -> None:
        """`quiet`: while typing, a half-typed expression is no mistake yet, and the last good one stays."""
        try:
            compiled = filters.compile(text, self.view.columns, now=self.console.now)
        except filters.FilterError as error:
            if not quiet:
                if text != self.place.filter:
                    self._narrow(self.place.filter)  # what was shown while typing is part of the mistake
                self.console.say(error.sentence, error=True)
            return
        predicate = compiled.predicate
        self._filter = text.strip()
        self._literally = " (taken literally)" if "literal" in compiled.description else ""
        if not quiet:
            self.place = replace(self.place, filter=self._filter)
            self.console.navigator.history.amend(filter=self._filter)
        faults = self._faults

        def passes(row: Row) -> bool:
            return predicate(row) and (not faults or is_fault(row))

        self.table.set_filter(passes if self._filter or faults else None, timed=compiled.timed)
        self._show_state()

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

    def action_faults(self) -> None:
        self._faults = not self._faults
        self._narrow(self._filter)
        self.console.say("Only what failed or is degraded; ctrl-z shows all again." if self._faults else "All rows again.")

    async def action_step_back(self) -> None:
        """One thing at a time: the filter, faults only, the marks, then the table before."""
        if self._filter:
            self._narrow("")
        elif self._faults:
            self.action_faults()
        elif self.table.marked_keys:
            self.table.action_clear_marks()
        elif self.console.navigator.history.position > 0:
            await self.console.navigator.step(-1)

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

    async def action_favourite(self, number: int) -> None:
        if number == 0:
            await self.console.navigator.choose_namespaces()
            return
        names = self.console.favourites()
        if number > len(names):
            self.console.say(f"There is no favourite namespace {number} yet; the settings name them, and used ones are added.", error=True)
        else:
            await self.console.navigator.use_namespaces((names[number - 1],))

    async def action_owner(self) -> None:
        if (key := self._key()) is None:
            return
        obj = self.live.obj(key)
        target = lineage.owner(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that owns this.")

    async def action_used_by(self) -> None:
        if (key := self._key()) is None:
            return
        obj = self.live.obj(key)
        target = lineage.used_by(self.view, obj) if obj is not None else None
        await lineage.jump(self.console, target, otherwise="The console knows nothing that uses this.")

    def action_save(self) -> None:
        shown = self.table.keys()
        rows = [row for key in shown if (row := self.table.row(key)) is not None]
        try:
            path = save_csv(self.view.columns, rows, folder=paths.dump_dir() / _safe(self.console.bar.context), name=self.view.name)
        except OSError as error:
            self.console.say(f"The table could not be saved: {error}", error=True)
        else:
            self.console.say(f"Saved {len(rows):,} rows in {path}")


def is_fault(row: Row) -> bool:
    return row.fault or bool(row.problem) or any(isinstance(value, Status) and value.phase in FAULTS for value in row.values)


def save_csv(columns: tuple[Column, ...], rows: Iterable[Row], *, folder: Path, name: str) -> Path:
    """Every column, the hidden ones too, as it stands; readable by the owner only. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S')}.csv"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.key for column in columns])
        writer.writerows([cells.csv_text(value) for value in row.values] for row in rows)
    return path


def _safe(name: str) -> str:
    """A context's name as that of a folder."""
    return "".join(char if char.isalnum() or char in "-_.@" else "_" for char in name).lstrip(".") or "context"
