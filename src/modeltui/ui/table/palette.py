"""Component classes to styles. Nothing is said by colour alone: glyphs, words and attributes say it too."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rich.style import Style

from modeltui.domain import Outcome, Phase, Severity

if TYPE_CHECKING:
    from textual.widget import Widget

GLYPHS: Final = {
    Phase.FAILED: "✗",
    Phase.DEGRADED: "▲",
    Phase.PROCESSING: "◐",
    Phase.PENDING: "○",
    Phase.READY: "✓",
    Phase.PAUSED: "□",
    Phase.COMPLETED: "■",
    Phase.UNKNOWN: "?",
}
"""One per phase, each one cell wide and none like another."""


class Part(StrEnum):
    """The table's component classes, without their prefix."""

    CURSOR = "cursor"
    CURSOR_AWAY = "cursor-away"
    """The cursor while the focus is elsewhere. A class of its own, since `:blur` would make Textual restyle everything."""
    MARKED = "marked"
    HEADER = "header"
    HEADER_SELECTED = "header-selected"
    CHANGED = "changed"
    MUTED = "muted"
    PROBLEM = "problem"
    POSITION = "position"
    FAILED = "failed"
    DEGRADED = "degraded"
    PROCESSING = "processing"
    PENDING = "pending"
    READY = "ready"
    PAUSED = "paused"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


WORDS: Final[Mapping[Severity | Outcome, tuple[str, Part]]] = {
    Severity.ERROR: ("✕", Part.FAILED),
    Severity.WARNING: ("▲", Part.DEGRADED),
    Severity.INFO: ("·", Part.MUTED),
    Outcome.DONE: ("✓", Part.READY),
    Outcome.FAILED: ("✗", Part.FAILED),
    Outcome.UNKNOWN: ("?", Part.DEGRADED),
    Outcome.UNFINISHED: ("◐", Part.DEGRADED),
    Outcome.NOTE: ("·", Part.MUTED),
}
"""Glyph, and what it looks like."""

PREFIX: Final = "resource-table--"
CLASSES: Final = {PREFIX + part for part in Part}

CSS: Final = """
ResourceTable {
    width: 1fr; height: 1fr;
    background: $background; color: $foreground;
    & > .resource-table--cursor { background: $primary; color: $text; }
    & > .resource-table--cursor-away { background: $primary 40%; }
    & > .resource-table--marked { color: $accent; text-style: bold; }
    & > .resource-table--header { text-style: bold; }
    & > .resource-table--header-selected { text-style: bold underline; }
    & > .resource-table--changed { text-style: bold underline; }
    & > .resource-table--muted { color: $foreground-muted; }
    & > .resource-table--position { color: $foreground-muted; }
    & > .resource-table--problem { color: $text-error; }
    & > .resource-table--failed { color: $text-error; text-style: bold; }
    & > .resource-table--degraded { color: $text-warning; text-style: bold; }
    & > .resource-table--processing { color: $text-accent; }
    & > .resource-table--pending { color: $text-warning; }
    & > .resource-table--ready { color: $text-success; }
    & > .resource-table--paused { color: $foreground-muted; }
    & > .resource-table--completed { color: $foreground-muted; }
    & > .resource-table--unknown { color: $foreground-muted; }
    &:nocolor > .resource-table--cursor { text-style: reverse; }
    &:nocolor > .resource-table--cursor-away { text-style: reverse dim; }
}
"""


class Palette:
    """The styles in force. Two palettes are equal when they look the same."""

    def __init__(self, widget: Widget) -> None:
        self.base: Style = widget.rich_style
        self._parts = {part: widget.get_component_rich_style(PREFIX + part, partial=True) for part in Part}
        self._made: dict[tuple[Part | None, Part | None, bool], Style] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Palette) and (self.base, self._parts) == (other.base, other._parts)

    __hash__ = None  # type: ignore[assignment]  # mutable cache, compared only

    def style(self, line: Part | None, accent: Part | None = None, *, changed: bool = False) -> Style:
        """`line`: what the whole line is (cursor, marked, header or plain); `accent`: what the cell means."""
        key = (line, accent, changed)
        if (made := self._made.get(key)) is None:
            made = self._made[key] = self._make(line, accent, changed=changed)
        return made

    def _make(self, line: Part | None, accent: Part | None, *, changed: bool) -> Style:
        style = self.base if line is None else self.base + self._parts[line]
        if accent is not None and line not in (Part.CURSOR, Part.CURSOR_AWAY):
            # On the cursor the glyph alone tells the phase: coloured text on a coloured bar is hard to read.
            style += self._parts[accent]
        return style + self._parts[Part.CHANGED] if changed else style
