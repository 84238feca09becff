"""Facts over facts: what a change is about to make, on top of what the cluster has, without what it takes away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.facts import FactTable
from modeltui.systems.protocol import Facts, IndexFunction


class Layered:
    """Implements `Facts`: an object in `over` stands for the one of its name in `under`; what either knows is known."""

    def __init__(self, over: FactTable, under: Facts) -> None:
        self._over = over
        self._under = under

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return self._over.get(resource, namespace, name) or self._under.get(resource, namespace, name)

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]:
        return self._merged(self._over.all(resource, namespace), self._under.all(resource, namespace))

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        hidden = {obj.metadata.key for obj in self._over.all(resource, namespace)}
        below = [obj for obj in self._under.where(resource, namespace, index, value) if obj.metadata.key not in hidden]
        return sorted(self._merged(self._over.where(resource, namespace, index, value), below), key=lambda obj: obj.metadata.key)

    def known(self, resource: Resource, namespace: str) -> bool:
        return self._over.known(resource, namespace) or self._under.known(resource, namespace)

    def _merged(self, over: Iterable[Object], under: Iterable[Object]) -> list[Object]:
        found = {obj.metadata.key: obj for obj in under}
        return list((found | {obj.metadata.key: obj for obj in over}).values())


class Without:
    """Implements `Facts`: as `under`, but for the objects that are about to be deleted."""

    def __init__(self, gone: Collection[tuple[Resource, str, str]], under: Facts) -> None:
        """`gone`: (resource, namespace, name)."""
        self._gone = frozenset(gone)
        self._under = under

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        return None if (resource, namespace, name) in self._gone else self._under.get(resource, namespace, name)

    def all(self, resource: Resource, namespace: str) -> Iterable[Object]:
        return [obj for obj in self._under.all(resource, namespace) if (resource, *obj.metadata.key) not in self._gone]

    def where(self, resource: Resource, namespace: str, index: IndexFunction, value: str) -> Sequence[Object]:
        return [obj for obj in self._under.where(resource, namespace, index, value) if (resource, *obj.metadata.key) not in self._gone]

    def known(self, resource: Resource, namespace: str) -> bool:
        return self._under.known(resource, namespace)
