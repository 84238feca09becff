"""Is the schema of a definition a structural one?

Rules: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.schema import FieldError, Schema, default, structural, validate, wrong_rules

_TYPES = ("array", "boolean", "integer", "number", "object", "string")
_UNSUPPORTED = ("$ref", "id", "definitions", "dependencies", "patternProperties")
_JUNCTORS = ("allOf", "anyOf", "oneOf")
_NOT_BELOW = ("description", "type", "title", "format", "nullable", "default", "additionalProperties", structural.PRESERVE)
"""What a schema below allOf, anyOf, oneOf or not may not say: that is the structure's own business."""


def schema_errors(schema: Schema, at: str) -> Iterator[FieldError]:
    """Of a version's whole schema, which stands at the path `at`."""
    if schema.get("type") != "object":
        told = schema.get("type", "")
        yield (
            metadata.wrong_value(f"{at}.type", told, "must be object at the root")
            if told
            else metadata.required(f"{at}.type", "must not be empty at the root")
        )
        return
    properties = structural.properties(schema)
    for name in ("apiVersion", "kind"):
        if name in properties and properties[name].get("type") != "string":
            yield metadata.wrong_value(f"{at}.properties[{name}].type", properties[name].get("type", ""), "must be string")
    meta = properties.get("metadata") or {}
    if set(structural.properties(meta)) - {"name", "generateName"} or set(meta) - {"type", "properties", "description"}:
        told = "must not specify anything other than name and generateName, but metadata is implicitly specified"
        yield metadata.forbidden(f"{at}.properties[metadata]", told)
    yield from _below(schema, at)
    yield from wrong_rules(schema, at)


def _below(schema: Schema, at: str) -> Iterator[FieldError]:
    for key in _UNSUPPORTED:
        if schema.get(key):
            yield metadata.forbidden(f"{at}.{key}", f"{key} is not supported")
    if schema.get("uniqueItems"):
        told = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
        yield metadata.forbidden(f"{at}.uniqueItems", told)
    yield from _pattern(schema, at)
    yield from _lists(schema, at)
    if schema.get("x-kubernetes-embedded-resource") and not (schema.get("properties") or schema.get(structural.PRESERVE)):
        told = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"
        yield metadata.required(f"{at}.properties", told)
    if schema.get("properties") and schema.get("additionalProperties"):
        yield metadata.forbidden(f"{at}.additionalProperties", "additionalProperties and properties are mutual exclusive")
    for key in _JUNCTORS:
        for index, part in enumerate(schema.get(key) or []):
            if not schema.get(structural.INT_OR_STRING):
                yield from _value_only(part, f"{at}.{key}[{index}]")
    if isinstance(schema.get("not"), dict):
        yield from _value_only(schema["not"], f"{at}.not")
    yield from _default(schema, at)
    for name, part in structural.properties(schema).items():
        yield from _typed(part, f"{at}.properties[{name}]", "specified object fields")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _typed(schema["additionalProperties"], f"{at}.additionalProperties", "specified object fields")
    items = schema.get("items")
    if isinstance(items, list):
        yield metadata.forbidden(f"{at}.items", "items must be a schema object and not an array")
    elif isinstance(items, dict):
        yield from _typed(items, f"{at}.items", "specified array items")
    elif schema.get("type") == "array":
        yield metadata.required(f"{at}.items", "must be specified")


def _typed(schema: Schema, at: str, what: str) -> Iterator[FieldError]:
    found = schema.get("type")
    if not found and not any(schema.get(key) for key in (structural.INT_OR_STRING, structural.PRESERVE, "$ref")):
        yield metadata.required(f"{at}.type", f"must not be empty for {what}")
    elif found and found not in _TYPES:
        yield metadata.unsupported(f"{at}.type", found, list(_TYPES))
    yield from _below(schema, at)


def _value_only(schema: Schema, at: str) -> Iterator[FieldError]:
    for key in _NOT_BELOW:
        if key in schema:
            told = "must be undefined to be structural" if key in ("default", "additionalProperties") else "must be empty to be structural"
            yield metadata.forbidden(f"{at}.{key}", told)


def _pattern(schema: Schema, at: str) -> Iterator[FieldError]:
    pattern = schema.get("pattern")
    if pattern:
        try:
            re.compile(pattern)
        except re.error as error:
            yield metadata.wrong_value(f"{at}.pattern", pattern, f"must be a valid regular expression, but isn't: {error}")


def _lists(schema: Schema, at: str) -> Iterator[FieldError]:
    list_type, keys = schema.get(structural.LIST_TYPE), schema.get(structural.LIST_KEYS) or []
    if list_type:
        if schema.get("type") != "array":
            yield metadata.wrong_value(f"{at}.type", schema.get("type", ""), f"must be array if {structural.LIST_TYPE} is specified")
        if list_type not in ("atomic", "set", "map"):
            yield metadata.unsupported(f"{at}.{structural.LIST_TYPE}", list_type, ["atomic", "set", "map"])
    if list_type == "map":
        yield from _keyed(schema, keys, at)
    map_type = schema.get(structural.MAP_TYPE)
    if map_type and map_type not in ("atomic", "granular"):
        yield metadata.unsupported(f"{at}.{structural.MAP_TYPE}", map_type, ["atomic", "granular"])


def _keyed(schema: Schema, keys: list[str], at: str) -> Iterator[FieldError]:
    items: Any = schema.get("items") or {}
    if not keys:
        yield metadata.required(f"{at}.{structural.LIST_KEYS}", f"must not be empty if {structural.LIST_TYPE} is map")
    if items.get("type") != "object":
        told = f"must be object if parent array's {structural.LIST_TYPE} is map"
        yield metadata.wrong_value(f"{at}.items.type", items.get("type", ""), told)
        return
    known = structural.properties(items)
    if any(key not in known for key in keys):
        yield metadata.wrong_value(f"{at}.{structural.LIST_KEYS}", keys, "entries must all be names of item properties")
    for key in keys:
        if key in known and "default" not in known[key] and key not in (items.get("required") or []):
            told = f"this property is in {structural.LIST_KEYS}, so it must have a default or be a required property"
            yield metadata.required(f"{at}.items.properties[{key}].default", told)


def _default(schema: Schema, at: str) -> Iterator[FieldError]:
    """A default has to be valid by the schema it stands in."""
    if schema.get("default") is None:
        return
    for error in validate(schema, default(schema, schema["default"])):
        below = error.field if error.field not in ("", "<nil>") else ""
        separator = "." if below and not below.startswith("[") else ""
        yield FieldError(error.type, f"{at}.default{separator}{below}", error.value, error.detail)
