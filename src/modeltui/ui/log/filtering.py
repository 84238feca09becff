"""The console's own filter over lines of logs: the same grammar as over tables. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Column, Row
from modeltui.logs.entries import Entry, LogTarget
from modeltui.ui import filters

COLUMNS: Final = (
    Column("line", "LINE"),
    Column("source", "SOURCE"),
    Column("pod", "POD", hidden=True),
    Column("container", "CONTAINER", hidden=True),
    Column("level", "LEVEL", hidden=True),
    Column("namespace", "NAMESPACE", hidden=True),
)


@dataclass(frozen=True, slots=True)
class LineFilter:
    matches: Callable[[Entry], bool]
    """Never true of the console's own lines."""
    description: str
    marked: re.Pattern[str] | None
    """What to mark in the lines that match."""

    def passes(self, entry: Entry) -> bool:
        """Matches, or is a line of the console's own: whether a log has ended matters to whoever reads a part of it, too."""
        return bool(entry.note) or self.matches(entry)


def compile_filter(text: str, name_of: Callable[[LogTarget], str] = lambda _: "") -> LineFilter | None:
    """`name_of`: whose line it is, as it stands before the line: what can be read can be looked for. None when there is nothing to
    filter. Raises filters.FilterError."""
    found = filters.compile(text, COLUMNS)
    if not found:
        return None
    words = [asked.word for asked in found.asked if asked.column in ("", "line") and asked.sign == ":"]
    patterns = [filters.expression(word)[0].pattern for word in words]
    marked = re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE) if patterns else None
    predicate = found.predicate

    def matches(entry: Entry) -> bool:
        return not entry.note and predicate(_row(entry, name_of))

    return LineFilter(matches, found.description, marked)


def _row(entry: Entry, name_of: Callable[[LogTarget], str]) -> Row:
    target = entry.target
    if target is None:
        return Row(("", ""), (entry.text, "", "", "", entry.level, ""))
    values = (entry.text, name_of(target), target.pod, target.container, entry.level, target.namespace)
    return Row((target.namespace, target.pod), values)
