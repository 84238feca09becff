"""What is worked out of a frozen object, kept with it: a table asks the same of the same object whenever its neighbours change."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from modeltui.kube.objects import Object

_O = TypeVar("_O", bound=Object)
_W = TypeVar("_W")
_R = TypeVar("_R")


def kept(work: Callable[[_O], _R]) -> Callable[[_O], _R]:
    """`work`: pure, of one object. It is done once for each object, and gone with it."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def of(obj: _O) -> _R:
        known: dict[str, _R] = obj.__dict__
        if name not in known:
            known[name] = work(obj)
        return known[name]

    return of


def kept_with(work: Callable[[_O, _W], _R]) -> Callable[[_O, _W], _R]:
    """As `kept`, of an object and of what it is looked at with: done again when that is not what it was."""
    name = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def of(obj: _O, beside: _W) -> _R:
        known: dict[str, tuple[_W, _R]] = obj.__dict__
        last = known.get(name)
        if last is None or last[0] != beside:
            last = known[name] = beside, work(obj, beside)
        return last[1]

    return of
