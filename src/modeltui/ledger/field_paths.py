"""From the path of a changed field, as a difference spells it for people, back to the place in an object. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from modeltui.ledger.records import Manifest

_MAPS: Final = frozenset({"annotations", "labels", "matchLabels", "config", "options", "data", "stringData", "headers"})
"""Fields whose keys may have dots in them: all that follows is one key."""
_SEGMENT: Final = re.compile(
    r'\["(?P<quoted>(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"\]|\[(?P<index>\d{1,4})\]|\[(?P<item>[^\]]*)\]|\.?(?P<plain>[^.\[]+)'
)
_FIELD: Final = re.compile(r"([A-Za-z][\w.-]*)=(.*?)(?:,(?=[A-Za-z][\w.-]*=)|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """The item of a list that has these fields, or, without fields, is this text itself."""

    fields: tuple[tuple[str, str], ...]
    text: str

    def matches(self, item: Any) -> bool:
        if not self.fields:
            return not isinstance(item, dict | list) and str(item) == self.text
        return isinstance(item, dict) and all(str(item.get(key)) == value for key, value in self.fields)


Step = str | int | Item
"""A key, a place in a list, or an item of a list by what it is told by."""
Where = list[str | int]
"""Keys and places in lists, from the root of an object."""


def steps(path: str) -> list[Step]:
    found: list[Step] = []
    for match in _SEGMENT.finditer(path):
        if match["quoted"] is not None:
            found.append(json.loads(f'"{match["quoted"]}"', strict=False))
        elif match["index"] is not None:
            found.append(int(match["index"]))
        elif match["item"] is not None:
            found.append(Item(tuple(_FIELD.findall(match["item"])), match["item"]))
        elif found and found[-1] in _MAPS:
            return [*found, path[match.start("plain") :]]
        else:
            found.append(match["plain"])
    return found or [path]


def lay(root: Manifest, way: Sequence[Step], value: Any) -> Where:
    """Puts the value at the end of the way, making what is missing on the way, and tells where that is."""
    where: Where = []
    holder: Any = {"root": root}
    key: str | int = "root"
    for step in way:
        inner = holder[key]
        if isinstance(step, str):
            if not isinstance(inner, dict):
                inner = holder[key] = {}
            place: str | int = step
            inner.setdefault(step, None)
        else:
            if not isinstance(inner, list):
                inner = holder[key] = []
            place = step if isinstance(step, int) else next((at for at, item in enumerate(inner) if step.matches(item)), len(inner))
            inner.extend([None] * (place + 1 - len(inner)))
            if isinstance(step, Item) and inner[place] is None:
                inner[place] = dict(step.fields)
        where.append(place)
        holder, key = inner, place
    holder[key] = value
    return where
