"""A wish that was made looking at one version of an object, carried over to the version that is there now. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modeltui.changes.items import key_of
from modeltui.changes.ownership import Owned, entries, is_set, key_names, union
from modeltui.changes.paths import Key, Path
from modeltui.changes.values import ABSENT, is_in, same
from modeltui.kube.apply import Manifest, writable


@dataclass(slots=True)
class Rebased:
    desired: Manifest
    overtaken: list[Path] = field(default_factory=list)
    """Fields that were changed both in the wish and meanwhile in the cluster, to different values; `desired` has the wish's."""


def rebase(base: Mapping[str, Any], desired: Mapping[str, Any], current: Mapping[str, Any]) -> Rebased:
    """`desired` was made from `base`; what would it be, made from `current`? What others changed meanwhile is kept."""
    known = union([*entries(base), *entries(current)])
    rebased = Rebased({})
    rebased.desired = _merged(writable(base), writable(desired), writable(current), (), known, rebased.overtaken)
    return rebased


def _merged(base: Any, desired: Any, current: Any, path: Path, known: Owned, overtaken: list[Path]) -> Any:
    if _alike(base, desired):
        return copy.deepcopy(current)
    if _alike(base, current) or _alike(desired, current):
        return copy.deepcopy(desired)
    match base, desired, current:
        case (dict(), dict(), dict()):
            merged = {
                name: _merged(
                    base.get(name, ABSENT), desired.get(name, ABSENT), current.get(name, ABSENT), (*path, name), known.at(name), overtaken
                )
                for name in [*current, *(name for name in desired if name not in current)]
            }
            return {name: value for name, value in merged.items() if value is not ABSENT}
        case (list(), list(), list()) if (names := key_names(known)) and all(_keyed(items, names) for items in (base, desired, current)):
            old, wanted, now = ({key_of(item, names): item for item in items} for items in (base, desired, current))
            items = [
                _merged(old.get(key, ABSENT), wanted.get(key, ABSENT), now.get(key, ABSENT), (*path, key), known.at(key), overtaken)
                for key in [*now, *(key for key in wanted if key not in now)]
            ]
            return [item for item in items if item is not ABSENT]
        case (list(), list(), list()) if is_set(known):
            return [item for item in current if is_in(item, desired) or not is_in(item, base)] + [
                item for item in desired if not is_in(item, base) and not is_in(item, current)
            ]
    overtaken.append(path)
    return copy.deepcopy(desired)


def _alike(one: Any, other: Any) -> bool:
    return one is other or (one is not ABSENT and other is not ABSENT and same(one, other))


def _keyed(items: list[Any], names: Sequence[str]) -> bool:
    keys: list[Key] = [key_of(item, names) for item in items if isinstance(item, dict)]
    return len(set(keys)) == len(items)
