"""Pages of the ledger as they are wanted: nothing is missed, nothing comes twice, and what comes meanwhile is there."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.builders import filled, record

from modeltui.domain import Row
from modeltui.ledger.book import Book
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Filter
from modeltui.ui.screens import history_feed
from modeltui.ui.screens.history_feed import HistoryFeed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    monkeypatch.setattr(history_feed, "PAGE", 10)
    monkeypatch.setattr(history_feed, "ENOUGH", 10)
    monkeypatch.setattr(history_feed, "FURTHEST", 30)
    filled(path, 95).close()
    opened = Ledger.open(path)
    yield opened
    opened.close()


def everything(row: Row) -> bool:
    return True


def numbers(feed: HistoryFeed) -> list[int]:
    return [int(str(row.values[0]).removeprefix("qwen-")) for row in feed.rows]


async def test_pages_until_there_are_no_older_ones(ledger: Ledger) -> None:
    feed = HistoryFeed(ledger, Filter(), everything)
    await feed.older()
    assert (numbers(feed), feed.more, feed.looked) == ([*range(95, 85, -1)], True, 10)
    while feed.more:
        await feed.older()
    assert (numbers(feed), feed.looked) == ([*range(95, 0, -1)], 95)


async def test_a_filter_that_only_the_screen_can_apply_stops_after_so_many(ledger: Ledger) -> None:
    feed = HistoryFeed(ledger, Filter(), lambda row: row.values[0] in ("qwen-1", "qwen-90"))
    await feed.older()
    assert (numbers(feed), feed.more, feed.looked) == ([90], True, 30)
    for _ in range(3):
        await feed.older()
    assert (numbers(feed), feed.more, feed.looked) == ([90, 1], False, 95)


async def test_what_the_ledger_can_look_for_is_not_looked_through(ledger: Ledger) -> None:
    feed = HistoryFeed(ledger, Filter(text="qwen-9"), everything)
    await feed.older()
    assert (numbers(feed), feed.more, feed.looked) == ([95, 94, 93, 92, 91, 90, 9], False, 7)


async def test_what_comes_meanwhile(ledger: Ledger, path: Path) -> None:
    feed = HistoryFeed(ledger, Filter(), everything)
    await feed.older()
    await feed.older()
    assert not await feed.newer()
    other = Book.open(path)
    other.append([record(number) for number in (101, 102)])
    assert await feed.newer()
    assert numbers(feed)[:4] == [102, 101, 95, 94]
    assert len(feed.rows) == 22
    other.append([record(101, at=record(103).at, result="done")])
    other.append([record(number, result="done") for number in range(104, 111)])
    assert await feed.newer()
    assert numbers(feed)[:10] == [*range(110, 103, -1), 101, 102, 95]
    assert len({row.key for row in feed.rows}) == len(feed.rows) == 29
    while feed.more:
        await feed.older()
    assert len(feed.rows) == 104
    assert not await feed.newer()
    other.close()


async def test_what_is_given_up_while_it_reads_is_news_still(ledger: Ledger, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A screen that is left, or comes back, in that moment."""
    feed = HistoryFeed(ledger, Filter(), everything)
    await feed.older()
    other = Book.open(path)
    other.append([record(101)])
    other.close()
    reading, go_on = threading.Event(), threading.Event()
    read = feed._read

    def slowly(after: Any) -> Any:
        reading.set()
        go_on.wait(10)
        return read(after)

    monkeypatch.setattr(feed, "_read", slowly)
    given_up = asyncio.create_task(feed.newer())
    await asyncio.to_thread(reading.wait, 10)
    given_up.cancel()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert 101 not in numbers(feed)
    assert await feed.newer()
    assert numbers(feed)[0] == 101


async def test_an_outcome_far_above_its_beginning_ends_it(ledger: Ledger, path: Path) -> None:
    other = Book.open(path)
    other.append([record(100)])
    feed = HistoryFeed(ledger, Filter(), everything)
    await feed.older()
    other.append([record(number, result="done") for number in range(101, 109)])
    assert await feed.newer()
    other.append([record(number, result="done") for number in range(111, 116)])
    other.append([record(100, at=record(120).at, result="unknown: no answer")])
    assert await feed.newer()
    assert numbers(feed).count(100) == 1
    assert numbers(feed)[0] == 100
    other.close()


async def test_so_many_at_once_that_there_would_be_a_gap(ledger: Ledger, path: Path) -> None:
    feed = HistoryFeed(ledger, Filter(), everything)
    await feed.older()
    other = Book.open(path)
    other.append([record(number, result="done") for number in range(100, 130)])
    other.close()
    assert await feed.newer()
    assert numbers(feed) == [*range(129, 119, -1)]
    while feed.more:
        await feed.older()
    assert numbers(feed) == [*range(129, 99, -1), *range(95, 0, -1)]
