"""Strategic merge patch: merge patch that knows which lists are merged by key. Only built-in kinds have it.

Directives: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
"""

from __future__ import annotations

from typing import Any

from modeltui.demo.copying import copied
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import PATCH_KEY, PATCH_STRATEGY, Schema

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_DELETE_FROM = "$deleteFromPrimitiveList/"
_ORDER = "$setElementOrder/"


class BadPatch(ValueError):
    """A patch that contradicts itself. HTTP 400, reason BadRequest."""


class UnmergeablePatch(ValueError):
    """A patch that does not say what is to be merged with what. HTTP 500 without a reason, as upstream has it."""


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
        raise UnmergeablePatch(f"Unknown patch type: {directive}")
    merged: dict[str, Any] = copied(live)
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
            merged[field] = _ordered(merged[field], _list(order, name), live.get(field) or [], below.get(PATCH_KEY))
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
        return _ordered([*live, *(entry for entry in patch if entry not in live)], patch, live, None)
    if any(isinstance(entry, dict) and entry.get(_PATCH) == "replace" for entry in patch):
        return [_plain(entry) for entry in patch if not (isinstance(entry, dict) and entry.get(_PATCH) == "replace")]
    merged: list[Any] = copied(live)
    for entry in patch:
        if not isinstance(entry, dict) or key not in entry:
            raise UnmergeablePatch(f"map: {entry!r} does not contain declared merge key: {key}")
        place = next((index for index, known in enumerate(merged) if isinstance(known, dict) and known.get(key) == entry[key]), None)
        if entry.get(_PATCH) == "delete":
            merged = [known for known in merged if not (isinstance(known, dict) and known.get(key) == entry[key])]
        elif place is None:
            merged.append(_plain(entry))
        else:
            merged[place] = _merge_map(structural.items(schema), merged[place], entry)
    return _ordered(merged, patch, live, key)


def _ordered(entries: list[Any], wanted: list[Any], live: list[Any], key: str | None) -> list[Any]:
    """The entries that `wanted` names in its order, between the others in the live order; one that is new comes before the others."""

    def identity(entry: Any) -> Any:
        return entry.get(key) if key and isinstance(entry, dict) else entry

    order, before = [identity(entry) for entry in wanted], [identity(entry) for entry in live]
    named = sorted((entry for entry in entries if identity(entry) in order), key=lambda entry: order.index(identity(entry)))
    others = [entry for entry in entries if identity(entry) not in order]
    result: list[Any] = []
    while named and others:
        first, second = identity(others[0]), identity(named[0])
        stays = first in before and second in before and before.index(first) < before.index(second)
        result.append(others.pop(0) if stays else named.pop(0))
    return [*result, *others, *named]


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
