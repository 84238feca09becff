"""From a path to where that is in one version of an object. Pure."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from modeltui.changes.items import counterpart
from modeltui.changes.paths import Key, Member, Path
from modeltui.changes.values import same
from modeltui.kube.apply import Manifest, Pointer


def pointer_to(obj: Any, path: Path) -> Pointer | None:
    """None: it is not there. An item of a list that leaves some of its keys to the server is found, too."""
    pointer: list[str | int] = []
    for element in path:
        match obj, element:
            case (dict(), str()) if element in obj:
                part: str | int | None = element
            case (list(), int()) if element < len(obj):
                part = element
            case (list(), Key(fields)):
                part = _position(obj, dict(fields))
            case (list(), Member(member)):
                part = next((position for position, item in enumerate(obj) if same(member, item)), None)
            case _:
                part = None
        if part is None:
            return None
        pointer.append(part)
        obj = obj[part]
    return tuple(pointer)


def without(obj: Mapping[str, Any], pointers: Iterable[Pointer]) -> Manifest:
    """A copy of `obj` without these; all speak of `obj` as it is."""
    result: Manifest = copy.deepcopy(dict(obj))
    for pointer in sorted(pointers, key=lambda path: [(isinstance(part, int), part) for part in path], reverse=True):
        holder: Any = result
        for part in pointer[:-1]:
            holder = holder[part]
        del holder[pointer[-1]]
    return result


def _position(items: list[Any], keys: dict[str, Any]) -> int | None:
    exact = counterpart(keys, items, tuple(keys))
    if exact is not None:
        return exact
    candidates = [
        position
        for position, item in enumerate(items)
        if isinstance(item, dict)
        and (given := {name: item[name] for name in keys if name in item})
        and same(given, {name: keys[name] for name in given})
    ]
    return candidates[0] if len(candidates) == 1 else None
