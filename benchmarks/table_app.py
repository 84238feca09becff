"""A small console around one ResourceTable, for a pty: `python -m benchmarks.table_app [ROWS]`.

Keys: `1` changes one visible cell, `4` starts 40 changes a second to visible rows, `0` stops them, `r` repaints everything,
`t` shows and takes away a notice over the table, `m` opens and closes a dialog over it, `q` quits.
"""

from __future__ import annotations

import random
import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widgets import Static

from benchmarks import sample
from modeltui.ui.widgets.resource_table import ResourceTable

VISIBLE = 40
CHANGES_PER_SECOND = 40


class Dialog(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "app.dialog", show=False),
        Binding("0", "app.stop", show=False),
        Binding("r", "app.repaint", show=False),
        Binding("q", "app.quit", show=False),
    ]
    CSS = "Dialog { align: center middle; } Static { width: 30; height: 5; border: solid $primary; }"

    def compose(self) -> ComposeResult:
        yield Static("over the table")


class TableApp(App[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "change_one", show=False),
        Binding("4", "start", show=False),
        Binding("0", "stop", show=False),
        Binding("r", "repaint", show=False),
        Binding("t", "notice", show=False),
        Binding("m", "dialog", show=False),
        Binding("q", "quit", show=False),
    ]

    def __init__(self, count: int) -> None:
        super().__init__()
        self._rows = [sample.row(index) for index in range(count)]
        self._dice = random.Random(1)
        self._timer: Timer | None = None
        self._changes = 0

    def compose(self) -> ComposeResult:
        yield ResourceTable(sample.COLUMNS, now=lambda: sample.NOW)

    def on_mount(self) -> None:
        table = self.query_one(ResourceTable)
        table.focus()
        table.upsert(self._rows)

    def action_change_one(self) -> None:
        self._changes += 1
        self._change(7, 100 + self._changes)

    def action_start(self) -> None:
        self._timer = self.set_interval(1 / CHANGES_PER_SECOND, self._change_any)

    def action_stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()

    def action_repaint(self) -> None:
        self.screen.refresh()

    def action_dialog(self) -> None:
        if isinstance(self.screen, Dialog):
            self.pop_screen()
        else:
            self.push_screen(Dialog())

    def action_notice(self) -> None:
        self.notify("a notice that covers some of the rows", timeout=0.3)

    def _change_any(self) -> None:
        self._change(self._dice.randrange(VISIBLE), self._dice.randrange(1000))

    def _change(self, position: int, value: int) -> None:
        table = self.screen_stack[0].query_one(ResourceTable)
        row = table.row(table.keys()[position])
        if row is not None:
            table.upsert([sample.changed(row, sample.RESTARTS, value)])


if __name__ == "__main__":
    TableApp(int(sys.argv[1]) if len(sys.argv) > 1 else 1000).run()
