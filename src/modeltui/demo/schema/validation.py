"""Validating an object against its schema, with the errors and sentences of a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from modeltui.demo.schema import cel, listtypes, structural, values
from modeltui.demo.schema.correlation import UNRELATED, Old
from modeltui.demo.schema.errors import NOT_CHECKED, ErrorType, FieldError
from modeltui.demo.schema.structural import Schema

_BLOCKING = {ErrorType.NOT_SUPPORTED, ErrorType.REQUIRED, ErrorType.TOO_LONG, ErrorType.TOO_MANY, ErrorType.TYPE_INVALID}
"""Errors after which CEL rules are not run: they may assume the object's form."""


def validate(
    schema: Schema, obj: dict[str, Any], old: dict[str, Any] | None = None, *, before: list[FieldError] | None = None, part: str = ""
) -> list[FieldError]:
    """Everything wrong with `obj`: openAPI values, list types, then CEL rules; empty when it is valid.

    `obj` is pruned and defaulted. With `old` this is an update: transition rules run, and what an unchanged part gets wrong
    is tolerated ("ratcheting"). CEL rules do not run on an object that is wrong in its form: a last error on field `<nil>` says so.
    `part` is the one field that is written ("status"): values are looked at there only, as a thing of its own.
    `before` are errors that the caller found first (names, scale); they stand first and count as wrong form when of such a type.
    """
    related = UNRELATED if old is None else Old(True, old)
    errors = [*(before or ()), *(_check_part(schema, obj, part, related) if part else values.check(schema, obj, "", related))]
    # Typed objects have rules of their own for what may not stand twice.
    repeated = [] if schema.get(structural.TYPED) else list(listtypes.duplicates(schema, obj))
    if repeated and (old is None or next(listtypes.duplicates(schema, old), None) is None):
        errors += repeated
    if not structural.holds(schema, structural.RULES):
        return errors
    if any(error.type in _BLOCKING for error in errors):
        return [*errors, NOT_CHECKED]
    return [*errors, *cel.check(schema, obj, "", related)]


def _check_part(schema: Schema, obj: dict[str, Any], part: str, old: Old) -> Iterator[FieldError]:
    """Sentences name what is below the part; the field of an error is named from the object."""
    below = structural.field_schema(schema, part)
    if part not in obj or below is None:
        return
    for error in values.check(below, obj[part], "", old.field(part)):
        whole = error.field in ("", "<nil>")
        yield replace(error, field=part if whole else f"{part}{'' if error.field.startswith('[') else '.'}{error.field}")
