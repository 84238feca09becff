"""Scrollable lines of toned text: YAML, help, logs and detail panes. Paints only the lines that are on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar, Final, get_args

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from modeltui.characters import harmless
from modeltui.document import Line, Span, Tone, text_of, width_of, wrap

_NAMES: Final[dict[Tone, str]] = {tone: f"line-view--{tone or 'plain'}" for tone in get_args(Tone)}
_MATCH: Final = "line-view--match"
_CUT: Final[Tone] = "accent"
"""Of the marks where a line goes on to the left or the right."""

WIDEST: Final = 20_000
"""Characters of a line that is not wrapped: a longer one cannot be drawn between two frames, nor scrolled to its end."""


def _drawable(one: Line) -> Line:
    length = sum(len(text) for text, _ in one)
    if length <= WIDEST:
        return one
    kept: list[Span] = []
    room = WIDEST
    for text, tone in one:
        kept.append((text[:room], tone))
        room = max(room - len(text), 0)
    return (*kept, (f"… ({length:,} characters; w wraps them)", "comment"))


def _alike(one: Sequence[Line], other: Sequence[Line]) -> int:
    """How many lines both begin with. A line of a grid is another one than a plain line of the same spans: it wraps otherwise."""
    for place, (was, now) in enumerate(zip(one, other, strict=False)):
        if was != now or type(was) is not type(now):
            return place
    return min(len(one), len(other))


@dataclass(frozen=True, slots=True)
class Extent:
    """Which lines are in sight."""

    first: int
    """Counted from 1."""
    last: int
    total: int

    @property
    def sign(self) -> str:
        """Such as "1-18 of 57 ▼"; empty when all are in sight."""
        if self.last - self.first + 1 >= self.total:
            return ""
        arrows = ("▲" if self.first > 1 else "") + ("▼" if self.last < self.total else "")
        return f"{self.first:,}-{self.last:,} of {self.total:,} {arrows}"


class LineView(ScrollView, can_focus=True):
    """Shows `Line`s; new lines keep the scroll position, and only lines that differ are painted again."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*_NAMES.values(), _MATCH}
    BINDING_GROUP_TITLE = "Reading"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "up", show=False, id="text.up"),
        Binding("down,j", "scroll_down", "down", show=False, id="text.down"),
        Binding("left,h", "sideways(-1)", "left", show=False, id="text.left"),
        Binding("right", "sideways(1)", "right", show=False, id="text.right"),
        Binding("pageup,ctrl+b", "page_up", "page up", show=False, id="text.page_up"),
        Binding("pagedown,ctrl+f,space", "page_down", "page down", show=False, id="text.page_down"),
        Binding("home,g", "scroll_home", "top", show=False, id="text.top"),
        Binding("end,G", "scroll_end", "end", show=False, id="text.end"),
    ]

    @dataclass
    class Viewed(Message):
        """Other lines are in sight, or there are more or fewer of them."""

        extent: Extent

    def __init__(self, lines: Sequence[Line] = (), *, wrapped: bool = False, classes: str | None = None) -> None:
        """`wrapped`: long lines are broken to the width, for prose; else they scroll sideways, for YAML and logs."""
        super().__init__(classes=classes)
        self._whole: list[Line] = list(lines)
        self._lines: list[Line] = [_drawable(one) for one in lines]
        self._starts = list(range(len(lines) + 1))
        """Where each whole line begins among the lines."""
        self._widths = list(map(width_of, self._lines))
        self._wrapped = wrapped
        self._broken_to: int | None = None
        """Cells that the lines were wrapped to; None when they were not."""
        self._follows = False
        self._page_end = 0
        """Rows that there is room for below a text that grows: so many can be scrolled to."""
        self.set_class(wrapped, "-wrapped")
        self._needle = ""
        self._told: Extent | None = None
        self.matches: list[int] = []
        """Numbers of the lines that hold what is searched for."""

    @property
    def lines(self) -> Sequence[Line]:
        return self._lines

    @property
    def whole(self) -> Sequence[Line]:
        """The lines as they were given, before they are wrapped."""
        return self._whole

    @property
    def wrapped(self) -> bool:
        return self._wrapped

    @wrapped.setter
    def wrapped(self, wrapped: bool) -> None:
        self._wrapped = wrapped
        self.set_class(wrapped, "-wrapped")
        self.scroll_to(x=0, animate=False, force=True)
        self.show(self._whole)
        self.refresh()

    @property
    def extent(self) -> Extent:
        top, height, total = self.scroll_offset.y, self.scrollable_content_region.height, len(self._lines)
        return Extent(min(top + 1, total), min(top + height, total), total)

    def on_mount(self) -> None:
        self._measure()

    def on_resize(self) -> None:
        self._fit()

    def watch_show_vertical_scrollbar(self) -> None:
        """A scrollbar that comes or goes takes or gives room, and Textual sends no Resize for that."""
        self.call_after_refresh(self._fit)

    def watch_show_horizontal_scrollbar(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        if self._wrapped:
            self.show(self._whole, follow=self._follows)
        self._tell()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._tell()

    def action_sideways(self, direction: int) -> None:
        """Half the width at a time: a character at a time, a long line has no end."""
        step = max(self.scrollable_content_region.width // 2, 1)
        self.scroll_to(x=self.scroll_offset.x + direction * step, animate=False)

    def show(self, lines: Sequence[Line], *, follow: bool = False) -> None:
        """Replace the lines. Lines at the beginning that are as they were cost nothing, so that a text which grows at its end is not broken
        anew from its beginning. `follow` keeps the end in view when it was in view: a full page moves up by half of it, so that what one
        reads stands still, and only what is new goes over the wire."""
        self._follows = follow
        page, top = self.scrollable_content_region.height, self.scroll_offset.y
        at_end = follow and len(self._lines) <= top + page
        room = (self.scrollable_content_region.width or None) if self._wrapped else None
        kept = _alike(self._whole, lines) if room == self._broken_to else 0
        self._whole, self._broken_to = list(lines), room
        parts = [wrap(one, room) if room else [_drawable(one)] for one in self._whole[kept:]]
        start = self._starts[kept]
        old, new = self._lines[start:], [part for of_one in parts for part in of_one]
        self._lines = self._lines[:start] + new
        self._widths[start:] = map(width_of, new)
        self._starts[kept:] = accumulate(map(len, parts), initial=start)
        self._find()
        jumps = at_end and len(self._lines) > top + page
        to = len(self._lines) - page + page // 2 if jumps else top
        self._page_end = to + page if at_end and page else 0
        self._measure()
        longest, shortest = max(len(old), len(new)), min(len(old), len(new))
        changed = [start + row for row in range(longest) if row >= shortest or old[row] != new[row]]
        width = self.size.width
        visible = [row - top for row in changed if 0 <= row - top < self.size.height]
        if visible:
            self.refresh(*(Region(0, row, width, 1) for row in visible))
        if jumps:
            self.scroll_to(y=to, animate=False, force=True, immediate=True)

    def search(self, needle: str) -> int:
        """Mark every line that holds `needle`, in any case, and go to the first at or below the top. The number found."""
        self._needle = needle.casefold()
        self._find()
        self.refresh()
        if self.matches:
            self._go(next((row for row in self.matches if row >= self.scroll_offset.y), self.matches[0]))
        return len(self.matches)

    def step(self, direction: int) -> None:
        """To the next (1) or previous (-1) match, around the ends."""
        if not self.matches:
            return
        top = self.scroll_offset.y
        ahead = [row for row in self.matches if (row > top if direction > 0 else row < top)]
        if direction > 0:
            self._go(ahead[0] if ahead else self.matches[0])
        else:
            self._go(ahead[-1] if ahead else self.matches[-1])

    def render_line(self, y: int) -> Strip:
        left, top = self.scroll_offset
        width = self.scrollable_content_region.width
        base = self.rich_style
        row = top + y
        if row >= len(self._lines):
            return Strip.blank(width, base)
        found = self._needle and row in self.matches
        segments = [Segment(harmless(text), self._style(tone, base)) for text, tone in self._lines[row] if text]
        strip = Strip(segments).simplify()  # a wrapped line has a span for each word, and each would say its colours again
        if found:
            strip = strip.apply_style(self.get_component_rich_style(_MATCH))
        shown = strip.crop_extend(left, left + width, base)
        if self._wrapped or (not left and strip.cell_length <= width):
            return shown
        return self._marked(shown, before=left > 0 and strip.cell_length > 0, after=strip.cell_length > left + width)

    def _marked(self, strip: Strip, *, before: bool, after: bool) -> Strip:
        """With a mark at either end where the line goes on."""
        width, style = strip.cell_length, self._style(_CUT, self.rich_style)
        parts = [Strip([Segment("‹", style)], 1)] if before else []
        parts.append(strip.crop(int(before), width - int(after)))
        if after:
            parts.append(Strip([Segment("›", style)], 1))
        return Strip.join(parts)

    def _style(self, tone: Tone, base: Style) -> Style:
        return self.get_component_rich_style(_NAMES[tone]) if tone else base

    def _measure(self) -> None:
        self.virtual_size = Size(max(self._widths, default=0), max(len(self._lines), self._page_end))
        self._tell()

    def _tell(self) -> None:
        if self.is_mounted and self.size.height and (extent := self.extent) != self._told:
            self._told = extent
            self.post_message(self.Viewed(extent))

    def _find(self) -> None:
        self.matches = [row for place in range(len(self._whole)) for row in self._hits(place)] if self._needle else []

    def _hits(self, place: int) -> list[int]:
        """Rows of a whole line that hold the needle; the first of them when wrapping has broken it."""
        if self._needle not in text_of(self._whole[place]).casefold():
            return []
        rows = range(self._starts[place], self._starts[place + 1])
        return [row for row in rows if self._needle in text_of(self._lines[row]).casefold()] or [rows[0]]

    def _go(self, row: int) -> None:
        self.scroll_to(y=row, animate=False, force=True)
