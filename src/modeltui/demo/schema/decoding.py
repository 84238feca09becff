"""Reading a body into typed fields: metadata of every object, and all of a built-in kind.

A wrong type there is no validation error (422) but a body that cannot be read (400, BadRequest), told in the words of Go's JSON decoder.
"""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from modeltui.demo.schema import embedded, structural
from modeltui.demo.schema.formats import fits
from modeltui.demo.schema.quantity import Quantity
from modeltui.demo.schema.structural import Schema

_GO_TYPES = {"string": "string", "boolean": "bool", "number": "float64", "array": "[]", "object": "map[string]"}


class DecodeError(ValueError):
    """What stands after `Secret in version "v1" cannot be handled as a Secret: `."""


def decode(schema: Schema, obj: dict[str, Any]) -> dict[str, Any]:
    """A copy of `obj` as the API server holds it after decoding. Raises DecodeError for a value of a wrong type, or bad base64.

    Of a custom resource only metadata is typed; of a built-in kind everything: quantities are brought to their canonical form
    (`1024Mi` is `1Gi`, 2 is `"2"`), a null is nothing, and what is zero is left out or written as the type has it.
    """
    if schema.get(structural.TYPED):
        return _fields(schema, obj, "")
    metadata = obj.get("metadata")
    decoded = dict(obj) if metadata is None else {**obj, "metadata": _value(structural.OBJECT_META, metadata, "metadata")}
    for path, inner in embedded.objects(schema, decoded):
        _decode_embedded(path, inner)
    return decoded


def _decode_embedded(path: str, inner: dict[str, Any]) -> None:
    """In place; `inner` is the caller's own. Raises DecodeError."""
    for part in ("apiVersion", "kind"):
        if part in inner and not isinstance(inner[part], str):
            raise DecodeError(f"{path}.{part}: Invalid value: {embedded.shown(inner[part])}: must be a string")
    if inner.get("metadata") is not None:
        try:
            inner["metadata"] = _value(structural.OBJECT_META, inner["metadata"], "metadata")
        except DecodeError as problem:
            raise DecodeError(f"{path}.metadata: Invalid value: {embedded.shown(inner['metadata'])}: {problem}") from None


def _value(schema: Schema, value: Any, path: str) -> Any:
    if value is None:
        return None
    if schema.get("format") == "quantity":
        return _quantity(value)
    match schema.get("type"):
        case "object" if isinstance(value, dict):
            return _fields(schema, value, path)
        case "array" if isinstance(value, list):
            item = structural.items(schema)
            return [zero(item) if entry is None else _value(item, entry, path) for entry in value]
        case "string" if isinstance(value, str):
            return _text(schema, value)
        case "boolean" if isinstance(value, bool):
            return value
        case "integer" if _is_integer(value):
            return int(value)
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case None if not (structural.is_int_or_string(schema) and isinstance(value, dict | list | bool)):
            return value
    raise DecodeError(f"json: cannot unmarshal {_json_type(value)} into Go struct field {_where(path)} of type {_go_type(schema)}")


def _fields(schema: Schema, value: dict[str, Any], path: str) -> dict[str, Any]:
    known = structural.properties(schema)
    decoded = {}
    for name, entry in value.items():
        below = structural.field_schema(schema, name)
        if below is None:
            decoded[name] = entry
        elif entry is not None:
            made = _value(below, entry, f"{path}.{name}" if path else name)
            if made or not below.get(structural.OMITTED):
                decoded[name] = made
        elif name not in known:
            decoded[name] = zero(below)
    for name in schema.get(structural.WRITTEN) or ():
        if name not in decoded:
            decoded[name] = zero(known[name])
    return decoded


def zero(schema: Schema) -> Any:
    """What stands in a typed object where nothing was set."""
    if schema.get("nullable"):
        return None
    if schema.get("format") == "quantity":
        return "0"
    match schema.get("type"):
        case "object" if "properties" in schema:
            return _fields(schema, {}, "")
        case "string" if schema.get("format") not in ("date-time", "byte"):
            return ""
        case "boolean":
            return False
        case "integer" | "number":
            return 0
        case None if structural.is_int_or_string(schema):
            return 0
    return None


def _text(schema: Schema, value: str) -> str:
    if schema.get("format") == "byte":
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise DecodeError(f"illegal base64 data at input byte {_first_bad(value)}") from error
    if schema.get("format") == "date-time":
        return _time(value, fractions=bool(schema.get(structural.FRACTIONS)))
    return value


def _time(text: str, *, fractions: bool) -> str:
    """In UTC, and in whole seconds where the type has no fractions of them."""
    if not fits("date-time", text):
        raise DecodeError(f'parsing time "{text}" as "2006-01-02T15:04:05Z07:00": cannot parse "{text}" as "2006"')
    moment = datetime.fromisoformat(text.upper()).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ" if fractions else "%Y-%m-%dT%H:%M:%SZ")


def _first_bad(text: str) -> int:
    allowed = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    return next((index for index, char in enumerate(text) if char not in allowed), len(text) // 4 * 4)


def _quantity(value: Any) -> str:
    try:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            return Quantity.parse(value).canonical
    except ValueError as error:
        raise DecodeError(str(error)) from error
    raise DecodeError("json: cannot unmarshal " + _json_type(value) + " into Go value of type string")


def _is_integer(value: Any) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, float):
        return f"number {value}"
    return {dict: "object", list: "array", str: "string", int: "number"}[type(value)]


def _go_type(schema: Schema) -> str:
    declared = schema.get("type", "")
    return str(schema.get("format") or "int") if declared == "integer" else _GO_TYPES.get(declared, "intstr.IntOrString")


def _where(path: str) -> str:
    return f"ObjectMeta.{path}" if path.startswith("metadata.") else f".{path}"
