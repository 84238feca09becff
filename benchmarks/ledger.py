"""A ledger of a million entries: how long it takes to open, to show the newest, to filter, to append.

The entries are made as the console makes them, an intention and an outcome for each step, by 12 users in 400 namespaces on 20,000
objects; every hundredth step fails, with a sentence of its own. Each question is asked several times and takes its median.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from modeltui.ledger import verification
from modeltui.ledger.book import Book
from modeltui.ledger.files import Files
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import EVERYTHING, ChangedField, Filter, Record, State
from modeltui.pages import history_rows
from modeltui.ui import filters
from modeltui.ui.screens.history_feed import FURTHEST, PAGE, HistoryFeed
from modeltui.ui.screens.history_filter import narrowed

BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
TIMES = 7
BATCH = 50_000
FIELDS = ("versions[0].storage.resources.requests.storage", "versions[0].state", "display.tags", "display.description", "sourceRef")


def records(count: int, *, seed: int = 1) -> Iterator[Record]:
    """`count` records, two for each step, a minute between steps."""
    dice = random.Random(seed)
    for step in range(count // 2):
        number = dice.randrange(20_000)
        field = f"spec.{dice.choice(FIELDS)}"
        before = {"kind": "Model", "metadata": {"name": f"llama-3-{number}", "namespace": f"team-{number % 400}"}, "spec": {"versions": []}}
        begun = Record(
            user=f"user-{dice.randrange(12)}@example.com",
            context=f"cluster-{number % 5}",
            server=f"https://cluster-{number % 5}.example.com:6443",
            namespace=f"team-{number % 400}",
            api_version="model.samzong.dev/v1",
            kind="Model",
            name=f"llama-3-{number}",
            verb="apply",
            difference=(ChangedField(field, "changed", "10Gi", "20Gi"),),
            before=before,
            change_id=f"{dice.getrandbits(128):032x}",
            step_id=f"{dice.getrandbits(128):032x}",
            at=BEGINNING + timedelta(minutes=step),
        )
        yield begun
        result = "done" if step % 100 else f"failed: the webhook refused request {dice.getrandbits(64):x}"
        yield Record(
            **{name: getattr(begun, name) for name in Record.__slots__} | {"result": result, "at": begun.at + timedelta(seconds=1)}
        )


def fill(path: Path, count: int) -> float:
    """Seconds."""
    started = time.perf_counter()
    Ledger.open(path).close()
    book = Book.open(path)
    source = records(count)
    left = count
    while left > 0:
        book.append(record for record, _ in zip(source, range(min(BATCH, left)), strict=False))
        left -= BATCH
    book.close()
    return time.perf_counter() - started


def milliseconds(ask: Callable[[], object]) -> float:
    """Of wall time, the median."""
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def run(count: int = 1_000_000) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="modeltui-ledger-") as folder:
        path = Path(folder) / "ledger.sqlite3"
        filling = fill(path, count)
        size = path.stat().st_size

        def open_and_show() -> None:
            ledger = Ledger.open(path)
            assert len(ledger.query().entries) == 100
            ledger.close()

        figures = {
            "entries": count,
            "megabytes": size / 1e6,
            "filled_per_second": count / filling,
            "open_and_show_ms": milliseconds(open_and_show),
        }
        ledger = Ledger.open(path)
        last = BEGINNING + timedelta(minutes=count // 2)
        questions = {
            "filter_object_ms": Filter(text="llama-3-17777"),
            "filter_common_text_ms": Filter(text="team-7 storage"),
            "filter_rare_text_ms": Filter(text=_a_failure(ledger)),
            "filter_no_match_ms": Filter(text="nothing has this in it"),
            "filter_day_ms": Filter(since=last - timedelta(days=30), until=last - timedelta(days=29)),
            "filter_failed_ms": Filter(state=State.FAILED, user="user-7@example.com", text="tags"),
            "filter_unfinished_ms": Filter(state=State.BEGUN),
        }
        for name, wanted in questions.items():
            figures[name] = milliseconds(lambda wanted=wanted: ledger.query(wanted))  # type: ignore[misc]  # bound at once
        middle = ledger.query(Filter(until=last - timedelta(minutes=count // 4))).next
        figures["page_in_the_middle_ms"] = milliseconds(lambda: ledger.query(after=middle))
        figures["count_to_1000_ms"] = milliseconds(lambda: ledger.count(Filter(text="team-7"), at_most=1000))
        figures |= history_screen(ledger)
        fresh = records(2 * TIMES, seed=2)
        figures["append_ms"] = milliseconds(lambda: ledger.append(next(fresh)))
        ledger.close()
        started = time.perf_counter()
        verdict = verification.verify(Files(path))
        assert not verdict.problem, verdict.problem
        figures["verified_per_second"] = verdict.entries / (time.perf_counter() - started)
        return figures


def history_screen(ledger: Ledger) -> dict[str, float]:
    """What the History screen does before it shows rows, in milliseconds: its first page, a filter that the ledger looks for, and one
    that only the screen can tell, with which it gives up after so many entries."""

    def fetched(text: str) -> int:
        compiled = filters.compile(text, history_rows.COLUMNS, visible=history_rows.SEARCHED)
        feed = HistoryFeed(ledger, narrowed(EVERYTHING, compiled.asked, datetime.now(UTC)), compiled.predicate)
        asyncio.run(feed.older())
        return feed.looked

    assert fetched("") == PAGE
    assert fetched("name:^llama-3-17777$") == min(FURTHEST, ledger.count())
    return {
        "screen_open_ms": milliseconds(lambda: fetched("")),
        "screen_filter_ms": milliseconds(lambda: fetched("name:llama-3-17777 verb:apply")),
        "screen_gives_up_ms": milliseconds(lambda: fetched("name:^llama-3-17777$")),
    }


def _a_failure(ledger: Ledger) -> str:
    """Words that only one entry has."""
    oldest = ledger.query(Filter(state=State.FAILED, until=BEGINNING + timedelta(days=7)), limit=1).entries[0]
    return oldest.result.rpartition(" ")[2]
