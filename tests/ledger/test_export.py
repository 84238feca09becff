"""Exports carry everything, and whatever a hostile object wrote is harmless in them."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.builders import record
from tests.ledger.test_encoding import any_json, any_text

from modeltui.ledger import encoding, export
from modeltui.ledger.book import Book
from modeltui.ledger.records import ChangedField, Entry, Record

HOSTILE = "\x1b]0;owned\x07 \x9b2J \u202etxt.exe\u2066 a\nb\r\nc\td \u2028 \x00 é 漢字 👩\u200d🔬"
FORMULAS = ["=HYPERLINK(1)", "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "  =1", "\t=1", "＝1", "\r=1"]


def entry(**said: object) -> Entry:
    made = record(1, **said)
    facts = {name: getattr(made, name) for name in Record.__slots__}
    return Entry(**facts, id=7, before_hash="", previous_hash="00", hash="ff")


def harmless(text: str) -> bool:
    return all(character.isprintable() and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in text)


def test_what_is_exported_is_what_was_recorded(tmp_path: Path) -> None:
    book = Book.open(tmp_path / "ledger.sqlite3")
    book.append([record(1), record(2, before=None, result="failed: no")])
    entries = book.query(objects=True).entries
    book.close()
    newest, oldest = [json.loads(line) for line in export.as_ndjson(entries)]
    assert (newest["id"], newest["state"], newest["result"], newest["before"]) == (2, "failed", "failed: no", None)
    assert oldest["before"] == record(1).before
    assert oldest["time"] == "2126-11-21T12:00:01.000000Z"
    assert oldest["difference"] == [{"path": "spec.versions[0].storage", "kind": "changed", "before": "10Gi", "after": "20Gi"}]
    assert (newest["previous_hash"], newest["hash"]) == (oldest["hash"], entries[0].hash)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_one_array_however_many_there_are(count: int) -> None:
    lines = list(export.as_json(replace(entry(), id=number) for number in range(count)))
    assert [said["id"] for said in json.loads("\n".join(lines))] == list(range(count))


def test_nothing_is_read_ahead() -> None:
    """A million entries are never in memory at once."""
    taken: list[int] = []

    def entries() -> object:
        for number in range(3):
            taken.append(number)
            yield replace(entry(), id=number)

    for form, ahead in ((export.as_ndjson, 1), (export.as_json, 1), (lambda it: export.as_csv(it, headers=False), 1)):
        taken.clear()
        next(iter(form(entries())))  # type: ignore[operator]  # any of the three
        assert len(taken) == ahead


@given(any_text, any_json, st.dictionaries(any_text, any_json, max_size=2))
def test_json_is_harmless_and_loses_nothing(text: str, value: object, manifest: dict[str, object]) -> None:
    made = entry(name=text, result=f"failed: {text}", difference=(ChangedField(text, "changed", value, text),), before=manifest)
    for line in (*export.as_ndjson([made]), *export.as_json([made])):
        assert harmless(line)
    (line,) = export.as_ndjson([made])
    said = json.loads(line)
    assert (said["name"], said["result"], said["before"]) == (text, f"failed: {text}", manifest)
    assert said["difference"][0]["before"] == value


@given(any_text)
def test_csv_is_harmless_and_has_one_line_for_each_entry(text: str) -> None:
    lines = list(export.as_csv([entry(name=text, user=text, difference=(ChangedField(text, "changed", text, None),))]))
    assert len(lines) == 2
    assert all(harmless(line) for line in lines)
    rows = list(csv.reader(io.StringIO("\n".join(lines))))
    assert [len(row) for row in rows] == [len(export.COLUMNS)] * 2
    for field in rows[1]:
        assert not field.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"))


@pytest.mark.parametrize("formula", FORMULAS, ids=range(len(FORMULAS)))
def test_no_field_of_a_csv_is_run_as_a_formula(formula: str) -> None:
    said = dict.fromkeys(
        ("user", "context", "server", "namespace", "api_version", "kind", "name", "verb", "result", "change_id", "step_id"), formula
    )
    (line,) = export.as_csv([entry(**said, difference=((formula, "changed", formula, formula),))], headers=False)
    (row,) = csv.reader([line])
    found = dict(zip(export.COLUMNS, row, strict=True))
    for column in (*said, "fields"):
        assert found[column].startswith(("'", "\\"))
        assert encoding.canonical(found[column])


def test_hostile_text_reads_as_its_escapes() -> None:
    (line,) = export.as_csv([entry(name=HOSTILE)], headers=False)
    assert harmless(line)
    assert "\\u001b]0;owned\\u0007 \\u009b2J \\u202etxt.exe\\u2066 a\\nb\\r\\nc\\td \\u2028 \\u0000 é 漢字 👩\\u200d🔬" in line


def test_a_megabyte_is_exported_whole() -> None:
    (line,) = export.as_ndjson([entry(difference=(("metadata.annotations.x", "added", None, "x" * 1_000_000),))])
    assert len(json.loads(line)["difference"][0]["after"]) == 1_000_000
