"""JSON values: equal or not, there or not."""

from __future__ import annotations

from enum import Enum
from typing import Any, Final


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""No field there; None is JSON's null."""


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, but True is not 1."""
    match one, other:
        case (dict(), dict()):
            return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
        case (list(), list()):
            return len(one) == len(other) and all(same(mine, theirs) for mine, theirs in zip(one, other, strict=True))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def is_in(value: Any, items: list[Any]) -> bool:
    return any(same(value, item) for item in items)
