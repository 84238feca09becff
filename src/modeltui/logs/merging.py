"""Lines of several containers in the order of their times, although they come over connections of their own."""

from __future__ import annotations

import heapq
from collections import deque
from typing import Final

from modeltui.logs.entries import Entry

MOST: Final = 50_000
"""Lines held back at once; a flood is handed on rather than kept."""


class Merger:
    """Holds each line back for a while, so that an earlier one that comes later still goes before it.

    What comes later than that stands where it came: a line is late, never lost.
    """

    def __init__(self, *, most: int = MOST) -> None:
        self._held: list[tuple[int, int, Entry]] = []
        self._due: deque[tuple[float, int]] = deque()
        """When each is due (never earlier than the one that came before it), and its stamp."""
        self._number = 0
        self._most = most

    def __len__(self) -> int:
        return len(self._held)

    def put(self, entry: Entry, *, due: float) -> None:
        """`due`: seconds of a monotonic clock, until when it is held."""
        self._number += 1
        heapq.heappush(self._held, (entry.stamp, self._number, entry))
        self._due.append((max(due, self._due[-1][0]) if self._due else due, entry.stamp))

    @property
    def next_due(self) -> float | None:
        return self._due[0][0] if self._due else None

    def take(self, now: float) -> list[Entry]:
        """Those that are due, and those whose time is before theirs."""
        latest = -1
        while self._due and self._due[0][0] <= now:
            latest = max(latest, self._due.popleft()[1])
        out: list[Entry] = []
        while self._held and (self._held[0][0] <= latest or len(self._held) > self._most):
            out.append(heapq.heappop(self._held)[2])
        if not self._held:
            self._due.clear()
        return out

    def rest(self) -> list[Entry]:
        """All that is held."""
        out = [entry for _, _, entry in sorted(self._held)]
        self._held.clear()
        self._due.clear()
        return out
