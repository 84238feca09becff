"""The ledger that the console holds: whatever is wrong with the file, a change is kept somewhere, and nobody is stopped by it.

A record goes to the database; if that cannot be written, to the side file; if that cannot be written either, it stays in memory
and is tried again with every following one. Each `Receipt` says which, in a sentence for the user.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, Self, TypeVar

from modeltui import locks, paths
from modeltui.ledger import notes, schema, witness
from modeltui.ledger.book import BUSY_SECONDS, Book
from modeltui.ledger.chain import Link, Witness
from modeltui.ledger.files import Files, Identity, identity
from modeltui.ledger.masking import masked
from modeltui.ledger.records import EVERYTHING, Cursor, Entry, Filter, Page, Place, Receipt, Record
from modeltui.ledger.spool import Spool
from modeltui.ledger.trouble import Cannot, Trouble, cannot

T = TypeVar("T")

_A_MOMENT: Final = 0.5
"""Seconds for which the side file is waited for while the ledger itself is held."""
_FAILURES: Final = (sqlite3.Error, OSError, Cannot)


class Ledger:
    """Made by `Ledger.open()`, which never fails. May be used from any thread, one call at a time; calls block for some
    milliseconds, or up to a few seconds while another program holds the file."""

    def __init__(self, path: Path, *, busy: float, migrations: Sequence[str]) -> None:
        self.files = Files(path)
        self.notices: list[str] = []
        """What the user should be told once; whoever has told it clears it."""
        self._busy = busy
        self._migrations = migrations
        self._mutex = threading.Lock()
        self._spool = Spool(self.files.spool, self.files.lock)
        self._reason: Cannot | None = None
        self._former = witness.NOBODY
        self._book: Book | None = None
        self._unkept: list[Record] = []
        self._in_memory = 0
        """How many of them the user was told are kept in memory only."""

    @classmethod
    def open(cls, path: Path | None = None, *, busy: float = BUSY_SECONDS, migrations: Sequence[str] = schema.MIGRATIONS) -> Self:
        """Opens or makes the ledger, and takes in what waits in the side file. Never raises: what is wrong stands in `problem`."""
        ledger = cls(path or paths.ledger_file(), busy=busy, migrations=migrations)
        with ledger._mutex:
            ledger._settle()
        return ledger

    @property
    def problem(self) -> str:
        """Why the ledger itself cannot be written at the moment, in one sentence; "" when it can."""
        return str(self._reason) if self._reason else ""

    # ---- writing ----------------------------------------------------------------------------------------------------

    def append(self, record: Record, *, secrets: Iterable[str] = ()) -> Receipt:
        """Keeps the record, without its secrets; on disk when it returns, unless the receipt says otherwise.

        `secrets` are what the change itself writes into a Secret: a server's refusal may repeat it, and nothing else here knows it.
        """
        with self._mutex:
            self._unkept.append(masked(record, secrets=secrets))
            return self._keep()

    def close(self) -> str:
        """A sentence when records are lost with this console, since there was no place for them; otherwise ""."""
        with self._mutex:
            receipt = self._keep() if self._unkept else Receipt(Place.LEDGER)
            self._let_go()
            return receipt.problem if receipt.place is Place.MEMORY else ""

    def _keep(self) -> Receipt:
        if self._settle():
            return Receipt(Place.LEDGER)
        try:
            self._spool.add(self._unkept)
        except OSError as error:
            self._in_memory = len(self._unkept)
            neither = f"{self.problem}; {cannot(error, self.files.spool)}"
            return Receipt(Place.MEMORY, f"NOT RECORDED: {neither}; {notes.changes(self._in_memory)} kept in memory only")
        self._forget()
        return Receipt(Place.SPOOL, f"{self.problem}; the change is kept in {self.files.spool} until it can be written")

    def _settle(self) -> bool:
        """Brings everything that waits into the database, and tells whether it could. A damaged one is set aside for a new one."""
        for again in (True, False):
            found = identity(self.files.ledger)
            try:
                with locks.together(self.files.place):
                    self._write()
            except _FAILURES as error:
                self._reason = reason = cannot(error, self.files.ledger)
                if reason.trouble is Trouble.DAMAGED:
                    self._let_go()  # otherwise kept for reading: on a full disk it could not be opened again
                if not (again and reason.trouble is Trouble.DAMAGED and self._set_aside(found, reason)):
                    self._read_only()
                    return False
            else:
                self._reason = None
                return True
        return False

    def _write(self) -> None:
        """Raises one of `_FAILURES`; what was not written is still in the side file or in memory then."""
        book = self._opened()
        if not book.writable:
            raise Cannot(book.path, Trouble.NEWER)
        if self._spool.path.exists():
            with suppress(BlockingIOError):  # who has it is stopped: it waits a while longer, and stops nobody else
                self._take_in(book)
        if self._unkept:
            self._append(book, self._unkept)
            self._forget()

    def _forget(self) -> None:
        """What is on disk need not be in memory."""
        if self._in_memory:
            self.notices.append(f"{notes.changes(self._in_memory)} recorded now that could only be kept in memory")
        self._in_memory = 0
        self._unkept.clear()

    def _opened(self) -> Book:
        if self._book is None or not self._book.writable or not self._book.current:
            self._let_go()
            self._book = Book.open(self.files.ledger, busy=self._busy, migrations=self._migrations)
        if self._book.writable and self._book.empty:
            self._begin(self._book)
        return self._book

    def _begin(self, book: Book) -> None:
        """The first entry, which tells of the ledger that was here before."""

        def note() -> Record:
            found = witness.read(self.files.witness)
            self._former = found if found.id else self._former
            # first of all: the new ledger is not to be judged by the last entry of another one
            self.files.witness.unlink(missing_ok=True)
            return notes.begun(self._former, self.notices)

        book.begin(note)

    def _take_in(self, book: Book) -> None:
        """What waits in the side file. It may be taken in twice, if we die before it is removed: the database keeps it once."""
        with ExitStack() as held, ExitStack() as undo:
            with book.writing() as append:  # waited for first: who only means to add to the side file need not wait for it, too
                held.enter_context(self._spool.locked(seconds=_A_MOMENT))
                waiting = self._spool.read()
                records = list(waiting.records)
                told = []
                if waiting.unreadable:
                    kept = self._spool.set_aside(self.files.aside(self._spool.path))
                    undo.callback(kept.unlink, missing_ok=True)
                    records.append(notes.unreadable(len(waiting.unreadable), kept))
                    told.append(records[-1].result.partition(": ")[2])
                links = append(records, above=witness.read(self.files.witness).id)
            undo.pop_all()
            self._spool.remove()
        self._witness(links)
        self.notices.extend(told)
        if waiting.records:
            self.notices.append(f"{notes.changes(len(waiting.records))} taken in from {self._spool.path}")

    def _append(self, book: Book, records: Sequence[Record]) -> None:
        self._witness(book.append(records, above=witness.read(self.files.witness).id))

    def _witness(self, links: Sequence[Link]) -> None:
        if links:
            with suppress(OSError):  # an older one is still true
                witness.write(self.files.witness, Witness(links[-1].id, links[-1].hash))

    def _set_aside(self, damaged: Identity | None, reason: Cannot) -> bool:
        """Whether a new ledger can be begun now."""
        try:
            with locks.alone(self.files.place):
                kept = self.files.set_aside(damaged) if damaged else None
        except OSError:
            return False
        if kept is not None:
            self.notices.append(f"{reason}; it was set aside as {kept.name} and a new one begun")
        return True

    def _read_only(self) -> None:
        """What cannot be written can often be read."""
        if self._book is None:
            with suppress(*_FAILURES):
                self._book = Book.read(self.files.ledger, busy=0.0)

    def _let_go(self) -> None:
        """SQLite removes `-wal` by name when the last one closes: so not while another console puts a new ledger in its place."""
        if self._book is None:
            return
        with ExitStack() as held:
            with suppress(OSError):  # a folder that is read-only: nobody renames there
                held.enter_context(locks.together(self.files.place))
            self._book.close()
            self._book = None

    def try_again(self) -> None:
        """What could not be opened or written before is tried now; a ledger that another console put in its place is opened."""
        with self._mutex:
            self._settle()

    @property
    def waiting(self) -> int:
        """Records that are not in the ledger itself yet: in the side file, or in memory. What cannot be read there counts, too."""
        try:
            found = self._spool.read()
        except OSError:
            return len(self._unkept)
        return len(found.records) + len(found.unreadable) + len(self._unkept)

    # ---- reading ----------------------------------------------------------------------------------------------------

    def query(
        self, wanted: Filter = EVERYTHING, *, limit: int = 100, after: Cursor | None = None, every: bool = False, objects: bool = False
    ) -> Page:
        """As `Book.query`. Raises `Cannot`, as all that follow do."""
        return self._reading(lambda book: book.query(wanted, limit=limit, after=after, every=every, objects=objects))

    def get(self, id: int) -> Entry | None:  # noqa: A002  # an entry's own word
        return self._reading(lambda book: book.get(id))

    def last(self) -> int:
        """The number of the last entry, 0 when there is none: it tells in a moment whether there are new ones."""
        return self._reading(lambda book: book.last()[0])

    def count(self, wanted: Filter = EVERYTHING, *, every: bool = False, at_most: int = 1_000_000_000) -> int:
        return self._reading(lambda book: book.count(wanted, every=every, at_most=at_most))

    def _reading(self, ask: Callable[[Book], T]) -> T:
        with self._mutex:
            if self._book is None:
                raise self._reason or Cannot(self.files.ledger, Trouble.OTHER, "it was closed")
            try:
                return ask(self._book)
            except sqlite3.Error as error:
                raise cannot(error, self.files.ledger) from error
