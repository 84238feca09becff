"""What an answer changes, carried over to the object that is there. Pure.

Two manifests are made, of the answers as they were and as they are: only where these differ is the live object touched, so that what no
answer speaks of, and how it spells what stays, is kept.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from modeltui.kube.resource import Resource
from modeltui.systems.manifest import Manifest, begun

_A = TypeVar("_A")


def written(
    kind: Resource, answers: _A, live: Mapping[str, Any] | None, *, fresh: Callable[[_A], Manifest], back: Callable[[Mapping[str, Any]], _A]
) -> Manifest:
    """The whole object as it shall become. `fresh` makes one of answers, `back` says of which answers the live one is, and raises
    AnswersError when it is of none."""
    wanted = fresh(answers)
    return wanted if live is None else carried(begun(kind, name="", namespace="", live=live), fresh(back(live)), wanted)


def carried(live: Mapping[str, Any], before: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`live` with the difference from `before` to `wanted`. Entries of a list go by their names where all have one."""
    result = dict(copy.deepcopy(dict(live)))
    for key in (*wanted, *(key for key in before if key not in wanted)):
        was, now = before.get(key), wanted.get(key)
        if was == now:
            continue
        there = result.get(key)
        if isinstance(now, Mapping) and isinstance(there, Mapping):
            inner = carried(there, was if isinstance(was, Mapping) else {}, now)
            result[key] = inner
        elif _named(now) and _named(there) and (was is None or _named(was)):
            result[key] = _entries(there, was or [], now)
        elif now is None:
            _take(result, key, was)
        else:
            result[key] = copy.deepcopy(now)
    return result


def _take(result: dict[str, Any], key: str, was: object) -> None:
    """What the answers had made there is taken away, what others have put beside it stays. An empty mapping says by being there."""
    there = result.get(key)
    left: Any = None
    if isinstance(was, Mapping) and was and isinstance(there, Mapping):
        left = carried(there, was, {})
    elif was and _named(was) and _named(there):
        left = _entries(there, was, [])
    if left:
        result[key] = left
    else:
        result.pop(key, None)


def _named(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(entry, Mapping) and "name" in entry for entry in value)


def _entries(live: Any, before: Any, wanted: Any) -> list[Any]:
    """In the order that is there; new ones at the end. What no answer has made stays."""
    was, now = ({entry["name"]: entry for entry in entries} for entries in (before, wanted))
    kept = [
        carried(entry, was.get(entry["name"], {}), now[entry["name"]]) if entry["name"] in now else copy.deepcopy(entry)
        for entry in live
        if entry["name"] in now or entry["name"] not in was
    ]
    there = {entry["name"] for entry in live}
    return kept + [copy.deepcopy(entry) for name, entry in now.items() if name not in there]
