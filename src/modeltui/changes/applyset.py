"""What to send so that an object becomes what is wanted, and nothing of anybody else is dropped or taken over.

Server-side apply keeps what we do not send (of others), removes what we sent before and do not send any more, and makes us owner of
all that we send. So what is sent is: what we own already, and what differs. See "Server-Side Apply" in the Kubernetes documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from modeltui.changes.items import counterparts, identified, key_of, member_of, told_apart
from modeltui.changes.ownership import Entry, Owned, entries, is_set, key_names, owners, union
from modeltui.changes.paths import Element, Path
from modeltui.changes.values import ABSENT, is_in, same
from modeltui.kube.apply import Manifest, Pointer, writable

_IDENTITY: Final = ("apiVersion", "kind")
_NAMES: Final = ("name", "namespace")


@dataclass(frozen=True, slots=True)
class Removal:
    """A field that is to go, but that omitting does not remove."""

    path: Path
    pointer: Pointer
    """Where it is in the live object."""
    owners: tuple[str, ...]
    """Managers that own it or something in it; empty when nobody does, as of what the server filled in."""


def apply_set(live: Mapping[str, Any] | None, desired: Mapping[str, Any]) -> Manifest:
    """What to apply to make `live` become `desired`, the whole object as it should be; see `left_behind` for what that cannot remove.

    status and the server's metadata play no part. Lists are taken item by item only where managedFields show that the server
    does so; else they are sent whole.
    """
    wanted = writable(desired)
    if live is None:
        return wanted
    present, listed = writable(live), entries(live)
    mine, known = union(entry for entry in listed if entry.applied_by_us), union(listed)
    manifest: Manifest = {key: wanted[key] for key in _IDENTITY if key in wanted}
    metadata = _fields(present["metadata"], _without(wanted["metadata"], _NAMES), mine.at("metadata"), known.at("metadata"))
    manifest["metadata"] = {key: wanted["metadata"][key] for key in _NAMES if key in wanted["metadata"]} | metadata
    return manifest | _fields(present, _without(wanted, (*_IDENTITY, "metadata")), mine, known)


def left_behind(live: Mapping[str, Any], desired: Mapping[str, Any], result: Mapping[str, Any]) -> tuple[Removal, ...]:
    """What `live` has and `desired` lacks, but is still there in `result`, which the server made of the apply set.

    Only the server knows: managedFields do not tell a map that is owned as a whole from one that was empty when it was applied.
    Outermost fields only.
    """
    listed = entries(live)
    others = [entry for entry in listed if not entry.applied_by_us]
    walk = _Left(others)
    return tuple(walk.below(writable(live), writable(desired), writable(result), (), (), union(listed)))


def _fields(live: Manifest, desired: Manifest, mine: Owned, known: Owned) -> Manifest:
    """Of an object whose fields are owned one by one: those of `desired` to send."""
    parts = {key: _part(live.get(key, ABSENT), value, mine.at(key), known.at(key)) for key, value in desired.items()}
    return {key: part for key, part in parts.items() if part is not ABSENT}


def _part(live: Any, desired: Any, mine: Owned, known: Owned) -> Any:
    """What of `desired` to send; ABSENT for nothing."""
    match live, desired:
        case (dict(), dict()) if known.below:
            fields = _fields(live, desired, mine, known)
            return fields if fields or not mine.nothing else ABSENT  # empty, not absent: else it goes with the last that was ours in it
        case (list(), list()) if names := key_names(known):
            return _or_absent(_keyed(live, desired, names, mine, known), mine)
        case (list(), list()) if is_set(known):
            return _or_absent(
                [item for at, item in enumerate(desired) if not is_in(item, live) or mine.at(member_of(item, at)).itself], mine
            )
    return desired if mine.itself or not same(live, desired) else ABSENT


def _keyed(live: list[Any], desired: list[Any], names: Sequence[str], mine: Owned, known: Owned) -> list[Any]:
    items: list[Any] = []
    for item, position in zip(desired, counterparts(desired, live, names), strict=True):
        if position is None:
            items.append(item)
            continue
        key = key_of(live[position], names)
        part = _part(live[position], item, mine.at(key), known.at(key))
        if part is not ABSENT:
            items.append(identified(live[position], names) | part)
    return items


def _or_absent(items: list[Any], mine: Owned) -> Any:
    return items if items or not mine.nothing else ABSENT


def _without(fields: Manifest, names: Sequence[str]) -> Manifest:
    return {key: value for key, value in fields.items() if key not in names}


@dataclass(frozen=True, slots=True)
class _Left:
    others: Sequence[Entry]

    def below(self, live: Any, desired: Any, result: Any, path: Path, pointer: Pointer, known: Owned) -> Iterator[Removal]:
        names = key_names(known) or _likely_names(known, live, desired, result)
        still = {child.element: child.counterpart for child in _children(live, result, known, names)}
        for child in _children(live, desired, known, names):
            at, where, left = (*path, child.element), (*pointer, child.position), still.get(child.element, ABSENT)
            if left is ABSENT:
                continue
            if child.counterpart is ABSENT:
                yield Removal(at, where, owners(self.others, at))
            else:
                yield from self.below(child.live, child.counterpart, left, at, where, known.at(child.element))


@dataclass(frozen=True, slots=True)
class _Child:
    """A child of a live value, and what is the same one in another version of it, or ABSENT."""

    element: Element
    position: str | int
    live: Any
    counterpart: Any


def _children(live: Any, other: Any, known: Owned, names: Sequence[str]) -> Iterator[_Child]:
    match live, other:
        case (dict(), dict()):
            for name, value in live.items():
                yield _Child(name, name, value, other.get(name, ABSENT))
        case (list(), list()) if names:
            same_items = {found: item for item, found in zip(other, counterparts(other, live, names), strict=True) if found is not None}
            for position, item in enumerate(live):
                if identified(item, names):
                    yield _Child(key_of(item, names), position, item, same_items.get(position, ABSENT))
        case (list(), list()):
            for position, item in enumerate(live):
                element = member_of(item, position) if is_set(known) else position
                yield _Child(element, position, item, item if is_in(item, other) else ABSENT)


def _likely_names(known: Owned, *versions: Any) -> tuple[str, ...]:
    """A list that nobody owns may be merged item by item all the same; by their names, then, in every kind that we know of."""
    named = known.nothing and all(isinstance(items, list) and told_apart(items, ("name",)) for items in versions)
    return ("name",) if named else ()
