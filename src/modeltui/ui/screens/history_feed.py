"""The entries that a table of them shows: the newest first, older ones as they are wanted, new ones as they come.

A ledger may have a million entries. It is asked for a page at a time, in a thread, and only what passes the filter is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modeltui.domain import Row
from modeltui.ledger import encoding
from modeltui.ledger.ledger import Ledger
from modeltui.ledger.records import Cursor, Entry, Filter, State
from modeltui.pages import history_rows

PAGE: Final = 500
"""Entries that are asked for at a time: they take some hundredths of a second."""
ENOUGH: Final = 200
"""Rows that a look for older ones is to find."""
FURTHEST: Final = 20_000
"""Entries that it looks through for them; then it stops, and the screen says so."""


@dataclass(frozen=True, slots=True)
class _Held:
    at: Cursor
    row: Row
    step: str
    begun: bool
    """Without an outcome, when it was read."""


@dataclass(frozen=True, slots=True)
class _Read:
    """One page."""

    held: dict[int, _Held]
    """What passes, by number."""
    first: Cursor | None
    rest: Cursor | None
    """Where it ended; None when there are no older entries."""
    count: int


class HistoryFeed:
    """One question to the ledger, and what came of it so far. `older` and `newer` raise `Cannot`."""

    def __init__(self, ledger: Ledger, wanted: Filter, passes: Callable[[Row], bool]) -> None:
        self._ledger = ledger
        self._wanted = wanted
        self._passes = passes
        self._held: dict[int, _Held] = {}
        self._newest: Cursor | None = None
        self._next: Cursor | None = None
        self._last = -1
        self._one_at_a_time = asyncio.Lock()
        self.looked = 0
        """Entries that were looked through."""
        self.more = True
        """Whether there may be older ones."""
        self.tired = False
        """Whether it gave up looking for enough of them."""

    def __len__(self) -> int:
        return len(self._held)

    @property
    def rows(self) -> list[Row]:
        """Newest first."""
        return [held.row for held in sorted(self._held.values(), key=lambda held: held.at, reverse=True)]

    async def older(self) -> None:
        """Until it has found `ENOUGH` rows more, or has looked `FURTHEST`, or there are none."""
        async with self._one_at_a_time:
            if self._last < 0:
                self._last = await asyncio.to_thread(self._ledger.last)
            found, end = len(self._held) + ENOUGH, self.looked + FURTHEST
            while self.more and len(self._held) < found and self.looked < end:
                self._take(await asyncio.to_thread(self._read, self._next))
            self.tired = self.more and len(self._held) < found

    async def newer(self) -> bool:
        """Takes in what came since; False when nothing did. What has ended since is not shown as begun any more."""
        async with self._one_at_a_time:
            last = await asyncio.to_thread(self._ledger.last)
            if last == self._last:
                return False
            read = await asyncio.to_thread(self._read, None)
            self._last = last  # now: who is cancelled while it reads asks for the same once more
            if read.rest is not None and (self._newest is None or read.rest > self._newest):  # so many at once that there would be a gap
                self._held, self._newest, self.looked = {}, None, 0
                self._take(read)
                return True
            ended = {one.step for one in read.held.values() if not one.begun}
            kept = {
                number: one
                for number, one in self._held.items()
                if read.rest is not None and one.at < read.rest and not (one.begun and one.step in ended)
            }
            self.looked += len(read.held.keys() - self._held.keys())
            self._held, self._newest = kept | read.held, read.first
            return True

    def _take(self, read: _Read) -> None:
        self._held |= read.held
        self._newest = self._newest or read.first
        self._next, self.more = read.rest, read.rest is not None
        self.looked += read.count

    def _read(self, after: Cursor | None) -> _Read:
        page = self._ledger.query(self._wanted, limit=PAGE, after=after)
        held = {}
        for entry in page.entries:
            row = history_rows.row(entry)
            if self._passes(row):
                held[entry.id] = _Held(_cursor(entry), row, entry.step_id, entry.state is State.BEGUN)
        return _Read(held, _cursor(page.entries[0]) if page.entries else None, page.next, len(page.entries))


def _cursor(entry: Entry) -> Cursor:
    return encoding.micros(entry.at), entry.id
