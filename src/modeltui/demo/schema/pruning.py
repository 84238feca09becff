"""Dropping the fields that a schema does not know, and naming them for strict field validation."""

from __future__ import annotations

from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def prune(schema: Schema, obj: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A copy of `obj` without unknown fields, and their paths in the order of the object: `spec.sise`, `spec.parts[0].x`.

    Under x-kubernetes-preserve-unknown-fields everything stays, but known fields below are still pruned. A value whose type
    is not the schema's is kept whole: to complain about it is the validation's part.
    """
    unknown: list[str] = []
    return _prune(schema, obj, "", unknown), unknown


def _prune(schema: Schema, value: Any, path: str, unknown: list[str]) -> Any:
    if isinstance(value, dict):
        return _prune_object(structural.embedded(schema) if structural.is_embedded(schema) else schema, value, path, unknown)
    if isinstance(value, list):
        item = structural.items(schema)
        return [_prune(item, entry, f"{path}[{index}]", unknown) for index, entry in enumerate(value)]
    return value


def _prune_object(schema: Schema, value: dict[str, Any], path: str, unknown: list[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    preserve = structural.preserves_unknown(schema)
    for name, entry in value.items():
        below = f"{path}.{name}" if path else name
        known = structural.field_schema(schema, name)
        if known is not None:
            kept[name] = _prune(known, entry, below, unknown)
        elif preserve:
            kept[name] = _copy(entry)
        else:
            unknown.append(below)
    return kept


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(entry) for name, entry in value.items()}
    return [_copy(entry) for entry in value] if isinstance(value, list) else value
