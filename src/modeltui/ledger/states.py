"""What an entry's object was before it, and what it became by it. Pure.

The ledger keeps the object before, and of what became of it only the difference; both without secrets, whose places hold the mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from enum import Enum
from typing import Any, Final

from modeltui.ledger.encoding import UNREADABLE
from modeltui.ledger.field_paths import Item, Step, Where, lay, steps
from modeltui.ledger.records import ChangedField, Entry, Manifest, State


class Untold(ValueError):
    """The ledger does not tell it; the message is one clause that says why."""


class _Gone(Enum):
    GONE = "gone"


_GONE: Final = _Gone.GONE
"""Stands where something was taken away until all of it is: the places of its neighbours must not move meanwhile."""


def before(entry: Entry) -> Manifest | None:
    """None: there was none. `entry` has its object before, as `Ledger.get` gives it. Raises `Untold`."""
    if entry.state is State.NOTE:
        raise Untold("it is no change of an object")
    if not entry.kind or not entry.name:
        raise Untold("this entry was changed and cannot be read")
    if entry.before is None and entry.before_hash:
        raise Untold("the object before is missing from the ledger")
    return deepcopy(entry.before)


def after(entry: Entry) -> Manifest | None:
    """None: it was deleted. What users can set, without status; what was added to a list stands at its end. Raises `Untold`."""
    made = before(entry)
    if entry.state is not State.DONE:
        raise Untold("nothing was written" if entry.state is State.FAILED else "nobody knows whether it was written")
    if entry.verb == "delete":
        return None
    if made is None:
        metadata = {"name": entry.name} | ({"namespace": entry.namespace} if entry.namespace else {})
        made = {"apiVersion": entry.api_version, "kind": entry.kind, "metadata": metadata}
    made.pop("status", None)
    try:
        gone = [_place(made, steps(change.path)) for change in entry.difference if change.kind == "removed"]
        for where in gone:
            if where is not None:
                lay(made, where, _GONE)
        for change in entry.difference:
            if change.kind != "removed":
                _set(made, change)
        return {name: value for name, value in _swept(made).items() if value is not _GONE}
    except UNREADABLE as error:
        raise Untold("its difference cannot be read") from error


def _set(obj: Manifest, change: ChangedField) -> None:
    way = steps(change.path)
    there = _at(obj, _place(obj, way) or [])
    if change.kind == "changed" and _is_order(there, change.after):
        lay(obj, way, _ordered(there, change.after))
    else:
        lay(obj, way, deepcopy(change.after))


def _place(obj: Any, way: Sequence[Step]) -> Where | None:
    """Where that is; None when it is not there."""
    where: Where = []
    for step in way:
        match step, obj:
            case Item(), list():
                place: str | int | None = next((at for at, item in enumerate(obj) if step.matches(item)), None)
            case int(), list():
                place = step if step < len(obj) else None
            case str(), dict():
                place = step if step in obj else None
            case _:
                place = None
        if place is None:
            return None
        where.append(place)
        obj = obj[place]
    return where


def _at(obj: Any, where: Where) -> Any:
    for place in where:
        obj = obj[place]
    return obj


def _is_order(there: Any, told: Any) -> bool:
    """Lists of objects differ item by item; told as a whole, it is their order that changed, each by what it is known by."""
    return isinstance(there, list) and isinstance(told, list) and any(isinstance(item, dict) for item in (*there, *told))


def _ordered(items: list[Any], keys: list[Any]) -> list[Any]:
    """Those items in that order; what has no place in it comes after."""
    rest = list(items)
    found = []
    for key in keys:
        place = next((at for at, item in enumerate(rest) if _known_by(item, key)), None)
        if place is None:
            raise ValueError(f"an order of items that are not there: {key}")
        found.append(rest.pop(place))
    return found + rest


def _known_by(item: Any, key: Any) -> bool:
    return isinstance(item, dict) and isinstance(key, dict) and all(name in item and item[name] == value for name, value in key.items())


def _swept(value: Any) -> Any:
    """Without what is gone, and without what held nothing else."""
    match value:
        case dict():
            left = {name: kept for name, inner in value.items() if (kept := _swept(inner)) is not _GONE}
            return left if left or not value else _GONE
        case list():
            items = [kept for inner in value if (kept := _swept(inner)) is not _GONE]
            return items if items or not value else _GONE
    return value
