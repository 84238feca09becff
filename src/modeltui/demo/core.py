"""Core: what the verbs work on. The rooms above (reading, writing, deletion, watching) are functions over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from modeltui.demo import errors
from modeltui.demo.conversion import converted
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.pod_logs import PodLogs
from modeltui.demo.registry import Registry
from modeltui.demo.schema import pruning
from modeltui.demo.storage import Storage, Stored, encode, type_head


@dataclass(slots=True)
class Core:
    registry: Registry
    storage: Storage = field(default_factory=Storage)
    logs: PodLogs = field(default_factory=PodLogs)
    after_commit: list[Callable[[Target, Stored, str], None]] = field(default_factory=list)
    """Told of every change: the target, the new state (the final one of a deletion), and ADDED, MODIFIED or DELETED."""

    def stored(self, target: Target, namespace: str | None, name: str) -> Stored | None:
        return self.storage.get(target.kind.resource, target.key(namespace, name))

    def required(self, target: Target, namespace: str | None, name: str) -> Stored:
        """Raises 404."""
        found = self.stored(target, namespace, name)
        if found is None:
            raise errors.not_found(plural=target.kind.plural, group=target.kind.group, name=name)
        return found

    def commit(self, target: Target, key: str, obj: Object) -> Stored:
        """Store `obj`, which is of the target's version, as the newest state."""
        known = self.storage.get(target.kind.resource, key) is not None
        stored = self.storage.put(target.kind.resource, key, to_version(obj, storage_target(target)))
        self._tell(target, stored, "MODIFIED" if known else "ADDED")
        return stored

    def remove(self, target: Target, key: str) -> Stored:
        """Delete the key; its watchers see last what was stored last, even if the write that removes it took a finalizer off."""
        stored = self.storage.delete(target.kind.resource, key)
        self._tell(target, stored, "DELETED")
        return stored

    def _tell(self, target: Target, stored: Stored, change: str) -> None:
        for hook in tuple(self.after_commit):
            hook(target, stored, change)


def storage_target(target: Target) -> Target:
    version = target.kind.version(target.kind.storage_version)
    return Target(target.kind, version) if version is not None else target


def to_version(obj: Object, target: Target) -> Object:
    """`obj` as another version of its kind speaks: converted where the fields differ; the schema drops what it lacks."""
    if obj.get("apiVersion") == target.api_version:
        return obj
    moved = converted(obj, target.api_version)
    if not target.kind.custom:
        return moved
    return pruning.prune(target.version.schema, moved)[0]


def object_at(target: Target, stored: Stored) -> Object:
    """The stored object in the version asked for; the caller's own copy."""
    return to_version(stored.decode(), target)


def bytes_at(target: Target, stored: Stored) -> bytes:
    """The same as JSON: the stored bytes themselves unless another version is asked for."""
    return stored.data if is_as_stored(target, stored) else encode(object_at(target, stored))


def is_as_stored(target: Target, stored: Stored) -> bool:
    """What was written before its definition named another storage version is stored in the old one."""
    return stored.data.startswith(type_head(target.api_version, target.kind.kind))


def item_bytes(target: Target, stored: Stored) -> bytes:
    """As an item of a list: those of built-in kinds do not repeat their apiVersion and kind."""
    if target.kind.custom:
        return bytes_at(target, stored)
    return b"{" + stored.data.removeprefix(type_head(target.api_version, target.kind.kind))
