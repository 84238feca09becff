"""Leaving to others what they own: a wish, with the fields of a conflict as they are in the cluster. Pure."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from modeltui.changes.items import key_of
from modeltui.changes.ownership import Owned, entries, key_names, union
from modeltui.changes.paths import Path, as_the_server_spells, spelled
from modeltui.changes.values import ABSENT
from modeltui.kube.apply import Manifest, writable


def with_theirs(live: Mapping[str, Any], desired: Mapping[str, Any], fields: Collection[str]) -> tuple[Manifest, Mapping[str, str]]:
    """`desired` with `fields` (as a conflict names them) as in `live`; and how each that was found is spelled for people."""
    walk = _Walk(frozenset(fields))
    left = walk.below(writable(live), writable(desired), (), union(entries(live)))
    return left, walk.found


class _Walk:
    def __init__(self, fields: frozenset[str]) -> None:
        self._fields = fields
        self.found: dict[str, str] = {}

    def below(self, live: Any, desired: Any, path: Path, known: Owned) -> Any:
        named = as_the_server_spells(path)
        if named in self._fields:
            self.found[named] = spelled(path)
            return copy.deepcopy(live)
        match live, desired:
            case (_, dict()):
                there = live if isinstance(live, dict) else {}
                merged = {
                    name: self.below(there.get(name, ABSENT), value, (*path, name), known.at(name)) for name, value in desired.items()
                }
                return {name: value for name, value in merged.items() if value is not ABSENT}
            case (list(), list()) if names := key_names(known):
                items = [self._item(live, item, path, names, known) for item in desired]
                return [item for item in items if item is not ABSENT]
        return copy.deepcopy(desired)

    def _item(self, live: list[Any], item: Any, path: Path, names: Sequence[str], known: Owned) -> Any:
        if not isinstance(item, dict):
            return item
        key = key_of(item, names)
        theirs = next((other for other in live if isinstance(other, dict) and key_of(other, names) == key), ABSENT)
        return self.below(theirs, item, (*path, key), known.at(key))
