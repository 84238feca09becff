"""Which of the lines are in sight: those that pass the filter, from a place that stays where it is, or from the end. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from modeltui.document import Line
from modeltui.logs.entries import Entry
from modeltui.logs.ring import Ring

Rows = Callable[[int], Sequence[Line]]
"""The rows that the line of that number takes."""


class Window:
    def __init__(self, ring: Ring, *, jump: bool = False) -> None:
        """`jump`: at the end, half a page is left free at a time, so that each line is painted once or twice and not as often as it
        moves up by one; for thin lines."""
        self.ring = ring
        self._jump = jump
        self._passes: Callable[[Entry], bool] | None = None
        self._shown: list[int] = []
        self._gone = 0
        """Of `_shown`: those before it have left the ring."""
        self._looked = 0
        """Number of the first line that was not looked at yet."""
        self._generation = ring.generation
        self.following = True
        self._top = 0
        """Number of the line that is at the top."""
        self._skip = 0
        """Rows of it that are above the window."""

    # ---- what is shown

    @property
    def shown(self) -> Sequence[int]:
        """Numbers of the lines that pass, in order."""
        return self._shown[self._gone :] if self._gone else self._shown

    @property
    def count(self) -> int:
        return len(self._shown) - self._gone

    def narrow(self, passes: Callable[[Entry], bool] | None) -> None:
        """Only what passes. The place stays as near as it can."""
        self._passes = passes
        self._shown, self._gone, self._looked = [], 0, self.ring.first
        self.update()

    def update(self) -> None:
        """Take in what came into the ring, and forget what left it."""
        ring, passes = self.ring, self._passes
        if self._generation != ring.generation:
            self._generation = ring.generation
            self._shown, self._gone, self._looked, self._top, self._skip = [], 0, 0, 0, 0
        start = max(self._looked, ring.first)
        if passes is None:
            self._shown.extend(range(start, ring.end))
        else:
            self._shown.extend(number for number in range(start, ring.end) if passes(ring[number]))
        self._looked = ring.end
        while self._gone < len(self._shown) and self._shown[self._gone] < ring.first:
            self._gone += 1
        if self._gone > 4096 and self._gone * 2 > len(self._shown):
            del self._shown[: self._gone]
            self._gone = 0

    def place_of(self, number: int) -> int:
        """Among the shown, of that line or the next one that is shown."""
        return bisect_left(self._shown, number, lo=self._gone) - self._gone

    def _number(self, place: int) -> int:
        return self._shown[self._gone + place]

    # ---- what is in sight

    def view(self, rows: Rows, height: int) -> tuple[list[tuple[int, int, Line]], bool]:
        """(number, row of it, what it says) for each row in sight, top to bottom; and whether the end is in sight."""
        self.update()
        if self.following:
            self._follow(rows, height)
        elif self.count:
            place = min(self.place_of(self._top), self.count - 1)
            if self._number(place) != self._top:
                self._top, self._skip = self._number(place), 0
        found: list[tuple[int, int, Line]] = []
        place, skip = self.place_of(self._top), self._skip
        while place < self.count and len(found) < height:
            number = self._number(place)
            every = rows(number)
            skip = min(skip, max(len(every) - 1, 0))
            left = height - len(found)
            found += [(number, skip + row, line) for row, line in enumerate(every[skip : skip + left])]
            if len(every) - skip > left:
                return found, False
            skip = 0
            place += 1
        return found, place >= self.count

    def _follow(self, rows: Rows, height: int) -> None:
        """The end at the bottom; with `jump`, the place stays until the end has passed the bottom."""
        if self._jump and self._fits(rows, height):
            return
        self._to_end(rows, height - height // 2 if self._jump and self._overflows(rows, height) else height)

    def _fits(self, rows: Rows, height: int) -> bool:
        """Whether all from the top on fits, and the top is still there."""
        place = self.place_of(self._top)
        if place >= self.count or self._number(place) != self._top:
            return False
        used = -self._skip
        for number in self._shown[self._gone + place :]:
            used += len(rows(number))
            if used > height:
                return False
        return True

    def _overflows(self, rows: Rows, height: int) -> bool:
        used = 0
        for place in range(self.count - 1, -1, -1):
            used += len(rows(self._number(place)))
            if used > height:
                return True
        return False

    def _to_end(self, rows: Rows, height: int) -> None:
        self._top, self._skip = (self._number(0), 0) if self.count else (0, 0)
        used = 0
        for place in range(self.count - 1, -1, -1):
            number = self._number(place)
            used += len(rows(number))
            if used >= height:
                self._top, self._skip = number, used - height
                return

    # ---- moving

    def move(self, rows: Rows, height: int, by: int) -> None:
        """So many rows down, or up. Following stops when the end goes out of sight, and begins when it is reached."""
        if not self.count:
            return
        if by < 0:
            self.following = False
        place, skip = min(self.place_of(self._top), self.count - 1), self._skip + by
        while skip < 0 and place > 0:
            place -= 1
            skip += len(rows(self._number(place)))
        skip = max(skip, 0)
        while place < self.count - 1 and skip >= (rows_of := len(rows(self._number(place)))):
            skip -= rows_of
            place += 1
        self._top, self._skip = self._number(place), min(skip, max(len(rows(self._number(place))) - 1, 0))
        if self._fits(rows, height):
            self.end()

    def home(self) -> None:
        self.following = False
        self._top, self._skip = (self._number(0), 0) if self.count else (0, 0)

    def end(self) -> None:
        self.following = True

    def stay(self) -> None:
        """No longer follow: the place stays where it is."""
        self.following = False

    def go(self, number: int, *, above: int) -> None:
        """To that line, with up to so many lines above it."""
        self.following = False
        place = max(self.place_of(number) - above, 0)
        if self.count:
            self._top, self._skip = self._number(min(place, self.count - 1)), 0

    @property
    def top(self) -> int:
        """Place of the top line among the shown."""
        return self.place_of(self._top)
