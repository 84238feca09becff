"""What a screen asks the ledger besides its entries: whether there are new ones, what is not in it yet, and to try again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.builders import record

from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Place
from modeltui.ledger.trouble import Cannot


def test_the_last_number_tells_of_new_entries_of_whoever_wrote_them(path: Path) -> None:
    ledger, other = Ledger.open(path), Ledger.open(path)
    assert ledger.last() == 1
    other.append(record(1))
    assert ledger.last() == 2
    other.close()
    ledger.close()
    with pytest.raises(Cannot):
        ledger.last()


def test_what_waits_is_counted_until_it_is_taken_in(path: Path) -> None:
    Ledger.open(path).close()
    busy = sqlite3.connect(path)
    busy.execute("BEGIN IMMEDIATE")
    ledger = Ledger.open(path, busy=0.05)
    assert ledger.waiting == 0
    assert [ledger.append(record(number)).place for number in (1, 2)] == [Place.SPOOL, Place.SPOOL]
    ledger.files.spool.write_bytes(ledger.files.spool.read_bytes() + b"half a li")
    assert (ledger.waiting, ledger.last()) == (3, 1)
    busy.rollback()
    busy.close()
    ledger.try_again()
    assert (ledger.waiting, ledger.problem) == (0, "")
    assert {entry.name for entry in ledger.query().entries} == {"qwen-1", "qwen-2", ""}
    ledger.close()


def test_a_ledger_that_could_not_be_opened_is_opened_when_asked_again(path: Path, tmp_path: Path) -> None:
    path.mkdir()
    ledger = Ledger.open(path)
    with pytest.raises(Cannot):
        ledger.query()
    path.rmdir()
    ledger.try_again()
    assert (ledger.problem, len(ledger.query().entries)) == ("", 1)
    ledger.close()
