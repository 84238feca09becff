"""Values against the openAPI part of a schema: types, bounds, patterns, enums, required fields, and their combinations.

Sentences are those of k8s.io/kube-openapi/pkg/validation, error types those that apiextensions-apiserver makes of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.correlation import UNRELATED, Old, equal
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.schema.formats import fits
from modeltui.demo.schema.structural import Schema

_NO_PATH = "<nil>"
_BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}


def check(schema: Schema, value: Any, path: str = "", old: Old = UNRELATED) -> Iterator[FieldError]:
    """What is wrong with `value`. A part that is equal to its `old` is not looked at: it was there before the rule was."""
    if old.known and equal(value, old.value):
        return
    types = _types(schema)
    if value is None:
        if types and not schema.get("nullable"):
            yield _wrong_type(path, types, "null")
        return
    yield from _check_type(schema, value, types, path)
    if "enum" in schema and not any(equal(value, allowed) for allowed in schema["enum"]):
        yield FieldError(ErrorType.NOT_SUPPORTED, path, value, "supported values: " + ", ".join(_quoted(v) for v in schema["enum"]))
    if isinstance(value, str):
        yield from _check_string(schema, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _check_number(schema, value, path)
    elif isinstance(value, list):
        yield from _check_list(schema, value, path, old)
    elif isinstance(value, dict):
        yield from _check_object(schema, value, path, old)
    yield from _check_combinations(schema, value, path)


def type_name(value: Any) -> str:
    """The openAPI word for what a JSON value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float) and not -(2**63) <= value < 2**63:
        return "number"  # no int64 holds it
    if isinstance(value, float):
        return "integer" if value.is_integer() and math.isfinite(value) else "number"
    return {str: "string", int: "integer", list: "array", dict: "object"}[type(value)]


def _types(schema: Schema) -> list[str]:
    if structural.is_int_or_string(schema):
        return ["integer", "string"]
    declared = schema.get("type")
    return [declared] if isinstance(declared, str) and declared else []


def _wrong_type(path: str, types: list[str], got: str) -> FieldError:
    return FieldError(ErrorType.TYPE_INVALID, path, got, f'{path} in body must be of type {",".join(types)}: "{got}"')


def _check_type(schema: Schema, value: Any, types: list[str], path: str) -> Iterator[FieldError]:
    got = type_name(value)
    if types and got not in types and not (got == "integer" and "number" in types):
        yield _wrong_type(path, types, got)


def _check_string(schema: Schema, value: str, path: str) -> Iterator[FieldError]:
    length = len(value)
    longest, shortest = schema.get("maxLength"), schema.get("minLength")
    if longest is not None and length > longest:
        yield FieldError(ErrorType.TOO_LONG, path, value, f"may not be more than {longest} bytes")
    if shortest is not None and length < shortest:
        yield _invalid(path, value, f"should be at least {shortest} chars long")
    pattern = schema.get("pattern")
    if pattern and not _matches(pattern, value):
        yield _invalid(path, value, f"should match '{pattern}'")
    wanted = schema.get("format")
    if wanted and not schema.get(structural.DECODED) and not fits(wanted, value):
        yield FieldError(ErrorType.TYPE_INVALID, path, value, f'{path} in body must be of type {wanted}: "{value}"')


def _check_number(schema: Schema, value: float, path: str) -> Iterator[FieldError]:
    wanted = schema.get("format")
    if wanted in _BOUNDS and schema.get("type") == "integer":
        lowest, highest = _BOUNDS[wanted]
        if not lowest <= value <= highest:
            said = f"Checked value must be of type integer with format {wanted} in {path}"
            yield FieldError(ErrorType.INVALID, _NO_PATH, "", said)
    step, most, least = schema.get("multipleOf"), schema.get("maximum"), schema.get("minimum")
    if step and isinstance(value, int) and int(step) < 1:
        # For an integer the factor is taken for one, too.
        yield FieldError(ErrorType.INVALID, path, 0, f"factor MultipleOf declared for {path} must be positive: {int(step)}")
    elif step and not math.isclose(value / step, round(value / step), abs_tol=1e-9):
        yield _invalid(path, value, f"should be a multiple of {_number(step)}")
    if most is not None and (value >= most if schema.get("exclusiveMaximum") else value > most):
        yield _invalid(path, value, f"should be less than {'' if schema.get('exclusiveMaximum') else 'or equal to '}{_number(most)}")
    if least is not None and (value <= least if schema.get("exclusiveMinimum") else value < least):
        yield _invalid(path, value, f"should be greater than {'' if schema.get('exclusiveMinimum') else 'or equal to '}{_number(least)}")


def _check_list(schema: Schema, value: list[Any], path: str, old: Old) -> Iterator[FieldError]:
    most, least = schema.get("maxItems"), schema.get("minItems")
    if most is not None and len(value) > most:
        yield FieldError(ErrorType.TOO_MANY, path, len(value), f"must have at most {most} items")
    if least is not None and len(value) < least:
        yield _invalid(path, len(value), f"should have at least {least} items")
    if schema.get("uniqueItems") and any(equal(a, b) for index, a in enumerate(value) for b in value[:index]):
        yield _invalid(path, value, "shouldn't contain duplicates")
    item = schema.get("items")
    if isinstance(item, dict):
        for index, entry in enumerate(value):
            yield from check(item, entry, f"{path}[{index}]", old.entry(schema, entry))


def _check_object(schema: Schema, value: dict[str, Any], path: str, old: Old) -> Iterator[FieldError]:
    most, least = schema.get("maxProperties"), schema.get("minProperties")
    if most is not None and len(value) > most:
        yield FieldError(ErrorType.TOO_MANY, path, len(value), f"must have at most {most} items")
    if least is not None and len(value) < least:
        yield _invalid(path, len(value), f"should have at least {least} properties")
    schema = structural.embedded(schema) if structural.is_embedded(schema) else schema
    demanded = schema.get(structural.DEMANDED) or ()
    for name in schema.get("required") or ():
        if name not in value or (name in demanded and _is_zero(value[name])):
            yield FieldError(ErrorType.REQUIRED, _below(path, name))
    for name in sorted(value):
        below = structural.field_schema(schema, name)
        if below is not None and below is not structural.ANYTHING:
            yield from check(below, value[name], _below(path, name), old.field(name))


def _is_zero(value: Any) -> bool:
    return not value and value is not False and not isinstance(value, dict)


def _check_combinations(schema: Schema, value: Any, path: str) -> Iterator[FieldError]:
    """allOf, anyOf, oneOf and not. Their own verdict has no field; the errors of the best branch are told with it."""
    said = f'"{path}" must'
    branches = [[list(check(branch, value, path)) for branch in schema.get(word) or ()] for word in ("allOf", "anyOf", "oneOf")]
    every, some, one = branches
    if wrong := [errors for errors in every if errors]:
        yield FieldError(ErrorType.INVALID, _NO_PATH, "", f"{said} validate all the schemas (allOf)")
        yield from (error for errors in wrong for error in errors)
    if some and all(some):
        yield FieldError(ErrorType.INVALID, _NO_PATH, "", f"{said} validate at least one schema (anyOf)")
        yield from min(some, key=len)
    right = sum(not errors for errors in one)
    if one and right != 1:
        found = "Found none valid" if right == 0 else f"Found {right} valid alternatives"
        yield FieldError(ErrorType.INVALID, _NO_PATH, "", f"{said} validate one and only one schema (oneOf). {found}")
        if right == 0:
            yield from min(one, key=len)
    if isinstance(schema.get("not"), dict) and not list(check(schema["not"], value, path)):
        yield FieldError(ErrorType.INVALID, _NO_PATH, "", f"{said} not validate the schema (not)")


def _invalid(path: str, value: Any, rule: str) -> FieldError:
    return FieldError(ErrorType.INVALID, path, value, f"{path} in body {rule}")


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _quoted(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else f'"{_number(value)}"'


def _number(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).lower()


def _matches(pattern: str, value: str) -> bool:
    return _compiled(pattern).search(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Go's \z and Python's \Z say the same; $ must not match before a last newline, which Go's does not either.
    return re.compile(re.sub(r"(?<!\\)\$(?=$|\))", r"\\Z", pattern.replace("\\z", "\\Z")), re.ASCII)
