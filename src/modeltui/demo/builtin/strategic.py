"""Strategic merge patch: merge patch that knows which lists are merged by key. Only built-in kinds have it.

Directives: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

import copy
from typing import Any

from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import PATCH_KEY, PATCH_STRATEGY, Schema

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


class BadPatch(ValueError):
    """A patch that contradicts itself or the schema. HTTP 400, reason BadRequest."""


def strategic_merge(schema: Schema, live: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """`live` with `patch` laid over it; a new object. Raises BadPatch."""
    return _merge_map(schema, live, patch)


def _merge_map(schema: Schema, live: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    directive = patch.get(_PATCH)
    if directive == "replace":
        return {name: _plain(value) for name, value in patch.items() if value is not None and not name.startswith("$")}
    if directive == "delete":
        return {}
    if directive not in (None, "merge"):
        raise BadPatch(f"Unknown patch type: {directive}")
    merged = copy.deepcopy(live)
    if _RETAIN in patch:
        retained = _list(patch[_RETAIN], _RETAIN)
        if missing := [name for name in patch if not name.startswith("$") and name not in retained]:
            raise BadPatch(f"retainKeys directive must contain all keys present in patch: {', '.join(missing)} is missing")
        merged = {name: value for name, value in merged.items() if name in retained}
    for name, value in patch.items():
        if name.startswith(_DELETE_FROM):
            field = name.removeprefix(_DELETE_FROM)
            gone = _list(value, name)
            merged[field] = [entry for entry in merged.get(field) or [] if entry not in gone]
        elif not name.startswith("$"):
            _merge_field(structural.field_schema(schema, name) or structural.ANYTHING, merged, name, value)
    for name, order in patch.items():
        if name.startswith(_ORDER) and isinstance(merged.get(field := name.removeprefix(_ORDER)), list):
            below = structural.field_schema(schema, field) or structural.ANYTHING
            merged[field] = _ordered(merged[field], _list(order, name), below.get(PATCH_KEY))
    return merged


def _merge_field(schema: Schema, merged: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        merged.pop(name, None)
    elif isinstance(value, dict):
        live = merged.get(name)
        if value.get(_PATCH) == "delete":
            merged.pop(name, None)
        else:
            merged[name] = _merge_map(schema, live if isinstance(live, dict) else {}, value)
    elif isinstance(value, list):
        live = merged.get(name)
        merged[name] = _merge_list(schema, live if isinstance(live, list) else [], value)
    else:
        merged[name] = value


def _merge_list(schema: Schema, live: list[Any], patch: list[Any]) -> list[Any]:
    if "merge" not in str(schema.get(PATCH_STRATEGY, "")).split(","):
        return [_plain(entry) for entry in patch]
    key = schema.get(PATCH_KEY)
    if key is None:
        return [*live, *(entry for entry in patch if entry not in live)]
    if any(isinstance(entry, dict) and entry.get(_PATCH) == "replace" for entry in patch):
        return [_plain(entry) for entry in patch if not (isinstance(entry, dict) and entry.get(_PATCH) == "replace")]
    merged = copy.deepcopy(live)
    for entry in patch:
        if not isinstance(entry, dict) or key not in entry:
            raise BadPatch(f"map: {entry!r} does not contain declared merge key: {key}")
        place = next((index for index, known in enumerate(merged) if isinstance(known, dict) and known.get(key) == entry[key]), None)
        if entry.get(_PATCH) == "delete":
            merged = [known for known in merged if not (isinstance(known, dict) and known.get(key) == entry[key])]
        elif place is None:
            merged.append(_plain(entry))
        else:
            merged[place] = _merge_map(structural.items(schema), merged[place], entry)
    return merged


def _ordered(entries: list[Any], order: list[Any], key: str | None) -> list[Any]:
    """The entries in the patch's order; one that it does not name stays behind the entry that it stood behind."""
    wanted = [entry.get(key) if key and isinstance(entry, dict) else entry for entry in order]

    def identity(entry: Any) -> Any:
        return entry.get(key) if key and isinstance(entry, dict) else entry

    named = sorted((entry for entry in entries if identity(entry) in wanted), key=lambda entry: wanted.index(identity(entry)))
    before: Any = None
    for entry in entries:
        if identity(entry) not in wanted:
            at = next((index + 1 for index, known in enumerate(named) if identity(known) == before), 0 if before is None else len(named))
            named.insert(at, entry)
        before = identity(entry)
    return named


def _plain(value: Any) -> Any:
    """A copy without directives and without nulls in objects: what a patch puts where nothing was."""
    if isinstance(value, dict):
        return {name: _plain(entry) for name, entry in value.items() if entry is not None and not name.startswith("$")}
    if isinstance(value, list):
        return [_plain(entry) for entry in value if not (isinstance(entry, dict) and entry.get(_PATCH) == "delete")]
    return value


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise BadPatch(f"{name} must hold a list")
    return value
