"""No secret gets into the ledger, whoever hands it over: the last check before anything is written. Pure.

A difference is a list of paths and values, and whether a value is a secret depends on what stands around it (the kind, the
source's type, the variable's name). So the values are laid into objects again, those are masked by `redaction` as any object
is, and the values are read back from where they were laid.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from modeltui.ledger.records import ChangedField, Manifest, Record
from modeltui.redaction import MASK, redact_object, redact_text

_MAPS: Final = frozenset({"annotations", "labels", "matchLabels", "config", "options", "data", "stringData", "headers"})
"""Fields whose keys may have dots in them: all that follows is one key."""
_SEGMENT: Final = re.compile(
    r'\["(?P<quoted>(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*)"\]|\[(?P<index>\d{1,4})\]|\[(?P<item>[^\]]*)\]|\.?(?P<plain>[^.\[]+)'
)
_FIELD: Final = re.compile(r"([A-Za-z][\w.-]*)=(.*?)(?:,(?=[A-Za-z][\w.-]*=)|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """The item of a list that has these fields, or, without fields, is this text itself."""

    fields: tuple[tuple[str, str], ...]
    text: str

    def matches(self, item: Any) -> bool:
        if not self.fields:
            return not isinstance(item, dict | list) and str(item) == self.text
        return isinstance(item, dict) and all(str(item.get(key)) == value for key, value in self.fields)


Step = str | int | Item
"""A key, a place in a list, or an item of a list by what it is told by."""
Where = list[str | int]
"""Keys and places in lists, from the root of an object."""


def masked(record: Record, *, secrets: Iterable[str] = ()) -> Record:
    """The record without secrets, and without the bookkeeping of field owners in the object before.

    `secrets` are values that are masked wherever they stand, as they are and in base64.
    """
    live = None if record.before is None else _without_owners(record.before)
    identity = {"apiVersion": record.api_version, "kind": record.kind}
    objects = {"was": deepcopy(live or {}) | identity, "after": deepcopy(live or {}) | identity}
    laid: dict[tuple[str, int], Where] = {}
    for number, (path, _, *values) in sorted(enumerate(record.difference), key=lambda entry: len(entry[1][0])):  # parents first
        for side, value in zip(objects, values, strict=True):
            if value is not None:
                laid[side, number] = _lay(objects[side], _steps(path), deepcopy(value))
    known = {"kind": "Secret", "data": {str(number): value for number, value in enumerate(_spellings(secrets))}}
    clean = redact_object(
        {"known": known, "live": live, **objects, "sentences": [record.result, *(field.path for field in record.difference)]}
    )
    result, *spellings = clean["sentences"]
    return replace(
        record,
        server=redact_text(record.server),
        result=result,
        before=clean["live"],
        difference=tuple(
            ChangedField(path, field.kind, *(_found(clean[side], laid.get((side, number))) for side in objects))
            for number, (path, field) in enumerate(zip(spellings, record.difference, strict=True))
        ),
    )


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    for secret in secrets:
        yield secret
        yield base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode()


def _without_owners(manifest: Manifest) -> Manifest:
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return manifest
    return manifest | {"metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    for match in _SEGMENT.finditer(path):
        if match["quoted"] is not None:
            steps.append(json.loads(f'"{match["quoted"]}"', strict=False))
        elif match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["item"] is not None:
            steps.append(Item(tuple(_FIELD.findall(match["item"])), match["item"]))
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
            place = step if isinstance(step, int) else next((at for at, item in enumerate(inner) if step.matches(item)), len(inner))
            inner.extend([None] * (place + 1 - len(inner)))
            if isinstance(step, Item) and inner[place] is None:
                inner[place] = dict(step.fields)
        where.append(place)
        holder, key = inner, place
    holder[key] = value
    return where


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
