"""Component classes to styles. Nothing is said by colour alone: glyphs, words and attributes say it too."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rich.style import Style

from modeltui.domain import Phase

if TYPE_CHECKING:
    from textual.widget import Widget

GLYPHS: Final = {
    Phase.FAILED: "✗",
    Phase.DEGRADED: "▲",
    Phase.PROCESSING: "◐",
    Phase.PENDING: "○",
    Phase.READY: "✓",
    Phase.PAUSED: "□",
    Phase.UNKNOWN: "?",
}
"""One per phase, each one cell wide and none like another."""


class Part(StrEnum):
    """The table's component classes, without their prefix."""

    CURSOR = "cursor"
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
    UNKNOWN = "unknown"


PREFIX: Final = "resource-table--"
CLASSES: Final = {PREFIX + part for part in Part}

CSS: Final = """
ResourceTable {
    width: 1fr; height: 1fr;
    background: $background; color: $foreground;
    & > .resource-table--cursor { background: $primary; color: $text; }
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
    & > .resource-table--unknown { color: $foreground-muted; }
    &:nocolor > .resource-table--cursor { text-style: reverse; }
    &:blur > .resource-table--cursor { background: $primary 40%; }
}
"""


class Palette:
    """The styles in force; made anew when the stylesheet or the theme changes."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self.base: Style = widget.rich_style
        self._made: dict[tuple[Part | None, Part | None, bool], Style] = {}

    def style(self, line: Part | None, accent: Part | None = None, *, changed: bool = False) -> Style:
        """`line`: what the whole line is (cursor, marked, header or plain); `accent`: what the cell means."""
        key = (line, accent, changed)
        if (made := self._made.get(key)) is None:
            made = self._made[key] = self._make(line, accent, changed=changed)
        return made

    def _make(self, line: Part | None, accent: Part | None, *, changed: bool) -> Style:
        style = self.base if line is None else self.base + self._part(line)
        if accent is not None and line is not Part.CURSOR:
            # On the cursor the glyph alone tells the phase: coloured text on a coloured bar is hard to read.
            style += self._part(accent)
        return style + self._part(Part.CHANGED) if changed else style

    def _part(self, part: Part) -> Style:
        return self._widget.get_component_rich_style(PREFIX + part, partial=True)
