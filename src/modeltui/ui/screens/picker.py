"""A list to choose from, by cursor or by typing a name, which need not be in it; a part of one shows those that fit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Static

from modeltui.document import Line
from modeltui.domain import Column, Row
from modeltui.ui import keys
from modeltui.ui.bar import BarState, Counts
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
        self._rows: list[Row] = []
        self._narrowed = ""
        """What was typed to see only those that fit it."""

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
        """Names from what was typed, where none of the list was meant; or a sentence why not."""
        return (text.strip(),)

    @property
    def lists_all(self) -> bool:
        """Whether nothing else can be meant than what is in the list: then a part of a name is enough."""
        return True

    # ---- narrowed by what is typed

    def bar(self) -> BarState:
        if not self._narrowed:
            return super().bar()
        return replace(super().bar(), filter=self._narrowed, counts=Counts(len(self._rows), len(self._fitting(self._narrowed))))

    def suggest_filter(self, line: str) -> str | None:
        head, comma, last = line.rpartition(",")
        names = (_name(row) for row in self._fitting(last))
        found = next((name for name in names if name.casefold().startswith(last.casefold()) and len(name) > len(last)), None)
        return head + comma + last + found[len(last) :] if last and found else None

    def preview_filter(self, text: str) -> None:
        last = text.rpartition(",")[2].strip()
        self.table.set_filter((lambda row: _fits(row, last)) if last else None)

    def cancel_filter(self) -> None:
        self._narrow("")

    async def apply_filter(self, text: str) -> None:
        """The one that is named, or the only one that fits; of several, the cursor chooses."""
        typed = text.strip()
        fitting = self._fitting(typed) if typed else []
        meant = [row for row in fitting if _name(row).casefold() == typed.casefold()] or (fitting if self.lists_all else [])
        if len(meant) > 1:
            self._narrow(typed)
            self.console.say(f"{len(meant)} fit {typed!r}: enter takes the one under the cursor, esc shows all again.")
            return
        self._narrow("")
        if meant:
            await self.choose((meant[0].key[1],))
        elif typed:
            names = self.read(text)
            if isinstance(names, str):
                self.console.say(names, error=True)
            else:
                await self.choose(names)

    def action_back(self) -> None:
        if self._narrowed:
            self._narrow("")
        else:
            self.leave()

    def leave(self) -> None:
        """Nothing is chosen."""
        self.console.navigator.close(self)

    def _fitting(self, typed: str) -> list[Row]:
        return [row for row in self._rows if _fits(row, typed)]

    def _narrow(self, typed: str) -> None:
        self._narrowed = typed
        self.preview_filter(typed)
        self.show_bar()

    # ---- rows

    async def on_resource_table_opened(self, event: Opened) -> None:
        event.stop()
        await self.choose(tuple(name for _, name in (self.table.marked_keys or [event.key])))

    def rows(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)
        self.table.replace_all(self._rows)


def _name(row: Row) -> str:
    """As it is read in the first column: the key may be a number that only says in which order they stand."""
    return str(row.values[0])


def _fits(row: Row, typed: str) -> bool:
    return typed.casefold() in _name(row).casefold()
