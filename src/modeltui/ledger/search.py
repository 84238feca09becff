"""A filter as SQL.

First the headings that match, which are few; then their entries. When very few match they are fetched by heading, otherwise
time is followed backwards until the page is full. Left to itself SQLite would have to guess which is shorter.
"""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from modeltui.ledger import encoding
from modeltui.ledger.headings import storable
from modeltui.ledger.records import Cursor, Filter, State

_FEW: Final = 500
"""Headings; above it a page fills soon enough by going back in time."""

_NAMES: Final = ("user", "context", "kind", "name", "verb")

Clause = tuple[str, list[Any]]
"""SQL and its parameters."""


def page(connection: sqlite3.Connection, wanted: Filter, *, limit: int, after: Cursor | None, every: bool) -> list[Any]:
    """Rows (at, id, body, previous_hash, hash), newest first."""
    source, parameters = _matching(connection, wanted, every=every, after=after)
    # the rows themselves are fetched only for the page: the search stays inside an index
    found = f"SELECT at, id FROM {source} ORDER BY at DESC, id DESC LIMIT ?"
    return connection.execute(
        f"SELECT entries.at, entries.id, body, previous_hash, hash FROM ({found}) AS found JOIN entries ON entries.id = found.id"
        " ORDER BY found.at DESC, found.id DESC",
        [*parameters, limit],
    ).fetchall()


def count(connection: sqlite3.Connection, wanted: Filter, *, every: bool, at_most: int) -> int:
    source, parameters = _matching(connection, wanted, every=every, after=None)
    row = connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT ?)", [*parameters, at_most]).fetchone()
    return int(row[0])


def _matching(connection: sqlite3.Connection, wanted: Filter, *, every: bool, after: Cursor | None) -> Clause:
    """`entries INDEXED BY ... WHERE ...`"""
    conditions: list[str] = []
    parameters: list[Any] = []
    index = "entries_by_time"
    headings, values = _headings(wanted)
    if headings:
        few = [row[0] for row in connection.execute(f"SELECT id FROM headings WHERE {headings} LIMIT {_FEW + 1}", values)]
        if len(few) <= _FEW:
            index = "entries_by_heading"
            conditions.append(f"heading IN ({', '.join('?' * len(few))})")
            parameters += few
        else:
            conditions.append(f"heading IN (SELECT id FROM headings WHERE {headings})")
            parameters += values
    if wanted.change_id:
        index = "entries_by_change"
        conditions.append("change_id != '' AND change_id = ?")
        parameters.append(storable(wanted.change_id))
    for condition, value in (
        ("at >= ?", wanted.since and encoding.micros(wanted.since)),
        ("at < ?", wanted.until and encoding.micros(wanted.until)),
        ("(at, id) < (?, ?)", after),
        ("state = ?", wanted.state),
    ):
        if value is not None:
            conditions.append(condition)
            parameters += value if isinstance(value, tuple) else [value]
    if not every and wanted.state in (None, State.BEGUN):
        conditions.append("(state != ? OR id IN unfinished)")
        parameters.append(State.BEGUN)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"entries INDEXED BY {index}{where}", parameters


def _headings(wanted: Filter) -> Clause:
    conditions = [f"{name} = ?" for name in _NAMES if getattr(wanted, name)]
    parameters = [storable(getattr(wanted, name)) for name in _NAMES if getattr(wanted, name)]
    if wanted.namespaces:
        conditions.append(f"namespace IN ({', '.join('?' * len(wanted.namespaces))})")
        parameters += map(storable, wanted.namespaces)
    for word in wanted.text.casefold().split():
        conditions.append("instr(words, ?) > 0")
        parameters.append(storable(word))
    return " AND ".join(conditions), parameters
