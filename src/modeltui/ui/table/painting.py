"""A row to a painted line, and two painted lines to what differs between them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from modeltui import cells, characters
from modeltui.domain import UNKNOWN, Column, ColumnKind, Outcome, Row, Severity, Status, Value
from modeltui.ui.table.layout import EDGE, GAP, GUTTER, Layout, Slot
from modeltui.ui.table.palette import GLYPHS, WORDS, Palette, Part

MARK: Final = "●"
THUMB: Final = "▐"
_CLOSE: Final = 40
"""Two changes nearer than this are written as one: moving the cursor and setting colours costs about as much."""

Span = tuple[int, int]
"""Cells [from, to) of a line."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Text standing at x. What is not under a cell is blank in the line's base style."""

    x: int
    text: str
    width: int
    style: Style


@dataclass(slots=True)
class Line:
    """One painted line, left to right."""

    cells: tuple[Cell, ...]
    base: Style
    _strip: Strip | None = field(default=None, compare=False)
    _room: int = field(default=0, compare=False)

    def strip(self, room: int) -> Strip:
        """The line as Textual wants it, neighbours of one style in one segment."""
        if self._strip is None or self._room != room:
            self._strip, self._room = Strip(list(self._segments(room)), room), room
        return self._strip

    def _segments(self, room: int) -> Iterable[Segment]:
        text, style, x = "", self.base, 0
        for cell in self.cells:
            if cell.x > x:
                text, style, done = _extend(text, style, " " * (cell.x - x), self.base)
                yield from done
            text, style, done = _extend(text, style, cell.text, cell.style)
            yield from done
            x = cell.x + cell.width
        text, style, done = _extend(text, style, " " * (room - x), self.base)
        yield from done
        if text:
            yield Segment(text, style)


def _extend(text: str, style: Style, more: str, new: Style) -> tuple[str, Style, tuple[Segment, ...]]:
    if style == new or not more:
        return text + more, style, ()
    return more, new, (Segment(text, style),) if text else ()


BLANK_CELLS: Final[tuple[Cell, ...]] = ()


def differences(old: Line | None, new: Line, room: int) -> list[Span]:
    """The spans of the line that must be written again."""
    if old is new:
        return []
    if old is None or old.base != new.base or len(old.cells) != len(new.cells):
        return [(0, room)]
    spans: list[Span] = []
    for was, now in zip(old.cells, new.cells, strict=True):
        if was != now:
            start = min(was.x, now.x)
            end = min(max(was.x + was.width, now.x + now.width), room)
            if spans and start - spans[-1][1] < _CLOSE:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            elif end > start:
                spans.append((start, end))
    return spans


# ---- texts: what a row's cells say ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """What every column of a row reads, cut to the columns' largest widths, with the widths in cells."""

    row: Row
    texts: tuple[str, ...]
    widths: tuple[int, ...]


def texts_of(columns: Sequence[Column], row: Row, now: datetime, limits: Sequence[int]) -> Texts:
    found = tuple(
        (characters.clip_middle if column.end_matters else characters.clip)(_glyphed(column, value, now), limit)
        for column, value, limit in zip(columns, row.values, limits, strict=False)
    )
    if row.lead and found:
        found = (characters.clip(row.lead + found[0], limits[0]), *found[1:])
    return Texts(row, found, tuple(map(characters.width, found)))


def with_ages(columns: Sequence[Column], texts: Texts, now: datetime, limits: Sequence[int]) -> Texts:
    """The same object when no age turned over, which is nearly always."""
    for column, value, text in zip(columns, texts.row.values, texts.texts, strict=False):
        if column.kind is ColumnKind.AGE and cells.text(column, value, now) != text:
            return texts_of(columns, texts.row, now, limits)
    return texts


def _glyphed(column: Column, value: Value, now: datetime) -> str:
    text = cells.text(column, value, now)
    if isinstance(value, Status):
        return f"{GLYPHS[value.phase]} {text}"
    return f"{WORDS[value][0]} {text}" if isinstance(value, Severity | Outcome) else text


def changed_columns(before: Texts, after: Texts) -> list[int]:
    """Columns that now read differently because the object changed; learning what was unknown is not a change."""
    if before.row is after.row:
        return []
    return [
        index
        for index, (was, now) in enumerate(zip(before.texts, after.texts, strict=False))
        if was != now and before.row.values[index] != after.row.values[index] and before.row.values[index] is not UNKNOWN
    ]


# ---- lines ------------------------------------------------------------------------------------------------------


def row_line(
    texts: Texts, layout: Layout, palette: Palette, *, cursor: Part | None, marked: bool, changed: frozenset[int], room: int, thumb: bool
) -> Line:
    """A row's line; a row that could not be read shows its sentence in place of its cells.

    `cursor`: how the cursor looks if it stands here, else None.
    """
    kind = cursor or (Part.MARKED if marked else None)
    base = palette.style(cursor)
    painted = [Cell(0, MARK if marked else " ", 1, palette.style(kind))]
    if texts.row.problem:
        painted.extend(_problem_cells(texts, layout, palette, kind, room))
    else:
        for slot in layout.slots:
            if slot.index >= len(texts.texts):
                continue
            accent = _accent(texts.row.values[slot.index])
            style = palette.style(kind, accent, changed=slot.index in changed)
            painted.append(_placed(texts.texts[slot.index], texts.widths[slot.index], slot, style))
    painted.append(Cell(room - EDGE, THUMB if thumb else " ", 1, palette.style(None, Part.POSITION)))
    return Line(tuple(painted), base)


def _problem_cells(texts: Texts, layout: Layout, palette: Palette, kind: Part | None, room: int) -> Iterable[Cell]:
    name = layout.slots[0] if layout.slots else None
    x = GUTTER
    if name is not None:
        text = characters.clip(characters.printable(texts.row.key[1]), name.width)
        yield Cell(x, text, characters.width(text), palette.style(kind))
        x += name.width + GAP
    sentence = characters.clip(f"⚠ {characters.printable(texts.row.problem)}", max(room - EDGE - x, 0))
    yield Cell(x, sentence, characters.width(sentence), palette.style(kind, Part.PROBLEM))


def _placed(text: str, width: int, slot: Slot, style: Style) -> Cell:
    if width > slot.width:
        text = (characters.clip_middle if slot.end_matters else characters.clip)(text, slot.width)
        width = characters.width(text)
    return Cell(slot.x + slot.width - width if slot.right else slot.x, text, width, style)


def _accent(value: Value) -> Part | None:
    if isinstance(value, Status):
        return Part(value.phase.lower())
    if isinstance(value, Severity | Outcome):
        return WORDS[value][1]
    return Part.MUTED if value is None or value is UNKNOWN else None


def header_line(
    columns: Sequence[Column], layout: Layout, palette: Palette, *, sort: str, reverse: bool, selected: int | None, room: int
) -> Line:
    """Titles; an arrow says which column sorts and which way, an underline which one shift-o would sort by."""
    painted = []
    for slot in layout.slots:
        column = columns[slot.index]
        title = column.title + ((" ↓" if reverse else " ↑") if column.key == sort else "")
        style = palette.style(Part.HEADER_SELECTED if slot.index == selected else Part.HEADER)
        painted.append(_placed(title, characters.width(title), slot, style))
    if layout.before and len(layout.slots) > 1:
        painted.insert(1, Cell(layout.slots[1].x - GAP, "‹", 1, palette.style(Part.HEADER)))
    if layout.after:
        painted.append(Cell(room - EDGE, "›", 1, palette.style(Part.HEADER)))
    return Line(tuple(painted), palette.style(Part.HEADER))


def blank_line(palette: Palette) -> Line:
    return Line(BLANK_CELLS, palette.base)
