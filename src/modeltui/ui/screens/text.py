"""A page of text to read and search: help, aliases, messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget

from modeltui import cells
from modeltui.document import BLANK, GridLine, Line, grid, heading, line, text_of
from modeltui.systems.protocol import Merged, Table, View
from modeltui.ui import keys
from modeltui.ui.commands import ACTIONS, COLUMN_WORDS, CONTEXT_WORDS, HISTORY_WORDS, NAMESPACE_WORDS, NEW_WORDS
from modeltui.ui.screens.base import ConsoleScreen
from modeltui.ui.widgets.bottombar import Message
from modeltui.ui.widgets.line_view import LineView


class TextScreen(ConsoleScreen):
    BINDING_GROUP_TITLE = "Page"
    BINDINGS: ClassVar[list[BindingType]] = keys.TEXT

    def __init__(self, crumb: str, lines: Sequence[Line] = (), *, wrapped: bool = True) -> None:
        """`wrapped`: until the user says otherwise."""
        super().__init__(crumb)
        self.heading = crumb.capitalize()
        self.text = LineView(lines, wrapped=wrapped)

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

    def action_wrap(self) -> None:
        self.text.wrapped = not self.text.wrapped

    def action_copy(self, what: str) -> None:
        """As they are, not as they are wrapped."""
        lines = self.text.whole
        self.console.copy("\n".join(text_of(one) for one in lines), what=f"{len(lines):,} lines")

    def action_back(self) -> None:
        """Clears the search first."""
        if self.text.matches:
            self.text.search("")
        else:
            super().action_back()


_WITH_ARGUMENTS: Final = (
    ("ns", "[NAME,...]", ", ".join(f":{word}" for word in NAMESPACE_WORDS[1:])),
    ("ctx", "[NAME]", ", ".join(f":{word}" for word in CONTEXT_WORDS[1:])),
    ("new", "model|deployment|source [FILE]", ", ".join(f":{word}" for word in NEW_WORDS[1:])),
    ("history", "[NAMESPACE,...] [/FILTER] [@CONTEXT]", ", ".join(f":{word}" for word in HISTORY_WORDS[1:])),
    ("columns", "[NAME,... | +NAME -NAME | default]", ", ".join(f":{word}" for word in COLUMN_WORDS[1:])),
)


def alias_lines(tables: Iterable[Table]) -> list[Line]:
    lines = [line("Tables", "title"), *grid(("COMMAND", "RESOURCE", "ALIASES"), [_table_row(table) for table in tables])]
    by_action: dict[str, list[str]] = {}
    for word, action in ACTIONS.items():
        by_action.setdefault(action, []).append(f":{word}")
    lines += heading("Commands")
    rows = [(words[0], "", ", ".join(words[1:])) for words in by_action.values()]
    lines += grid(("COMMAND", "ARGUMENTS", "ALIASES"), [*((f":{word}", told, aliases) for word, told, aliases in _WITH_ARGUMENTS), *rows])
    return lines


def _table_row(table: Table) -> tuple[str, str, str]:
    if isinstance(table, View):
        shows = table.resource.group_resource
    elif isinstance(table, Merged) and table.main:
        shows = f"{table.main} and others"
    else:
        shows = f"{table.title.lower()} about all of them"
    return (f":{table.name}", shows, ", ".join(table.aliases))


def message_lines(messages: Iterable[tuple[datetime, Message]]) -> list[Line]:
    """Newest first, with the raw words under each."""
    lines: list[Line] = []
    for moment, message in reversed(list(messages)):
        lines.append(GridLine(((cells.moment(moment) + "  ", "dim"), *line(message.text, "bad" if message.error else ""))))
        lines += [GridLine(((" " * len(cells.moment(moment)) + "  ", "dim"), *line(raw, "dim"))) for raw in message.raw.splitlines()]
    return lines or [line("Nothing has been said yet.", "dim"), BLANK]
