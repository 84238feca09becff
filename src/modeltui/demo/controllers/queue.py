"""The work queue of a controller: keys that are due, each at most once, retried with the growing delay of controller-runtime."""

from __future__ import annotations

import heapq

Key = tuple[str, str]
"""(namespace, name) of what is to be reconciled; the namespace is "" at the cluster scope."""

FIRST_RETRY = 0.005
"""Seconds before the first retry; each further one waits twice as long (client-go's default rate limiter)."""
LONGEST_RETRY = 1000.0


class WorkQueue:
    """Times are seconds of any clock that the caller keeps to."""

    def __init__(self) -> None:
        self._due: dict[Key, float] = {}
        self._heap: list[tuple[float, Key]] = []
        self._failures: dict[Key, int] = {}

    def __len__(self) -> int:
        return len(self._due)

    def add(self, key: Key, at: float) -> None:
        """Due at that time, or earlier if it already was."""
        if at < self._due.get(key, float("inf")):
            self._due[key] = at
            heapq.heappush(self._heap, (at, key))

    def retry(self, key: Key, now: float) -> float:
        """Due again after a failure; the delay in seconds."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        delay = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(failures, 30))
        self.add(key, now + delay)
        return delay

    def forget(self, key: Key) -> None:
        """The key went well: its next failure starts from the shortest delay again."""
        self._failures.pop(key, None)

    def next_due(self) -> float | None:
        self._drop_outdated()
        return self._heap[0][0] if self._heap else None

    def take(self, now: float) -> Key | None:
        """The key that is due the longest, or None when none is."""
        self._drop_outdated()
        if not self._heap or self._heap[0][0] > now:
            return None
        _, key = heapq.heappop(self._heap)
        del self._due[key]
        return key

    def _drop_outdated(self) -> None:
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
