"""JSON patch (RFC 6902) as the API server carries it out, which is not always by the letter.

Where it differs: a value left out is null; `test` of a field that is not there passes for null; `replace` and `copy` take a field that is
not there for null; a list may be counted from its end (`/-1`); what stands before the first slash of a path is not looked at.
"""

from __future__ import annotations

import copy
from typing import Any

LIMIT = 10_000
"""Operations that one patch may have."""


class FailedPatch(ValueError):
    """A patch that does not fit the document, or says what cannot be done. HTTP 422."""


def apply(document: Any, patch: list[Any]) -> Any:
    """A new document. Raises FailedPatch."""
    result = copy.deepcopy(document)
    for step in patch:
        result = _done(result, step if isinstance(step, dict) else {})
    return result


def _done(document: Any, step: dict[str, Any]) -> Any:
    path, value = _keys(step.get("path")), copy.deepcopy(step.get("value"))
    match step.get("op"):
        case "add":
            return _add(document, path, value)
        case "replace":
            return value if not path else _replace(document, path, value)
        case "remove":
            _remove(document, path)
        case "move":
            return _add(document, path, _remove(document, _keys(step.get("from"))))
        case "copy":
            return _add(document, path, copy.deepcopy(_read(document, _keys(step.get("from")))))
        case "test":
            if not same(_read(document, path), value):
                raise FailedPatch(f"testing value {step.get('path')} failed")
        case _:
            raise FailedPatch(f"Unexpected kind: {step.get('op', 'unknown')}")
    return document


def _keys(path: Any) -> list[str]:
    if not isinstance(path, str):
        raise FailedPatch("missing path")
    return [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]


def _holder(document: Any, path: list[str]) -> tuple[Any, str]:
    """What the last key of the path stands in, and that key."""
    if not path:
        raise FailedPatch("the whole document is not a field")
    for key in path[:-1]:
        document = document[_index(document, key)] if isinstance(document, list) else _field(document, key)
        if not isinstance(document, dict | list):
            raise FailedPatch(f"nothing below {key}")
    return document, path[-1]


def _field(holder: Any, key: str) -> Any:
    if not isinstance(holder, dict) or key not in holder:
        raise FailedPatch(f"missing key: {key}")
    return holder[key]


def _index(entries: list[Any], key: str, *, room: int = 0) -> int:
    """The place in a list; with `room` 1 also the one behind its last entry. Below zero it counts from there."""
    try:
        place = int(key)
    except ValueError:
        raise FailedPatch(f"{key} is no place in a list") from None
    size = len(entries) + room
    if not -size <= place < size:
        raise FailedPatch(f"Unable to access invalid index: {place}")
    return place if place >= 0 else place + size


def _read(document: Any, path: list[str]) -> Any:
    """The value, or null for a field that is not there."""
    if not path:
        return document
    holder, key = _holder(document, path)
    return holder[_index(holder, key)] if isinstance(holder, list) else holder.get(key)


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    holder, key = _holder(document, path)
    if isinstance(holder, dict):
        holder[key] = value
    else:
        holder.insert(len(holder) if key == "-" else _index(holder, key, room=1), value)
    return document


def _replace(document: Any, path: list[str], value: Any) -> Any:
    holder, key = _holder(document, path)
    holder[_index(holder, key) if isinstance(holder, list) else key] = value
    return document


def _remove(document: Any, path: list[str]) -> Any:
    holder, key = _holder(document, path)
    if isinstance(holder, list):
        return holder.pop(_index(holder, key))
    _field(holder, key)
    return holder.pop(key)


def same(one: Any, other: Any) -> bool:
    """Equality as `test` has it: numbers are compared as they are written, so 1.0 is not 1."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return type(one) is type(other) and bool(one == other)
