"""A list to choose from, by cursor or by typing a name that need not be in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from modeltui.document import Line
from modeltui.domain import Column, Row
from modeltui.ui import keys
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.table.messages import Opened
from modeltui.ui.theme import block
from modeltui.ui.widgets.resource_table import ResourceTable


class PickerScreen(ConsoleScreen):
    """Subclasses give the columns and rows, and take the choice in `choose` (names, one or more)."""

    BINDING_GROUP_TITLE = "Choosing"
    BINDINGS: ClassVar[list[BindingType]] = keys.PICKER

    def __init__(self, crumb: str, columns: Sequence[Column]) -> None:
        super().__init__(crumb)
        self.intro = Static(markup=False, classes="intro")
        self.table = ResourceTable(columns, sort=columns[0].key)
        self._typed = ""

    def body(self) -> Iterable[Widget]:
        yield self.intro
        yield self.table

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.table, scroll_visible=False)

    def explain(self, lines: list[Line]) -> None:
        self.intro.update(block(lines))

    async def choose(self, names: tuple[str, ...]) -> None:
        raise NotImplementedError

    def read(self, text: str) -> tuple[str, ...] | str:
        """Names from what was typed, or a sentence why not."""
        return (text.strip(),)

    def suggest_filter(self, line: str) -> str | None:
        head, comma, last = line.rpartition(",")
        shown = self.table.keys()
        names = [name for _, name in shown]
        found = next((name for name in names if last and name.startswith(last) and name != last), None)
        return head + comma + found if found else None

    def preview_filter(self, text: str) -> None:
        last = text.rpartition(",")[2].strip().casefold()
        self.table.set_filter((lambda row: last in row.key[1].casefold()) if last else None)

    def cancel_filter(self) -> None:
        self.table.set_filter(None)

    async def apply_filter(self, text: str) -> None:
        self.table.set_filter(None)
        if not text.strip():
            return
        names = self.read(text)
        if isinstance(names, str):
            self.console.say(names, error=True)
        else:
            await self.choose(names)

    async def on_resource_table_opened(self, event: Opened) -> None:
        event.stop()
        await self.choose(tuple(name for _, name in (self.table.marked_keys or [event.key])))

    def rows(self, rows: Iterable[Row]) -> None:
        self.table.replace_all(rows)
