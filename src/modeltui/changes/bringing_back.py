"""An object as it was, made from what the ledger kept of it and from what is there now. Pure.

Three things are not as they were: what others own and nobody had then stays, since it is theirs; secrets stay as they are now, since
the ledger keeps none; and what controllers keep in metadata (finalizers, owners) is never taken from the past.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from modeltui.changes.items import key_of, member_of, told_apart
from modeltui.changes.ownership import Entry, Owned, entries, is_set, key_names, owners, union
from modeltui.changes.paths import Path
from modeltui.changes.secret_values import masked_paths
from modeltui.changes.values import ABSENT, is_in
from modeltui.kube.apply import FIELD_MANAGER, Manifest, writable
from modeltui.redaction import MASK

_OF_CONTROLLERS: Final = ("finalizers", "ownerReferences")
_LAST_APPLIED: Final = ("metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration")


@dataclass(slots=True)
class BroughtBack:
    desired: Manifest
    staying: list[tuple[Path, tuple[str, ...]]] = field(default_factory=list)
    """What was not there then, and its owners, who keep it."""
    kept: list[Path] = field(default_factory=list)
    """Secrets that stay as they are now."""
    lost: list[Path] = field(default_factory=list)
    """Secrets that were there then and are not any more."""


def brought_back(was: Mapping[str, Any], live: Mapping[str, Any]) -> BroughtBack:
    """`live` as it should become to be again what `was` says. Values that others have changed since are those of `was`: the
    server will call it a conflict, and the user decides."""
    listed = entries(live)
    then, now = writable(was), writable(live)
    for name in _OF_CONTROLLERS:
        then["metadata"].pop(name, None)
        if name in now["metadata"]:
            then["metadata"][name] = now["metadata"][name]
    then |= {name: now[name] for name in ("apiVersion", "kind") if name in now}
    found = BroughtBack({})
    walk = _Walk(found, [entry for entry in listed if entry.manager != FIELD_MANAGER and not entry.subresource])
    found.desired = walk.below(then, now, (), union(listed))
    return found


@dataclass(slots=True)
class _Walk:
    found: BroughtBack
    others: Sequence[Entry]

    def below(self, was: Any, live: Any, path: Path, known: Owned) -> Any:
        """The value to be there; ABSENT for none."""
        if path == _LAST_APPLIED:
            return copy.deepcopy(live)
        match was:
            case dict():
                return self._fields(was, live if isinstance(live, dict) else {}, path, known)
            case list():
                return self._list(was, live if isinstance(live, list) else [], path, known)
            case str() if MASK in was:
                (self.found.lost if live is ABSENT else self.found.kept).append(path)
                return copy.deepcopy(live)
        if was == live:
            return was
        if was is ABSENT or (path[0] == "metadata" and live is not ABSENT and owners(self.others, path)):
            return self._theirs(live, path, known)
        return was

    def _fields(self, was: dict[str, Any], live: dict[str, Any], path: Path, known: Owned) -> dict[str, Any]:
        merged = {
            name: self.below(was.get(name, ABSENT), live.get(name, ABSENT), (*path, name), known.at(name))
            for name in [*live, *(name for name in was if name not in live)]
        }
        return {name: value for name, value in merged.items() if value is not ABSENT}

    def _list(self, was: list[Any], live: list[Any], path: Path, known: Owned) -> list[Any]:
        names = key_names(known) or ("name",)
        if told_apart(was, names) and told_apart(live, names):
            old, new = ({key_of(item, names): item for item in items} for items in (was, live))
            items = [
                self.below(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key), known.at(key))
                for key in [*old, *(key for key in new if key not in old)]
            ]
            return _there(items)
        if live and [*masked_paths(was)]:
            self.found.kept.append(path)
            return copy.deepcopy(live)
        items = [self.below(item, ABSENT, (*path, position), Owned()) for position, item in enumerate(was)]
        if is_set(known):
            items += self._members([item for item in live if not is_in(item, was)], path, known)
        return _there(items)

    def _members(self, items: list[Any], path: Path, known: Owned) -> list[Any]:
        names = key_names(known)
        elements = [key_of(item, names) if names else member_of(item, position) for position, item in enumerate(items)]
        return _there([self._theirs(item, (*path, element), known.at(element)) for item, element in zip(items, elements, strict=True)])

    def _theirs(self, live: Any, path: Path, known: Owned) -> Any:
        """Of what was not there then: what others own; an item of a list with all that is in it."""
        owned_by = () if live is ABSENT else owners(self.others, path)
        if not owned_by:
            return ABSENT
        if isinstance(live, dict) and known.below and isinstance(path[-1], str):
            left = {name: self._theirs(inner, (*path, name), known.at(name)) for name, inner in live.items()}
            return {name: value for name, value in left.items() if value is not ABSENT}
        if isinstance(live, list) and (key_names(known) or is_set(known)):
            return self._members(live, path, known)
        self.found.staying.append((path, owned_by))
        return copy.deepcopy(live)


def _there(items: list[Any]) -> list[Any]:
    return [item for item in items if item is not ABSENT]
