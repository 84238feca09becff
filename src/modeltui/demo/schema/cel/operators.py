"""Comparisons as Kubernetes has them: numbers of different types compare by value, and values of different kinds are just not equal."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from celpy import celtypes
from celpy.evaluation import CELEvalError, base_functions

_ORDER = {"_<_": operator.lt, "_<=_": operator.le, "_>_": operator.gt, "_>=_": operator.ge}


def _number(value: Any) -> int | float | None:
    """The plain number, None for what is none: a CEL bool is an int to Python."""
    if isinstance(value, celtypes.DoubleType | float):
        return float(value)
    if isinstance(value, celtypes.IntType | celtypes.UintType):
        return int(value)
    return None


def _ordered(name: str, compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def call(one: Any, other: Any) -> Any:
        a, b = _number(one), _number(other)
        if a is None or b is None:
            return base_functions[name](one, other)
        return celtypes.BoolType(compare(a, b))

    return call


def equals(one: Any, other: Any) -> Any:
    """The library hands errors on as values: one of an operand is the answer."""
    if failed := _failed(one, other):
        return failed
    a, b = _number(one), _number(other)
    if a is not None and b is not None:
        return celtypes.BoolType(a == b)
    if _kind(one) is not _kind(other):
        return celtypes.BoolType(False)
    return base_functions["_==_"](one, other)


def _failed(*values: Any) -> CELEvalError | None:
    return next((value for value in values if isinstance(value, CELEvalError)), None)


def _kind(value: Any) -> type:
    kinds = (celtypes.BoolType, str, bytes, list, dict)
    return next((kind for kind in kinds if isinstance(value, kind)), type(value))


def _differs(one: Any, other: Any) -> Any:
    found = equals(one, other)
    return found if isinstance(found, CELEvalError) else celtypes.BoolType(not found)


def _within(item: Any, container: Any) -> Any:
    if isinstance(container, list) and not _failed(item):
        return celtypes.BoolType(any(bool(equals(item, entry)) for entry in container))
    return base_functions["_in_"](item, container)


OPERATORS: dict[str, Callable[..., Any]] = {
    **{name: _ordered(name, compare) for name, compare in _ORDER.items()},
    "_==_": equals,
    "_!=_": _differs,
    "_in_": _within,
}
