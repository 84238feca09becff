"""The objects that are known now, by resource, namespace and name, with indexes that are kept up to date.

One class serves the live tables (fed with changes), `modeltui get` and the tests (fed with plain lists).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems.protocol import Facts, IndexFunction

Key = tuple[str, str]
"""(namespace, name)."""

ALL_NAMESPACES: Final = ""


class _Index:
    """Which objects of one resource are found under which value. Undecodable objects are under none."""

    def __init__(self, function: IndexFunction, objects: Iterable[Object]) -> None:
        self._function = function
        self._keys: dict[tuple[str, str], set[Key]] = {}
        """(namespace, value) -> keys; under ALL_NAMESPACES those of every namespace."""
        self._sorted: dict[tuple[str, str], list[Key]] = {}
        """Those that were asked for, until they change."""
        self._values: dict[Key, tuple[str, ...]] = {}
        for obj in objects:
            self.put(obj)

    def put(self, obj: Object) -> None:
        key = obj.metadata.key
        values = () if isinstance(obj, Undecodable) else tuple(self._function(obj))
        if values == self._values.get(key, ()):
            return  # most changes leave an object where it stands
        self.drop(key)
        if not values:
            return
        self._values[key] = values
        for value in values:
            for namespace in {key[0], ALL_NAMESPACES}:
                self._keys.setdefault((namespace, value), set()).add(key)
                self._sorted.pop((namespace, value), None)

    def drop(self, key: Key) -> None:
        for value in self._values.pop(key, ()):
            for namespace in {key[0], ALL_NAMESPACES}:
                found = self._keys.get((namespace, value))
                if found is not None:
                    found.discard(key)
                    self._sorted.pop((namespace, value), None)
                    if not found:
                        del self._keys[namespace, value]

    def keys(self, namespace: str, value: str) -> Iterable[Key]:
        wanted = (namespace, value)
        if (found := self._sorted.get(wanted)) is None:
            found = sorted(self._keys.get(wanted, ()))
            if found:
                self._sorted[wanted] = found
        return found


class FactTable:
    """Implements `Facts`, and is told of changes by whoever owns it."""

    def __init__(self) -> None:
        self._objects: dict[Resource, dict[str, dict[str, Object]]] = {}
        self._indexes: dict[Resource, dict[IndexFunction, _Index]] = {}
        self._known: set[tuple[Resource, str]] = set()

    @classmethod
    def of(cls, lists: Mapping[Resource, Iterable[Object]], *, namespaces: Iterable[str] = (ALL_NAMESPACES,)) -> FactTable:
        """Complete lists of each resource named, in the namespaces named (by default in all)."""
        table = cls()
        for resource, objects in lists.items():
            for obj in objects:
                table.put(resource, obj)
            for namespace in namespaces:
                table.set_known(resource, namespace, known=True)
        return table

    # ---- reading ----

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return self._objects.get(resource, {}).get(namespace, {}).get(name)

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]:
        if namespace == ALL_NAMESPACES:
            return self.every(resource)
        return self._objects.get(resource, {}).get(namespace, {}).values()

    def every(self, resource: Resource) -> Iterable[Object]:
        """In whatever namespace."""
        return [obj for objects in self._objects.get(resource, {}).values() for obj in objects.values()]

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        indexes = self._indexes.setdefault(resource, {})
        if (found := indexes.get(index)) is None:
            found = indexes[index] = _Index(index, self.every(resource))
        objects = self._objects.get(resource, {})
        return [objects[space][name] for space, name in found.keys(namespace, value)]

    def known(self, resource: Resource, namespace: str) -> bool:
        return (resource, namespace) in self._known or (resource, ALL_NAMESPACES) in self._known

    # ---- being told ----

    def put(self, resource: Resource, obj: Object) -> Object | None:
        """Adds or replaces; answers with what was there before."""
        namespace, name = obj.metadata.key
        objects = self._objects.setdefault(resource, {}).setdefault(namespace, {})
        before = objects.get(name)
        objects[name] = obj
        for index in self._indexes.get(resource, {}).values():
            index.put(obj)
        return before

    def drop(self, resource: Resource, key: Key) -> Object | None:
        """Removes; answers with what was there before."""
        before = self._objects.get(resource, {}).get(key[0], {}).pop(key[1], None)
        for index in self._indexes.get(resource, {}).values():
            index.drop(key)
        return before

    def set_known(self, resource: Resource, namespace: str, *, known: bool) -> bool:
        """Answers whether that is news."""
        entry = (resource, namespace)
        if known == (entry in self._known):
            return False
        if known:
            self._known.add(entry)
        else:
            self._known.discard(entry)
        return True


class Chosen:
    """`Facts` of which each kind is known somewhere else: those of `special` there, all others in `otherwise`."""

    def __init__(self, special: Mapping[Resource, Facts], otherwise: Facts) -> None:
        self._special = special
        self._otherwise = otherwise

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return self._of(resource).get(resource, namespace, name)

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]:
        return self._of(resource).all(resource, namespace)

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        return self._of(resource).where(resource, namespace, index, value)

    def known(self, resource: Resource, namespace: str) -> bool:
        return self._of(resource).known(resource, namespace)

    def _of(self, resource: Resource) -> Facts:
        return self._special.get(resource, self._otherwise)
