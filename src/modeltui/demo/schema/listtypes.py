"""What a list type promises: members of a set, and keys of a keyed list, stand in it once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.correlation import equal, keys_of
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.schema.structural import Schema


def duplicates(schema: Schema, value: Any, path: str = "") -> Iterator[FieldError]:
    """A "Duplicate value" for every entry that repeats an earlier one, in all lists of type "set" or "map"."""
    if isinstance(value, list):
        kind = structural.list_type(schema)
        if kind != "atomic":
            yield from _repeated([keys_of(schema, entry) if kind == "map" else entry for entry in value], path)
        item = structural.items(schema)
        if item is not structural.ANYTHING:
            for index, entry in enumerate(value):
                yield from duplicates(item, entry, f"{path}[{index}]")
    elif isinstance(value, dict):
        for name in sorted(key for key, entry in value.items() if isinstance(entry, dict | list)):
            below = structural.field_schema(schema, name)
            if below is not None and below is not structural.ANYTHING and (path or name != "metadata"):
                yield from duplicates(below, value[name], f"{path}.{name}" if path else name)


def _repeated(identities: list[Any], path: str) -> Iterator[FieldError]:
    for index, identity in enumerate(identities):
        if identity is not None and any(type(identity) is type(known) and equal(identity, known) for known in identities[:index]):
            yield FieldError(ErrorType.DUPLICATE, f"{path}[{index}]", identity)
