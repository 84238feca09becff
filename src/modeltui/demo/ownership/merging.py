"""Laying an applied object over the live one, and taking fields out of an object."""

from __future__ import annotations

from typing import Any

from modeltui.demo.copying import copied
from modeltui.demo.ownership import fieldset, typed
from modeltui.demo.ownership.fieldset import FieldSet
from modeltui.demo.ownership.typed import ABSENT
from modeltui.demo.schema import structural
from modeltui.demo.schema.structural import Schema


def merge(schema: Schema, live: Any, applied: Any) -> Any:
    """A new value: `applied` where it says something, `live` elsewhere; maps by key, lists as their list type has it."""
    if applied is ABSENT:
        return copied(live)
    if live is ABSENT:
        return copied(applied)
    kind = typed.kind_of(schema, applied)
    if typed.is_atomic(schema, kind) or typed.kind_of(schema, live) != kind:
        return copied(applied)
    if kind == "map" and (live or applied):
        below, over = live or {}, applied or {}
        return {
            name: merge(typed.child(schema, name) or structural.ANYTHING, below.get(name, ABSENT), over.get(name, ABSENT))
            for name in {**below, **over}
        }
    if kind == "list" and (live or applied):
        return _merge_entries(schema, live or [], applied or [])
    return copied(applied)


def _merge_entries(schema: Schema, live: list[Any], applied: list[Any]) -> list[Any]:
    """Entries of the applied list keep its order; the others stay where they stood relative to those both lists have."""
    item = structural.items(schema)
    placed = [(typed.element(schema, entry), entry) for entry in live]
    wanted = {typed.element(schema, entry): entry for entry in applied}
    places: dict[str, list[Any]] = {}
    for element, entry in placed:
        places.setdefault(element, []).append(entry)
    # An entry that stands twice in the live list has no one value to merge into: the applied one takes its place.
    known = {element: entries[0] if len(entries) == 1 else ABSENT for element, entries in places.items()}

    order = [element for element, _ in placed]
    queue = list(wanted)
    shared = [element for element in queue if element in known]
    result: list[Any] = []
    done: set[str] = set()
    left = right = 0
    while left < len(order) or right < len(queue):
        here = order[left] if left < len(order) else None
        turn = queue[right] if right < len(queue) else None
        if here is not None and here not in wanted:
            result.append(copied(placed[left][1]))
            left += 1
            continue
        if here is not None and (here == turn or here in done or (turn is not None and shared and shared[0] != here)):
            left += 1
            if here != turn and here not in done:
                continue  # both lists have it, but the applied one wants another first
        if turn is not None:
            result.append(merge(item, known.get(turn, ABSENT), wanted[turn]))
            done.add(turn)
            right += 1
            if shared and shared[0] == turn:
                shared.pop(0)
    return result


def remove(schema: Schema, value: dict[str, Any], paths: FieldSet) -> dict[str, Any]:
    """A copy of `value` without the fields and list entries that are members of `paths`. What is emptied by that stays, empty."""
    taken: dict[str, Any] = _remove(schema, value, fieldset.to_fields_v1(paths))
    return taken


def _remove(schema: Schema, value: Any, tree: dict[str, Any]) -> Any:
    kind = typed.kind_of(schema, value)
    if typed.is_atomic(schema, kind):
        return copied(value)
    if kind == "map" and isinstance(value, dict):
        kept = {}
        for name, entry in value.items():
            below = tree.get(fieldset.field(name))
            if below is None or not _is_member(below):
                kept[name] = _remove(typed.child(schema, name) or structural.ANYTHING, entry, below or {})
        return kept
    if kind == "list" and isinstance(value, list):
        found = [(entry, tree.get(typed.element(schema, entry))) for entry in value]
        return [_remove(structural.items(schema), entry, below or {}) for entry, below in found if below is None or not _is_member(below)]
    return copied(value)


def _is_member(node: dict[str, Any]) -> bool:
    return not node or "." in node
