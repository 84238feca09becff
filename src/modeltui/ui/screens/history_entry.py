"""One entry of the ledger in full, as it is now: when its step ends while it is looked at, it says so."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual.binding import BindingType

from modeltui.document import line, plain
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Entry, Filter, State
from modeltui.ledger.trouble import Cannot
from modeltui.pages import history as page
from modeltui.ui import keys
from modeltui.ui.screens import history_revert
from modeltui.ui.screens.text import TextScreen

LOOK_EVERY: Final = 2.0
"""Seconds."""
MOST_STEPS: Final = 200


class HistoryEntryScreen(TextScreen):
    BINDING_GROUP_TITLE = "Entry"
    BINDINGS: ClassVar[list[BindingType]] = keys.HISTORY_ENTRY

    def __init__(self, ledger: Ledger, number: int) -> None:
        super().__init__(f"entry {number}")
        self.entry: Entry | None = None
        self._ledger = ledger
        self._number = number
        self._last = -1

    def on_mount(self) -> None:
        super().on_mount()
        self._look()
        self.set_interval(LOOK_EVERY, self._look)

    def _look(self) -> None:
        if self.is_current:
            self.unless_busy(self._read, group="look")

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self._look()

    async def _read(self) -> None:
        """Again only when something was written since."""
        try:
            last = await asyncio.to_thread(self._ledger.last)
            if last != self._last:
                found, steps = await asyncio.to_thread(self._found)
                self._last = last
                self._show(found, steps)
        except Cannot as error:
            self.text.show([line(f"{error}.", "bad")])

    def _found(self) -> tuple[Entry | None, list[Entry]]:
        """The entry, or the outcome of what it began; and the steps of its change in their order. Blocking."""
        entry = self._ledger.get(self._number)
        if entry is None:
            return None, []
        change = Filter(change_id=entry.change_id)
        steps = [*reversed(self._ledger.query(change, limit=MOST_STEPS).entries)] if entry.change_id else [entry]
        ended = next((step for step in steps if step.step_id == entry.step_id and step.state is not State.BEGUN), None)
        if entry.state is State.BEGUN and ended is not None:
            entry = self._ledger.get(ended.id) or entry
        return entry, steps

    def _show(self, entry: Entry | None, steps: list[Entry]) -> None:
        self.entry = entry
        if entry is None:
            self.text.show([line(f"There is no entry {self._number} in the ledger any more.", "bad")])
            return
        self._number = entry.id
        self.heading = plain(page.title(entry))
        self.text.show(page.lines(entry, steps, self.console.now()))
        self.show_bar()
        self.refresh_bindings()

    async def action_revert(self) -> None:
        if self.entry is not None:
            await history_revert.begin(self.console, self.entry)

    async def action_object(self) -> None:
        if self.entry is not None:
            await history_revert.open_object(self.console, self.entry)
