"""What several consoles do to the files of one ledger at the same moment, and what one leaves that was stopped or killed in the middle."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import WITHIN, fits, names

from modeltui import locks
from modeltui.ledger import connecting, schema, spool, verification, witness
from modeltui.ledger.book import Book
from modeltui.ledger.chain import Witness
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place
from modeltui.ledger.spool import Spool
from modeltui.ledger.trouble import Cannot


def test_a_ledger_that_is_just_being_made_is_not_told_as_damaged(path: Path) -> None:
    """Another console has made the file, and is about to make its tables, or was killed before."""
    path.touch()
    assert verification.verify(Files(path)).problem == ""
    with pytest.raises(FileNotFoundError):
        Book.read(path)
    assert path.stat().st_size == 0, "nothing is made by reading"


def test_who_is_locked_out_does_not_read_past_the_lock(path: Path) -> None:
    """The last one that closes holds everybody off until `-wal` is gone: not a folder in which nothing can be made."""
    Ledger.open(path).close()
    closing = sqlite3.connect(path)
    closing.execute("PRAGMA journal_mode = DELETE")
    closing.execute("BEGIN EXCLUSIVE")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        connecting.to_read(path, busy=0.0)
    closing.close()


def test_a_witness_read_while_another_console_writes_it_is_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (Witness(number, letter * 64) for number, letter in ((98, "a"), (99, "b")))
    readings = [f"{99:15}:{'b' * 40}{'a' * 24}\n", *(f"{new.id:15}:{new.hash}\n" for _ in range(2))]
    witness.write(Files(path).witness, old)
    monkeypatch.setattr(Path, "read_bytes", lambda _: readings.pop(0).encode())
    monkeypatch.setattr(Path, "read_text", lambda _, **__: readings.pop(0))
    assert witness.read(Files(path).witness) == new


def test_a_witness_is_not_removed_from_a_ledger_that_another_console_began(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after it had seen an empty ledger."""
    known = Book.empty

    def seen_before_another_began(_: Book) -> bool:
        monkeypatch.setattr(Book, "empty", known)
        other = Ledger.open(path)
        other.append(record(1))
        other.close()
        return True

    monkeypatch.setattr(Book, "empty", property(seen_before_another_began))
    Ledger.open(path).close()
    assert witness.read(Files(path).witness).id == 2


def test_half_a_line_of_who_was_killed_does_not_spoil_the_next(path: Path) -> None:
    files = Files(path)
    side = Spool(files.spool, files.lock)
    side.add([record(1), record(2)])
    files.spool.write_bytes(files.spool.read_bytes()[:-40])
    side.add([record(3)])
    waiting = side.read()
    assert [each.name for each in waiting.records] == ["qwen-1", "qwen-3"]
    assert len(waiting.unreadable) == 1
    assert names(path) == ["qwen-1", "qwen-3"]
    assert fits(path)


def test_a_side_file_that_cannot_be_taken_in_is_not_copied_again_and_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger.open(path).close()
    Files(path).spool.write_bytes(b"half a line")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(spool, "_write_all", full)
        patched.setattr("os.fdopen", full)
        ledger = Ledger.open(path)
        assert ledger.append(record(1)).place is Place.MEMORY
    with monkeypatch.context() as patched:
        patched.setattr(Book, "_insert", full)
        assert ledger.append(record(2)).place is Place.SPOOL
    assert [entry.name for entry in path.parent.iterdir() if ".damaged-" in entry.name] == []
    assert ledger.append(record(3)).place is Place.LEDGER
    ledger.close()
    assert names(path) == ["qwen-1", "qwen-2", "qwen-3"]


def test_who_is_stopped_with_the_side_file_keeps_no_change_from_the_ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = Files(path)
    Ledger.open(path).close()
    Spool(files.spool, files.lock).add([record(1)])
    monkeypatch.setattr(locks, "SECONDS", 0.0)
    with locks.alone(files.lock):
        ledger = Ledger.open(path)
        assert ledger.append(record(2)).place is Place.LEDGER
        assert ledger.waiting == 1
    assert ledger.append(record(3)).place is Place.LEDGER
    assert ledger.waiting == 0
    ledger.close()
    assert sorted(names(path)) == ["qwen-1", "qwen-2", "qwen-3"]
    assert fits(path)


def test_who_waits_for_the_ledger_lets_others_add_to_the_side_file(path: Path) -> None:
    """Each in turn would hold it for as long as the ledger is waited for, and the last had no place for its change."""
    files = Files(path)
    Ledger.open(path).close()
    side = Spool(files.spool, files.lock)
    side.add([record(1)])
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    waits = threading.Event()
    ledger = Ledger(path, busy=WITHIN, migrations=schema.MIGRATIONS)
    book = ledger._opened()
    book._connection.set_trace_callback(lambda said: waits.set() if said.startswith("BEGIN") else None)
    taking = threading.Thread(target=ledger.try_again)
    taking.start()
    assert waits.wait(WITHIN)
    with side.locked(), suppress(sqlite3.Error):
        holder.execute("COMMIT")
    taking.join(WITHIN)
    ledger.close()
    holder.close()
    assert names(path) == ["qwen-1"]


@pytest.mark.parametrize("how", ["quit", "damaged"])
def test_nobody_closes_a_ledger_while_another_is_put_in_its_place(path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """SQLite removes `-wal` by name when the last connection closes: it would be that of the new ledger."""
    ledger = Ledger.open(path)
    ledger.append(record(1))
    seen: list[str] = []
    known = Book.close

    def close(book: Book) -> None:
        try:
            with locks.alone(Files(path).place, seconds=0.0):
                seen.append("could be renamed meanwhile")
        except BlockingIOError:
            seen.append("waits")
        known(book)

    monkeypatch.setattr(Book, "close", close)
    if how == "damaged":

        def corrupt(*_: object, **__: object) -> None:
            raise Cannot(path, connecting.Trouble.DAMAGED)

        with monkeypatch.context() as patched:
            patched.setattr(Book, "append", corrupt)
            patched.setattr(Files, "set_aside", lambda *_: None)
            ledger.append(record(2))
    ledger.close()
    assert seen
    assert set(seen) == {"waits"}


def test_a_newer_console_changes_the_tables_under_one_that_is_open(path: Path) -> None:
    """To the older one they look damaged ("no such column"): it must not set a sound ledger aside."""
    older = Ledger.open(path)
    older.append(record(1))
    newer = (*schema.MIGRATIONS, "ALTER TABLE entries RENAME COLUMN change_id TO plan_id;")
    Book.open(path, migrations=newer).close()
    receipt = older.append(record(2))
    assert receipt.place is Place.SPOOL
    assert "was written by a newer modeltui" in receipt.problem
    assert older.close() == ""
    assert [entry.name for entry in path.parent.iterdir() if ".damaged-" in entry.name] == []
    assert schema.version(sqlite3.connect(path)) == len(newer)


def test_a_newer_console_changes_the_tables_a_moment_before_an_older_one_writes(path: Path) -> None:
    book = Book.open(path)
    assert book.current
    Book.open(path, migrations=(*schema.MIGRATIONS, "ALTER TABLE entries RENAME COLUMN change_id TO plan_id;")).close()
    with pytest.raises(Cannot, match="newer modeltui"):
        book.append([record(1)])
    book.close()
