"""The two lines at the top. Repainted only when a text in them changes."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget

from modeltui.document import Line
from modeltui.ui import bar
from modeltui.ui.theme import content


class TopBar(Widget):
    """Shows a `BarState`; the app hands in a new one whenever something in it changed."""

    can_focus = False

    def __init__(self, state: bar.BarState) -> None:
        super().__init__()
        self._state = state
        self._lines: tuple[Line, Line] | None = None

    def show(self, state: bar.BarState) -> None:
        self._state = state
        width = self.size.width
        if width and bar.lines(state, width) != self._lines:
            self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        self.refresh()

    def render(self) -> Content:
        self._lines = bar.lines(self._state, self.size.width)
        return Content("\n").join([content(line) for line in self._lines])
