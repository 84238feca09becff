"""NO_COLOR: no colour at all, and everything still to be told apart (https://no-color.org).

Textual's own answer writes greys, which are colours to a terminal. Here what a background said is said by reverse, and what
was red or bright stays bold; glyphs and words carry the rest, as everywhere in the console.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT: Final = 60
"""Difference of brightness (0 to 255) from the screen's own background from which a background is shown as reverse."""


class NoColour(LineFilter):
    """Keeps bold, dim, italic, underline, strike and reverse."""

    def __init__(self, *, page: str, raised: frozenset[str] = frozenset()) -> None:
        """`page`: the screen's background; `raised`: backgrounds that are close to it and count nevertheless. All "#rrggbb"."""
        super().__init__()
        self._page = Color.parse(page)
        self._raised = frozenset(Color.parse(one).rgb for one in raised)

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, self._plain(style) if style else style, control) for text, style, control in segments]

    @lru_cache(1024)  # noqa: B019 - one filter lives as long as the app
    def _plain(self, style: Style) -> Style:
        return Style(
            bold=style.bold,
            dim=style.dim,
            italic=style.italic,
            underline=style.underline,
            strike=style.strike,
            reverse=bool(style.reverse) != self._stands_out(style),
        )

    def _stands_out(self, style: Style) -> bool:
        if style.bgcolor is None or style.bgcolor.is_default:
            return False
        shown = Color.from_rich_color(style.bgcolor)
        return shown.rgb in self._raised or abs(shown.brightness - self._page.brightness) * 255 > STANDS_OUT
