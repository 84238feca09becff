"""Coming from client-side apply: what kubectl's last-applied annotation lets `kubectl apply --server-side` take over.

Source: https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from modeltui.demo.ownership import typed
from modeltui.demo.ownership.conflicts import Conflict
from modeltui.demo.ownership.fieldset import FieldSet
from modeltui.demo.schema.structural import Schema

ANNOTATION = "kubectl.kubernetes.io/last-applied-configuration"
_MANAGER = "kubectl"


def not_allowed(live: dict[str, Any] | None, conflicts: Iterable[Conflict], *, schema: Schema, manager: str) -> list[Conflict]:
    """The conflicts that remain: those over fields that kubectl applied before, by the live object's annotation, are its own to take."""
    if manager != _MANAGER:
        return list(conflicts)
    own = _fields(schema, _annotation(live))
    return [replace(conflict, fields=left) for conflict in conflicts if (left := conflict.fields - own)]


def renewed(live: dict[str, Any] | None, merged: dict[str, Any], *, applied: dict[str, Any], manager: str) -> dict[str, Any]:
    """`merged` with the annotation brought up to date, when the live object has it and kubectl applies."""
    if manager != _MANAGER or _annotation(live) is None or _annotation(merged) is None:
        return merged
    metadata = merged["metadata"]
    text = json.dumps(applied, separators=(",", ":"), sort_keys=True) + "\n"
    return {**merged, "metadata": {**metadata, "annotations": {**metadata["annotations"], ANNOTATION: text}}}


def _annotation(obj: dict[str, Any] | None) -> str | None:
    found = (((obj or {}).get("metadata") or {}).get("annotations") or {}).get(ANNOTATION)
    return found if isinstance(found, str) else None


def _fields(schema: Schema, text: str | None) -> FieldSet:
    try:
        applied = json.loads(text or "")
    except ValueError:
        return frozenset()
    return typed.field_set(schema, applied) if isinstance(applied, dict) else frozenset()
