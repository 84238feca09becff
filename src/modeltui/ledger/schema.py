"""The tables, and how an older ledger becomes a current one.

What an entry says is `entries.body`, and only that (with its number and the hash before) is hashed. Everything else in the
row, in `subjects` and in `deeds` repeats it for finding; `verify` checks that it agrees.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

APPLICATION_ID: Final = 0x6D746C67
"""In the file's header, so that `file` and we know it again: "mtlg"."""

MIGRATIONS: Final[tuple[str, ...]] = (
    """
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- AUTOINCREMENT remembers the highest number even when its entry is deleted
        at INTEGER NOT NULL,                   -- microseconds since 1970
        subject INTEGER NOT NULL REFERENCES subjects (id),
        deed INTEGER NOT NULL REFERENCES deeds (id),
        state TEXT NOT NULL,
        change_id TEXT NOT NULL,
        step_id TEXT NOT NULL,
        body TEXT NOT NULL,
        previous_hash BLOB NOT NULL,
        hash BLOB NOT NULL
    );
    CREATE TABLE subjects (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,           -- of all texts in the row
        uses INTEGER NOT NULL DEFAULT 1,       -- how many entries have it: only to choose the shortest way to them
        context TEXT NOT NULL,
        namespace TEXT NOT NULL,
        kind TEXT NOT NULL COLLATE NOCASE,
        name TEXT NOT NULL,
        words TEXT NOT NULL
    );
    CREATE TABLE deeds (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE,
        uses INTEGER NOT NULL DEFAULT 1,
        user TEXT NOT NULL,
        verb TEXT NOT NULL,
        words TEXT NOT NULL
    );
    CREATE TABLE objects (hash BLOB NOT NULL UNIQUE, body TEXT NOT NULL);
    CREATE TABLE unfinished (id INTEGER PRIMARY KEY);  -- entries of what was begun and has no outcome yet
    -- a search stays inside these
    CREATE INDEX entries_by_time ON entries (at, id, subject, deed, state);
    CREATE INDEX entries_by_subject ON entries (subject, at, id, deed, state);
    CREATE INDEX entries_by_deed ON entries (deed, at, id, subject, state);
    CREATE INDEX entries_by_trouble ON entries (at, id, subject, deed, state) WHERE state NOT IN ('begun', 'done');
    CREATE INDEX entries_by_change ON entries (change_id, at, id, subject, deed, state) WHERE change_id != '';
    CREATE UNIQUE INDEX entries_once ON entries (step_id, state, at);  -- what comes in twice, from the side file, stays once
    """,
)
"""Each brings the schema from the version of its place to the next. Never change one that was released; add."""


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def is_ledger(connection: sqlite3.Connection) -> bool:
    """Whether it is ours, or still empty: both seen at once, since another console may be making it ours meanwhile."""
    seen = "SELECT (SELECT application_id FROM pragma_application_id), EXISTS (SELECT 1 FROM sqlite_master)"
    owner, used = connection.execute(seen).fetchone()
    return owner == APPLICATION_ID or not used


def is_made(connection: sqlite3.Connection) -> bool:
    """Whether it has any tables: another console may be about to make them, or have died before it could."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0])


def migrate(connection: sqlite3.Connection, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Inside the caller's transaction, so that a console that dies or fails in it leaves the old version."""
    for number in range(version(connection), len(migrations)):
        for statement in _statements(migrations[number]):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(migrations)}")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _statements(script: str) -> list[str]:
    """One by one, since `executescript` would commit."""
    found: list[str] = []
    rest = ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found
