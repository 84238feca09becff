"""A structural schema: the openAPIV3Schema of a CRD or built-in kind, as the plain dict it is written as, and questions asked of it.

Rules: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
Every function of this package takes a *rooted* schema, made once per version by `root`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

ANYTHING: Schema = {"x-kubernetes-preserve-unknown-fields": True}
"""What an unspecified value may be."""

PRESERVE = "x-kubernetes-preserve-unknown-fields"
EMBEDDED = "x-kubernetes-embedded-resource"
INT_OR_STRING = "x-kubernetes-int-or-string"
LIST_TYPE = "x-kubernetes-list-type"
LIST_KEYS = "x-kubernetes-list-map-keys"
MAP_TYPE = "x-kubernetes-map-type"
RULES = "x-kubernetes-validations"
PATCH_KEY = "x-kubernetes-patch-merge-key"
PATCH_STRATEGY = "x-kubernetes-patch-strategy"
TYPED = "x-modeltui-typed"
"""Marks the root of a built-in kind, which the API server decodes into a typed object: a null anywhere is nothing."""

OMITTED = "x-modeltui-omitted"
"""Marks a typed field that is not written while it holds its zero value."""
WRITTEN = "x-modeltui-written"
"""Names the fields of a typed object that are written even when nobody set them."""
FRACTIONS = "x-modeltui-fractions"
"""Marks a time that keeps its fractions of a second."""
DECODED = "x-modeltui-decoded"
"""Marks text whose format was checked when it was read."""
DEMANDED = "x-modeltui-demanded"
"""Names the required fields of a typed object whose zero value counts as missing."""
HOLDS = "x-modeltui-holds"
"""Names, at the root of a kind, which of RULES and EMBEDDED stand anywhere in it: most schemas have neither, and are long."""

_STRING: Schema = {"type": "string"}
_STRINGS: Schema = {"type": "object", "additionalProperties": _STRING, OMITTED: True}
_TIME: Schema = {"type": "string", "format": "date-time"}
_INT64: Schema = {"type": "integer", "format": "int64"}
_WORD: Schema = {**_STRING, OMITTED: True}

OBJECT_META: Schema = {
    "type": "object",
    "description": "Standard object's metadata.",
    "properties": {
        "name": _WORD,
        "generateName": _WORD,
        "namespace": _WORD,
        "selfLink": _WORD,
        "uid": _WORD,
        "resourceVersion": _WORD,
        "generation": {**_INT64, OMITTED: True},
        "creationTimestamp": _TIME,
        "deletionTimestamp": _TIME,
        "deletionGracePeriodSeconds": _INT64,
        "labels": _STRINGS,
        "annotations": _STRINGS,
        "finalizers": {"type": "array", "items": _STRING, LIST_TYPE: "set", PATCH_STRATEGY: "merge", OMITTED: True},
        "ownerReferences": {
            "type": "array",
            LIST_TYPE: "map",
            LIST_KEYS: ["uid"],
            PATCH_KEY: "uid",
            PATCH_STRATEGY: "merge",
            OMITTED: True,
            "items": {
                "type": "object",
                MAP_TYPE: "atomic",
                "properties": {
                    "apiVersion": _STRING,
                    "kind": _STRING,
                    "name": _STRING,
                    "uid": _STRING,
                    "controller": {"type": "boolean"},
                    "blockOwnerDeletion": {"type": "boolean"},
                },
                WRITTEN: ["apiVersion", "kind", "name", "uid"],
            },
        },
        "managedFields": {
            "type": "array",
            LIST_TYPE: "atomic",
            OMITTED: True,
            "items": {
                "type": "object",
                "properties": {
                    "manager": _STRING,
                    "operation": _STRING,
                    "apiVersion": _STRING,
                    "time": _TIME,
                    "fieldsType": _STRING,
                    "fieldsV1": {"type": "object", PRESERVE: True},
                    "subresource": _STRING,
                },
            },
        },
    },
}
"""metav1.ObjectMeta, with the list types that server-side apply knows."""

_TYPE_META: Mapping[str, Schema] = {
    "apiVersion": {"type": "string", "description": "The versioned schema of this representation of an object, group/version."},
    "kind": {"type": "string", "description": "The REST resource that this object represents."},
}


def root(openapi: Schema | None) -> Schema:
    """The schema of whole objects of a CRD version: apiVersion, kind and metadata are always there, whatever the CRD says of them.

    What a CRD demands of `metadata.name` (a pattern, a length) stays. `None` (no schema) keeps everything.
    """
    openapi = openapi if openapi is not None else {"type": "object", PRESERVE: True}
    return {**_with_object_fields(openapi), HOLDS: [key for key in (RULES, EMBEDDED) if _stands(openapi, key)]}


def holds(schema: Schema, key: str) -> bool:
    """Whether RULES or EMBEDDED stands anywhere in it."""
    known = schema.get(HOLDS)
    return key in known if known is not None else _stands(schema, key)


def _stands(schema: Schema, key: str) -> bool:
    below = [*properties(schema).values(), schema.get("additionalProperties"), schema.get("items")]
    return bool(schema.get(key)) or any(isinstance(part, Mapping) and _stands(part, key) for part in below)


def _with_object_fields(schema: Schema) -> Schema:
    own = schema.get("properties") or {}
    asked = (own.get("metadata") or {}).get("properties") or {}
    names = {name: {**_STRING, **asked[name]} for name in ("name", "generateName") if name in asked}
    metadata = {**OBJECT_META, "properties": {**OBJECT_META["properties"], **names}} if names else OBJECT_META
    return {**schema, "type": "object", "properties": {**own, **_TYPE_META, "metadata": metadata}}


def embedded(schema: Schema) -> Schema:
    """A field with x-kubernetes-embedded-resource, as the schema of the whole object in it: apiVersion and kind are then required."""
    return {**_with_object_fields(schema), "required": sorted({*(schema.get("required") or ()), "apiVersion", "kind"})}


def published(schema: Any) -> Any:
    """The schema as it is told to clients: without the marks that are this server's own."""
    if isinstance(schema, Mapping):
        return {
            key: published(below)
            for key, below in schema.items()
            if key not in (TYPED, OMITTED, WRITTEN, DEMANDED, FRACTIONS, DECODED, HOLDS)
        }
    return [published(below) for below in schema] if isinstance(schema, list) else schema


def is_embedded(schema: Schema) -> bool:
    return schema.get(EMBEDDED) is True


def is_int_or_string(schema: Schema) -> bool:
    return schema.get(INT_OR_STRING) is True


def preserves_unknown(schema: Schema) -> bool:
    return schema.get(PRESERVE) is True


def properties(schema: Schema) -> Mapping[str, Schema]:
    return schema.get("properties") or {}


def additional(schema: Schema) -> Schema | None:
    """The schema of map values, `ANYTHING` for `additionalProperties: true`, None where only `properties` may stand."""
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping):
        return extra
    return ANYTHING if extra is True else None


def items(schema: Schema) -> Schema:
    found = schema.get("items")
    return found if isinstance(found, Mapping) else ANYTHING


def field_schema(schema: Schema, name: str) -> Schema | None:
    """The schema of one key of an object, None when the schema does not know that key."""
    known = properties(schema).get(name)
    return known if known is not None else additional(schema)


def list_type(schema: Schema) -> str:
    """ "atomic", "set" or "map"."""
    return str(schema.get(LIST_TYPE) or "atomic")


def list_keys(schema: Schema) -> list[str]:
    return list(schema.get(LIST_KEYS) or ())


def is_atomic_map(schema: Schema) -> bool:
    return schema.get(MAP_TYPE) == "atomic"
