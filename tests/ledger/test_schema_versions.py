"""Ledgers of an older and of a newer version of this program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.builders import record
from tests.ledger.witnesses import fits, names

from modeltui.ledger import schema
from modeltui.ledger.book import Book
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Filter, Place
from modeltui.ledger.trouble import Cannot

NEWER = (*schema.MIGRATIONS, "ALTER TABLE entries ADD COLUMN mood TEXT NOT NULL DEFAULT 'calm';")


def test_a_newer_schema_is_only_read_and_its_owner_takes_in_what_waits(path: Path) -> None:
    newer = Ledger.open(path, migrations=NEWER)
    newer.append(record(1))
    newer.close()
    ledger = Ledger.open(path)
    assert ledger.problem == f"{path} was written by a newer modeltui and is only read by this one"
    assert [entry.name for entry in ledger.query(Filter(kind="Model")).entries] == ["qwen-1"]
    assert ledger.append(record(2)).place is Place.SPOOL
    assert ledger.close() == ""
    assert fits(path)
    newer = Ledger.open(path, migrations=NEWER)
    assert newer.count() == 3
    newer.close()
    assert schema.version(sqlite3.connect(path)) == len(NEWER)


def test_a_newer_schema_that_cannot_even_be_read_is_left_alone(path: Path) -> None:
    """It looks damaged to this version, but it is not."""
    stranger = (*schema.MIGRATIONS, "ALTER TABLE entries RENAME TO chained;")
    Ledger.open(path).close()
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        Book.open(path, migrations=stranger)
    ledger = Ledger.open(path)
    assert ledger.append(record(1)).place is Place.SPOOL
    assert "was written by a newer modeltui" in ledger.problem
    with pytest.raises(Cannot):
        ledger.query()
    ledger.close()
    assert sorted(entry.name for entry in path.parent.iterdir() if "damaged" in entry.name) == []


def test_an_older_schema_is_brought_up_to_date_and_keeps_its_chain(path: Path) -> None:
    older = Ledger.open(path)
    older.append(record(1))
    older.close()
    newer = Ledger.open(path, migrations=NEWER)
    assert newer.append(record(2)).place is Place.LEDGER
    newer.close()
    assert fits(path)


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    Ledger.open(path).close()
    before = path.read_bytes()
    broken = (*schema.MIGRATIONS, "CREATE TABLE half (a);\nCREATE TABLE entries (a);")
    ledger = Ledger.open(path, migrations=broken)
    assert "table entries already exists" in ledger.problem
    assert ledger.append(record(1)).place is Place.SPOOL
    assert len(ledger.query().entries) == 1
    ledger.close()
    assert path.read_bytes() == before
    assert names(path) == ["qwen-1"], "the old version takes it in"
