"""Whole objects inside of a custom resource (x-kubernetes-embedded-resource): their metadata is typed, as that of every object is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def objects(schema: Schema, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path and the value of every embedded object."""
    if structural.holds(schema, structural.EMBEDDED):
        yield from _below(schema, value, "")


def _below(schema: Schema, value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        if structural.is_embedded(schema):
            yield path, value
        for name, below in value.items():
            known = structural.field_schema(schema, name)
            if known is not None:
                yield from _below(known, below, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _below(structural.items(schema), below, f"{path}[{index}]")


def shown(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
