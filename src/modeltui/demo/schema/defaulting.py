"""Filling in the defaults of a schema.

Source of the rules: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
"""

from __future__ import annotations

from typing import Any

from modeltui.demo.copying import copied
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def default(schema: Schema, obj: dict[str, Any]) -> dict[str, Any]:
    """A copy of `obj` with every missing field that has a default filled in.

    A null stands for "missing" where the field has a default and is not nullable; every other null stays. A default is put into
    objects that are there: a missing object without a default of its own stays missing.
    """
    filled: dict[str, Any] = _fill(schema, obj)
    return filled


def _fill(schema: Schema, value: Any) -> Any:
    if isinstance(value, dict):
        return _fill_object(schema, value)
    if isinstance(value, list):
        item = structural.items(schema)
        by_default = None if item.get("nullable") else item.get("default")
        return [_fill(item, copied(by_default) if entry is None else entry) for entry in value]
    return value


def _fill_object(schema: Schema, value: dict[str, Any]) -> dict[str, Any]:
    known = structural.properties(schema)
    filled: dict[str, Any] = {}
    for name, entry in value.items():
        below = structural.field_schema(schema, name)
        if below is None or below is structural.ANYTHING:
            filled[name] = copied(entry)
        elif entry is not None or below.get("nullable") or below.get("default") is None:
            filled[name] = _fill(below, entry)
    for name, below in known.items():
        if name not in filled and below.get("default") is not None:
            filled[name] = _fill(below, copied(below["default"]))
    return filled
