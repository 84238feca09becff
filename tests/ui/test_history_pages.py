"""Entries as rows and as pages: pure, whatever was recorded."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.builders import record

from modeltui.document import text_of
from modeltui.domain import Outcome, Row
from modeltui.ledger.records import ChangedField, Entry, Record
from modeltui.pages import history, history_rows

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)


def entry(number: int = 1, **said: Any) -> Entry:
    one = record(number, **said)
    fields = {name: getattr(one, name) for name in Record.__slots__}
    return Entry(**fields, id=number, before_hash="ab" if one.before else "", previous_hash="", hash="cd" * 32)


def page(one: Entry, *steps: Entry) -> str:
    return "\n".join(text_of(line) for line in history.lines(one, steps or (one,), NOW))


@pytest.mark.parametrize(
    ("result", "outcome", "wanted"),
    [
        ("done: it goes when its finalizers are done", Outcome.DONE, ["What changed", "it goes when its finalizers are done"]),
        ("failed: line one\n  line two", Outcome.FAILED, ["failed", "  line one", "    line two", "What was to change"]),
        ("unknown: no answer", Outcome.UNKNOWN, ["may or may not have done it", "What was to change, or has"]),
        ("begun", Outcome.UNFINISHED, ["begun, outcome not known", "the console ended in between", "What was to change, or has"]),
    ],
)
def test_what_became_of_it(result: str, outcome: Outcome, wanted: list[str]) -> None:
    one = entry(result=result)
    assert history_rows.row(one).values[history_rows.index("result")] == outcome
    assert history_rows.row(one).fault is (outcome is not Outcome.DONE)
    for words in wanted:
        assert words in page(one)


def test_a_note_has_no_object() -> None:
    told = page(entry(result="note: this ledger was begun", kind="", name="", verb="note", difference=(), before=None))
    assert "this ledger was begun" in told
    assert "The object before" not in told


def test_an_object_that_is_missing_and_one_that_never_was() -> None:
    assert "There was none." in page(entry(before=None))
    assert "missing from the ledger" in page(replace(entry(), before=None))


def test_what_is_masked_is_not_shown_as_a_value() -> None:
    told = page(entry(difference=(ChangedField("data.token", "changed", "<masked>", "<masked>"),)))
    assert "data.token  (secret, not shown)" in told


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"verb": "delete"}, "all of it"),
        ({"before": None}, "made, with 1 field"),
        ({"before": None, "difference": ()}, ""),
        ({"difference": tuple(ChangedField(f"spec.{name}", "added", None, 1) for name in "abcd")}, "spec.a, spec.b and 2 more"),
    ],
)
def test_what_in_a_few_words(said: dict[str, Any], words: str) -> None:
    assert history_rows.what(entry(**said)) == words


def test_a_megabyte_anywhere_is_cut_and_said_to_be() -> None:
    big = "x" * 1_000_000
    lines = "line\n" * 200_000
    one = entry(
        before={"kind": "Model", "metadata": {"annotations": {"a": big, "b": lines, big: 1}, "labels": [1] * 100_000}},
        difference=(ChangedField("spec.a", "changed", big, {"deep": [big]}), ChangedField(big, "added", None, big)),
        result=f"failed: {big}",
    )
    told = page(one)
    assert len(told) < 150_000
    assert max(map(len, told.splitlines())) < history.LONGEST + 300
    assert "996,000 more characters; `modeltui history -o json` has all" in told
    assert "more lines; `modeltui history -o json` has all." in told


JSON = st.recursive(st.none() | st.integers() | st.text(), lambda below: st.lists(below) | st.dictionaries(st.text(), below), max_leaves=5)


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(st.text(), JSON, JSON)
def test_whatever_was_recorded_is_printable(text: str, before: Any, after: Any) -> None:
    one = entry(
        **dict.fromkeys(("user", "context", "server", "namespace", "api_version", "kind", "name", "verb", "change_id"), text),
        result=f"failed: {text}",
        before={"kind": text, "metadata": before, text: after},
        difference=((text, text, before, after),),
    )
    for line in history.lines(one, (one, one), NOW):
        harmful = {char for char in text_of(line) if unicodedata.category(char) in ("Cc", "Cs") or unicodedata.bidirectional(char) in BIDI}
        assert not harmful


@given(st.lists(st.sampled_from(["a", "b", ""]), max_size=12))
def test_brackets_hold_together_what_is_one_change(changes: list[str]) -> None:
    rows = [history_rows.row(entry(number, change_id=change)) for number, change in enumerate(changes, 1)]
    signs = [str(row.values[history_rows.index("step")]) for row in history_rows.bracketed(rows)]
    for place, (sign, change) in enumerate(zip(signs, changes, strict=True)):
        goes_on = bool(change) and place + 1 < len(changes) and changes[place + 1] == change
        came = bool(change) and place > 0 and changes[place - 1] == change
        assert sign == {(True, False): "╭", (True, True): "│", (False, True): "╰", (False, False): ""}[goes_on, came]
    assert {step(row) for row in history_rows.unbracketed(history_rows.bracketed(rows))} <= {""}


def step(row: Row) -> Any:
    return row.values[history_rows.index("step")]
