"""Which part of the old object a part of the new one is: fields by name, entries of keyed lists by their keys, others not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


@dataclass(frozen=True, slots=True)
class Old:
    """The old value of what is being looked at. `known` is False where there is none, or none that it can be said to be."""

    known: bool
    value: Any = None

    @property
    def present(self) -> bool:
        """Whether there is something to compare with: a null is nothing."""
        return self.known and self.value is not None

    def field(self, name: str) -> Old:
        if self.known and isinstance(self.value, Mapping) and name in self.value:
            return Old(True, self.value[name])
        return UNRELATED

    def entry(self, schema: Schema, entry: Any) -> Old:
        """The old entry with the keys of `entry`, in a list of type "map"; entries of other lists cannot be told apart."""
        if not self.known or not isinstance(self.value, list) or structural.list_type(schema) != "map":
            return UNRELATED
        wanted = keys_of(schema, entry)
        found = next((candidate for candidate in self.value if keys_of(schema, candidate) == wanted), None)
        return UNRELATED if wanted is None or found is None else Old(True, found)


UNRELATED = Old(False)


def keys_of(schema: Schema, entry: Any) -> dict[str, Any] | None:
    """The key fields of an entry of a keyed list, with their defaults; None when it is no object."""
    if not isinstance(entry, Mapping):
        return None
    known = structural.properties(structural.items(schema))
    found = {name: entry.get(name, known.get(name, {}).get("default")) for name in structural.list_keys(schema)}
    return {name: value for name, value in found.items() if value is not None}


def equal(one: Any, other: Any) -> bool:
    """Equality of JSON values, where true is not 1."""
    if one is other:
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(a, b) for a, b in zip(one, other, strict=True))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
