"""Validating an object against its schema, with the errors and sentences of a real API server."""

from __future__ import annotations

from typing import Any

from modeltui.demo.schema.errors import FieldError
from modeltui.demo.schema.structural import Schema


def validate(schema: Schema, obj: dict[str, Any], old: dict[str, Any] | None = None) -> list[FieldError]:
    """Everything wrong with `obj`: openAPI values, embedded objects, list types, then CEL rules; empty when it is valid.

    `obj` is pruned and defaulted. With `old` this is an update: transition rules run, and what an unchanged part gets wrong
    is tolerated ("ratcheting"). CEL rules do not run on an object that is wrong in its form: a last error on field `<nil>` says so.
    """
    raise NotImplementedError
