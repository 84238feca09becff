"""Characters that are safe to print, and the terminal cells they take. Pure.

Text from a cluster or a hub never carries an escape code, a line break or a character that reorders its neighbours.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from rich.cells import cell_len, split_text

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
LONGEST: Final = 2048
"""Characters of one value that are ever looked at; a cell shows a few dozen, the detail view shows the whole."""

_SPACE: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
REORDERING: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Bidirectional controls, as a part of a pattern's set of characters."""
_HARMFUL: Final = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{REORDERING}\ud800-\udfff]")
"""Control characters (escape codes), what ends a line, bidirectional controls, lone surrogates (cannot be encoded)."""
_INVISIBLE: Final = re.compile(r"[\u00ad\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e01ef]")
"""Zero-width characters, joiners and variation selectors: terminals disagree about their width, so they are dropped."""
MARKS_IN_A_ROW: Final = 4
"""Combining marks that may follow a character."""


def harmless(raw: str) -> str:
    """`raw` with a mark for each character that could steer a terminal or end a line: as long as before, for text that is edited."""
    return raw if raw.isascii() and raw.isprintable() else _HARMFUL.sub(REPLACEMENT, raw)


def printable(raw: str) -> str:
    """`raw` on one line, with everything that could steer a terminal or hide text made visible or dropped."""
    if raw.isascii() and raw.isprintable():
        return raw if len(raw) <= LONGEST else raw[:LONGEST]
    clean = _INVISIBLE.sub("", _HARMFUL.sub(REPLACEMENT, _SPACE.sub(" ", raw[:LONGEST])))
    return clean if clean.isascii() else _tame_marks(clean)


def _tame_marks(clean: str) -> str:
    """Combining marks need a letter to stand on, and a tower of them is not text but a flood without width."""
    out: list[str] = []
    run = 0
    for character in clean:
        if unicodedata.category(character) in ("Mn", "Me"):
            run += 1
            if run > MARKS_IN_A_ROW:
                continue
            if not out:
                out.append("\N{DOTTED CIRCLE}")
        else:
            run = 0
        out.append(character)
    return "".join(out)


def width(clean: str) -> int:
    """Terminal cells that printable text takes: 2 for CJK and emoji, 0 for combining marks."""
    return len(clean) if clean.isascii() else cell_len(clean)


def head(clean: str, room: int) -> str:
    """The beginning of printable text that takes at most `room` cells, and at least one character."""
    if clean.isascii():
        return clean[: max(room, 1)]
    found, _ = split_text(clean, room)
    return (found if clean.startswith(found) else found[:-1]) or clean[:1]  # half of a wide character comes as a space


def clip_middle(clean: str, room: int) -> str:
    """The same with both ends left, such as of a name whose end is all that differs from its neighbours'."""
    if len(clean) <= room or room < 3 or not clean.replace("…", "").isascii():  # it may have been cut before, for a wider place
        return clip(clean, room)
    end = (room - 1) // 2
    return f"{clean[: room - 1 - end]}…{clean[-end:]}"


def clip(clean: str, room: int) -> str:
    """Printable text cut to `room` cells, with an ellipsis where something was cut."""
    if width(clean) <= room:
        return clean
    return f"{split_text(clean, room - 1)[0].rstrip()}…" if room > 1 else "…"[:room]
