"""A damaged ledger is told, set aside by name, and never thrown away."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from tests.ledger.builders import record, tamper
from tests.ledger.witnesses import fits, names

from modeltui.ledger import schema, verification
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place
from modeltui.ledger.trouble import Cannot


def overwrite(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


@pytest.mark.parametrize("how", ["no database", "a damaged page", "cut off", "another program's", "a table is gone"])
def test_a_damaged_ledger_is_set_aside_by_name_and_a_new_one_begun(path: Path, how: str) -> None:
    ledger = Ledger.open(path)
    for number in range(200):
        ledger.append(record(number))
    ledger.close()
    match how:
        case "no database":
            overwrite(path, 0, os.urandom(4096))
        case "a damaged page":
            overwrite(path, 4096, os.urandom(8 * 4096))
        case "cut off":
            os.truncate(path, 3 * 4096 + 100)
        case "another program's":
            path.unlink()
            tamper(path, "CREATE TABLE entries (id INTEGER)")
            tamper(path, f"PRAGMA user_version = {len(schema.MIGRATIONS)}")
        case _:
            tamper(path, "DROP TABLE deeds")
    content = path.read_bytes()
    ledger = Ledger.open(path)
    assert ledger.append(record(999)).place is Place.LEDGER
    (aside,) = [entry for entry in path.parent.iterdir() if ".damaged-" in entry.name and not entry.name.endswith(("-wal", "-shm"))]
    assert aside.read_bytes()[: len(content)] == content, "nothing of it is thrown away"
    (notice,) = ledger.notices
    assert notice.endswith(f"it was set aside as {aside.name} and a new one begun")
    note = ledger.get(1)
    assert note is not None
    assert aside.name in note.result
    assert "the one before it reached entry 201, whose hash is " in note.result
    ledger.close()
    assert names(path) == ["qwen-999"]
    assert fits(path)


def test_damage_that_comes_while_it_is_open(path: Path) -> None:
    ledger = Ledger.open(path)
    for number in range(200):
        ledger.append(record(number))
    checkpoint = sqlite3.connect(path)
    checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    checkpoint.close()
    overwrite(path, 0, os.urandom(path.stat().st_size))
    # what SQLite still has in its memory it goes on with; it sees the damage at the latest when it opens the file anew
    receipts = [ledger.append(record(number)) for number in range(1000, 1050)]
    assert {receipt.place for receipt in receipts} <= {Place.LEDGER, Place.SPOOL}
    ledger.close()
    assert "qwen-1049" in names(path)
    assert any(".damaged-" in entry.name for entry in path.parent.iterdir())


def test_a_damaged_ledger_is_not_touched_by_verifying(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(Cannot, match="is damaged"):
        verification.verify(Files(path))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_damage_in_the_middle_is_named_by_verifying(path: Path) -> None:
    ledger = Ledger.open(path)
    for number in range(300):
        ledger.append(record(number, difference=(("spec.note", "changed", "a" * 3000, "b"),)))
    ledger.close()
    size = path.stat().st_size // 4096
    for page in range(size // 3, 2 * size // 3):
        overwrite(path, page * 4096, b"\xff" * 4096)
    verdict = verification.verify(Files(path))
    assert verdict.first_bad > 1
    assert verdict.problem
