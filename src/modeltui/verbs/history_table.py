"""The changes made from this machine as a table. Pure; nothing is cut, and what is printed is harmless whatever it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.cells import moment
from modeltui.characters import printable, width
from modeltui.ledger.records import Entry
from modeltui.pages.history_rows import fields, result

TITLES: Final = ("ID", "TIME", "USER", "CONTEXT", "NAMESPACE", "KIND", "NAME", "VERB", "FIELDS", "RESULT")
_GAP: Final = "   "


def lines(entries: Iterable[Entry], *, headers: bool) -> Iterator[str]:
    """A line each; columns grow as they must, since the entries are printed as they are read."""
    widths = [width(title) if headers else 0 for title in TITLES]
    for number, entry in enumerate(entries):
        row = cells(entry)
        widths = [max(pair) for pair in zip(widths, map(width, row), strict=True)]
        if headers and not number:
            yield _line(TITLES, widths)
        yield _line(row, widths)


def cells(entry: Entry) -> tuple[str, ...]:
    texts = (entry.user, entry.context, entry.namespace, entry.kind, entry.name, entry.verb, fields(entry), result(entry))
    return (str(entry.id), moment(entry.at), *(printable(text) or "-" for text in texts))


def _line(row: Iterable[str], widths: Iterable[int]) -> str:
    return _GAP.join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)).rstrip()
