"""The first frame, and what is behind everything else: connecting, or why it did not work."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from modeltui.ui import sights
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sights import Sight
from modeltui.ui.widgets.sight import SightPane


class StartScreen(ConsoleScreen):
    CSS_PATH = None
    """The first frame does without the styles of tables and pages."""

    def __init__(self) -> None:
        super().__init__()
        self.pane = SightPane()

    def body(self) -> Iterable[Widget]:
        self.pane.sight = sights.connecting(self.console.bar.context)
        yield self.pane

    def show(self, sight: Sight) -> None:
        self.pane.show(sight)
        self.show_bar()

    def action_back(self) -> None:
        """Nothing is behind this."""
