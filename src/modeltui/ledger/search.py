"""A filter as SQL, and the shortest way to what it means.

Each of its conditions is about the subject, the deed, or (a word of the text) either. For each it is known in a moment how many
entries meet it. When few meet one of them, those are fetched; otherwise time is followed backwards until the page is full, which
is soon. Left to itself SQLite would have to guess.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from modeltui.ledger import encoding
from modeltui.ledger.facets import storable
from modeltui.ledger.records import Cursor, Filter, State

_FEW: Final = 5000
"""Entries that are fetched and sorted in a moment."""

_COLUMNS: Final = "at, id, subject, deed, state"
_TABLES: Final = {"subject": "subjects", "deed": "deeds"}
_TROUBLE: Final = (State.FAILED, State.UNKNOWN, State.NOTE)

Clause = tuple[str, list[Any]]
"""SQL and its parameters."""


def page(connection: sqlite3.Connection, wanted: Filter, *, limit: int, after: Cursor | None, every: bool) -> list[Any]:
    """Rows (at, id, body, previous_hash, hash), newest first."""
    matching, parameters = _matching(connection, wanted, every=every, after=after)
    # the rows themselves are fetched only for the page: the search stays inside an index
    return connection.execute(
        f"SELECT entries.at, entries.id, body, previous_hash, hash FROM (SELECT at, id FROM {matching} ORDER BY at DESC, id DESC LIMIT ?)"
        " AS found JOIN entries ON entries.id = found.id ORDER BY found.at DESC, found.id DESC",
        [*parameters, limit],
    ).fetchall()


def count(connection: sqlite3.Connection, wanted: Filter, *, every: bool, at_most: int) -> int:
    matching, parameters = _matching(connection, wanted, every=every, after=None)
    row = connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {matching} LIMIT ?)", [*parameters, at_most]).fetchone()
    return int(row[0])


@dataclass(frozen=True, slots=True)
class _Condition:
    """What the subject or the deed must be; one of them is enough when there are both."""

    ways: dict[str, Clause]

    def met_by(self, connection: sqlite3.Connection) -> int:
        """How many entries, about; 0 is certain."""
        total = 0
        for column, (where, parameters) in self.ways.items():
            facets, entries = connection.execute(f"SELECT count(*), sum(uses) FROM {_TABLES[column]} WHERE {where}", parameters).fetchone()
            total += max(facets, entries or 0)
        return total

    def test(self) -> Clause:
        tests = [f"{column} IN (SELECT id FROM {_TABLES[column]} WHERE {where})" for column, (where, _) in self.ways.items()]
        return f"({' OR '.join(tests)})", [parameter for _, parameters in self.ways.values() for parameter in parameters]

    def entries(self) -> Clause:
        """Those that meet it, as a table."""
        found = [
            f"SELECT {_COLUMNS} FROM entries INDEXED BY entries_by_{column}"
            f" WHERE {column} IN (SELECT id FROM {_TABLES[column]} WHERE {where})"
            for column, (where, _) in self.ways.items()
        ]
        return f"({' UNION '.join(found)})", self.test()[1]


def _matching(connection: sqlite3.Connection, wanted: Filter, *, every: bool, after: Cursor | None) -> Clause:
    """What stands after FROM."""
    conditions = list(_conditions(wanted))
    source, parameters = _source(connection, wanted, conditions, every=every)
    tests = [*(condition.test() for condition in conditions), *_tests(wanted, after=after, every=every)]
    where = f" WHERE {' AND '.join(test for test, _ in tests)}" if tests else ""
    return source + where, parameters + [parameter for _, values in tests for parameter in values]


def _source(connection: sqlite3.Connection, wanted: Filter, conditions: list[_Condition], *, every: bool) -> Clause:
    """The entries to look through. A condition that they meet already is taken out of the list."""
    if wanted.state is State.BEGUN and not every:
        return "unfinished CROSS JOIN entries USING (id)", []  # CROSS: in this order
    if wanted.change_id:
        return "entries INDEXED BY entries_by_change", []
    fewest: tuple[int, _Condition] | None = None
    for condition in conditions:
        met = condition.met_by(connection)
        if fewest is None or met < fewest[0]:
            fewest = met, condition
        if not met:
            break
    if fewest is not None and fewest[0] <= _FEW:
        conditions.remove(fewest[1])
        return fewest[1].entries()
    return f"entries INDEXED BY {'entries_by_trouble' if wanted.state in _TROUBLE else 'entries_by_time'}", []


def _conditions(wanted: Filter) -> Iterator[_Condition]:
    subject = [(f"{name} = ?", [storable(getattr(wanted, name))]) for name in ("context", "kind", "name") if getattr(wanted, name)]
    if wanted.namespaces:
        subject.append((f"namespace IN ({', '.join('?' * len(wanted.namespaces))})", [*map(storable, wanted.namespaces)]))
    deed = [(f"{name} = ?", [storable(getattr(wanted, name))]) for name in ("user", "verb") if getattr(wanted, name)]
    for column, clauses in (("subject", subject), ("deed", deed)):
        if clauses:
            yield _Condition({column: (" AND ".join(test for test, _ in clauses), [value for _, values in clauses for value in values])})
    for word in wanted.text.casefold().split():
        yield _Condition({column: ("instr(words, ?) > 0", [storable(word)]) for column in _TABLES})


def _tests(wanted: Filter, *, after: Cursor | None, every: bool) -> Iterator[Clause]:
    """Of the entry itself."""
    if wanted.change_id:
        yield "change_id != '' AND change_id = ?", [storable(wanted.change_id)]
    if wanted.since is not None:
        yield "at >= ?", [encoding.micros(wanted.since)]
    if wanted.until is not None:
        yield "at < ?", [encoding.micros(wanted.until)]
    if after is not None:
        yield "(at, id) < (?, ?)", [*after]
    if wanted.state in _TROUBLE:
        yield "state NOT IN ('begun', 'done')", []  # so that SQLite sees that the index has all of them
    if wanted.state is not None:
        yield "state = ?", [wanted.state]
    elif not every:
        yield "(state != ? OR id IN unfinished)", [State.BEGUN]
