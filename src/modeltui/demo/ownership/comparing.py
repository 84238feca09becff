"""What changed between two objects, as field sets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from modeltui.demo.ownership import fieldset, typed
from modeltui.demo.ownership.fieldset import FieldSet, Path
from modeltui.demo.ownership.typed import ABSENT
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


@dataclass(frozen=True, slots=True)
class Comparison:
    added: FieldSet
    modified: FieldSet
    removed: FieldSet

    def without(self, prefixes: Iterable[Path]) -> Comparison:
        gone = tuple(prefixes)
        return Comparison(*(fieldset.without(paths, gone) for paths in (self.added, self.modified, self.removed)))


def compare(schema: Schema, old: dict[str, Any], new: dict[str, Any]) -> Comparison:
    """The leaves of `new` that are added or modified, those of `old` that are removed; with a struct that comes or goes also itself."""
    walk = _Walk()
    walk.visit(schema, old, new, ())
    return Comparison(frozenset(walk.added), frozenset(walk.modified), frozenset(walk.removed))


@dataclass(slots=True)
class _Walk:
    added: set[Path] = field(default_factory=set)
    modified: set[Path] = field(default_factory=set)
    removed: set[Path] = field(default_factory=set)

    def visit(self, schema: Schema, old: Any, new: Any, path: Path) -> None:
        kind = typed.kind_of(schema, old if new is ABSENT else new)
        if old is not ABSENT and new is not ABSENT and typed.kind_of(schema, old) != kind:
            # Only a value without a schema changes its kind: what stood below is gone.
            self.children(schema, typed.kind_of(schema, old), old, ABSENT, path)
        if self.children(schema, kind, old, new, path):
            if old is ABSENT:
                self.added.add(path)
            elif new is ABSENT:
                self.removed.add(path)
        else:
            self.leaf(old, new, path)

    def children(self, schema: Schema, kind: str, old: Any, new: Any, path: Path) -> bool:
        """Walks what lies below; False when this is one leaf. Two empty values are a leaf too: {} and null differ."""
        if kind == "map" and not typed.is_atomic(schema, kind):
            return self.fields(schema, _map(old), _map(new), path)
        if kind == "list" and not typed.is_atomic(schema, kind):
            return self.entries(schema, _list(old), _list(new), path)
        return False

    def fields(self, schema: Schema, old: dict[str, Any], new: dict[str, Any], path: Path) -> bool:
        for name in {**old, **new}:
            below = typed.child(schema, name) or structural.ANYTHING
            self.visit(below, old.get(name, ABSENT), new.get(name, ABSENT), (*path, fieldset.field(name)))
        return bool(old or new)

    def entries(self, schema: Schema, old: list[Any], new: list[Any], path: Path) -> bool:
        before, after = _by_element(schema, old), _by_element(schema, new)
        for element in {**before, **after}:
            was, now = before.get(element, []), after.get(element, [])
            here = (*path, element)
            if len(was) > 1 and len(now) > 1:
                if was != now:
                    self.modified.add(here)
                continue
            if len(was) > 1:
                self.removed.add(here)
                was = []
            elif len(now) > 1:
                self.added.add(here)
                now = []
            if was or now:
                self.visit(structural.items(schema), was[0] if was else ABSENT, now[0] if now else ABSENT, here)
        return bool(old or new)

    def leaf(self, old: Any, new: Any, path: Path) -> None:
        if old is ABSENT:
            self.added.add(path)
        elif new is ABSENT:
            self.removed.add(path)
        elif not same(old, new):
            self.modified.add(path)


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: True is not 1, 1 is 1.0, order of keys is nothing."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _by_element(schema: Schema, entries: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(typed.element(schema, entry), []).append(entry)
    return found
