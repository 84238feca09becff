"""Discovery as the form that deploys asks for it, without a server."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.kube.discovery import ServedResource
from modeltui.kube.resource import Resource


class Served:
    """What a server with these kinds, and no others, answers."""

    def __init__(self, kinds: Iterable[Resource]) -> None:
        self._kinds = tuple(kinds)
        self.broken: dict[str, str] = {}

    def heard(self, group: str) -> bool:
        return any(one.group == group for one in self._kinds)

    async def serves(self, group: str) -> bool:
        return self.heard(group)

    async def versions(self, group: str, plural: str) -> tuple[ServedResource, ...]:
        return tuple(ServedResource(one, frozenset()) for one in self._kinds if (one.group, one.plural) == (group, plural))
