"""A planted secret is in no byte of any file that the ledger writes, whatever became of the record, nor in any export."""

from __future__ import annotations

import base64
import sqlite3
from pathlib import Path

import pytest
from tests.ledger.builders import everything_written, record
from tests.ledger.test_masking import SECRET_FIELDS

from modeltui.ledger import export
from modeltui.ledger.book import Book
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import ChangedField, Place, Record

MARKER = "Zq9-planted-Marker"
FORMS = [MARKER.encode(), base64.b64encode(MARKER.encode()), MARKER.encode("utf-16-le"), MARKER.lower().encode()]


def planted(number: int) -> list[Record]:
    """An intention and a failure, with the marker in every place that can bear a secret."""
    kind, path, value = SECRET_FIELDS[number]
    container = {"name": "x", "env": [{"name": "HF_TOKEN", "value": MARKER}], "args": ["--token", MARKER, f"--password={MARKER}"]}
    before = {
        "kind": kind,
        "metadata": {
            "name": "a",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": f'{{"kind":"Secret","stringData":{{"a":"{MARKER}"}}}}'},
            "managedFields": [{"manager": MARKER}],
        },
        "data": {"token": base64.b64encode(MARKER.encode()).decode()} if kind == "Secret" else {},
        "spec": {
            "config": {"api_key": MARKER, "url": f"https://jane:{MARKER}@example.com"},
            "source": {"type": "S3", "uri": "s3://b", "options": {"whatever": MARKER}},
            "template": {"spec": {"containers": [container]}},
        },
    }
    begun = record(
        number,
        kind=kind,
        server=f"https://jane:{MARKER}@example.com",
        before=before,
        difference=(ChangedField(path, "changed", value, value), ChangedField("spec.display.description", "changed", "x", f"key {MARKER}")),
    )
    return [begun, begun.ended(f"failed: the webhook said: token {MARKER} is refused")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.sqlite3"


def assert_nothing_of_it(content: bytes) -> None:
    for form in FORMS:
        assert form not in content


def test_in_the_ledger(path: Path) -> None:
    ledger = Ledger.open(path)
    for number in range(len(SECRET_FIELDS)):
        for said in planted(number):
            assert ledger.append(said).place is Place.LEDGER
    assert_nothing_of_it(everything_written(path.parent))  # with the write-ahead log in use
    ledger.close()
    assert_nothing_of_it(everything_written(path.parent))
    book = Book.read(path)
    entries = book.query(limit=1000, every=True, objects=True).entries
    book.close()
    assert len(entries) == 2 * len(SECRET_FIELDS) + 1
    for form in (export.as_csv, export.as_json, export.as_ndjson):
        assert_nothing_of_it("\n".join(form(entries)).encode())


def test_in_the_side_file(path: Path) -> None:
    Ledger.open(path).close()
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    ledger = Ledger.open(path, busy=0.02)
    for number in range(len(SECRET_FIELDS)):
        for said in planted(number):
            assert ledger.append(said).place is Place.SPOOL
    content = everything_written(path.parent)
    assert Files(path).spool.stat().st_mode & 0o777 == 0o600
    assert_nothing_of_it(content)
    ledger.close()
    other.close()


def test_the_search_finds_places_that_are_not_masked(path: Path) -> None:
    """Or the tests above would prove nothing."""
    Ledger.open(path).append(record(name=MARKER))
    assert MARKER.encode() in everything_written(path.parent)
    assert MARKER.lower().encode() in everything_written(path.parent), "the words that are searched are case-folded"
