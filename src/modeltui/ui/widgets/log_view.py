"""Lines of logs that keep coming: painted at a pace that the wire can take, in place, and no more of them than is in sight."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Final, get_args

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.timer import Timer

from modeltui.document import Line, Tone
from modeltui.logs.entries import Entry, LogTarget
from modeltui.logs.ring import Ring
from modeltui.ui.log.pace import BUDGET, THIN_BUDGET, Pace, cost
from modeltui.ui.log.painted import Row, differences, row
from modeltui.ui.log.rows import MATCH, Look, line_of, rows_of, tones_of
from modeltui.ui.log.window import Window
from modeltui.ui.table.canvas import LineCanvas
from modeltui.ui.table.painting import Line as PaintedLine
from modeltui.ui.table.painting import Span
from modeltui.ui.widgets.line_view import Extent, LineView

_NAMES: Final[dict[Tone, str]] = {tone: f"log-view--{tone or 'plain'}" for tone in get_args(Tone)}
_MATCH: Final = "log-view--match"
_KEPT_ROWS: Final = 2_000
"""Lines whose rows are kept at hand."""


class LogView(LineCanvas, can_focus=True):
    """Shows a `Ring`; `came()` says that there is more in it. While `following`, the end is in sight."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*_NAMES.values(), _MATCH}
    BINDING_GROUP_TITLE = "Reading"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "up", show=False, id="text.up"),
        Binding("down,j", "move(1)", "down", show=False, id="text.down"),
        Binding("left,h", "sideways(-1)", "left", show=False, id="text.left"),
        Binding("right", "sideways(1)", "right", show=False, id="text.right"),
        Binding("pageup,ctrl+b", "page(-1)", "page up", show=False, id="text.page_up"),
        Binding("pagedown,ctrl+f,space", "page(1)", "page down", show=False, id="text.page_down"),
        Binding("home,g", "first", "oldest", show=False, id="text.top"),
        Binding("end,G", "last", "newest, and follow", show=False, id="text.end"),
    ]

    def __init__(self, ring: Ring, *, thin: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """`thin`: fewer frames, and fewer cells in each."""
        super().__init__()
        self._ring = ring
        self._window = Window(ring, jump=thin)
        self._look = Look()
        self._names: dict[LogTarget, str] = {}
        self._tones: dict[LogTarget, Tone] = {}
        self._left = 0
        self._rows: dict[int, Sequence[Line]] = {}
        self._generation = ring.generation
        self._seen: list[tuple[int, int, Line]] = []
        self._frame: list[Row] = []
        self._tone_styles: dict[Tone, Style] = {}
        self._pace = Pace(THIN_BUDGET if thin else BUDGET)
        self._clock = clock
        self._timer: Timer | None = None
        self._told: Extent | None = None
        self._passes: Callable[[Entry], bool] | None = None

    # ---- what is shown

    def came(self) -> None:
        """There is more in the ring, or less."""
        if self._generation != self._ring.generation:
            self._generation = self._ring.generation
            self._rows.clear()
        if self._timer is None and self.is_mounted:
            self._timer = self.set_timer(self._pace.wait(self._clock()), self._due)

    def narrow(self, passes: Callable[[Entry], bool] | None, marked: re.Pattern[str] | None) -> None:
        """Only lines that pass, with what matches marked in them."""
        self._passes = passes
        self._window.narrow(passes)
        self.look(marked=marked)

    def prefix(self, names: dict[LogTarget, str]) -> None:
        """What stands before each line."""
        if names != self._names:
            self._names, self._tones = names, tones_of(names)
            self._anew()

    def look(self, **changed: object) -> None:
        """Other settings of `Look`."""
        values = {"timestamps": self._look.timestamps, "wrapped": self._look.wrapped, "marked": self._look.marked} | changed
        self._look = Look(**values)  # type: ignore[arg-type]  # by name
        if self._look.wrapped:
            self._left = 0
        self._anew()

    @property
    def look_now(self) -> Look:
        return self._look

    @property
    def names(self) -> dict[LogTarget, str]:
        return self._names

    @property
    def following(self) -> bool:
        return self._window.following

    @following.setter
    def following(self, follow: bool) -> None:
        if follow:
            self._window.end()
        else:
            self._window.stay()
        self._show_now()

    @property
    def shown(self) -> list[Entry]:
        """All that passes, in sight or not."""
        self._window.update()
        return [self._ring[number] for number in self._window.shown]

    @property
    def whole(self) -> Sequence[Line]:
        return [line_of(entry, self._look, self._names, self._tones) for entry in self.shown]

    @property
    def lines(self) -> Sequence[Line]:
        """As they are broken into rows."""
        self._window.update()
        return [part for number in self._window.shown for part in self._rows_of(number)]

    @property
    def extent(self) -> Extent:
        """Lines, whatever rows they take."""
        total = self._window.count
        if not self._seen or not total:
            return Extent(0, 0, total)
        return Extent(self._window.place_of(self._seen[0][0]) + 1, self._window.place_of(self._seen[-1][0]) + 1, total)

    @property
    def scroll_offset(self) -> Offset:
        return Offset(self._left, self._window.top)

    # ---- moving

    def action_move(self, by: int) -> None:
        self._window.move(self._rows_of, self.size.height, by)
        self._show_now()

    def action_page(self, by: int) -> None:
        self.action_move(by * max(self.size.height - 1, 1))

    def action_first(self) -> None:
        self._window.home()
        self._show_now()

    def action_last(self) -> None:
        self.following = True

    def action_sideways(self, by: int) -> None:
        """Half the width at a time, as far as the longest line in sight goes."""
        if self._look.wrapped:
            return
        step = max(self.size.width // 2, 1)
        longest = max((sum(len(text) for text, _ in line) for _, _, line in self._seen), default=0)
        self._left = max(min(self._left + by * step, max(longest - 1, 0) // step * step), 0)
        self._show_now()

    def step(self, by: int, matches: Callable[[Entry], bool]) -> bool:
        """To the next line that matches, or the one before; False when there is none in that direction."""
        self._window.update()
        shown = self._window.shown
        top = self._marked_place if self._marked_place is not None else self._window.top - (by > 0)
        places = range(top + 1, len(shown)) if by > 0 else range(min(top, len(shown)) - 1, -1, -1)
        for place in places:
            if matches(self._ring[shown[place]]):
                self._stepped_to = shown[place]
                self._window.go(shown[place], above=self.size.height // 3)
                self._show_now()
                return True
        return False

    _stepped_to: int | None = None

    @property
    def _marked_place(self) -> int | None:
        """Where the last step led to, while that is in sight."""
        if self._stepped_to is None or all(number != self._stepped_to for number, _, _ in self._seen):
            return None
        return self._window.place_of(self._stepped_to)

    # ---- painting

    def next_frame(self, room: int, height: int, *, resized: bool) -> list[tuple[int, list[Span]]]:
        if resized:
            self._rows.clear()
            self._frame = []
            self._tone_styles = {}
        self._seen, _ = self._window.view(self._rows_of, height)
        base, mark = self._style(""), self._style("accent")
        frame = [row(line, left=self._left, room=room, base=base, style=self._style, mark=mark) for _, _, line in self._seen]
        frame += [row((("", ""),), left=0, room=room, base=base, style=self._style, mark=mark)] * (height - len(frame))
        old, self._frame = self._frame, frame
        changed = [(y, differences(old[y] if y < len(old) else None, new, room)) for y, new in enumerate(frame)]
        changed = [(y, spans) for y, spans in changed if spans]
        self._pace.painted(self._clock(), sum(cost(len(spans), sum(end - start for start, end in spans)) for _, spans in changed))
        self._tell()
        return changed

    def line(self, y: int) -> PaintedLine | None:
        return self._frame[y].line if y < len(self._frame) else None

    def notify_style_update(self) -> None:
        self._tone_styles = {}
        super().notify_style_update()

    def _due(self) -> None:
        self._timer = None
        if self.screen.is_current:
            self.paint()

    def _show_now(self) -> None:
        """What a key does is seen at once, whatever the pace."""
        if self.is_mounted:
            self.paint()

    def _anew(self) -> None:
        self._rows.clear()
        self._show_now()

    def _rows_of(self, number: int) -> Sequence[Line]:
        found = self._rows.get(number)
        if found is None:
            if len(self._rows) > _KEPT_ROWS:
                self._rows.clear()
            entry = self._ring[number]
            one = line_of(entry, self._look, self._names, self._tones)
            wrapped = self._look.wrapped or bool(entry.note)  # what the console says of its own is read whole
            found = self._rows[number] = rows_of(one, self.size.width, wrapped=wrapped)
        return found

    def _style(self, tone: Tone) -> Style:
        found = self._tone_styles.get(tone)
        if found is None:
            name = _MATCH if tone == MATCH else _NAMES[tone]
            found = self._tone_styles[tone] = self.get_component_rich_style(name) if tone else self.rich_style
        return found

    def _tell(self) -> None:
        extent = self.extent
        if extent != self._told:
            self._told = extent
            self.post_message(LineView.Viewed(extent))
