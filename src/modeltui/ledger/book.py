"""The database while all is well: appending and finding. What goes wrong is `sqlite3.Error`, for `ledger.py`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Protocol, Self

from modeltui.ledger import connecting, encoding, facets, schema, search
from modeltui.ledger.chain import START, Link, link_hash
from modeltui.ledger.files import identity
from modeltui.ledger.records import EVERYTHING, Cursor, Entry, Filter, Page, Record, State
from modeltui.ledger.trouble import Cannot, Trouble

BUSY_SECONDS: Final = 2.0
"""How long another console may hold the lock before the record goes to the side file."""


class Append(Protocol):
    def __call__(self, records: Iterable[Record], *, above: int = 0) -> list[Link]: ...


class Book:
    """An open database. Not for several threads at once; several processes may have it open."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, version: int | None) -> None:
        """`version` is the one that can be written here; None for reading only."""
        self._connection = connection
        self.path = path
        self.writable = version is not None
        self._version = version
        self._identity = identity(path)

    @classmethod
    def open(cls, path: Path, *, busy: float = BUSY_SECONDS, migrations: Sequence[str] = schema.MIGRATIONS) -> Self:
        """For reading and writing; makes the file and brings it to the current version. One of a newer version is only for reading."""
        connection, writable = connecting.to_write(path, busy=busy, migrations=migrations)
        book = cls(connection, path, version=len(migrations) if writable else None)
        return book._looked_at() if writable else book  # what a newer version keeps may look damaged to this one

    @classmethod
    def read(cls, path: Path, *, busy: float = BUSY_SECONDS) -> Self:
        """For reading only: nothing is made, migrated or taken in. Raises FileNotFoundError when there is none."""
        return cls(connecting.to_read(path, busy=busy), path, version=None)._looked_at()

    def _looked_at(self) -> Self:
        """What is damaged at the start or the end of the file shows now."""
        try:
            self.last()
            return self
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    @property
    def current(self) -> bool:
        """Whether the path still leads to this file, and not to another one or nowhere, and the file is still of our version."""
        return self._identity == identity(self.path) and self._version in (None, schema.version(self._connection))

    # ---- writing ----------------------------------------------------------------------------------------------------

    @property
    def empty(self) -> bool:
        return self.last_given() == 0

    def begin(self, note: Callable[[], Record]) -> None:
        """The first entry, unless another console was faster: then `note` is not asked."""
        with self.writing() as append:
            if self.empty:
                append([note()])

    def append(self, records: Iterable[Record], *, above: int = 0) -> list[Link]:
        """All or none; on disk when it returns. Records that are there already (from a side file taken in twice) are left out.

        Numbers go on above every number ever given, and above `above`: what was removed from the end leaves a gap.
        """
        with self.writing() as append:
            return append(records, above=above)

    @contextmanager
    def writing(self) -> Iterator[Append]:
        """Nobody else writes meanwhile; what is appended is on disk afterwards, or nothing of it when something fails.

        Raises `Cannot` when a newer console has changed the tables since they were opened: to us they would look damaged.
        """
        with connecting.transaction(self._connection):
            if schema.version(self._connection) != self._version:
                raise Cannot(self.path, Trouble.NEWER)
            yield self._append

    def _append(self, records: Iterable[Record], *, above: int = 0) -> list[Link]:
        links: list[Link] = []
        last, head = self.last()
        number = max(last, self.last_given(), above)
        for record in records:
            if not self._is_new(record):
                continue
            text = encoding.body(record, before_hash=self._keep_object(record))
            number += 1
            link = Link(number, text, head, link_hash(number, head, text))
            self._insert(record, link)
            head = link.hash
            links.append(link)
        return links

    def _is_new(self, record: Record) -> bool:
        key = (_text(record.step_id), record.state, encoding.micros(record.at))
        return self._connection.execute("SELECT 1 FROM entries WHERE step_id = ? AND state = ? AND at = ?", key).fetchone() is None

    def _keep_object(self, record: Record) -> str:
        """The hash of the object before; equal objects are kept once."""
        if record.before is None:
            return ""
        text = encoding.canonical(record.before)
        digest = sha256(text.encode())
        self._connection.execute("INSERT OR IGNORE INTO objects (hash, body) VALUES (?, ?)", (digest.digest(), text))
        return digest.hexdigest()

    def _insert(self, record: Record, link: Link) -> None:
        at, state = encoding.micros(record.at), record.state
        subject, deed = (facets.keep(self._connection, facet) for facet in facets.of(record))
        values = (link.id, at, subject, deed, state, _text(record.change_id), _text(record.step_id), link.body)
        self._connection.execute(
            "INSERT INTO entries (id, at, subject, deed, state, change_id, step_id, body, previous_hash, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, bytes.fromhex(link.previous_hash), bytes.fromhex(link.hash)),
        )
        self._settle(link.id, state, _text(record.step_id))

    def _settle(self, number: int, state: State, step_id: str) -> None:
        """An outcome ends its intention, even one that comes after it, out of the side file of another console."""
        others = "SELECT id FROM entries WHERE step_id = ? AND state"
        if state is not State.BEGUN:
            self._connection.execute(f"DELETE FROM unfinished WHERE id IN ({others} = ?)", (step_id, State.BEGUN))
        elif self._connection.execute(f"{others} != ?", (step_id, State.BEGUN)).fetchone() is None:
            self._connection.execute("INSERT INTO unfinished (id) VALUES (?)", (number,))

    # ---- reading ----------------------------------------------------------------------------------------------------

    def last(self) -> tuple[int, str]:
        """Number and hash of the last entry."""
        row = self._connection.execute("SELECT id, hash FROM entries ORDER BY id DESC LIMIT 1").fetchone()
        return (int(row[0]), encoding.hexadecimal(row[1])) if row else (0, START)

    def last_given(self) -> int:
        """The highest number that an entry ever had, as SQLite remembers it."""
        row = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'entries'").fetchone()
        return int(row[0]) if row else 0

    def query(
        self, wanted: Filter = EVERYTHING, *, limit: int = 100, after: Cursor | None = None, every: bool = False, objects: bool = False
    ) -> Page:
        """One page, newest first. Without `every`, a step whose outcome is known is one entry, that of its outcome.

        With `objects`, the entries come with their objects before, which may be large.
        """
        rows = search.page(self._connection, wanted, limit=limit + 1, after=after, every=every)
        entries = tuple(_entry(*row) for row in rows[:limit])
        if objects:
            entries = tuple(map(self._with_object, entries))
        return Page(entries, (rows[limit - 1][0], rows[limit - 1][1]) if len(rows) > limit else None)

    def count(self, wanted: Filter = EVERYTHING, *, every: bool = False, at_most: int = 1_000_000_000) -> int:
        return search.count(self._connection, wanted, every=every, at_most=at_most)

    def get(self, id: int) -> Entry | None:  # noqa: A002  # an entry's own word
        """The entry with its object before, or None."""
        row = self._connection.execute("SELECT at, id, body, previous_hash, hash FROM entries WHERE id = ?", (id,)).fetchone()
        return self._with_object(_entry(*row)) if row else None

    def _with_object(self, entry: Entry) -> Entry:
        """Without it when it is gone or was made unreadable: `verify` says so."""
        if not entry.before_hash:
            return entry
        try:
            row = self._connection.execute("SELECT body FROM objects WHERE hash = ?", (bytes.fromhex(entry.before_hash),)).fetchone()
            return replace(entry, before=encoding.manifest(row[0])) if row else entry
        except encoding.UNREADABLE:
            return entry


def _entry(at: Any, id: int, body: str, previous_hash: Any, hash: Any) -> Entry:  # noqa: A002  # the columns' names
    """One that was tampered with is an entry that says so; it must not hide the others."""
    previous, own = encoding.hexadecimal(previous_hash), encoding.hexadecimal(hash)
    try:
        return encoding.entry(body, id=id, previous_hash=previous, hash=own)
    except encoding.UNREADABLE:
        return encoding.unreadable(id=id, at=at, previous_hash=previous, hash=own)


def _text(raw: str) -> str:
    return facets.storable(raw)
