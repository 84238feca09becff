"""The schema of a kind with every sort of field that ownership tells apart."""

from __future__ import annotations

from typing import Any

from modeltui.demo import schema

ITEM: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "port": {"type": "integer", "default": 80},
        "v": {"type": "integer"},
        "m": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
SPEC: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "integer"},
        "s": {"type": "string"},
        "deep": {"type": "object", "properties": {"x": {"type": "integer"}, "y": {"type": "integer"}, "z": {"type": "boolean"}}},
        "atom": {"type": "object", "x-kubernetes-map-type": "atomic", "additionalProperties": {"type": "integer"}},
        "map": {"type": "object", "additionalProperties": {"type": "integer"}},
        "set": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "keyed": {"type": "array", "items": ITEM, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port"]},
        "plain": {"type": "array", "items": ITEM},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}
STATUS: dict[str, Any] = {"type": "object", "properties": {"phase": {"type": "string"}}}
ROOTED = schema.root({"type": "object", "properties": {"spec": SPEC, "status": STATUS}})
