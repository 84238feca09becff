"""Dropping the fields that a schema does not know, and naming them for strict field validation."""

from __future__ import annotations

from typing import Any

from modeltui.demo.copying import copied
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def prune(schema: Schema, obj: dict[str, Any], *, keep_nulls: bool = False) -> tuple[dict[str, Any], list[str]]:
    """A copy of `obj` without unknown fields, and their paths in the order of the object: `spec.sise`, `spec.parts[0].x`.

    Under x-kubernetes-preserve-unknown-fields everything stays, but known fields below are still pruned. A value whose type
    is not the schema's is kept for the validation to complain about, but nothing in it is known: not the fields of objects in a
    list that stands where a text belongs.
    A null in a field that is neither nullable nor has a default goes, too, as when the API server decodes a body. It does not
    decode what server-side apply merged: there (`keep_nulls`) such a null stays, and the validation refuses it.
    Of metadata and of a built-in kind every null stays: what it means is said by the type (`decode`).
    """
    walk = _Walk(keep_nulls=keep_nulls, typed=bool(schema.get(structural.TYPED)))
    kept = walk.object(schema, obj, "")
    if walk.typed:
        return kept, walk.unknown
    # Of a custom resource they are told in the order of their names, and those in the metadata of embedded objects last.
    return kept, sorted(walk.unknown, key=lambda path: (".metadata." in path, path))


class _Walk:
    def __init__(self, *, keep_nulls: bool, typed: bool) -> None:
        self.keep_nulls = keep_nulls
        self.typed = typed
        self.unknown: list[str] = []

    def value(self, schema: Schema, value: Any, path: str) -> Any:
        if isinstance(value, dict):
            return self.object(structural.embedded(schema) if structural.is_embedded(schema) else schema, value, path)
        if isinstance(value, list):
            item = structural.items(schema) if "items" in schema or self.typed or structural.preserves_unknown(schema) else {}
            return [self.value(item, entry, f"{path}[{index}]") for index, entry in enumerate(value)]
        return value

    def object(self, schema: Schema, value: dict[str, Any], path: str) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for name, entry in value.items():
            below = f"{path}.{name}" if path else name
            known = structural.field_schema(schema, name)
            if known is not None:
                if entry is not None or not self._drops_null(known, below):
                    kept[name] = self.value(known, entry, below)
            elif structural.preserves_unknown(schema):
                kept[name] = copied(entry)
            else:
                self.unknown.append(below)
        return kept

    def _drops_null(self, schema: Schema, path: str) -> bool:
        if schema is structural.ANYTHING or self.typed or self.keep_nulls or path.startswith("metadata."):
            return False
        # A field with a default keeps its null until it is defaulted.
        return not schema.get("nullable") and schema.get("default") is None
