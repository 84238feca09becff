"""Cell values to text, JSON, CSV and sort keys: the one place that decides how a value reads.

Pure. The table on the screen, `modeltui get` and the filters all use these functions, so that they all say the same.
Whatever comes out of `text` is safe to print (`characters`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from modeltui.characters import printable
from modeltui.domain import UNKNOWN, Column, ColumnKind, Row, Severity, Status, Value

DASH: Final = "-"

SortKey = tuple[int, int, tuple[object, ...]]
"""(missing: 0 data, 1 unknown, 2 does not apply; rank of the value's type; comparable payload)."""


# ---- text -------------------------------------------------------------------------------------------------------


def text(column: Column, value: Value, now: datetime) -> str:
    """What a person reads in the cell, on one line and safe to print. `now` is timezone-aware."""
    if type(value) is str:
        return printable(value)
    if value is None:
        return DASH
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, Status):
        return status_text(value)
    if isinstance(value, datetime):
        return age_text(value, now) if column.kind is ColumnKind.AGE else moment(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}" if math.isfinite(value) else "unknown"
    if isinstance(value, tuple):
        return ", ".join(map(printable, value)) if value else DASH
    return printable(str(value))


def status_text(status: Status) -> str:
    """The normalised phase, and the system's own word beside it where that is another word."""
    raw = printable(status.raw)
    return str(status.phase) if not raw or raw.casefold() == status.phase.casefold() else f"{status.phase} ({raw})"


def moment(then: datetime) -> str:
    """A point in time: in UTC, as in the logs it is compared with, and saying so."""
    return f"{then.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def clock(then: datetime) -> str:
    """A time of today, such as that of the last good data."""
    return f"{then.astimezone(UTC):%H:%M:%S} UTC"


def since(then: datetime, now: datetime) -> str:
    """Both: how long it is since (coarse), and when it was."""
    age = age_text(then, now)
    return f"{age if age.startswith('in ') else f'{age} ago'} ({moment(then)})"


def age_text(then: datetime, now: datetime) -> str:
    """Elapsed time, coarse on purpose: a quiet screen must stay quiet, and every turn-over is bytes on an SSH link.

    Whole minutes up to ten, then steps of five, then hours up to two days, days up to two years, years.
    A moment in the future (a wrong clock, an expiry) reads "in 3h".
    """
    seconds = int((now - then).total_seconds())
    if seconds < -60:
        return f"in {_elapsed(-seconds)}"
    return _elapsed(max(seconds, 0))


def _elapsed(seconds: int) -> str:
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return "<1m"
    if minutes < 10:
        return f"{minutes}m"
    if hours < 1:
        return f"{minutes // 5 * 5}m"
    if days < 2:
        return f"{hours}h"
    return f"{days}d" if days < 730 else f"{days // 365}y"


# ---- for programs -----------------------------------------------------------------------------------------------

Json = str | int | float | bool | list[str] | None


def json_value(value: Value) -> Json:
    """A JSON value: null does not apply, "unknown" is unknown, times are RFC 3339 in UTC, a status is its phase."""
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, Status):
        return str(value.phase)
    if isinstance(value, datetime):
        return _rfc3339(value)
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "unknown"
    return value if isinstance(value, str | int | float) else None


def json_object(columns: Iterable[Column], row: Row) -> dict[str, Json]:
    """Every column by its key; a status adds `<key>_raw` and `<key>_reason`, the system's own word and why."""
    found: dict[str, Json] = {}
    for column, value in zip(columns, row.values, strict=False):
        found[column.key] = json_value(value)
        if isinstance(value, Status):
            found[f"{column.key}_raw"] = value.raw
            found[f"{column.key}_reason"] = value.reason
    return found


def csv_text(value: Value) -> str:
    """A CSV field: "" does not apply, lists are joined by ";", text that a spreadsheet would run as a formula is quoted."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return _not_a_formula(";".join(map(printable, value)))
    if isinstance(value, Status):
        return status_text(value)
    if isinstance(value, str):
        return _not_a_formula(printable(value))
    return str(json_value(value)).lower() if isinstance(value, bool) else str(json_value(value))


def _not_a_formula(field: str) -> str:
    return f"'{field}" if field[:1] in ("=", "+", "-", "@") else field


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# ---- order ------------------------------------------------------------------------------------------------------

_DIGITS: Final = re.compile(r"(\d+)")
_SEVERITIES: Final = list(Severity)
_RATIO: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*\Z")


def sort_key(column: Column, value: Value) -> SortKey:
    """A total order over mixed values. Ascending means: worst status and severity first, youngest first, v2 before v10.

    The first element keeps what is missing apart, so that a caller can put it last in both directions.
    """
    if value is None:
        return (2, 0, ())
    if value is UNKNOWN or (isinstance(value, float) and math.isnan(value)):
        return (1, 0, ())
    if isinstance(value, Severity):
        return (0, 0, (_SEVERITIES.index(value),))
    if isinstance(value, str):
        return (0, *_text_key(column, value))
    if isinstance(value, Status):
        return (0, 2, (-value.phase.severity, *natural(value.raw)))
    if isinstance(value, datetime):
        return (0, 1, (-value.timestamp(),))
    if isinstance(value, tuple):
        return (0, 3, tuple(natural(item) for item in value))
    return (0, 0, (value,))


def _text_key(column: Column, value: str) -> tuple[int, tuple[object, ...]]:
    if column.kind is ColumnKind.RATIO and (ratio := ratio_of(value)) is not None:
        return (0, ratio)
    return (4, natural(value))


def ratio_of(value: str) -> tuple[float, float] | None:
    """("2/3" -> (0.667, 3.0)); nothing wanted is complete: "0/0" is (1.0, 0.0). None when it is not a ratio."""
    if (found := _RATIO.match(value)) is None:
        return None
    part, whole = float(found[1]), float(found[2])
    return (part / whole if whole else 1.0, whole)


def natural(raw: str) -> tuple[object, ...]:
    """Text and numbers apart, so that v2 comes before v10; case matters only between otherwise equal texts."""
    folded = raw.casefold()
    parts: tuple[object, ...]
    if folded.isalpha():
        parts = (folded,)
    else:
        split = _DIGITS.split(folded)
        parts = tuple(int(part[:300]) if index % 2 else part for index, part in enumerate(split)) if len(split) > 1 else (folded,)
    # An empty tail keeps every key the same shape: text, number, text, ... and only then the original.
    return parts if folded == raw else (*parts, -1, raw)
