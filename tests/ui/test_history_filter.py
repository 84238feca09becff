"""What the ledger looks for itself is never less than what the filter lets pass."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ledger.builders import record

from modeltui.ledger.book import Book
from modeltui.ledger.records import ChangedField, Filter, State
from modeltui.pages import history_rows
from modeltui.ui import filters
from modeltui.ui.screens.history_filter import narrowed

NOW = datetime(2026, 11, 21, 14, tzinfo=UTC)


def asked(text: str, scope: Filter = Filter()) -> Filter:  # noqa: B008  # frozen
    return narrowed(scope, compiled(text).asked, NOW)


def compiled(text: str) -> filters.Filter:
    return filters.compile(text, history_rows.COLUMNS, visible=history_rows.SEARCHED, now=lambda: NOW)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Filter()),
        ("llama", Filter(text="llama")),
        ("llama verb:delete", Filter(text="llama delete")),
        ("name:qwen-2.5", Filter(text="qwen-2")),
        ('who:jane@example.com "two words"', Filter(text="jane@example words")),
        ("name:=qwen", Filter(text="qwen")),
        ("result:fail", Filter(state=State.FAILED)),
        ("result:=done", Filter(state=State.DONE)),
        ("result:begun", Filter(state=State.BEGUN)),
        ("result:o", Filter()),
        ("when:<2h", Filter(since=NOW - timedelta(hours=2))),
        ("when:<2h age:<1h", Filter(since=NOW - timedelta(hours=1))),
        ("when:>2h", Filter(until=NOW - timedelta(hours=2) + timedelta(microseconds=1))),
        ("change:" + "a1" * 16, Filter(change_id="a1" * 16)),
        ("change:a1", Filter()),
        *((text, Filter()) for text in ("!llama", "^llama", "a|b", "colou?r", "verb:!=apply", "-f lm", "what:spec", "result:>1", "[[")),
    ],
)
def test_what_the_ledger_is_asked(text: str, wanted: Filter) -> None:
    assert asked(text) == wanted


def test_it_comes_on_top_of_what_is_looked_at() -> None:
    scope = Filter(text="x", context="staging", since=NOW - timedelta(minutes=5))
    assert asked("llama when:<2h", scope) == Filter(text="x llama", context="staging", since=NOW - timedelta(minutes=5))


RESULTS = ("begun", "done", "done: with a word", "failed: models is forbidden", "unknown: no answer", "note: failed once")
ENTRIES = st.lists(
    st.builds(
        record,
        st.integers(0, 5000),
        name=st.sampled_from(["llama-3", "qwen2.5", "Mistral", "a b"]),
        namespace=st.sampled_from(["team-a", "team-b", ""]),
        kind=st.sampled_from(["Model", "ModelSource"]),
        user=st.sampled_from(["jane@example.com", "system:admin"]),
        verb=st.sampled_from(["apply", "delete"]),
        result=st.sampled_from(RESULTS),
        difference=st.sampled_from([(), (ChangedField("spec.display.tags", "changed", 1, 2),)]),
        step_id=st.uuids().map(str),
    ),
    max_size=6,
)
WORDS = [
    "llama",
    "3",
    "qwen2.5",
    "a",
    "jane",
    "example.com",
    "model",
    "MODEL",
    "apply",
    "team-",
    "tags",
    "forbidden",
    "failed",
    "x*",
    "l+a",
    "b",
]
COLUMNS = ["", "", *["name:", "name:=", "kind:", "ns:", "who:", "verb:", "result:", "result:=", "context:", "!", "words:", "why:"]]
AGES = st.sampled_from(["when:<2h", "when:>1h", "when:>=110m", "age:<115m"])
TEXTS = st.lists(st.builds(str.__add__, st.sampled_from(COLUMNS), st.sampled_from(WORDS)) | AGES, max_size=3).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(records=ENTRIES, text=TEXTS)
def test_never_too_little(records: list[Any], text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    book = Book.open(Path(tmp_path_factory.mktemp("ledger")) / "l.sqlite3")
    book.append(records)
    everything = {entry.id: history_rows.row(entry) for entry in book.query(limit=100).entries}
    try:
        passes = compiled(text).predicate
    except filters.FilterError:
        return
    finally:
        found = {entry.id for entry in book.query(asked_or_all(text), limit=100).entries}
        book.close()
    assert {number for number, row in everything.items() if passes(row)} <= found


def asked_or_all(text: str) -> Filter:
    try:
        return asked(text)
    except filters.FilterError:
        return Filter()
