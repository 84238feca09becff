"""The numbers that the scale subresource reads, checked on every write."""

from __future__ import annotations

from typing import Any

from modeltui.demo.schema.errors import ErrorType, FieldError

_MAX_INT32 = 2**31 - 1


def validate_scale(obj: dict[str, Any], *, spec_path: str, status_path: str) -> list[FieldError]:
    """Errors of the replica counts at `specReplicasPath` and `statusReplicasPath` (`.spec.replicas`): not an integer, or out of int32."""
    return [error for path in (spec_path, status_path) if path for error in _check(obj, path)]


def _check(obj: dict[str, Any], path: str) -> list[FieldError]:
    value: Any = obj
    for name in path.strip(".").split("."):
        if isinstance(value, list | str | int | float):
            return [FieldError(ErrorType.INVALID, path, 0, f"{path} accessor error: {value} is no map[string]interface{{}}")]
        if value is None or name not in value:
            return []
        value = value[name]
    if isinstance(value, bool) or not isinstance(value, int):
        what = {str: "string", bool: "bool", float: "float64"}.get(type(value), type(value).__name__)
        detail = f"{path} accessor error: {value} is of the type {what}, expected int64"
        return [FieldError(ErrorType.INVALID, path, 0, detail)]
    if value < 0:
        return [FieldError(ErrorType.INVALID, path, value, "should be a non-negative integer")]
    if value > _MAX_INT32:
        return [FieldError(ErrorType.INVALID, path, value, f"should be less than or equal to {_MAX_INT32}")]
    return []
