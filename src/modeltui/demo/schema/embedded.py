"""Whole objects inside of a custom resource (x-kubernetes-embedded-resource): their metadata is typed, as that of every object is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def objects(schema: Schema, value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The path and the value of every embedded object."""
    if not _has_any(schema):
        return
    if isinstance(value, dict):
        if structural.is_embedded(schema):
            yield path, value
        for name, below in value.items():
            known = structural.field_schema(schema, name)
            if known is not None:
                yield from objects(known, below, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from objects(structural.items(schema), below, f"{path}[{index}]")


def shown(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)


_known: dict[int, tuple[Schema, bool]] = {}


def _has_any(schema: Schema) -> bool:
    """Whether an embedded object may stand here or below; looked up once per schema object."""
    found = _known.get(id(schema))
    if found is None or found[0] is not schema:
        below = [*structural.properties(schema).values(), schema.get("additionalProperties"), schema.get("items")]
        has = structural.is_embedded(schema) or any(_has_any(part) for part in below if isinstance(part, Mapping))
        found = _known[id(schema)] = (schema, has)
    return found[1]
