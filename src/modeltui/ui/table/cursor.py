"""Where the cursor stands: on a key, not on a line."""

from __future__ import annotations

from typing import Final

from modeltui.domain import RowKey
from modeltui.ui.table.order import Entry, RowOrder
from modeltui.ui.table.viewport import follow, reveal

SETTLING: Final = 3.0
"""Seconds after the first rows during which an untouched cursor stays on the first row instead of following its key."""


class Cursor:
    """The key under the cursor, its index, and the first row in sight. `clock` values are monotonic seconds."""

    def __init__(self, order: RowOrder) -> None:
        self._order = order
        self.moved_at = float("-inf")
        """When the user last moved or marked."""
        self.reset()

    def reset(self) -> None:
        self.key: RowKey | None = None
        self.index = 0
        self.top = 0
        self.touched = False
        self._first_rows_at: float | None = None

    def touch(self, clock: float) -> None:
        self.touched, self.moved_at = True, clock

    def place(self) -> Entry | None:
        """Remember this before rows change, for `keep`."""
        return None if self.key is None else self._order.place_of(self.key)

    def keep(self, place: Entry | None, *, page: int, clock: float) -> None:
        """After rows changed: on the same key; if it is gone, on what has come to stand in its place."""
        total = len(self._order)
        if not total:
            self.key, self.index, self.top = None, 0, 0
            return
        if self._first_rows_at is None:
            self._first_rows_at = clock
        settling = not self.touched and clock - self._first_rows_at < SETTLING
        index = None if settling or self.key is None else self._order.index_of(self.key)
        if index is None:
            index = 0 if settling or place is None else self._order.index_near(place)
        self.top = follow(self.top, was=self.index, index=index, page=page, total=total)
        self.index, self.key = index, self._order.key_at(index)

    def find(self, *, page: int) -> None:
        """After the user asked for another order or other rows: on the same key, or else on the first row."""
        index = None if self.key is None else self._order.index_of(self.key)
        self.put(0 if index is None else index, page=page)

    def put(self, index: int, *, page: int) -> None:
        """On the row of that index, or the nearest there is."""
        total = len(self._order)
        self.index = max(min(index, total - 1), 0)
        self.top = reveal(self.top, index=self.index, page=page, total=total)
        self.key = self._order.key_at(self.index)
