"""Which columns a person asked for: `:columns name,status`, `:columns +tags -source`, `:columns default`. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

from modeltui.domain import Column

DEFAULT: Final = "default"


class NoColumn(ValueError):
    """One sentence that names what is no column here, and what was probably meant."""


def choose(line: str, columns: Sequence[Column], shown: Sequence[str]) -> tuple[str, ...] | None:
    """Keys in the table's own order, the first column always among them; None for what the view itself shows.

    Words with a sign change what is `shown` now; words without one are the whole choice.
    """
    words = [word for word in line.replace(",", " ").lower().split() if word]
    if words == [DEFAULT]:
        return None
    wanted = set() if any(word[0] not in "+-" for word in words) else set(shown)
    for word in words:
        key = _key(word.lstrip("+-"), columns)
        if word[0] == "-":
            wanted.discard(key)
        else:
            wanted.add(key)
    return tuple(column.key for index, column in enumerate(columns) if index == 0 or column.key in wanted)


def listed(columns: Sequence[Column], shown: Sequence[str]) -> str:
    """One line: those on show, then those that can be added."""
    more = [column.key for column in columns if column.key not in shown and not column.hidden]
    return f"Columns: {', '.join(shown)}." + (f" More: {', '.join(more)}." if more else "") + " Try :columns +NAME -NAME, or default."


def keys(columns: Sequence[Column]) -> tuple[str, ...]:
    """Those that may be shown."""
    return tuple(column.key for column in columns if not column.hidden)


def _key(word: str, columns: Sequence[Column]) -> str:
    known = keys(columns)
    title = {column.title.lower().replace(" ", "_"): column.key for column in columns if not column.hidden}
    if word in known:
        return word
    if word in title:
        return title[word]
    near = get_close_matches(word, known, n=1)
    raise NoColumn(f'There is no column "{word}"' + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(known)}."))
