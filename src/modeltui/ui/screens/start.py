"""The first frame, and what is behind everything else: connecting, or why it did not work."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual.widget import Widget

from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sight import Sight, connecting
from modeltui.ui.widgets.sight import SightPane

if TYPE_CHECKING:
    from modeltui.ui.widgets.prompt import Mode


class StartScreen(ConsoleScreen):
    CSS_PATH = None
    """The first frame does without the styles of tables and pages."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = SightPane()
        self.free = asyncio.Event()
        """Set while nothing is typed here and no other screen lies over this one: a table may then take its place."""

    def body(self) -> Iterable[Widget]:
        self.pane.sight = connecting(self.console.bar.context)
        yield self.pane

    def show(self, sight: Sight) -> None:
        self.pane.show(sight)
        self.show_bar()

    def on_screen_resume(self) -> None:
        self.free.set()

    def on_screen_suspend(self) -> None:
        self.free.clear()

    async def open_prompt(self, mode: Mode, value: str = "") -> None:
        self.free.clear()
        await super().open_prompt(mode, value)

    def close_prompt(self) -> None:
        super().close_prompt()
        if self.is_current:
            self.free.set()

    def action_back(self) -> None:
        """Nothing is behind this."""
