"""No secret gets into the ledger, whoever hands it over: the last check before anything is written. Pure.

A difference is a list of paths and values, and whether a value is a secret depends on what stands around it (the kind, the
source's type, the variable's name). So the values are laid into objects again, those are masked by `redaction` as any object
is, and the values are read back from where they were laid.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any, Final

from modeltui.ledger.records import ChangedField, Manifest, Record
from modeltui.redaction import MASK, redact_object, redact_text

_MAPS: Final = frozenset({"annotations", "labels", "matchLabels", "config", "options", "data", "stringData", "headers"})
"""Fields whose keys may have dots in them: all that follows is one key."""
_SEGMENT: Final = re.compile(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<index>\d{1,4})\]|\[(?P<item>[^\]]*)\]|\.?(?P<plain>[^.\[]+)')

Step = str | int | tuple[str, str]
"""A key, a place in a list, or the item of a list whose field has this value."""
Where = list[str | int]
"""Keys and places in lists, from the root of an object."""


def masked(record: Record) -> Record:
    """The record without secrets, and without the bookkeeping of field owners in the object before."""
    live = None if record.before is None else _without_owners(record.before)
    identity = {"apiVersion": record.api_version, "kind": record.kind}
    objects = {"was": deepcopy(live or {}) | identity, "after": deepcopy(live or {}) | identity}
    laid: dict[tuple[str, int], Where] = {}
    for number, (path, _, *values) in sorted(enumerate(record.difference), key=lambda entry: len(entry[1][0])):  # parents first
        for side, value in zip(objects, values, strict=True):
            if value is not None:
                laid[side, number] = _lay(objects[side], _steps(path), deepcopy(value))
    clean = redact_object({"live": live, **objects, "sentences": [record.result]})
    return replace(
        record,
        server=redact_text(record.server),
        result=clean["sentences"][0],
        before=clean["live"],
        difference=tuple(
            ChangedField(path, kind, *(_found(clean[side], laid.get((side, number))) for side in objects))
            for number, (path, kind, *_) in enumerate(record.difference)
        ),
    )


def _without_owners(manifest: Manifest) -> Manifest:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return manifest
    return manifest | {"metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    for match in _SEGMENT.finditer(path):
        if match["quoted"] is not None:
            steps.append(match["quoted"])
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["item"] is not None:
            key, _, value = match["item"].partition("=")
            steps.append((key, value))
        elif steps and steps[-1] in _MAPS:
            return [*steps, path[match.start("plain") :]]
        else:
            steps.append(match["plain"])
    return steps or [path]


def _lay(root: Manifest, steps: Sequence[Step], value: Any) -> Where:
    """Puts the value at the end of the steps, making what is missing on the way, and tells where that is."""
    where: Where = []
    holder: Any = {"root": root}
    key: str | int = "root"
    for step in steps:
        inner = holder[key]
        if isinstance(step, str):
            if not isinstance(inner, dict):
                inner = holder[key] = {}
            place: str | int = step
            inner.setdefault(step, None)
        else:
            if not isinstance(inner, list):
                inner = holder[key] = []
            place = step if isinstance(step, int) else _item(inner, *step)
            inner.extend([None] * (place + 1 - len(inner)))
            if isinstance(step, tuple) and not isinstance(inner[place], dict):
                inner[place] = {step[0]: step[1]}
        where.append(place)
        holder, key = inner, place
    holder[key] = value
    return where


def _item(items: list[Any], key: str, value: str) -> int:
    """The place of the item whose `key` is `value`, or one after the last."""
    places = (place for place, item in enumerate(items) if isinstance(item, dict) and str(item.get(key)) == value)
    return next(places, len(items))


def _found(root: Any, where: Where | None) -> Any:
    """None for what was not laid; the mask when it is not where it was laid, since then nobody has looked at it."""
    if where is None:
        return None
    for place in where:
        try:
            root = root[place]
        except (KeyError, IndexError, TypeError):
            return MASK
    return root
