"""JSON values as CEL sees them through their schema."""

from __future__ import annotations

import re
from typing import Any

from celpy import celtypes

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema

_KEYWORDS = re.compile(
    "true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while"
)
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_ESCAPED = re.compile(r"__|[./-]")


class UnorderedList(celtypes.ListType):
    """A set or keyed list: equal to another with the same entries, whatever their order."""

    __hash__ = None  # type: ignore[assignment]  # lists have no hash; defining __eq__ alone says the same

    def __eq__(self, other: object) -> Any:
        return celtypes.BoolType(isinstance(other, list) and len(self) == len(other) and all(entry in other for entry in self))

    def __ne__(self, other: object) -> Any:
        return celtypes.BoolType(not self == other)


def escape(name: str) -> str:
    """A property's name as an identifier of CEL: `a-b` is `a__dash__b`, `namespace` is `__namespace__`."""
    return f"__{name}__" if _KEYWORDS.fullmatch(name) else _ESCAPED.sub(lambda found: _ESCAPES[found[0]], name)


def to_cel(schema: Schema, value: Any) -> Any:
    """The value with the types that the schema gives it: numbers as doubles, date-time as timestamp, properties by escaped name."""
    if value is None:
        return None
    if isinstance(value, bool):
        return celtypes.BoolType(value)
    if isinstance(value, dict):
        return _map(schema, value)
    if isinstance(value, list):
        item = structural.items(schema)
        make = celtypes.ListType if structural.list_type(schema) == "atomic" else UnorderedList
        return make([to_cel(item, entry) for entry in value])
    if isinstance(value, str):
        return _text(schema, value)
    if schema.get("type") == "number" or (isinstance(value, float) and not value.is_integer()):
        return celtypes.DoubleType(value)
    return celtypes.IntType(int(value))


def _map(schema: Schema, value: dict[str, Any]) -> Any:
    known = structural.properties(schema)
    found = celtypes.MapType()
    for name, entry in value.items():
        below = structural.field_schema(schema, name) or structural.ANYTHING
        found[celtypes.StringType(escape(name) if name in known else name)] = to_cel(below, entry)
    return found


def _text(schema: Schema, value: str) -> Any:
    match schema.get("format"):
        case "date-time" | "datetime":
            return celtypes.TimestampType(value)
        case "date":
            return celtypes.TimestampType(f"{value}T00:00:00Z")
        case "duration":
            return celtypes.DurationType(value)
        case "byte":
            return celtypes.BytesType(value.encode())
    return celtypes.StringType(value)
