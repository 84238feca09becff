"""Which item of one version of a list is which item of another."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from modeltui.changes.paths import Key, Member
from modeltui.changes.values import same


def identified(item: Any, names: Sequence[str]) -> dict[str, Any]:
    """The values of the key fields that `item` has. A field that is missing is one that the server will fill in."""
    return {name: item[name] for name in names if name in item} if isinstance(item, dict) else {}


def counterpart(item: Any, among: Sequence[Any], names: Sequence[str]) -> int | None:
    """The position in `among` of the only item with the same keys; None when there is none, or more than one."""
    keys = identified(item, names)
    if not keys:
        return None
    found = [
        position
        for position, other in enumerate(among)
        if isinstance(other, dict) and all(name in other and same(other[name], value) for name, value in keys.items())
    ]
    return found[0] if len(found) == 1 else None


def counterparts(items: Sequence[Any], among: Sequence[Any], names: Sequence[str]) -> list[int | None]:
    """`counterpart` of each item. As long as the items have all their keys, in time that grows with their number only."""
    places: dict[Key, list[int]] = {}
    for position, other in enumerate(among):
        if _has_all(other, names):
            places.setdefault(key_of(other, names), []).append(position)
    found: list[int | None] = []
    for item in items:
        if _has_all(item, names):
            same_key = places.get(key_of(item, names), [])
            found.append(same_key[0] if len(same_key) == 1 else None)
        else:
            found.append(counterpart(item, among, names))
    return found


def _has_all(item: Any, names: Sequence[str]) -> bool:
    """Whether the keys are all there and can be looked up."""
    return isinstance(item, dict) and all(isinstance(item.get(name), str | int | float) for name in names)


def key_of(item: Mapping[str, Any], names: Sequence[str]) -> Key:
    """What is no possible key, such as a list that somebody typed there, counts as its JSON: the server will refuse it."""
    keys = identified(item, names)
    return Key.of({name: value if isinstance(value, str | int | float | None) else json.dumps(value) for name, value in keys.items()})


def member_of(item: Any, position: int) -> Member | int:
    """An item of a set; what cannot be in one is known by its position."""
    return Member(item) if isinstance(item, str | int | float | None) else position


def told_apart(items: list[Any], names: Sequence[str]) -> bool:
    """Whether each has these keys, and no two the same."""
    if not all(isinstance(item, dict) and all(isinstance(item.get(name), str | int) for name in names) for item in items):
        return False
    return len({key_of(item, names) for item in items}) == len(items)
