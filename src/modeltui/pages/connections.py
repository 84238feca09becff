"""The answers of connection checks: as rows, and each in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from modeltui.document import Line, Tone, line, plain
from modeltui.domain import Column, ColumnKind, Row
from modeltui.reach.verdict import Answer, Check, Verdict

COLUMNS: Final = (
    Column("check", "CHECK", min_width=20, max_width=44),
    Column("number", "", ColumnKind.NUMBER, hidden=True),
    Column("answer", "ANSWER", min_width=11, max_width=11),
    Column("sentence", "", max_width=240),
)


class Unasked(StrEnum):
    NOT_ASKED = "not asked"
    ASKING = "asking ..."


_WORDS: Final[dict[Answer | Unasked, tuple[str, Tone]]] = {
    Answer.YES: ("✓ yes", "good"),
    Answer.NO: ("✗ no", "bad"),
    Answer.UNKNOWN: ("? not known", "warn"),
    Unasked.NOT_ASKED: ("· not asked", "dim"),
    Unasked.ASKING: ("◐ asking", "busy"),
}


def row(number: int, check: Check, found: Verdict | Unasked) -> Row:
    said = found.sentence if isinstance(found, Verdict) else ""
    return Row(("", str(number)), (check.title, number, _words(found)[0], said))


def answer(check: Check, found: Verdict | Unasked, *, allowed: bool) -> list[Line]:
    words, tone = _words(found)
    if isinstance(found, Verdict):
        return [line(words, tone), line(found.sentence)]
    sends = f"It sends credentials to {check.sends_to}." if allowed and check.sends_to else "No credentials are sent."
    return [line(words, tone), line(f"enter asks it, r asks all. {sends}", "dim")]


def summary(counts: Mapping[Answer, int]) -> str:
    told = [f"{counts[kind]} {words}" for kind, words in _SPOKEN.items() if counts.get(kind)]
    return f"{', '.join(told)}."


_SPOKEN: Final = {Answer.YES: "yes", Answer.NO: "no", Answer.UNKNOWN: "cannot be told from here"}


def text(title: str, found: Sequence[tuple[Check, Verdict | Unasked]]) -> str:
    """To paste into a ticket."""
    lines = [title]
    for check, verdict in found:
        said = verdict.sentence if isinstance(verdict, Verdict) else str(verdict)
        lines.append(plain(f"{check.title}: {verdict.answer if isinstance(verdict, Verdict) else '-'}: {said}"))
    return "\n".join(lines)


def _words(found: Verdict | Unasked) -> tuple[str, Tone]:
    return _WORDS[found.answer if isinstance(found, Verdict) else found]
