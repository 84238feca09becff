"""Two consoles, a program that locks the file, damage, and consoles that end, in any order: every record is kept, and once."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.ledger.builders import record

from modeltui.ledger import verification
from modeltui.ledger.book import Book
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place, State

CONSOLES = 2


class Consoles(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="ledger-"))
        self.files = Files(self.folder / "ledger.sqlite3")
        self.consoles: list[Ledger] = []
        self.lock: sqlite3.Connection | None = None
        self.written: list[str] = []
        self.number = 0

    @initialize()
    def begin(self) -> None:
        self.consoles = [self.opened() for _ in range(CONSOLES)]

    def opened(self) -> Ledger:
        return Ledger.open(self.files.ledger, busy=0.01)

    @rule(which=st.integers(0, CONSOLES - 1))
    def change(self, which: int) -> None:
        self.number += 1
        begun = record(self.number)
        for said in (begun, begun.ended("done")):
            receipt = self.consoles[which].append(said)
            assert receipt.place is (Place.SPOOL if self.lock else Place.LEDGER)
            assert bool(receipt.problem) == (receipt.place is Place.SPOOL)
            self.written.append(f"{said.name} {said.state}")

    @rule(which=st.integers(0, CONSOLES - 1), politely=st.booleans())
    def start_anew(self, which: int, politely: bool) -> None:
        if politely:
            assert self.consoles[which].close() == ""
        self.consoles[which] = self.opened()

    @precondition(lambda self: self.lock is None)
    @rule()
    def lock_it(self) -> None:
        self.lock = sqlite3.connect(self.files.ledger, isolation_level=None)
        self.lock.execute("BEGIN IMMEDIATE")

    @precondition(lambda self: self.lock is not None)
    @rule()
    def let_go(self) -> None:
        assert self.lock is not None
        self.lock.close()
        self.lock = None

    @precondition(lambda self: self.files.spool.exists())
    @rule()
    def take_in_twice(self) -> None:
        """A console was killed after the ledger had what waited, and before the side file was removed."""
        content = self.files.spool.read_bytes()
        self.let_go_of_all()
        self.files.spool.write_bytes(content)

    @precondition(lambda self: self.lock is None and self.there())
    @rule()
    def somebody_else_sets_it_aside(self) -> None:
        """What is in the old one counts as kept: it has its own name, and can be read."""
        found = self.files.ledger.stat()
        kept = self.files.set_aside((found.st_dev, found.st_ino))
        assert kept is not None

    def let_go_of_all(self) -> None:
        if self.lock is not None:
            self.let_go()
        for console in self.consoles:
            assert console.close() == ""
        self.consoles = [self.opened() for _ in range(CONSOLES)]

    @invariant()
    def the_chain_fits(self) -> None:
        if self.there():
            assert verification.verify(self.files).problem == ""

    def there(self) -> bool:
        """Not set aside just now."""
        return self.files.ledger.exists() and self.files.ledger.stat().st_size > 0

    def teardown(self) -> None:
        self.let_go_of_all()
        kept: set[str] = set()
        for path in self.folder.iterdir():
            if path.name == self.files.ledger.name or (".damaged-" in path.name and not path.name.endswith(("-wal", "-shm"))):
                book = Book.read(path)
                entries = book.query(limit=10_000, every=True).entries
                book.close()
                here = [f"{entry.name} {entry.state}" for entry in entries if entry.state is not State.NOTE]
                assert len(here) == len(set(here)), "once in each ledger"
                kept.update(here)
        assert kept == set(self.written)
        assert not self.files.spool.exists()
        for console in self.consoles:
            console.close()
        shutil.rmtree(self.folder)


TestConsoles = Consoles.TestCase
TestConsoles.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
