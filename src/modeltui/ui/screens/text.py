"""A page of text to read and search: help, aliases, messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from modeltui.systems.protocol import View
from modeltui.ui import keys
from modeltui.ui.commands import ACTIONS
from modeltui.ui.document import BLANK, Line, grid, heading, line, text_of
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.sights import clock
from modeltui.ui.widgets.bottombar import Message
from modeltui.ui.widgets.line_view import LineView


class TextScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Page"
    BINDINGS: ClassVar[list[BindingType]] = keys.TEXT

    def __init__(self, crumb: str, lines: Sequence[Line] = ()) -> None:
        super().__init__(crumb)
        self.heading = crumb.capitalize()
        self.text = LineView(lines)

    def body(self) -> Iterable[Widget]:
        yield self.text

    def on_mount(self) -> None:
        super().on_mount()
        self.set_focus(self.text, scroll_visible=False)

    def preview_filter(self, text: str) -> None:
        self.text.search(text)

    async def apply_filter(self, text: str) -> None:
        found = self.text.search(text)
        if text:
            self.console.remember_line("/", text)
            self.console.say(f"{found:,} lines hold {text!r}; n and shift-n go through them." if found else f"Nothing holds {text!r}.")

    def cancel_filter(self) -> None:
        self.text.search("")

    def action_match(self, direction: int) -> None:
        self.text.step(direction)

    def action_copy(self, what: str) -> None:
        self.console.copy("\n".join(text_of(one) for one in self.text.lines), what=f"{len(self.text.lines):,} lines")

    def action_back(self) -> None:
        """Clears the search first."""
        if self.text.matches:
            self.text.search("")
        else:
            super().action_back()


def alias_lines(views: Iterable[View]) -> list[Line]:
    lines = [line("Tables", "title"), *grid(("type", "resource", "or"), [_view_row(view) for view in views])]
    by_action: dict[str, list[str]] = {}
    for word, action in ACTIONS.items():
        by_action.setdefault(action, []).append(f":{word}")
    lines += heading("Commands")
    lines += grid(("type", "or"), [(words[0], ", ".join(words[1:])) for words in by_action.values()])
    lines += [((f"  {word:<10}", ""), (does, "dim")) for word, does in ((":ns", "[NAME,...]"), (":ctx", "[NAME]"))]
    return lines


def _view_row(view: View) -> tuple[str, str, str]:
    return (f":{view.name}", view.resource.group_resource, ", ".join(view.aliases))


def message_lines(messages: Iterable[tuple[datetime, Message]]) -> list[Line]:
    """Newest first, with the raw words under each."""
    lines: list[Line] = []
    for moment, message in reversed(list(messages)):
        lines.append(((clock(moment) + "  ", "dim"), *line(message.text, "bad" if message.error else "")))
        lines += [line("          " + raw, "dim") for raw in message.raw.splitlines()]
    return lines or [line("Nothing has been said yet.", "dim"), BLANK]
