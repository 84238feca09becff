"""Which part of a log is read: k9s's keys 0 to 6."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.kube.log_stream import From

TAIL: Final = 500
"""Lines of each container that are read at first."""
HEAD: Final = 512 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Range:
    words: str
    start: From
    follow: bool = True


RANGES: Final = (
    Range(f"last {TAIL} lines, and on", From(tail=TAIL)),
    Range(f"the first {HEAD // 1024} KiB", From(limit_bytes=HEAD), follow=False),
    *(
        Range(f"since {words}", From(seconds=seconds))
        for words, seconds in (("1 min", 60), ("5 min", 300), ("15 min", 900), ("30 min", 1800), ("1 h", 3600))
    ),
)
