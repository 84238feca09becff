"""What a server serves: groups, versions, resources, scopes and verbs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modeltui.kube import discovery_documents as documents
from modeltui.kube import errors
from modeltui.kube.client import Client, decoded
from modeltui.kube.resource import Resource

MIN_INTERVAL: Final = 10.0
"""Seconds between two refreshes: a watch that meets 404 asks for one each time it tries."""

_AGGREGATED: Final = ",".join(
    (
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
        "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
        "application/json",
    )
)
"""One answer holds everything (Kubernetes 1.26 and later); an older server falls back to the plain list of groups by itself."""


@dataclass(frozen=True, slots=True)
class ServedResource:
    """One kind in one version, as the server serves it."""

    resource: Resource
    verbs: frozenset[str]
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    singular: str = ""
    subresources: frozenset[str] = frozenset()
    """ "status", "scale", "log"."""
    preferred: bool = True
    """Whether this is the version that the server prefers among those that serve the kind."""

    def answers_to(self, word: str) -> bool:
        """Whether kubectl takes `word` (lower case) for this: plural, singular, short name, plural.group, plural.version.group."""
        resource = self.resource
        if word in {resource.plural, self.singular, resource.kind.lower(), *self.short_names}:
            return True
        return word in {
            resource.group_resource,
            f"{resource.plural}.{resource.version}.{resource.group}",
            f"{self.singular}.{resource.group}",
        }


class Discovery:
    """The resources of one server, asked for once and again when a CRD comes or goes."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: tuple[ServedResource, ...] | None = None
        self._asked_at = 0.0
        self._running: asyncio.Task[tuple[ServedResource, ...]] | None = None
        self._groups: dict[str, tuple[bool, float]] = {}
        """Group -> whether it is served, and when that was heard."""
        self.broken: dict[str, str] = {}
        """"group/version" -> why it could not be read. An aggregated API that is down must not hide the others."""

    async def all(self) -> tuple[ServedResource, ...]:
        """Everything served, in the server's order (core first). Raises kube.errors when nothing is known and the server fails."""
        return self._known if self._known is not None else await self._single_flight()

    async def find(self, word: str) -> ServedResource | None:
        """The resource that `word` means, as for kubectl: "models", "mdl", "models.model.samzong.dev". Preferred versions first."""
        matching = [served for served in await self.all() if served.answers_to(word.lower())]
        return next((served for served in matching if served.preferred), matching[0] if matching else None)

    async def find_kind(self, group: str, kind: str) -> ServedResource | None:
        """The preferred version of a kind, or None when the server does not serve it."""
        matching = [served for served in await self.all() if served.resource.group == group and served.resource.kind == kind]
        return next((served for served in matching if served.preferred), matching[0] if matching else None)

    async def versions(self, group: str, plural: str) -> tuple[ServedResource, ...]:
        """All served versions of a resource, the server's favourite first."""
        return tuple(item for item in await self.all() if item.resource.group == group and item.resource.plural == plural)

    def heard(self, group: str) -> bool | None:
        """Whether a group is served, as far as has been heard: nothing is asked."""
        if self._known is not None and any(served.resource.group == group for served in self._known):
            return True
        return self._groups[group][0] if group in self._groups else None

    async def serves(self, group: str) -> bool:
        """Whether a group is served at all. Asks for that group alone, a few hundred bytes, and again at most every `MIN_INTERVAL`
        while it is not. Raises kube.errors."""
        if self.heard(group):
            return True
        if group in self._groups and self._clock() - self._groups[group][1] < MIN_INTERVAL:
            return False
        try:
            await self._client.request("GET", f"/apis/{group}")
        except errors.NotFound:
            self._groups[group] = (False, self._clock())
        else:
            self._groups[group] = (True, self._clock())
        return self._groups[group][0]

    async def refresh(self) -> tuple[ServedResource, ...]:
        """Ask again, unless that was less than `MIN_INTERVAL` ago or is under way. What was known stays when the server fails."""
        if self._known is not None and self._running is None and self._clock() - self._asked_at < MIN_INTERVAL:
            return self._known
        try:
            return await self._single_flight()
        except errors.KubeError:
            if self._known is None:
                raise
            return self._known

    async def _single_flight(self) -> tuple[ServedResource, ...]:
        if self._running is None:
            self._running = asyncio.create_task(self._ask(), name="discovery")
            self._running.add_done_callback(self._done)
        # Shielded: one screen that is left must not cancel what another waits for.
        return await asyncio.shield(self._running)

    def _done(self, task: asyncio.Task[tuple[ServedResource, ...]]) -> None:
        self._running = None
        if not task.cancelled():
            task.exception()  # seen, even when everybody who waited has gone

    async def _ask(self) -> tuple[ServedResource, ...]:
        self._asked_at = self._clock()
        broken: dict[str, str] = {}
        core, groups = await asyncio.gather(self._root("/api", broken), self._root("/apis", broken))
        self.broken, self._known = broken, (*core, *groups)
        return self._known

    async def _root(self, path: str, broken: dict[str, str]) -> list[ServedResource]:
        answer = await self._client.request("GET", path, accept=_AGGREGATED)
        root = decoded(answer, documents.Root, what=f"the server answered {path} with what")
        if root.kind == "APIGroupDiscoveryList":
            found = decoded(answer, documents.GroupDiscoveryList, what=f"the server answered {path} with what")
            return [ServedResource(**made) for made in documents.from_aggregated(found, broken)]
        core = documents.Group(versions=[documents.GroupVersion(version, version) for version in root.versions])
        groups = (core, *root.groups)
        wanted = [version for group in groups for version in group.versions]
        answers = await asyncio.gather(*(self._plain(version) for version in wanted), return_exceptions=True)
        read: dict[str, documents.ResourceList] = {}
        for version, answered in zip(wanted, answers, strict=True):
            if isinstance(answered, documents.ResourceList):
                read[version.group_version] = answered
            elif isinstance(answered, errors.ApiError | errors.BadAnswer):
                broken[version.group_version] = str(answered)
            else:
                raise answered
        return [ServedResource(**made) for made in documents.from_plain(groups, read)]

    async def _plain(self, version: documents.GroupVersion) -> documents.ResourceList:
        path = f"/apis/{version.group_version}" if "/" in version.group_version else f"/api/{version.group_version}"
        return await self._client.get(path, documents.ResourceList)
