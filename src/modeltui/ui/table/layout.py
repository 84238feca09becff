"""Which column stands where. Widths only ever grow, so that a live table does not wobble."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from modeltui import characters
from modeltui.domain import Column, ColumnKind

GUTTER: Final = 2
"""Cells on the left for the mark."""
GAP: Final = 2
EDGE: Final = 1
"""Cells on the right for the scroll position."""
_ARROW: Final = 2
"""Room a title keeps for " ↑", so that sorting never moves a column."""
_NARROWEST: Final = 6
"""A column cut off by the right edge is drawn while this much of it is left."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One column on the screen."""

    index: int
    """Index into the view's columns and a row's values."""
    x: int
    width: int
    right: bool
    """Right-aligned."""
    end_matters: bool = False
    """Cut in the middle where there is no room."""


@dataclass(frozen=True, slots=True)
class Layout:
    slots: tuple[Slot, ...]
    before: bool
    """Columns are scrolled away to the left."""
    after: bool
    """Columns are cut off on the right."""


class Widths:
    """Grow-only widths between each column's minimum (or title) and maximum."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._widths = [max(column.min_width, characters.width(column.title) + _ARROW) for column in columns]
        self._limits = [max(column.max_width, width) for column, width in zip(columns, self._widths, strict=True)]

    def __getitem__(self, index: int) -> int:
        return self._widths[index]

    @property
    def limits(self) -> Sequence[int]:
        return self._limits

    def grow(self, index: int, width: int) -> bool:
        """Make room for `width` cells; True when the column got wider."""
        wanted = min(width, self._limits[index])
        if wanted <= self._widths[index]:
            return False
        self._widths[index] = wanted
        return True


def shown_columns(
    columns: Sequence[Column], *, wide: bool, hidden: Collection[str], chosen: Collection[str] | None = None
) -> tuple[int, ...]:
    """Indices of the columns on show. The first one (the name) always is. `chosen`: these and no others, wide ones too."""
    if chosen is not None:
        return tuple(index for index, column in enumerate(columns) if index == 0 or column.key in chosen)
    return tuple(
        index
        for index, column in enumerate(columns)
        if index == 0 or not (column.hidden or column.key in hidden or (column.wide and not wide))
    )


def furthest_skip(columns: Sequence[Column], shown: Sequence[int], widths: Widths, *, room: int) -> int:
    """How many columns must be scrolled away to see the last one whole."""
    for skip in range(len(shown)):
        if not arrange(columns, shown, widths, skip=skip, room=room).after:
            return skip
    return max(len(shown) - 2, 0)


def arrange(columns: Sequence[Column], shown: Sequence[int], widths: Widths, *, skip: int, room: int) -> Layout:
    """Place the columns in a line of `room` cells: the first is fixed, `skip` of the others are scrolled away."""
    slots: list[Slot] = []
    x, end, after = GUTTER, room - EDGE, False
    for position, index in enumerate((*shown[:1], *shown[1 + skip :])):
        width = widths[index] if position else _name_width(shown, widths, end - GUTTER)
        left = end - x
        if left < min(width, _NARROWEST):
            after = True
            break
        after = after or left < width
        slots.append(Slot(index, x, min(width, left), columns[index].kind in _RIGHT, columns[index].end_matters))
        x += width + GAP
    return Layout(tuple(slots), before=skip > 0, after=after)


def _name_width(shown: Sequence[int], widths: Widths, room: int) -> int:
    """Where not everything fits, long names give way first, down to two fifths: the rest is what the table is for."""
    overflow = sum(widths[index] + GAP for index in shown) - GAP - room
    full = widths[shown[0]]
    return full if overflow <= 0 else max(full - overflow, min(full, room * 2 // 5))


_RIGHT: Final = frozenset({ColumnKind.NUMBER, ColumnKind.RATIO, ColumnKind.AGE})
