"""What every live table has: filter, faults only, choice of columns, notes above it, and a sight in its place. What its rows are
is for the subclasses."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from modeltui import cells, paths
from modeltui.document import Line
from modeltui.domain import Column, Phase, Row, Status
from modeltui.systems.protocol import Table
from modeltui.ui import columns as column_choice
from modeltui.ui import filters
from modeltui.ui.navigation import Place
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sight import Sight
from modeltui.ui.table.messages import ColumnsChanged, Sorted
from modeltui.ui.theme import block
from modeltui.ui.widgets.resource_table import ResourceTable
from modeltui.ui.widgets.sight import SightPane

FAULTS = frozenset({Phase.FAILED, Phase.DEGRADED})
MANY = 5_000
"""Rows from which a filter takes long enough to hold up the letters that are typed after it."""
PAUSE = 0.06
"""Seconds without a letter after which many rows are filtered."""


class TableScreen(ConsoleScreen):
    """Subclasses fill `table`, and say in `show_state` how its rows stand."""

    BINDING_GROUP_TITLE = "Table"

    def __init__(
        self,
        of: Table,
        place: Place,
        *,
        sort: tuple[str, bool] | None = None,
        columns: tuple[str, ...] | None = None,
        wide: bool = False,
        fps: float | None = None,
        now: Callable[[], datetime],
    ) -> None:
        """`sort`: column and whether reversed, `columns`: those chosen, `wide`, all as remembered; `fps`: how often a storm is painted."""
        super().__init__(of.name)
        self.heading = of.title
        self.of = of
        self.place = place
        self.pane = SightPane()
        self.notes = Static(markup=False, classes="notes")
        column, reverse = sort if sort and sort[0] in {column.key for column in of.columns} else (of.default_sort, False)
        one = len(place.namespaces) == 1
        self.table = ResourceTable(
            of.columns, sort=column, reverse=reverse, wide=wide, hidden_columns=("namespace",) if one else (), fps=fps, now=now
        )
        if columns:
            self.table.choose_columns(columns)
        self._filter = place.filter
        self._preview: Timer | None = None
        self._literally = ""
        self._faults = False

    def body(self) -> Iterable[Widget]:
        self.notes.display = False
        self.table.display = False
        yield self.notes
        yield self.table
        yield self.pane

    # ---- what is shown

    def show_state(self) -> None:
        """The sight or the rows, the notes and the bar, as they are now."""
        raise NotImplementedError

    @property
    def filter_words(self) -> str:
        return " ".join(
            word for word in ("faults only" if self._faults else "", f"/{self._filter}{self._literally}" if self._filter else "") if word
        )

    def show_rows_or(self, sight: Sight | None) -> None:
        """The rows, or the sight in their place."""
        if sight is not None:
            self.pane.show(sight)
        self._swap(sight is None)

    def show_notes(self, lines: list[Line]) -> None:
        self.notes.display = bool(lines)
        if lines:
            self.notes.update(block(lines))

    def _swap(self, rows: bool) -> None:
        if self.table.display == rows and self.pane.display == (not rows):
            return
        self.table.display, self.pane.display = rows, not rows
        if rows and not self.prompt_open:
            self.set_focus(self.table, scroll_visible=False)

    def on_resource_table_counts_changed(self) -> None:
        self.show_state()

    def on_resource_table_marks_changed(self) -> None:
        self.show_bar()

    def on_resource_table_sorted(self, event: Sorted) -> None:
        self.console.remember_sort(self.of.name, event.column, reverse=event.reverse)

    def on_resource_table_columns_changed(self, event: ColumnsChanged) -> None:
        self.console.remember_wide(self.of.name, wide=event.wide)

    def column_keys(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those that may be shown, and those that are: what `:columns` completes."""
        return column_choice.keys(self.of.columns), tuple(column.key for column in self.table.shown_columns)

    def choose_columns(self, line: str) -> None:
        """`:columns`: remembered for this table."""
        shown = [column.key for column in self.table.shown_columns]
        if not line:
            self.console.say(column_choice.listed(self.of.columns, shown))
            return
        try:
            chosen = column_choice.choose(line, self.of.columns, shown)
        except column_choice.NoColumn as error:
            self.console.say(str(error), error=True)
            return
        self.table.choose_columns(chosen)
        self.console.remember_columns(self.of.name, chosen or ())

    # ---- the filter

    def suggest_filter(self, line: str) -> str | None:
        """Names of columns, before their colon."""
        head, space, last = line.rpartition(" ")
        found = next((column.key for column in self.of.columns if last and column.key.startswith(last)), None)
        return f"{head}{space}{found}:" if found else None

    def preview_filter(self, text: str) -> None:
        self._stop_preview()
        if self.table.counts.total <= MANY:
            self.narrow(text, quiet=True)
        else:
            self._preview = self.set_timer(PAUSE, lambda: self.narrow(text, quiet=True))

    def _stop_preview(self) -> None:
        if self._preview is not None:
            self._preview.stop()
            self._preview = None

    async def apply_filter(self, text: str) -> None:
        self._stop_preview()
        self.console.remember_line("/", text)
        self.narrow(text)

    def cancel_filter(self) -> None:
        self._stop_preview()
        self.narrow(self.place.filter)

    async def action_filter(self) -> None:
        await self.open_prompt("/", self._filter)

    def narrow(self, text: str, *, quiet: bool = False) -> None:
        """`quiet`: while typing, a half-typed expression is no mistake yet, and the last good one stays."""
        try:
            compiled = filters.compile(text, self.of.columns, now=self.console.now)
        except filters.FilterError as error:
            if not quiet:
                if text != self.place.filter:
                    self.narrow(self.place.filter)  # what was shown while typing is part of the mistake
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
        self.show_state()

    def action_faults(self) -> None:
        self._faults = not self._faults
        self.narrow(self._filter)
        self.console.say("Only what failed or is degraded; ctrl-z shows all again." if self._faults else "All rows again.")

    async def action_step_back(self) -> None:
        """One thing at a time: the filter, faults only, the marks, then the table before."""
        if self._filter:
            self.narrow("")
        elif self._faults:
            self.action_faults()
        elif self.table.marked_keys:
            self.table.action_clear_marks()
        elif self.console.navigator.history.position > 0:
            await self.console.navigator.step(-1)

    async def action_favourite(self, number: int) -> None:
        if number == 0:  # as in k9s; :ns has the choice of some
            await self.console.navigator.use_namespaces(())
            return
        names = self.console.favourites()
        if number > len(names):
            self.console.say(f"There is no favourite namespace {number} yet; the settings name them, and used ones are added.", error=True)
        else:
            await self.console.navigator.use_namespaces((names[number - 1],))

    def action_save(self) -> None:
        shown = self.table.keys()
        rows = [row for key in shown if (row := self.table.row(key)) is not None]
        try:
            path = save_csv(self.of.columns, rows, folder=paths.dump_dir() / _safe(self.console.bar.context), name=self.of.name)
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
