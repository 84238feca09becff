"""Objects seen through their schema, as server-side apply sees them.

What is one leaf (a scalar, an atomic map or list) and what is walked into (granular maps, keyed lists, sets) follows
https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy . Values without a schema are typed by
what they are: maps granular, lists atomic.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.demo.ownership import fieldset
from modeltui.demo.ownership.fieldset import FieldSet, Path
from modeltui.demo.schema import structural
from modeltui.demo.schema.decoding import zero
from modeltui.demo.schema.structural import Schema

ABSENT: Final = object()
"""A value that is not there; None is a null that is there."""


class PathElementError(ValueError):
    """A list entry that has no place in a keyed list or a set."""


def kind_of(schema: Schema, value: Any) -> str:
    """ "map", "list" or "scalar": by the schema, or by the value where the schema leaves it open."""
    declared = schema.get("type")
    if declared == "object":
        return "map"
    if declared == "array":
        return "list"
    if declared is None:
        return "map" if isinstance(value, dict) else "list" if isinstance(value, list) else "scalar"
    return "scalar"


def is_named(schema: Schema, name: str) -> bool:
    """Whether the schema declares this very field (and not just any key)."""
    return name in structural.properties(schema)


def child(schema: Schema, name: str) -> Schema | None:
    """The schema of a field; None when it is not declared. Preserving unknown fields is inherited by what is declared below."""
    known = structural.field_schema(schema, name)
    if known is not None and structural.is_embedded(known):
        known = structural.embedded(known)
    if structural.preserves_unknown(schema):
        return structural.ANYTHING if known is None else _preserving(known)
    if known is None and schema.get("type") in (None, "object") and not structural.properties(schema):
        return structural.ANYTHING if schema.get("additionalProperties") is not False else None
    return known


def _preserving(schema: Schema) -> Schema:
    if structural.preserves_unknown(schema) or schema is structural.OBJECT_META:
        return schema
    if schema.get("type") == "array":
        return {**schema, "items": _preserving(structural.items(schema))}
    return {**schema, structural.PRESERVE: True} if schema.get("type") == "object" else schema


def is_atomic(schema: Schema, kind: str) -> bool:
    if kind == "map":
        return structural.is_atomic_map(schema)
    return kind == "list" and structural.list_type(schema) == "atomic"


def element(schema: Schema, item: Any) -> str:
    """The path element of an entry of a keyed list or a set. A key that is missing is taken from its default."""
    if structural.list_type(schema) == "set":
        if isinstance(item, dict):
            raise PathElementError("associative list without keys has an element that's a map type")
        if isinstance(item, list):
            raise PathElementError("not supported: associative list with lists as elements")
        if item is None:
            raise PathElementError("associative list without keys has an element that's an explicit null")
        return fieldset.member(item)
    if not isinstance(item, dict):
        what = "a null element" if item is None else "non-map elements"
        raise PathElementError(f"associative list with keys may not have {what}")
    keys = structural.list_keys(schema)
    values = {name: item.get(name, _default(structural.items(schema), name)) for name in keys}
    values = {name: value for name, value in values.items() if value is not None or name in item}
    if not values:
        omits = f'key field "{keys[0]}" (and doesn\'t have default value)'
        if len(keys) > 1:
            shown = ", ".join(f'"{name}"' for name in keys)
            omits = f"all key fields [{shown}] (and doesn't have default values for any key fields)"
        raise PathElementError(f"associative list with keys has an element that omits {omits}")
    return fieldset.key(values)


def _default(schema: Schema, name: str) -> Any:
    """Of a key; one that a typed object always writes has its zero."""
    known = structural.properties(schema).get(name, {})
    return known.get("default", zero(known) if name in (schema.get(structural.WRITTEN) or ()) else None)


def field_set(schema: Schema, value: Mapping[str, Any]) -> FieldSet:
    """Every field that a manager owns who applies this object."""
    paths: set[Path] = set()
    _add_fields(schema, value, (), paths)
    return frozenset(paths)


def _add_fields(schema: Schema, value: Any, path: Path, paths: set[Path]) -> None:
    kind = kind_of(schema, value)
    if kind == "scalar" or is_atomic(schema, kind):
        paths.add(path)
    elif kind == "map" and isinstance(value, Mapping):
        for name, entry in value.items():
            here = (*path, fieldset.field(name))
            _add_fields(child(schema, name) or structural.ANYTHING, entry, here, paths)
            if entry is None or entry == {} or not is_named(schema, name):
                paths.add(here)
    elif kind == "list" and isinstance(value, list):
        seen: set[Path] = set()
        doubled: set[Path] = set()
        placed = [((*path, element(schema, entry)), entry) for entry in value]
        for here, _ in placed:
            (doubled if here in seen else seen).add(here)
        paths |= seen
        for here, entry in placed:
            if here not in doubled:
                _add_fields(structural.items(schema), entry, here, paths)


def named_are_members(schema: Schema, paths: FieldSet) -> FieldSet:
    """The set with every declared field above a member made a member, so that a struct left empty goes with its last field."""
    grown: set[Path] = set(paths)
    for path in paths:
        here: Schema = schema
        for depth, part in enumerate(path[:-1]):
            if part.startswith("f:"):
                name = part[2:]
                if is_named(here, name):
                    grown.add(path[: depth + 1])
                here = child(here, name) or structural.ANYTHING
            else:
                here = structural.items(here)
    return frozenset(grown)
