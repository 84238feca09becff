"""ResourceTable against Textual's DataTable: fill and first paint, and CPU at 1,000 updates a second.

Both run without a terminal at 160x45 with the same ten columns. Fill is wall time from the first row handed over until
the frame with all rows is composed. The storm is 1,000 changes a second to random rows, in batches of ten.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable

from textual.app import App, ComposeResult
from textual.widgets import DataTable

from benchmarks import sample
from modeltui import cells
from modeltui.ui.widgets.resource_table import ResourceTable

SIZE = (160, 45)
STORM_SECONDS = 10.0
BATCH = 10


class _Bench(App[None]):
    """Tells when a frame on which `painted()` holds has been composed."""

    painted: Callable[[], bool] = staticmethod(lambda: False)

    def __init__(self) -> None:
        super().__init__()
        self.done = asyncio.Event()

    def post_display_hook(self) -> None:
        if self.painted():
            self.done.set()


class _Ours(_Bench):
    def compose(self) -> ComposeResult:
        yield ResourceTable(sample.COLUMNS, now=lambda: sample.NOW)


class _Theirs(_Bench):
    def compose(self) -> ComposeResult:
        yield DataTable[str](cursor_type="row")


async def fill_ours(count: int) -> float:
    app = _Ours()
    rows = [sample.row(index) for index in range(count)]
    async with app.run_test(size=SIZE):
        table = app.query_one(ResourceTable)
        app.painted = lambda: table.counts.shown == count
        start = time.perf_counter()
        table.upsert(rows)
        await app.done.wait()
        return time.perf_counter() - start


async def fill_theirs(count: int) -> float:
    app = _Theirs()
    rows = [sample.row(index) for index in range(count)]
    async with app.run_test(size=SIZE):
        table = app.query_one(DataTable)
        table.add_columns(*(column.title for column in sample.COLUMNS))
        app.painted = lambda: table.virtual_size.height > count
        start = time.perf_counter()
        for row in rows:
            texts = (cells.text(column, value, sample.NOW) for column, value in zip(sample.COLUMNS, row.values, strict=True))
            table.add_row(*texts, key="/".join(row.key))
        await app.done.wait()
        return time.perf_counter() - start


async def storm(count: int, *, per_second: int = 1000, seconds: float = STORM_SECONDS) -> float:
    """Percent of one core that the whole process uses, the making of the changed rows included."""
    app = _Ours()
    rows = [sample.row(index) for index in range(count)]
    dice = random.Random(1)
    async with app.run_test(size=SIZE):
        table = app.query_one(ResourceTable)
        app.painted = lambda: table.counts.shown == count
        table.upsert(rows)
        await app.done.wait()
        wall, cpu, sent = time.perf_counter(), time.process_time(), 0
        while (elapsed := time.perf_counter() - wall) < seconds:
            while sent < elapsed * per_second:
                chosen = [dice.randrange(count) for _ in range(BATCH)]
                for index in chosen:
                    rows[index] = sample.changed(rows[index], sample.RESTARTS, dice.randrange(1000))
                table.upsert([rows[index] for index in chosen])
                sent += BATCH
            await asyncio.sleep(BATCH / per_second)
        return 100 * (time.process_time() - cpu) / (time.perf_counter() - wall)


def run(count: int = 50_000, *, seconds: float = STORM_SECONDS) -> dict[str, float]:
    ours = asyncio.run(fill_ours(count))
    theirs = asyncio.run(fill_theirs(count))
    return {
        "rows": count,
        "fill_seconds": ours,
        "datatable_fill_seconds": theirs,
        "fill_ratio": theirs / ours,
        "cpu_percent_at_1000_updates": asyncio.run(storm(count, seconds=seconds)),
    }
