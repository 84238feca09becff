"""Text with tones: what panes, the YAML view, help and logs are made of. Pure, and free of textual.

A line is a tuple of spans, a span is a text and a tone; what a tone looks like is the style sheet's business. Text is
never markup: what comes from the cluster goes through `plain`, so it can neither style, move the cursor nor reverse itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from modeltui import characters

Tone = Literal["", "dim", "label", "title", "good", "bad", "warn", "busy", "accent", "code", "key", "string", "number", "comment"]
Span = tuple[str, Tone]
Line = tuple[Span, ...]

BLANK: Final[Line] = (("", ""),)
LONGEST_VALUE: Final = 10_000
"""Characters of a value that a page shows."""
_TOLD: Final = 80
"""Longer than what is said of those that are left out."""
_LEAST_VALUE: Final = 30
"""Cells that the last column of a grid needs to be read beside the others; with fewer it goes on a line of its own."""
_MOST_IN_A_CELL: Final = 1 + characters.MARKS_IN_A_ROW
"""Characters."""
_WORDS: Final = re.compile(r"\s*\S+\s?|\s+")


class GridLine(tuple[Span, ...]):
    """A line of a grid: the last span is a column of its own, and stays one when the line is wrapped."""

    __slots__ = ()


def plain(text: str) -> str:
    """One line of harmless text, whole however long it is (`characters.printable` looks at a cell's worth only)."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(characters.printable(text[start : start + characters.LONGEST]) for start in range(0, len(text), characters.LONGEST))


def wrap(one: Line, width: int) -> list[Line]:
    """The line broken at spaces to at most `width` cells; what follows hangs under the value, or under the text."""
    if width_of(one) <= width or width < 20:
        return [one]
    if isinstance(one, GridLine):
        return _wrap_grid(one, width)
    head, _ = one[0]
    text = text_of(one)
    hang = characters.width(head) if one[0][1] == "label" and len(one) > 1 else len(text) - len(text.lstrip()) + 2
    return _wrap_hanging(one, width, min(hang, width // 2))


def _wrap_grid(one: Line, width: int) -> list[Line]:
    columns, value = one[:-1], one[-1]
    start = width_of(columns)
    if width - start >= _LEAST_VALUE:
        return _wrap_hanging(one, width, start)
    indent = len(text_of(one)) - len(text_of(one).lstrip()) + 4
    below: Line = ((" " * indent, ""), value)
    return [*wrap(tuple(columns), width), *_wrap_hanging(below, width, indent)]


def _wrap_hanging(one: Line, width: int, hang: int) -> list[Line]:
    lines: list[Line] = []
    current: list[Span] = []
    room = width

    def turn() -> None:
        nonlocal current, room
        lines.append(tuple(current))
        current, room = [(" " * hang, "")], width - hang

    for text, tone in one:
        for word in _WORDS.findall(text):
            if characters.width(word.rstrip()) > room and room < width - hang:
                turn()
            *full, last = _pieces(word, room, width - hang)
            for piece in full:
                current.append((piece, tone))
                turn()
            current.append((last, tone))
            room -= characters.width(last)
    return [*lines, tuple(current)]


def _pieces(word: str, room: int, then: int) -> Iterator[str]:
    """A word cut so that the first piece fits in `room` cells and all others in `then`; in time that grows as it does."""
    start, left = 0, characters.width(word.rstrip())
    while left > room and start < len(word):
        piece = characters.head(word[start : start + _MOST_IN_A_CELL * max(room, 1)], room)
        yield piece
        start, left, room = start + len(piece), left - characters.width(piece), then
    yield word[start:]


def line(text: str, tone: Tone = "") -> Line:
    return ((plain(text), tone),)


def text_of(one: Line) -> str:
    return "".join(text for text, _ in one)


def width_of(one: Line) -> int:
    """Terminal cells."""
    return sum(characters.width(text) for text, _ in one)


def clip(one: Line, room: int) -> Line:
    """The line cut to `room` cells, with an ellipsis where something was cut."""
    if width_of(one) <= room:
        return one
    out: list[Span] = []
    for text, tone in one:
        if characters.width(text) >= room:
            return (*out, (characters.clip(text + "…", room), tone))
        out.append((text, tone))
        room -= characters.width(text)
    return tuple(out)


def bounded(value: str) -> str:
    """What a page shows of a value: nobody reads a megabyte there, and drawing it takes seconds. No word is cut that is not huge itself."""
    if len(value) <= LONGEST_VALUE + _TOLD:
        return value
    shown = value[:LONGEST_VALUE]
    whole, space, _ = shown.rpartition(" ")
    return f"{whole if space else shown}… ({len(value):,} characters; the YAML has them all)"


def heading(text: str) -> list[Line]:
    """A section's title, with the blank line that sets it apart."""
    return [BLANK, line(text, "title")]


def facts(pairs: Iterable[tuple[str, str | Line]], *, indent: int = 2) -> list[Line]:
    """Label and value, one pair a line, values aligned. A value may hold several lines of text; a huge one is cut, and says so."""
    pairs = list(pairs)
    width = max((characters.width(label) for label, _ in pairs), default=0) + 2
    lines: list[Line] = []
    for label, value in pairs:
        head: Span = (" " * indent + plain(label).ljust(width), "label")
        if isinstance(value, tuple):
            lines.append((head, *value))
            continue
        first, *rest = bounded(value).split("\n") or [""]
        lines.append((head, (plain(first), "")))
        lines.extend(((" " * (indent + width), "label"), (plain(more), "")) for more in rest)
    return lines


def grid(header: Sequence[str], rows: Iterable[Sequence[str | Span]], *, indent: int = 2, widest: int = 60) -> list[Line]:
    """A small table as text: as wide as its cells need, the last column unbounded. A cell wider than `widest` is
    whole all the same, and pushes its neighbours to the right; only a huge one is cut, and says so."""
    told: list[list[Span]] = [[(cell, "") if isinstance(cell, str) else cell for cell in row] for row in rows]
    body: list[list[Span]] = [[(plain(bounded(text)), tone) for text, tone in row] for row in told]
    widths = [min(widest, max([len(title), *(characters.width(row[index][0]) for row in body)])) for index, title in enumerate(header)]
    pad = " " * indent

    def padded(texts: Sequence[Span]) -> Line:
        spans: list[Span] = [(pad, "")]
        for index, (text, tone) in enumerate(texts):
            last = index == len(texts) - 1
            spans.append((text if last else text + " " * (max(widths[index] - characters.width(text), 0) + 2), tone))
        return GridLine(spans)

    titles: list[Span] = [(title, "label") for title in header]
    return [padded(titles), *(padded(row) for row in body)]
