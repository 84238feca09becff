"""Registry: which resources are served, and how a request or a controller finds one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from modeltui.demo import errors
from modeltui.demo.kinds import Kind, Target


class Registry:
    """Kinds by resource ("pods", "models.model.samzong.dev"). `changes` counts additions and removals, for caches of discovery."""

    def __init__(self, kinds: Iterable[Kind] = ()) -> None:
        self.changes = 0
        self._kinds: dict[str, Kind] = {}
        for kind in kinds:
            self.add(kind)

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def add(self, kind: Kind) -> None:
        """Serve a kind, in place of an earlier one of the same resource."""
        self._kinds[kind.resource] = kind
        self.changes += 1

    def remove(self, resource: str) -> None:
        if self._kinds.pop(resource, None) is not None:
            self.changes += 1

    def kind(self, resource: str) -> Kind | None:
        return self._kinds.get(resource)

    def find(self, group: str, version: str, plural: str) -> Target | None:
        """What a path names, when it is served."""
        kind = self._kinds.get(errors.group_resource(plural, group))
        found = kind.version(version) if kind is not None else None
        return Target(kind, found) if kind is not None and found is not None and found.served else None

    def by_kind(self, api_version: str, kind: str) -> Target | None:
        """What an object's apiVersion and kind name, as ownerReferences do."""
        group, _, version = api_version.rpartition("/")
        for each in self._kinds.values():
            if each.group == group and each.kind == kind and each.stored:
                return self.find(group, version, each.plural)
        return None

    def resolve(self, resource: str) -> Target:
        """Of "pods", "jobs.batch" or "dynamomodels.v1alpha1.nvidia.com". Raises 404 when no such resource is served."""
        if resource in self._kinds:
            kind = self._kinds[resource]
            return Target(kind, kind.version(kind.storage_version) or kind.served[0])
        plural, _, rest = resource.partition(".")
        version, _, group = rest.partition(".")
        found = self.find(group, version, plural)
        if found is None:
            raise errors.no_such_resource()
        return found

    def is_built_in(self, group: str) -> bool:
        return any(kind.group == group and not kind.custom for kind in self)
