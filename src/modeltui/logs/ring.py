"""The last lines, bounded by their number and by their size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from modeltui.logs.entries import Entry

LINES: Final = 10_000
BYTES: Final = 16 * 1024 * 1024


class Ring:
    """Lines are known by their number, counted from 0 since the beginning: it stays while others go."""

    def __init__(self, *, lines: int = LINES, size: int = BYTES) -> None:
        self._lines = lines
        self._most = size
        self._kept: list[Entry] = []
        self._start = 0
        """Of `_kept`; what stands before it has gone."""
        self._size = 0
        self.first = 0
        """Number of the oldest line that is kept; all before it were dropped."""
        self.generation = 0
        """Counts how often it was cleared."""

    def __len__(self) -> int:
        return len(self._kept) - self._start

    def __iter__(self) -> Iterator[Entry]:
        for place in range(self._start, len(self._kept)):
            yield self._kept[place]

    def __getitem__(self, number: int) -> Entry:
        if not self.first <= number < self.end:
            raise IndexError(number)
        return self._kept[self._start + number - self.first]

    @property
    def end(self) -> int:
        """The number that the next line will get."""
        return self.first + len(self)

    @property
    def dropped(self) -> int:
        return self.first

    def extend(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._kept.append(entry)
            self._size += entry.size
        while len(self) > self._lines or (self._size > self._most and len(self) > 1):
            self._size -= self._kept[self._start].size
            self._start += 1
            self.first += 1
        if self._start > 4096 and self._start * 2 > len(self._kept):
            del self._kept[: self._start]
            self._start = 0

    def clear(self) -> None:
        """Forget the lines; numbers begin anew."""
        self._kept, self._start, self._size, self.first = [], 0, 0, 0
        self.generation += 1
