"""Who owns which field: `metadata.managedFields` (FieldsV1) as trees that are walked beside the object.

FieldsV1 is documented in the API reference under ObjectMeta: `f:<name>` a field, `k:<JSON>` a list item by its keys, `v:<JSON>` a
value in a set, `i:<n>` a position, and `.` the thing itself; `{}` alone is a leaf, which is owned whole, or what is left to a manager
of something from which others took all the fields: then they own parts of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modeltui.changes.paths import Element, Key, Member
from modeltui.kube.apply import FIELD_MANAGER


@dataclass(slots=True)
class Owned:
    """One node: whether the field itself is owned, and what is owned below it."""

    itself: bool = False
    below: dict[Element, Owned] = field(default_factory=dict)
    emptied: bool = False
    """Nothing below is owned although it is owned by parts, by others."""

    def at(self, element: Element) -> Owned:
        """The node of a child; an empty one when nothing there is owned."""
        return self.below.get(element) or Owned()

    @property
    def nothing(self) -> bool:
        return not self.itself and not self.below

    def add(self, other: Owned) -> None:
        self.itself = self.itself or other.itself
        for element, node in other.below.items():
            self.below.setdefault(element, Owned()).add(node)


@dataclass(frozen=True, slots=True)
class Entry:
    """What one manager owns by one kind of operation ("Apply" or "Update"), through the object or one of its subresources."""

    manager: str
    operation: str
    subresource: str
    fields: Owned

    @property
    def applied_by_us(self) -> bool:
        return (self.manager, self.operation, self.subresource) == (FIELD_MANAGER, "Apply", "")


def entries(obj: Mapping[str, Any]) -> tuple[Entry, ...]:
    """The entries of `metadata.managedFields`; what is no FieldsV1 is left out."""
    listed = (obj.get("metadata") or {}).get("managedFields") or ()
    found = tuple(
        Entry(
            str(entry.get("manager", "")),
            str(entry.get("operation", "")),
            str(entry.get("subresource", "")),
            _node(entry["fieldsV1"]),
        )
        for entry in listed
        if isinstance(entry.get("fieldsV1"), dict)
    )
    together = union(found)
    for entry in found:
        _tell_emptied(entry.fields, together)
    return found


def _tell_emptied(node: Owned, together: Owned) -> None:
    node.emptied = not node.below and bool(together.below)
    for element, inner in node.below.items():
        _tell_emptied(inner, together.at(element))


def union(listed: Iterable[Entry]) -> Owned:
    together = Owned()
    for entry in listed:
        together.add(entry.fields)
    return together


def owners(listed: Iterable[Entry], path: Iterable[Element]) -> tuple[str, ...]:
    """Managers that own the field at `path` or anything below it, or a leaf that it is inside of; in order of their names."""
    path = tuple(path)
    return tuple(sorted({entry.manager for entry in listed if _owns(entry.fields, path)}))


def _owns(node: Owned, path: tuple[Element, ...]) -> bool:
    for element in path:
        if node.itself and not node.below and not node.emptied:
            return True
        node = node.at(element)
    return not node.nothing


def key_names(known: Owned) -> tuple[str, ...]:
    """The key fields of a list whose items are owned one by one; empty when it is none."""
    return next((tuple(name for name, _ in element.fields) for element in known.below if isinstance(element, Key)), ())


def is_set(known: Owned) -> bool:
    return any(isinstance(element, Member) for element in known.below)


def _node(tree: Mapping[str, Any]) -> Owned:
    below: dict[Element, Owned] = {}
    for name, subtree in tree.items():
        if name != "." and (element := _element(name)) is not None:
            below[element] = _node(subtree)
    return Owned("." in tree or not tree, below)


def _element(name: str) -> Element | None:
    kind, _, rest = name.partition(":")
    if kind == "f":
        return rest
    try:
        value = json.loads(rest)
    except ValueError:
        return None
    match kind, value:
        case ("k", dict()):
            return Key.of(value)
        case ("v", str() | int() | float() | bool() | None):
            return Member(value)
        case ("i", int()):
            return value
    return None
