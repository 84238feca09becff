"""The CEL functions that Kubernetes adds to the language. Strings, lists, URLs, quantities, sets, optionals and formats stand here.

Source: https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries
A method call `a.f(b)` is the function `f(a, b)`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from celpy import celtypes
from celpy.evaluation import CELEvalError

from modeltui.demo.schema.cel.addresses import ADDRESSES
from modeltui.demo.schema.cel.operators import OPERATORS
from modeltui.demo.schema.cel.versions import VERSIONS
from modeltui.demo.schema.formats import FORMATS
from modeltui.demo.schema.quantity import Quantity

_bool, _int, _str, _list = celtypes.BoolType, celtypes.IntType, celtypes.StringType, celtypes.ListType


@dataclass(frozen=True, slots=True)
class Optional:
    """CEL's optional value; None stands for nothing."""

    value: Any


@dataclass(frozen=True, slots=True)
class Namespace:
    """The word before the dot of `sets.contains(a, b)`."""

    name: str


@dataclass(frozen=True, slots=True)
class Format:
    name: str


NAMESPACES = {name: Namespace(name) for name in ("sets", "optional", "format", "math")}


def _contains(where: Any, *args: Any) -> Any:
    if isinstance(where, Namespace):
        return _bool(all(entry in args[0] for entry in args[1]))
    if not isinstance(where, str):
        raise TypeError("contains needs a string")
    return _bool(args[0] in where)


def _split(text: str, separator: str, limit: int = -1) -> Any:
    parts = list(text) if separator == "" else text.split(separator)
    if limit == 0:
        parts = []
    elif 0 < limit < len(parts):
        parts = [*parts[: limit - 1], separator.join(parts[limit - 1 :])]
    return _list([_str(part) for part in parts])


def _index_of(where: Any, what: Any, start: int = 0) -> Any:
    if isinstance(where, str):
        return _int(where.find(what, start))
    return _int(next((index for index, entry in enumerate(where) if entry == what), -1))


def _last_index_of(where: Any, what: Any) -> Any:
    if isinstance(where, str):
        return _int(where.rfind(what))
    return _int(max((index for index, entry in enumerate(where) if entry == what), default=-1))


def _sum(values: Any) -> Any:
    return reduce(lambda a, b: a + b, values) if values else _int(0)


def _quantity(text: Any) -> Quantity:
    return Quantity.parse(text)


def _is_quantity(text: Any) -> Any:
    try:
        Quantity.parse(text)
    except ValueError:
        return _bool(False)
    return _bool(True)


def _url(text: str) -> SplitResult:
    parts = urlsplit(text)
    if not (parts.scheme or text.startswith("/")):
        raise ValueError(f"{text} is no URL")
    return parts


def _is_url(text: str) -> Any:
    try:
        return _bool(bool(_url(text)))
    except ValueError:
        return _bool(False)


def _query(url: SplitResult) -> Any:
    found = parse_qs(url.query, keep_blank_values=True)
    return celtypes.MapType({_str(name): _list([_str(value) for value in values]) for name, values in found.items()})


def _host(url: SplitResult) -> str:
    return url.netloc.rpartition("@")[2]


def _find(text: str, pattern: str) -> Any:
    found = re.search(pattern, text)
    return _str(found[0] if found else "")


def _find_all(text: str, pattern: str, limit: int = -1) -> Any:
    found = [_str(match[0]) for match in re.finditer(pattern, text)]
    return _list(found if limit < 0 else found[:limit])


def _replace(text: str, old: str, new: str, limit: int = -1) -> Any:
    return _str(text.replace(old, new, limit))


def _substring(text: str, start: int, end: int | None = None) -> Any:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise IndexError("index out of range")
    return _str(text[start:end])


def _format_named(_: Namespace, name: str) -> Optional:
    known = {"dns1123Label": "k8s-short-name", "dns1123Subdomain": "k8s-long-name", "datetime": "date-time"}
    found = known.get(name, name)
    return Optional(Format(found) if found in FORMATS else None)


def _format_error(checked: Format, text: str) -> Optional:
    return Optional(None if FORMATS[checked.name](text) else _list([_str(f"must be a valid {checked.name}")]))


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    def call(first: Any, *rest: Any) -> Any:
        values = rest if isinstance(first, Namespace) else [first, *rest]
        return choose(values[0] if len(values) == 1 and isinstance(values[0], list) else values)

    return call


def _format(text: str, args: list[Any]) -> Any:
    waiting = iter(args)
    return _str(re.sub(r"%(?:\.\d+)?[sdfexXob]", lambda found: _one(found[0], waiting), text))


def _one(verb: str, waiting: Any) -> str:
    value = next(waiting)
    if verb == "%s":
        return str(value).lower() if isinstance(value, celtypes.BoolType) else str(value)
    return format(int(value), verb[-1]) if verb[-1] in "dxXob" else verb % float(value)


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Errors are values in CEL, so that `true || error` is true: one handed in is the answer, one that comes up is handed on."""

    def call(*args: Any) -> Any:
        for arg in args:
            if isinstance(arg, CELEvalError):
                return arg
        try:
            return function(*args)
        except (TypeError, AttributeError):
            return CELEvalError("no such overload")
        except (ValueError, LookupError) as error:
            return CELEvalError(str(error))

    return call


_LIBRARY: dict[str, Callable[..., Any]] = {
    **ADDRESSES,
    **VERSIONS,
    # strings
    "contains": _contains,
    "lowerAscii": lambda text: _str("".join(c.lower() if c.isascii() else c for c in text)),
    "upperAscii": lambda text: _str("".join(c.upper() if c.isascii() else c for c in text)),
    "trim": lambda text: _str(text.strip()),
    "split": _split,
    "join": lambda parts, separator="": _str(separator.join(parts)),
    "replace": _replace,
    "substring": _substring,
    "charAt": lambda text, index: _str(text[index : index + 1]),
    "reverse": lambda text: _str(text[::-1]),
    "format": _format,
    "find": _find,
    "findAll": _find_all,
    # lists
    "isSorted": lambda values: _bool(all(a <= b for a, b in pairwise(values))),
    "sum": _sum,
    "min": min,
    "max": max,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "sort": lambda values: _list(sorted(values)),
    "slice": lambda values, start, end: _list(values[start:end]),
    "first": lambda values: Optional(values[0] if values else None),
    "last": lambda values: Optional(values[-1] if values else None),
    "greatest": _extreme(max),
    "least": _extreme(min),
    # sets
    "equivalent": lambda _, a, b: _bool(all(x in b for x in a) and all(x in a for x in b)),
    "intersects": lambda _, a, b: _bool(any(x in b for x in a)),
    # URLs
    "url": _url,
    "isURL": _is_url,
    "getScheme": lambda url: _str(url.scheme),
    "getHost": lambda url: _str(_host(url)),
    "getHostname": lambda url: _str((url.hostname or "").strip("[]")),
    "getPort": lambda url: _str(url.port or ""),
    "getEscapedPath": lambda url: _str(url.path),
    "getQuery": _query,
    # quantities
    "quantity": _quantity,
    "isQuantity": _is_quantity,
    "isGreaterThan": lambda a, b: _bool(a.number > b.number),
    "isLessThan": lambda a, b: _bool(a.number < b.number),
    "compareTo": lambda a, b: _int((a.number > b.number) - (a.number < b.number)),
    "add": lambda a, b: a.plus(b),
    "sub": lambda a, b: a.plus(b, sign=-1),
    "sign": lambda a: _int((a.number > 0) - (a.number < 0)),
    "isInteger": lambda a: _bool(a.number == a.number.to_integral_value()),
    "asInteger": lambda a: _int(int(a.number)),
    "asApproximateFloat": lambda a: celtypes.DoubleType(float(a.number)),
    # optionals
    "none": lambda _: Optional(None),
    "of": lambda _, value: Optional(value),
    "hasValue": lambda optional: _bool(optional.value is not None),
    "value": lambda optional: optional.value,
    "orValue": lambda optional, other: other if optional.value is None else optional.value,
    # formats
    "named": _format_named,
    "validate": _format_error,
}

FUNCTIONS = {**OPERATORS, **{name: _guarded(function) for name, function in _LIBRARY.items()}}
