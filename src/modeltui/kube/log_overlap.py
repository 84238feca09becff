"""Going on with a log after its stream broke, so that no line is lost and none comes twice. Pure.

The API server takes whole seconds (`sinceTime`), a container writes thousands of lines in one, and its two streams may stand in the
log a little out of order. So the log is asked for again from a second before the newest line, and what was there before is left out:
by time and text, as often as it had come.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from modeltui.logs import stamps

BEFORE: Final = stamps.SECOND
"""Nanoseconds before the newest line's second that are asked for again."""
REMEMBERED: Final = 200_000
"""Lines; whoever writes more in two seconds may see some of them twice."""


class Overlap:
    def __init__(self, *, remembered: int = REMEMBERED) -> None:
        self.newest = 0
        """Stamp of the newest line so far; 0 before any."""
        self._first = 0
        """Stamp of the very first line: what is older was never asked for."""
        self._lines: deque[tuple[int, int]] = deque()
        """Stamp and hash of every line that may be sent again, in the order in which they came."""
        self._again: dict[tuple[int, int], int] = {}
        """Of what had come when the stream at hand was opened: how often each is expected again."""
        self._until = 0
        """Stamp after which a line of this stream cannot have come before."""
        self._seen_again = True
        self._remembered = remembered

    @property
    def since(self) -> str:
        """For `sinceTime`; empty before any line."""
        return stamps.second(max(self.newest // stamps.SECOND * stamps.SECOND - BEFORE, 0)) if self.newest else ""

    def begin(self) -> None:
        """A stream is opened, from `since` on."""
        self._again = {}
        for key in self._lines:
            self._again[key] = self._again.get(key, 0) + 1
        self._until = self.newest
        self._seen_again = not self._lines

    def fresh(self, stamp: int, text: str) -> bool:
        """Whether this line has not come before and was asked for. To be asked once for each line, in the order in which they come."""
        if stamp and stamp < self._first:
            return False
        key = (stamp, hash(text))
        if stamp <= self._until and (count := self._again.get(key, 0)):
            self._again[key] = count - 1
            self._seen_again = True
            return False
        if stamp:
            self._remember(stamp, key)
        return True

    @property
    def gap(self) -> bool:
        """Nothing that had come before came again in this stream: what was written in between is gone, or the log is another one."""
        return not self._seen_again

    def expect_nothing(self) -> None:
        """The gap was told, or it is another log by now: that of the container after its restart."""
        self._again, self._lines = {}, deque()
        self._seen_again = True

    def _remember(self, stamp: int, key: tuple[int, int]) -> None:
        self._first = self._first or stamp
        self._lines.append(key)
        if stamp > self.newest:
            turned = stamp // stamps.SECOND > self.newest // stamps.SECOND
            self.newest = stamp
            if turned:
                keep = self.newest // stamps.SECOND * stamps.SECOND - BEFORE
                self._lines = deque(one for one in self._lines if one[0] >= keep)
        if len(self._lines) > self._remembered:
            self._lines.popleft()
