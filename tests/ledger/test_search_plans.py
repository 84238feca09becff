"""A million entries are searched without reading them: what SQLite would do is asked, since the clock of a busy machine proves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ledger.builders import NOW, record

from modeltui.ledger import search
from modeltui.ledger.book import Book
from modeltui.ledger.records import Filter, State

FILTERS = [
    Filter(),
    Filter(text="qwen"),
    Filter(text="qwen storage"),
    Filter(namespaces=("team-nlp",), user="jane@example.com"),
    Filter(since=NOW, until=NOW),
    Filter(state=State.DONE),
    Filter(state=State.FAILED, text="no"),
    Filter(change_id="change-1"),
]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book.open(tmp_path / "ledger.sqlite3")
    book.append(record(number, result="done" if number % 3 else "failed: no") for number in range(30))
    return book


def plan(book: Book, wanted: Filter, *, every: bool = False) -> list[str]:
    matching, parameters = search._matching(book._connection, wanted, every=every, after=(10**15, 5))
    statement = f"EXPLAIN QUERY PLAN SELECT at, id FROM {matching} ORDER BY at DESC, id DESC LIMIT 100"
    return [row[3] for row in book._connection.execute(statement, parameters)]


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
@pytest.mark.parametrize("few", [0, 5000])
def test_a_search_stays_inside_an_index(book: Book, wanted: Filter, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FEW", few)
    steps = [step for step in plan(book, wanted) if " entries" in step]
    assert steps
    assert all("COVERING INDEX" in step for step in steps)


@pytest.mark.parametrize("wanted", FILTERS, ids=range(len(FILTERS)))
def test_what_many_entries_match_is_not_sorted(book: Book, wanted: Filter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is full long before the beginning of time is reached."""
    monkeypatch.setattr(search, "_FEW", 0)
    assert not [step for step in plan(book, wanted) if "TEMP B-TREE" in step]


@pytest.mark.parametrize("text", ["qwen-17", "no such words"])
def test_what_few_entries_match_is_looked_up(book: Book, text: str) -> None:
    steps = [step for step in plan(book, Filter(text=text)) if " entries" in step]
    assert all(step.startswith("SEARCH entries") and "entries_by_time" not in step for step in steps)


def test_what_is_unfinished_is_looked_up(book: Book) -> None:
    """There are never many of them, and the last place to look for them is among all others."""
    assert [step for step in plan(book, Filter(state=State.BEGUN)) if " entries" in step] == [
        "SEARCH entries USING INTEGER PRIMARY KEY (rowid=?)"
    ]
