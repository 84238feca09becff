"""Who owns the replicas: between the managedFields of an object and those of its Scale.

A Scale shows the owners of its one field, and what is decided there is carried back. Those who update are other managers there than in
the object, since they write in another version: they lose the field, and who owns it in the end gets an entry without a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modeltui.demo.ownership import entries
from modeltui.demo.ownership.entries import Managed, Owned
from modeltui.demo.ownership.fieldset import Path

SCALE_VERSION = "autoscaling/v1"
_IN_SCALE: Path = ("f:spec", "f:replicas")


def of_scale(obj: Mapping[str, Any], path: Path) -> list[dict[str, Any]]:
    """The managedFields of the Scale of `obj`, whose replicas stand at `path`."""
    shown: Managed = {}
    for owner, owned in entries.decode(obj).items():
        if path in owned.fields:
            there = owner if owner.operation == "Apply" else owner._replace(api_version=SCALE_VERSION)
            shown[there] = Owned(frozenset({_IN_SCALE}), SCALE_VERSION, owned.time)
    found: list[dict[str, Any]] = entries.encode({}, shown)["metadata"].get("managedFields", [])
    return found


def of_object(obj: dict[str, Any], scale: Mapping[str, Any], path: Path, *, api_version: str) -> dict[str, Any]:
    """`obj` with the owners that `scale` gives its replicas."""
    before, there = entries.decode(obj), {owner: owned for owner, owned in entries.decode(scale).items() if _IN_SCALE in owned.fields}
    kept: Managed = {}
    for owner, owned in before.items():
        if path not in owned.fields or there.pop(owner, None) is not None:
            kept[owner] = owned
        elif left := owned.fields - {path}:
            kept[owner] = replace(owned, fields=left)
    for owner in there:
        here = owner if owner.operation == "Apply" else owner._replace(api_version=api_version)
        known = kept.get(here)
        kept[here] = replace(known, fields=known.fields | {path}) if known else Owned(frozenset({path}), api_version)
    return entries.encode(obj, kept)
