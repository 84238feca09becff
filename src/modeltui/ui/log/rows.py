"""From an entry to the rows that it takes on the screen. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from modeltui import characters
from modeltui.document import Line, Span, Tone, width_of
from modeltui.logs import stamps
from modeltui.logs.entries import Entry, LogTarget

WIDEST: Final = 4_000
"""Characters of a line that is not wrapped: the rest is cut with a sign, and `w` shows it."""
_LEAST: Final = 10
"""Cells; in fewer nothing is wrapped."""
_MOST_IN_A_CELL: Final = 1 + characters.MARKS_IN_A_ROW
"""Characters."""
MATCHES: Final = 50
"""Matches that are marked in one line."""
TONES: Final[tuple[Tone, ...]] = ("key", "good", "accent", "busy", "label", "number")
"""Of the names before lines, one after the other."""
_LEVELS: Final[dict[str, Tone]] = {"error": "bad", "warn": "warn", "debug": "dim"}
MATCH: Final[Tone] = "title"
"""Stands for the look of a match, which the view makes of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """How lines are shown."""

    timestamps: bool = False
    wrapped: bool = False
    marked: re.Pattern[str] | None = None
    """What is marked wherever it stands in a text."""


def tones_of(names: dict[LogTarget, str]) -> dict[LogTarget, Tone]:
    return {target: TONES[number % len(TONES)] for number, target in enumerate(names)}


def head(entry: Entry, look: Look, names: dict[LogTarget, str], tones: dict[LogTarget, Tone]) -> list[Span]:
    """What stands before the text: the time, and whose line it is."""
    spans: list[Span] = []
    if look.timestamps and not entry.note:
        spans.append((f"{stamps.short(entry.stamp) if entry.stamp else '-':<24} ", "dim"))
    name = names.get(entry.target, "") if entry.target is not None else ""
    if name and entry.target is not None:
        width = max(map(len, names.values()))
        spans.append((f"{name:<{width}} ", tones[entry.target]))
    return spans


def line_of(entry: Entry, look: Look, names: dict[LogTarget, str], tones: dict[LogTarget, Tone]) -> Line:
    """The whole line, toned."""
    spans = head(entry, look, names, tones)
    text = entry.text
    if entry.note:
        return (*spans, ("» ", entry.note), (text, entry.note))
    if not look.wrapped and len(text) > WIDEST:
        text = f"{text[:WIDEST]}… ({len(entry.text):,} characters; w wraps them)"
    tone: Tone = _LEVELS.get(entry.level, "")
    return (*spans, *_marked(text, tone, look.marked))


def _marked(text: str, tone: Tone, pattern: re.Pattern[str] | None) -> list[Span]:
    if pattern is None:
        return [(text, tone)]
    spans: list[Span] = []
    at = 0
    for number, found in enumerate(pattern.finditer(text)):
        if number >= MATCHES:
            break
        if found.end() > found.start():
            spans += [(text[at : found.start()], tone), (found[0], MATCH)]
            at = found.end()
    spans.append((text[at:], tone))
    return [span for span in spans if span[0]] or [("", tone)]


def rows_of(one: Line, room: int, *, wrapped: bool) -> Sequence[Line]:
    """The rows that it takes in `room` cells: one, or as many as it needs, broken where a terminal would."""
    if not wrapped or room < _LEAST or width_of(one) <= room:
        return (one,)
    rows: list[Line] = []
    row: list[Span] = []
    left = room
    for text, tone in one:
        at = 0
        while at < len(text):
            piece = text[at : at + _MOST_IN_A_CELL * left]
            if characters.width(piece) > left:
                piece = characters.head(piece, left) if left else ""
            if not piece or characters.width(piece) > left:  # nothing, or a wide character, does not fit in what is left
                rows.append(tuple(row))
                row, left = [], room
                continue
            row.append((piece, tone))
            at += len(piece)
            left -= characters.width(piece)
    return [*rows, tuple(row)] if row else rows


def plain_text(entry: Entry, names: dict[LogTarget, str], *, timestamps: bool) -> str:
    """For copying and saving."""
    moment = f"{stamps.whole(entry.stamp)} " if timestamps and entry.stamp else ""
    name = names.get(entry.target, "") if entry.target is not None else ""
    prefix = f"[{entry.target.name}] " if name and entry.target is not None else ""
    return f"{moment}{prefix}{'» ' if entry.note else ''}{entry.text}"
