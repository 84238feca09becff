"""Two versions of an object: the fields that differ, one by one. Pure; nothing is masked here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from modeltui.changes.items import key_of, told_apart
from modeltui.changes.ownership import Owned, entries, key_names, union
from modeltui.changes.paths import Path
from modeltui.changes.values import ABSENT, same
from modeltui.kube.apply import Pointer, writable

_IDENTITY: Final = ("apiVersion", "kind")
_NAMES: Final = ("name", "namespace", "generateName")


@dataclass(frozen=True, slots=True)
class Changed:
    """A field whose value is another one: a scalar, a list of scalars, something empty, or the order of a list's items."""

    path: Path
    before: Any
    after: Any
    """ABSENT where there is none."""
    pointer_before: Pointer | None = None
    pointer_after: Pointer | None = None
    """Where it is in either version; None where it is not, or when it is about an order."""


def changed_fields(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Changed, ...]:
    """What a user could have set and that differs: not status, not what the server keeps in metadata, not the object's name."""
    known = union([*entries(before or {}), *entries(after or {})])
    return tuple(_below((), _content(before), _content(after), (), (), known))


def same_changes(one: Sequence[Changed], other: Sequence[Changed]) -> bool:
    """Whether both say the same, wherever in their objects it stands."""
    return len(one) == len(other) and all(
        mine.path == theirs.path and same(mine.before, theirs.before) and same(mine.after, theirs.after)
        for mine, theirs in zip(one, other, strict=True)
    )


def _content(obj: Mapping[str, Any] | None) -> dict[str, Any]:
    if obj is None:
        return {"metadata": {}}
    sent = writable(obj)
    metadata = {key: value for key, value in sent.pop("metadata").items() if key not in _NAMES}
    return {"metadata": metadata} | {key: value for key, value in sent.items() if key not in _IDENTITY}


def _below(path: Path, before: Any, after: Any, was: Pointer, now: Pointer, known: Owned) -> Iterator[Changed]:
    match before, after:
        case (dict(), dict()):
            for name in [*after, *(name for name in before if name not in after)]:
                one, two = before.get(name, ABSENT), after.get(name, ABSENT)
                yield from _below((*path, name), one, two, (*was, name), (*now, name), known.at(name))
        case (dict(), _) if after is ABSENT and before:
            yield from _below(path, before, {}, was, now, known)
        case (_, dict()) if before is ABSENT and after:
            yield from _below(path, {}, after, was, now, known)
        case (list(), list()) if _objects(before) or _objects(after):
            yield from _items(path, before, after, was, now, known)
        case (list(), _) if after is ABSENT and _objects(before):
            yield from _items(path, before, [], was, now, known)
        case (_, list()) if before is ABSENT and _objects(after):
            yield from _items(path, [], after, was, now, known)
        case _ if before is ABSENT or after is ABSENT or not same(before, after):
            yield Changed(path, before, after, None if before is ABSENT else was, None if after is ABSENT else now)


def _objects(items: list[Any]) -> bool:
    return any(isinstance(item, dict) for item in items)


def _items(path: Path, before: list[Any], after: list[Any], was: Pointer, now: Pointer, known: Owned) -> Iterator[Changed]:
    """By what tells the items apart, so that one more at the front is one more, and not a change of all; else by position."""
    names = key_names(known) or ("name",)
    if not (told_apart(before, names) and told_apart(after, names)):
        for position in range(max(len(before), len(after))):
            one = before[position] if position < len(before) else ABSENT
            two = after[position] if position < len(after) else ABSENT
            yield from _below((*path, position), one, two, (*was, position), (*now, position), Owned())
        return
    old = {key_of(item, names): position for position, item in enumerate(before)}
    new = {key_of(item, names): position for position, item in enumerate(after)}
    for key in [*new, *(key for key in old if key not in new)]:
        one = before[old[key]] if key in old else ABSENT
        two = after[new[key]] if key in new else ABSENT
        yield from _below((*path, key), one, two, (*was, old.get(key, 0)), (*now, new.get(key, 0)), known.at(key))
    kept_old, kept_new = [key for key in old if key in new], [key for key in new if key in old]
    if kept_old != kept_new:
        yield Changed(path, [dict(key.fields) for key in kept_old], [dict(key.fields) for key in kept_new])
