"""Which item of one version of a list is which item of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from modeltui.changes.paths import Key
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


def key_of(item: dict[str, Any], names: Sequence[str]) -> Key:
    return Key.of(identified(item, names))
