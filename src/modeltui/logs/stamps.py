"""The times that a kubelet puts before each line when asked for: RFC 3339 with nanoseconds, as integers of nanoseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

SECOND: Final = 1_000_000_000
_STAMP: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)(?: |\Z)", re.ASCII)


def split(line: str) -> tuple[int, str]:
    """The time of a line, and what the container wrote. 0 and the whole line when none stands before it."""
    found = _STAMP.match(line)
    if found is None:
        return 0, line
    whole, fraction, zone = found.groups()
    seconds = _seconds(whole, zone)
    if seconds is None:
        return 0, line
    return seconds * SECOND + int((fraction or "0").ljust(9, "0")), line[found.end() :]


@lru_cache(maxsize=1024)
def _seconds(whole: str, zone: str) -> int | None:
    """Thousands of lines are of the same second."""
    try:
        return int(datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone)).timestamp())
    except (ValueError, OverflowError):
        return None


def whole(stamp: int) -> str:
    """As `kubectl logs --timestamps` has it, in UTC: 2026-11-21T10:00:00.123456789Z."""
    return f"{_text(stamp // SECOND)}.{stamp % SECOND:09d}Z"


def short(stamp: int) -> str:
    """With milliseconds."""
    return f"{_text(stamp // SECOND)}.{stamp % SECOND // 1_000_000:03d}Z"


def second(stamp: int) -> str:
    """The whole second that it is in: what `sinceTime` is good for, since the API server hands no fractions on."""
    return f"{_text(stamp // SECOND)}Z"


@lru_cache(maxsize=1024)
def _text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
