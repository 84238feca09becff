"""Going through entries, newest first, a page at a time: a million of them are never in memory at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from modeltui.ledger.records import Cursor, Entry, Page

_PAGE: Final = 500


class Walk:
    """Iterate over it once; `count` and `more` tell what came of it."""

    def __init__(self, ask: Callable[[int, Cursor | None], Page], *, limit: int = 0) -> None:
        """`ask(limit, after)` fetches a page; `limit` is how many entries are wanted at most, 0 for all."""
        self._ask = ask
        self._limit = limit
        self.count = 0
        """Entries so far."""
        self.more = False
        """Whether there are older ones than the limit allowed."""

    def __iter__(self) -> Iterator[Entry]:
        after: Cursor | None = None
        while True:
            room = min(_PAGE, self._limit - self.count) if self._limit else _PAGE
            page = self._ask(room, after)
            for entry in page.entries:
                self.count += 1
                yield entry
            after = page.next
            self.more = after is not None and self.count == self._limit
            if after is None or self.more:
                return
