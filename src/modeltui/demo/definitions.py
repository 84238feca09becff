"""Serving what CustomResourceDefinitions define: a stored definition whose names are free is a kind that is served, until it goes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from modeltui.demo import writing
from modeltui.demo.core import Core, storage_target
from modeltui.demo.crd_loading import kind_of
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Kind, Target
from modeltui.demo.schema import defaulting, pruning
from modeltui.demo.storage import Stored
from modeltui.demo.strategies.definitions import accepted, is_established

RESOURCE = "customresourcedefinitions.apiextensions.k8s.io"


def follow(core: Core) -> None:
    """From now on every definition that comes, changes or goes changes what is served."""

    def noted(target: Target, stored: Stored, change: str) -> None:
        if target.kind.resource != RESOURCE:
            return
        if change == "DELETED":
            kind = core.registry.kind(stored.name)
            if kind is not None:
                _drop(core, kind)
            for other in _of_group(core, stored.decode()["spec"]["group"]):
                _accept(core, target, other)
        elif not _accept(core, target, stored):
            _serve(core, stored.decode())

    core.after_commit.append(noted)


def _of_group(core: Core, group: str) -> list[Stored]:
    definitions = core.storage.bucket(RESOURCE).objects.values()
    return [stored for stored in definitions if stored.name.endswith(f".{group}")]


def _accept(core: Core, target: Target, stored: Stored) -> bool:
    """Writes the status that the names get; False when it is so already."""
    crd = stored.decode()
    if crd["metadata"].get("deletionTimestamp"):
        return False
    others = [_names_of(other) for other in _of_group(core, crd["spec"]["group"]) if other.name != stored.name]
    names, conditions = accepted(crd, others)
    status = {**crd["status"], "acceptedNames": names, "conditions": conditions}
    if status == crd["status"]:
        return False
    writing.put_status(core, target, stored, status)
    return True


class _Status(msgspec.Struct):
    acceptedNames: dict[str, Any] = {}


class _Names(msgspec.Struct):
    """What is read of the other definitions of a group, whose schemas may be long."""

    status: _Status


def _names_of(stored: Stored) -> Object:
    named: Object = msgspec.to_builtins(msgspec.json.decode(stored.data, type=_Names))
    return named


def _serve(core: Core, crd: Object) -> None:
    if not is_established(crd):
        return
    kind = replace(kind_of(crd), ending=bool(crd["metadata"].get("deletionTimestamp")))
    before = core.registry.kind(kind.resource)
    core.registry.add(kind)
    core.storage.bucket(kind.resource)
    if before is not None:
        core.storage.reread(kind.resource, lambda obj: _reread(kind, obj))


def _reread(kind: Kind, obj: Object) -> Object:
    """As upstream reads its storage: pruned and defaulted by the schema that its version has now."""
    version = kind.version(obj["apiVersion"].rpartition("/")[2])
    if version is None:
        return obj
    return defaulting.default(version.schema, pruning.prune(version.schema, obj)[0])


def _drop(core: Core, kind: Kind) -> None:
    """The objects go first, so that their watchers and dependents notice."""
    target = storage_target(Target(kind, kind.versions[0]))
    for key in tuple(core.storage.bucket(kind.resource).keys):
        core.remove(target, key)
    core.registry.remove(kind.resource)
    core.storage.drop(kind.resource)
