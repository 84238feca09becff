"""What is worked out of a frozen object, kept with it: a table asks the same of the same pod whenever its neighbours change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

_R = TypeVar("_R")


def kept(work: Callable[[Any], _R]) -> Callable[[Any], _R]:
    """`work`: pure, of one object whose Struct has `dict=True`. It is done once for each object, and gone with it."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def of(obj: Any) -> _R:
        known: dict[str, _R] = obj.__dict__
        if name not in known:
            known[name] = work(obj)
        return known[name]

    return of
