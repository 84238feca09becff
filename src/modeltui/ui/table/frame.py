"""The picture last painted, and the way from it to the next one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from modeltui.domain import Column, RowKey
from modeltui.ui.table.layout import GAP, Layout, Widths, arrange, furthest_skip
from modeltui.ui.table.marks import Marks
from modeltui.ui.table.order import RowOrder
from modeltui.ui.table.painting import (
    Line,
    Span,
    Texts,
    blank_line,
    changed_columns,
    differences,
    header_line,
    row_line,
    texts_of,
    with_ages,
)
from modeltui.ui.table.palette import Palette, Part

SHOWN_AS_CHANGED: Final = 1.5
"""Seconds for which a changed cell is drawn as changed."""

_NOTHING: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that a frame depends on, but for the rows."""

    room: int
    height: int
    top: int
    skip: int
    shown: tuple[int, ...]
    cursor: RowKey | None
    focused: bool
    selected: int | None
    now: datetime
    clock: float
    """Monotonic seconds."""


class Frame:
    """Keeps the painted lines; `paint` makes the next ones and says which spans of which line differ.

    Bounded: it remembers the rows on the screen and nothing else.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._widths = Widths(columns)
        self._texts: dict[RowKey, Texts] = {}
        self._lines_of: dict[RowKey, tuple[tuple[object, ...], Line]] = {}
        self._flashes: dict[RowKey, dict[int, float]] = {}
        self.lines: list[Line] = []
        self.layout = Layout((), before=False, after=False)

    def restyle(self) -> None:
        """The palette changed: lines must be made anew, and what is on the screen compared with them."""
        self._lines_of.clear()

    def restart(self) -> None:
        """The rows are of something else now: what differs from before is not a change."""
        self._texts.clear()
        self._flashes.clear()

    def next_fade(self) -> float | None:
        """The clock time at which the first changed cell goes back to normal."""
        return min((end for ends in self._flashes.values() for end in ends.values()), default=None)

    def furthest_skip(self, shown: Sequence[int], room: int) -> int:
        return furthest_skip(self._columns, shown, self._widths, room=room)

    def column_at(self, x: int) -> int | None:
        """The column standing under a cell of the line."""
        return next((slot.index for slot in self.layout.slots if slot.x <= x < slot.x + slot.width + GAP), None)

    def paint(self, scene: Scene, order: RowOrder, marks: Marks, palette: Palette) -> list[tuple[int, list[Span]]]:
        page = max(scene.height - 1, 0)
        # a row may have left since the order was settled, when something else than that asks for a frame
        keys = [key for key in order.keys(scene.top, scene.top + page) if key in order.rows]
        self._read(keys, order, scene)
        self.layout = arrange(self._columns, scene.shown, self._widths, skip=scene.skip, room=scene.room)
        thumb = thumb_lines(scene.top, page, len(order))
        header = header_line(
            self._columns,
            self.layout,
            palette,
            sort=order.sort,
            reverse=order.reverse,
            selected=scene.selected,
            room=scene.room,
        )
        lines = [header, *self._row_lines(keys, scene, marks, palette, thumb.__contains__)]
        blank = blank_line(palette)
        lines += [blank] * (scene.height - len(lines))
        before, self.lines = self.lines, lines[: scene.height]
        return [
            (y, spans)
            for y, line in enumerate(self.lines)
            if (spans := differences(before[y] if y < len(before) else None, line, scene.room))
        ]

    def _read(self, keys: Sequence[RowKey], order: RowOrder, scene: Scene) -> None:
        """Texts of the rows on the screen, which cells of them changed, and how wide the columns must be."""
        texts: dict[RowKey, Texts] = {}
        limits = self._widths.limits
        for key in keys:
            known, row = self._texts.get(key), order.rows[key]
            if known is None:
                fresh = texts_of(self._columns, row, scene.now, limits)
            elif known.row is not row:
                fresh = texts_of(self._columns, row, scene.now, limits)
                for index in changed_columns(known, fresh):
                    self._flashes.setdefault(key, {})[index] = scene.clock + SHOWN_AS_CHANGED
            else:
                fresh = with_ages(self._columns, known, scene.now, limits)
            texts[key] = fresh
            if fresh is not known:
                for index, width in enumerate(fresh.widths):
                    self._widths.grow(index, width)
        self._texts = texts
        self._fade(scene.clock)

    def _fade(self, clock: float) -> None:
        kept = {
            key: remaining
            for key, ends in self._flashes.items()
            if key in self._texts and (remaining := {index: end for index, end in ends.items() if end > clock})
        }
        self._flashes = kept

    def _row_lines(self, keys: Sequence[RowKey], scene: Scene, marks: Marks, palette: Palette, thumb: Callable[[int], bool]) -> list[Line]:
        kept: dict[RowKey, tuple[tuple[object, ...], Line]] = {}
        lines: list[Line] = []
        bar = Part.CURSOR if scene.focused else Part.CURSOR_AWAY
        for y, key in enumerate(keys):
            texts, changed = self._texts[key], frozenset(self._flashes.get(key, _NOTHING))
            cursor, marked, at_thumb = (bar if key == scene.cursor else None), key in marks, thumb(y)
            signature = (id(texts), self.layout, cursor, marked, changed, at_thumb, scene.room)
            known = self._lines_of.get(key)
            if known is not None and known[0] == signature:
                line = known[1]
            else:
                line = row_line(texts, self.layout, palette, cursor=cursor, marked=marked, changed=changed, room=scene.room, thumb=at_thumb)
            kept[key] = (signature, line)
            lines.append(line)
        self._lines_of = kept
        return lines


def thumb_lines(top: int, page: int, total: int) -> range:
    """The lines of the page that the scroll thumb covers; none when everything is on the screen."""
    if total <= page or page <= 0:
        return range(0)
    size = max(page * page // total, 1)
    start = round(top * (page - size) / (total - page))
    start = min(max(start, 0), page - size)
    return range(start, start + size)
