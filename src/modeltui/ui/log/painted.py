"""A row as cells, and which cells differ between two of them. Pure.

Lines of a log differ in most of their text, but they share their beginnings, and few are as long as the screen is wide: only what differs
goes over the wire.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rich.style import Style

from modeltui import characters
from modeltui.document import Line as TonedLine
from modeltui.document import Tone, width_of
from modeltui.ui.table.painting import Cell, Line, Span

CLOSE: Final = 44
"""Cells between two changes that are cheaper to write again than to jump over."""


@dataclass(frozen=True, slots=True)
class Row:
    """One painted row: every cell with its character ("" under the right half of a wide one) and its style."""

    characters: tuple[str, ...]
    styles: tuple[int, ...]
    line: Line


def row(one: TonedLine, *, left: int, room: int, base: Style, style: Callable[[Tone], Style], mark: Style) -> Row:
    """The row from cell `left` on, with marks at either end where it goes on."""
    found: list[tuple[str, Style]] = []
    for text, tone in one:
        look = style(tone) if tone else base
        if text.isascii():
            found += [(character, look) for character in text]
        else:
            found += _wide(text, look)
    whole = width_of(one)
    found = found[left : left + room]
    if found and not found[0][0]:
        found[0] = (" ", found[0][1])  # the right half of a wide character
    if len(found) == room and left + room < whole and characters.width(found[-1][0]) > 1:
        found[-1] = (" ", found[-1][1])
    found += [(" ", base)] * (room - len(found))
    if left and whole:
        _put(found, 0, mark, "‹")
    if whole > left + room:
        _put(found, room - 1, mark, "›")
    return Row(tuple(character for character, _ in found), tuple(id(look) for _, look in found), _line(found, base))


def _wide(text: str, look: Style) -> list[tuple[str, Style]]:
    out: list[tuple[str, Style]] = []
    for character in text:
        width = characters.width(character)
        if width == 0 and out:
            place = -1 if out[-1][0] else -2
            out[place] = (out[place][0] + character, look)
        else:
            out += [(character, look), *([("", look)] * (width - 1))]
    return out


def _put(found: list[tuple[str, Style]], place: int, look: Style, sign: str) -> None:
    """A sign in a cell. What of a wide character is left over becomes blank."""
    if place + 1 < len(found) and not found[place + 1][0]:
        found[place + 1] = (" ", found[place + 1][1])
    if not found[place][0] and place:
        found[place - 1] = (" ", found[place - 1][1])
    found[place] = (sign, look)


def _line(found: list[tuple[str, Style]], base: Style) -> Line:
    """Neighbours of one style in one cell of the canvas."""
    cells: list[Cell] = []
    start = 0
    for x in range(1, len(found) + 1):
        if x == len(found) or found[x][1] is not found[start][1]:
            cells.append(Cell(start, "".join(character for character, _ in found[start:x]), x - start, found[start][1]))
            start = x
    return Line(tuple(cells), base)


def differences(old: Row | None, new: Row, room: int) -> list[Span]:
    """The spans of cells that must be written again; never from, or to, the middle of a wide character."""
    if old is None or len(old.characters) != len(new.characters):
        return [(0, room)]
    if old.characters == new.characters and old.styles == new.styles:
        return []
    spans: list[Span] = []
    pairs = zip(old.characters, new.characters, old.styles, new.styles, strict=True)
    for x, (was, now, look, looks) in enumerate(pairs):
        if was != now or look != looks:
            if spans and x - spans[-1][1] < CLOSE:
                spans[-1] = (spans[-1][0], x + 1)
            else:
                spans.append((x, x + 1))
    return [_whole(span, old, new, room) for span in spans]


def _whole(span: Span, old: Row, new: Row, room: int) -> Span:
    start, end = span
    while start > 0 and not (old.characters[start] and new.characters[start]):
        start -= 1
    while end < room and not (old.characters[end] and new.characters[end]):
        end += 1
    return (start, end)
