"""`modeltui history` reads what the console wrote on this machine; it needs no cluster and changes nothing."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.running import Run
from tests.ledger.builders import record, tamper

from modeltui import paths
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import ChangedField
from modeltui.verbs.history import TABLE_LIMIT, time_of

HOSTILE = "\x1b[2J\u202eevil\nname\t=1"


@pytest.fixture
def ledger() -> Path:
    """Three steps: one done, one failed by hostile hands, one whose outcome nobody knows; and the note that it was begun, now."""
    ledger = Ledger.open()
    done = record(1, at=datetime(2026, 11, 20, tzinfo=UTC))
    ledger.append(done)
    ledger.append(replace(done.ended("done"), at=datetime(2026, 11, 20, 0, 0, 5, tzinfo=UTC)))
    ledger.append(
        record(
            2,
            context="prod",
            namespace="team-b",
            name=HOSTILE,
            user="=cmd|' /C calc'!A0",
            verb="delete",
            result=f"failed: {HOSTILE}",
            difference=tuple(ChangedField(f"spec.{name}", "removed", HOSTILE, None) for name in "abcd"),
        )
    )
    ledger.append(record(3, kind="ModelSource"))
    assert ledger.close() == ""
    return paths.ledger_file()


def test_nothing_was_changed_yet(modeltui: Run) -> None:
    assert modeltui("history") == (0, "", "No changes were made from this machine yet.\n")
    assert modeltui("history", "-o", "json") == (0, "[\n]\n", "No changes were made from this machine yet.\n")
    code, out, err = modeltui("history", "verify")
    assert (code, err) == (0, "")
    assert out.endswith("there are no entries\n")
    assert not paths.state_dir().exists(), "reading makes nothing"


def test_a_table_of_the_steps_newest_first(modeltui: Run, ledger: Path) -> None:
    code, out, err = modeltui("history", "-n", "team-nlp,team-b")
    header, *lines = out.splitlines()
    assert (code, err) == (0, "")
    assert header.split() == ["ID", "TIME", "USER", "CONTEXT", "NAMESPACE", "KIND", "NAME", "VERB", "FIELDS", "RESULT"]
    assert [line.split()[0] for line in lines] == ["5", "4", "3"]
    assert "begun, outcome not known" in out
    assert "spec.a, spec.b and 2 more" in out
    assert "2126-11-21 12:00:03 UTC" in out


def test_hostile_text_is_harmless_in_a_table(modeltui: Run, ledger: Path) -> None:
    _, out, _ = modeltui("history")
    assert len(out.splitlines()) == 5
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "evil name =1" in out


def test_hostile_text_is_harmless_in_csv(modeltui: Run, ledger: Path) -> None:
    _, out, _ = modeltui("history", "-o", "csv", "--context", "prod")
    assert all(line.isprintable() for line in out.splitlines())
    (row,) = csv.DictReader(io.StringIO(out))
    assert row["user"].startswith("'=cmd")
    assert row["name"] == "\\u001b[2J\\u202eevil\\nname\\t=1"
    assert row["fields"] == "spec.a; spec.b; spec.c; spec.d"
    _, bare, _ = modeltui("history", "-o", "csv", "--context", "prod", "--no-headers")
    assert len(bare.splitlines()) == 1


def test_json_and_ndjson_say_the_same_and_have_the_object_before(modeltui: Run, ledger: Path) -> None:
    _, as_json, _ = modeltui("history", "-o", "json")
    _, as_lines, _ = modeltui("history", "-o", "ndjson")
    found = json.loads(as_json)
    assert found == [json.loads(line) for line in as_lines.splitlines()]
    by_name = {entry["name"]: entry for entry in found}
    assert by_name[HOSTILE]["state"] == "failed"
    assert by_name["qwen-1"]["before"] == record(1).before
    assert all(line.isprintable() for line in (*as_json.splitlines(), *as_lines.splitlines()))


@pytest.mark.parametrize(
    ("argv", "names"),
    [
        (["--every"], ["", HOSTILE, "qwen-1", "qwen-1", "qwen-3"]),
        (["--context", "staging"], ["qwen-1", "qwen-3"]),
        (["-n", "team-b"], [HOSTILE]),
        (["-n", "team-b,team-nlp"], [HOSTILE, "qwen-1", "qwen-3"]),
        (["--kind", "modelsource"], ["qwen-3"]),
        (["--name", "qwen-1"], ["qwen-1"]),
        (["--verb", "delete"], [HOSTILE]),
        (["--user", "jane@example.com"], ["qwen-1", "qwen-3"]),
        (["--result", "done"], ["qwen-1"]),
        (["--result", "begun"], ["qwen-3"]),
        (["--result", "note"], [""]),
        (["--text", "EVIL"], [HOSTILE]),
        (["--text", "storage qwen-3"], ["qwen-3"]),
        (["--change", "change-3"], ["qwen-3"]),
        (["-n", "team-nlp", "--since", "2126-11-21T12:00:03Z"], ["qwen-3"]),
        (["-n", "team-nlp", "--until", "2126-11-21T12:00:03Z"], ["qwen-1"]),
        (["--until", "2000-01-01"], []),
    ],
)
def test_filters(modeltui: Run, ledger: Path, argv: list[str], names: list[str]) -> None:
    code, out, _ = modeltui("history", "-o", "json", *argv)
    assert code == 0
    assert sorted(entry["name"] for entry in json.loads(out)) == names


@pytest.mark.parametrize("argv", [[], ["--every"], ["--context", "staging"], ["--text", "EVIL"], ["--result", "begun"], ["--limit", "1"]])
def test_every_export_has_the_same_entries(modeltui: Run, ledger: Path, argv: list[str]) -> None:
    found = {output: modeltui("history", "-o", output, *argv)[1] for output in ("json", "ndjson", "csv")}
    numbers = [entry["id"] for entry in json.loads(found["json"])]
    assert numbers
    assert [json.loads(line)["id"] for line in found["ndjson"].splitlines()] == numbers
    assert [int(row["id"]) for row in csv.DictReader(io.StringIO(found["csv"]))] == numbers


def test_the_newest_and_how_to_see_the_others(modeltui: Run) -> None:
    ledger = Ledger.open()
    for number in range(TABLE_LIMIT + 20):
        ledger.append(record(number, result="done"))
    ledger.close()
    _, out, err = modeltui("history", "--no-headers", "--kind", "Model")
    assert len(out.splitlines()) == TABLE_LIMIT
    assert err == f"These are the newest {TABLE_LIMIT}; --limit 0 prints all.\n"
    _, out, err = modeltui("history", "--no-headers", "--kind", "Model", "--limit", "0")
    assert (len(out.splitlines()), err) == (TABLE_LIMIT + 20, "")
    _, out, err = modeltui("history", "-o", "ndjson", "--kind", "Model", "--limit", "3")
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["qwen-119", "qwen-118", "qwen-117"]
    _, out, err = modeltui("history", "-o", "csv", "--kind", "Model")
    assert (len(out.splitlines()), err) == (TABLE_LIMIT + 21, "")


def test_no_match_is_said_as_such(modeltui: Run, ledger: Path) -> None:
    assert modeltui("history", "--name", "nothing") == (0, "", "No changes match.\n")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["--since", "yesterday"], '"yesterday" is no time'),
        (["--until", "999999w"], "is no time"),
        (["--limit", "-1"], "argument --limit"),
        (["--result", "good"], "invalid choice: 'good'"),
        (["-o", "yaml"], "invalid choice: 'yaml'"),
        (["veryfy"], "invalid choice: 'veryfy'"),
        (["verify", "--head", "12"], '"12" is no head'),
        (["--head", "1:" + "a" * 64], "--head belongs to"),
    ],
)
def test_wrong_usage(modeltui: Run, argv: list[str], words: str) -> None:
    code, out, err = modeltui("history", *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2126-11-21", "2126-11-21T00:00:00+00:00"),
        ("2126-11-21T06:30:00Z", "2126-11-21T06:30:00+00:00"),
        ("2126-11-21T06:30:00+02:00", "2126-11-21T04:30:00+00:00"),
        ("2126-11-21 06:30", "2126-11-21T06:30:00+00:00"),
        ("90m", "2126-11-21T10:30:00+00:00"),
        ("7d", "2126-11-14T12:00:00+00:00"),
    ],
)
def test_times(text: str, moment: str) -> None:
    assert time_of(text, datetime(2126, 11, 21, 12, tzinfo=UTC)).isoformat() == moment


# ---- verify -----------------------------------------------------------------------------------------------------


def test_verify_prints_the_head_that_proves_it_later(modeltui: Run, ledger: Path) -> None:
    code, out, _ = modeltui("history", "verify")
    first, head, *_ = out.splitlines()
    assert (code, first) == (0, f"{ledger}: all 5 entries fit")
    again = Ledger.open()
    again.append(record(9))
    again.close()
    noted = head.removeprefix("head ")
    assert modeltui("history", "verify", "--head", noted)[0] == 0
    code, out, _ = modeltui("history", "verify", "--head", f"5:{'a' * 64}")
    assert (code, out) == (1, f"{ledger}: entry 5, or one before it, was changed: its hash is not the one that was noted for it\n")


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE entries SET body = replace(body, 'done', 'gone') WHERE id = 3", "entry 3 was changed: its hash does not fit what it says"),
        ("DELETE FROM entries WHERE id IN (2, 3)", "entries 2 to 3 were removed: after entry 1 comes entry 4"),
        ("DELETE FROM entries WHERE id > 3", "entries 4 to 5 were removed: the ledger ends with entry 3"),
    ],
)
def test_verify_names_the_first_bad_entry(modeltui: Run, ledger: Path, statement: str, sentence: str) -> None:
    tamper(ledger, statement)
    assert modeltui("history", "verify") == (1, f"{ledger}: {sentence}\n", "")


def test_an_entry_that_cannot_be_read_hides_no_other(modeltui: Run, ledger: Path) -> None:
    tamper(ledger, "UPDATE entries SET body = 'nothing', previous_hash = 'x', at = at WHERE id = 3")
    tamper(ledger, "UPDATE objects SET body = '[]'")
    for argv in ([], ["-o", "csv"], ["-o", "ndjson"]):
        code, out, _ = modeltui("history", *argv)
        assert code == 0
        assert "this entry was changed and cannot be read" in out
        assert "qwen-3" in out
    assert modeltui("history", "verify")[0] == 1


def test_a_damaged_ledger_is_an_error_and_stays_where_it_is(modeltui: Run, ledger: Path) -> None:
    ledger.write_bytes(b"no database " * 1000)
    for argv in (["history"], ["history", "verify"], ["history", "-o", "csv"]):
        code, _, err = modeltui(*argv)
        assert code == 1
        assert err == f"modeltui: {ledger} is damaged (file is not a database)\n"
    assert ledger.read_bytes().startswith(b"no database ")


def test_changes_that_wait_in_the_side_file_are_told_of(modeltui: Run, ledger: Path) -> None:
    other = sqlite3.connect(ledger)
    other.execute("BEGIN IMMEDIATE")
    writer = Ledger.open(busy=0.05)
    writer.append(record(8))
    writer.close()
    other.rollback()
    other.close()
    code, out, err = modeltui("history")
    assert code == 0
    assert "qwen-8" not in out
    assert err == f"1 change is not here yet, but in {ledger}.waiting: the console takes them in as soon as it can write the ledger.\n"


def test_another_ledger_can_be_read(modeltui: Run, ledger: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.sqlite3"
    os.replace(ledger, kept)
    assert modeltui("history", "--file", str(kept), "-o", "csv")[1].count("\n") == 5
    assert modeltui("history", "verify", "--file", str(kept))[0] == 0
    for argv in (["history"], ["history", "verify"]):
        assert modeltui(*argv, "--file", str(tmp_path / "none")) == (1, "", f"modeltui: {tmp_path}/none does not exist\n")


def test_history_brings_neither_the_screen_nor_the_network() -> None:
    code = (
        "import sys; from modeltui.cli import main; main(['history'])\n"
        "print(sorted({'textual', 'httpx', 'kubernetes', 'aiohttp', 'modeltui.ui', 'modeltui.demo'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
