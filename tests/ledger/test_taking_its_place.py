"""A damaged ledger is set aside, or a new one made, while another console is between opening the file and reading it."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import WITHIN, fits, names, run

from modeltui import locks
from modeltui.ledger import schema
from modeltui.ledger.book import Book
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place
from modeltui.ledger.trouble import Cannot


def test_a_damaged_ledger_is_not_renamed_under_who_has_just_opened_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite would give it the `-wal` of the new ledger, found by name, for the old file, and all it writes would be lost."""
    path.write_bytes(b"not a database, not at all. " * 500)
    opened, go_on, waits_or_done, reads, closed = (threading.Event() for _ in range(5))
    known = schema.is_ledger

    def slow(connection: sqlite3.Connection) -> bool:
        if threading.current_thread() is first and not opened.is_set():
            opened.set()
            go_on.wait(WITHIN)
        return known(connection)

    def sleep(seconds: float) -> None:
        waits_or_done.set()
        time.sleep(seconds)

    def of_first() -> None:
        ledger = Ledger.open(path)
        reads.set()
        closed.wait(WITHIN)
        write(ledger, 0)

    def of_second() -> None:
        ledger = Ledger.open(path)
        waits_or_done.set()
        reads.wait(WITHIN)
        write(ledger, 1000)
        closed.set()

    def write(ledger: Ledger, number: int) -> None:
        for each in range(number, number + 5):
            ledger.append(record(each))
        ledger.close()

    monkeypatch.setattr(schema, "is_ledger", slow)
    monkeypatch.setattr(locks, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    first, second = threading.Thread(target=of_first), threading.Thread(target=of_second)
    first.start()
    assert opened.wait(WITHIN)
    second.start()
    assert waits_or_done.wait(WITHIN)
    go_on.set()
    for thread in (first, second):
        thread.join(WITHIN)
    assert sorted(names(path)) == sorted(f"qwen-{number}" for number in (*range(5), *range(1000, 1005)))
    assert len([entry for entry in path.parent.iterdir() if ".damaged-" in entry.name]) == 1
    assert fits(path)


@pytest.mark.parametrize("when", [1, 2])
def test_a_ledger_that_is_being_made_is_not_another_program_s(path: Path, when: int) -> None:
    """`when`: before which question of ours the other console has made its tables."""
    path.touch()
    connection = sqlite3.connect(path)
    asked = 0

    def made_meanwhile(_: str) -> None:
        nonlocal asked
        asked += 1
        if asked == when:
            Book.open(path).close()

    connection.set_trace_callback(made_meanwhile)
    assert schema.is_ledger(connection)
    connection.close()


def test_another_program_s_database_is_told_from_ours(path: Path) -> None:
    other = sqlite3.connect(path)
    assert schema.is_ledger(other), "still empty"
    other.execute("CREATE TABLE notes (text)")
    assert not schema.is_ledger(other)
    with pytest.raises(Cannot, match="it is another program's database"):
        Book.open(path)
    other.close()


def test_who_cannot_be_waited_for_is_not_renamed_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A console that is stopped in the middle of writing: the change of ours waits in the side file, until it goes on."""
    path.write_bytes(b"not a database, not at all. " * 500)
    monkeypatch.setattr(locks, "SECONDS", 0.0)
    with locks.together(Path(f"{path}.place")):
        ledger = Ledger.open(path)
        assert ledger.append(record(1)).place is Place.SPOOL
        assert ledger.problem == f"{path} is damaged (file is not a database)"
    assert ledger.append(record(2)).place is Place.LEDGER
    ledger.close()
    assert names(path) == ["qwen-1", "qwen-2"]
    assert fits(path)


ANOTHER = """
    import sqlite3
    try:
        sqlite3.connect(sys.argv[1], timeout=0).execute("SELECT * FROM entries")
    except sqlite3.OperationalError as error:
        print(error)
"""


def test_another_connection_of_this_program_keeps_its_locks(path: Path) -> None:
    """Closing any descriptor of a file ends all locks that the program has on it."""
    Ledger.open(path).close()
    holder = sqlite3.connect(path)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    ledger = Ledger.open(path, busy=0.0)
    assert ledger.problem == f"{path} is locked by another program"
    assert run(ANOTHER, path) == ["database is locked"]
    ledger.close()
    holder.close()
