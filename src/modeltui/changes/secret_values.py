"""The secrets in an object, so that they can be kept out of sentences that others make of it."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.redaction import MASK, redact_object


def secret_values(*objects: Mapping[str, Any] | None) -> frozenset[str]:
    """Every value that `redact_object` would mask, and what it says if it is base64."""
    found: set[str] = set()
    for obj in objects:
        if obj is not None:
            found.update(_masked(obj, redact_object(obj)))
    for value in tuple(found):
        with contextlib.suppress(ValueError):
            found.add(base64.b64decode(value, validate=True).decode())
    return frozenset(value for value in found if value)


def masked_paths(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where something stands that was masked, and so must never be written to a cluster."""
    match value:
        case dict():
            for name, entry in value.items():
                yield from masked_paths(entry, (*path, name))
        case list():
            for position, entry in enumerate(value):
                yield from masked_paths(entry, (*path, position))
        case str() if MASK in value:
            yield path


def _masked(value: Any, shown: Any) -> Iterator[str]:
    match value, shown:
        case (Mapping(), Mapping()):
            for name, entry in value.items():
                yield from _masked(entry, shown.get(name))
        case (list(), list()):
            for one, two in zip(value, shown, strict=False):
                yield from _masked(one, two)
        case (str(), str()) if shown == MASK != value:
            yield value
