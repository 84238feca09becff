"""What containers have written: a bounded log per container, which can be followed."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice

from modeltui.demo import clock

LINES = 5_000
"""Kept per container."""


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    text: str
    nanoseconds: int = 0
    """Beyond the microseconds: two lines of one container are hardly ever of the same nanosecond."""

    def render(self, *, timestamps: bool) -> str:
        if not timestamps:
            return f"{self.text}\n"
        return f"{_second(self.at.replace(microsecond=0))}.{self.at.microsecond:06d}{self.nanoseconds:03d}Z {self.text}\n"


@lru_cache(maxsize=256)
def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


@dataclass(slots=True)
class _Log:
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=LINES))
    written: int = 0
    """Lines ever written; those before `written - len(lines)` are gone."""
    ended: bool = False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class PodLogs:
    """Keyed by namespace, pod and container; `previous=True` is the log of the container before its last restart."""

    def __init__(self) -> None:
        self._logs: dict[tuple[str, str, str, bool], _Log] = {}

    def append(self, namespace: str, pod: str, container: str, text: str, *, at: datetime | None = None) -> None:
        """One line, without its newline."""
        log = self._logs.setdefault((namespace, pod, container, False), _Log())
        log.lines.append(Line(at or clock.now(), text, log.written % 1000))
        log.written += 1
        log.wake()

    def end(self, namespace: str, pod: str, container: str) -> None:
        """The container has ended: who follows is done."""
        log = self._logs.setdefault((namespace, pod, container, False), _Log())
        log.ended = True
        log.wake()

    def restart(self, namespace: str, pod: str, container: str) -> None:
        """The log so far becomes the previous one."""
        log = self._logs.pop((namespace, pod, container, False), None)
        if log is not None:
            log.ended = True
            log.wake()
            self._logs[(namespace, pod, container, True)] = log

    def forget(self, namespace: str, pod: str) -> None:
        """The pod is deleted."""
        for key in [key for key in self._logs if key[:2] == (namespace, pod)]:
            log = self._logs.pop(key)
            log.ended = True
            log.wake()

    def has_previous(self, namespace: str, pod: str, container: str) -> bool:
        return (namespace, pod, container, True) in self._logs

    def read(
        self, namespace: str, pod: str, container: str, *, previous: bool = False, tail: int | None = None, since: datetime | None = None
    ) -> list[Line]:
        """The lines kept, the last `tail` of them, those not before `since`."""
        log = self._logs.get((namespace, pod, container, previous))
        lines = [line for line in log.lines if since is None or line.at >= since] if log is not None else []
        return lines if tail is None else lines[max(0, len(lines) - tail) :]

    def written(self, namespace: str, pod: str, container: str) -> int:
        """Lines ever written to the log at hand."""
        log = self._logs.get((namespace, pod, container, False))
        return 0 if log is None else log.written

    async def follow(self, namespace: str, pod: str, container: str, *, seen: int | None = None) -> AsyncIterator[list[Line]]:
        """What is written after the first `seen` lines (None: from the first look on), in batches, until the container ends or the pod
        is gone."""
        log = self._logs.setdefault((namespace, pod, container, False), _Log())
        seen = log.written if seen is None else seen
        while True:
            changed = log.changed
            missed = min(log.written - seen, len(log.lines))
            if missed:
                seen = log.written
                yield list(islice(reversed(log.lines), missed))[::-1]
            elif log.ended:
                return
            else:
                await changed.wait()
