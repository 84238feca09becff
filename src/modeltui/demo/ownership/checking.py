"""Whether an object fits its schema well enough to be merged field by field, and what the API server says when not."""

from __future__ import annotations

import json
from typing import Any

from modeltui.demo.ownership import fieldset, typed
from modeltui.demo.ownership.conflicts import TypedPatchError
from modeltui.demo.ownership.fieldset import Path
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def check_applied(schema: Schema, applied: dict[str, Any], *, api_version: str) -> None:
    """Raises TypedPatchError: undeclared fields, wrong kinds of values, list entries without keys, or the same key twice."""
    errors: list[str] = []
    _check(schema, applied, (), errors)
    if errors:
        metadata = applied.get("metadata") or {}
        who = f"{metadata.get('namespace', '')}/{metadata.get('name', '')}; {api_version}, Kind={applied.get('kind', '')}"
        said = errors[0] if len(errors) == 1 else "errors:\n" + "\n".join(f"  {error}" for error in errors)
        raise TypedPatchError(f"failed to create typed patch object ({who}): {said}")


def fits(schema: Schema, value: dict[str, Any]) -> bool:
    """Whether every value in it is of its schema's type. Of what is not applied, items may stand in a list twice."""
    errors: list[str] = []
    _check(schema, value, (), errors, twice=True)
    return not errors


def _check(schema: Schema, value: Any, path: Path, errors: list[str], *, twice: bool = False) -> None:
    if value is None:
        return
    kind = typed.kind_of(schema, value)
    if kind == "map":
        if isinstance(value, dict):
            _check_fields(schema, value, path, errors, twice=twice)
        else:
            errors.append(_at(path, f"expected map, got &{{{_go(value)}}}"))
    elif kind == "list":
        if isinstance(value, list):
            _check_entries(schema, value, path, errors, twice=twice)
        else:
            errors.append(_at(path, f"expected list, got &{{{_go(value)}}}"))
    else:
        _check_scalar(schema, value, path, errors)


def _check_fields(schema: Schema, value: dict[str, Any], path: Path, errors: list[str], *, twice: bool) -> None:
    for name in sorted(value):
        here = (*path, fieldset.field(name))
        below = typed.child(schema, name)
        if below is None:
            errors.append(_at(here, "field not declared in schema"))
        else:
            _check(below, value[name], here, errors, twice=twice)


def _check_entries(schema: Schema, value: list[Any], path: Path, errors: list[str], *, twice: bool) -> None:
    item = structural.items(schema)
    if typed.is_atomic(schema, "list"):
        for index, entry in enumerate(value):
            _check(item, entry, (*path, f"i:{index}"), errors, twice=twice)
        return
    seen: set[str] = set()
    for index, entry in enumerate(value):
        try:
            element = typed.element(schema, entry)
        except typed.PathElementError as error:
            errors.append(_at(path, f"element {index}: {error}"))
            continue
        if element in seen and not twice:
            errors.append(_at(path, f"duplicate entries for key {fieldset.display((element,))}"))
        seen.add(element)
        _check(item, entry, (*path, element), errors, twice=twice)


def _check_scalar(schema: Schema, value: Any, path: Path, errors: list[str]) -> None:
    declared = schema.get("type")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if declared == "string" and not isinstance(value, str) and schema.get("format") != "date-time":  # a time is of no type here
        errors.append(_at(path, f"expected string, got &value.valueUnstructured{{Value:{_go_syntax(value)}}}"))
    elif declared == "boolean" and not isinstance(value, bool):
        errors.append(_at(path, f"expected boolean, got &{{{_go(value)}}}"))
    elif declared in ("integer", "number") and not number:
        errors.append(_at(path, f"expected numeric (int or float), got {_go_type(value)}"))


def _at(path: Path, said: str) -> str:
    return f"{fieldset.display(path)}: {said}" if path else said


def _go_type(value: Any) -> str:
    names = {str: "string", bool: "bool", dict: "map[string]interface {}", list: "[]interface {}"}
    return names.get(type(value), type(value).__name__)


def _go(value: Any) -> str:
    """The value as Go's %v prints it, which is how these sentences show it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{name}:{_go(value[name])}" for name in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(_go(entry) for entry in value) + "]"
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _go_syntax(value: Any) -> str:
    """The value as Go's %#v prints it: as it would stand in a program."""
    if isinstance(value, dict):
        return "map[string]interface {}{" + ", ".join(f"{json.dumps(name)}:{_go_syntax(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(_go_syntax(entry) for entry in value) + "}"
    if value is None:
        return "interface {}(nil)"
    return json.dumps(value) if isinstance(value, str) else _go(value)
