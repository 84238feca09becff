"""Names to suggest while one types, asked of the API server once per form. Without the right to list, there is nothing to suggest."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

import msgspec

from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.objects import ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.modelfs.types import SOURCES
from modeltui.ui.wizards.controls import Names

SECRETS: Final = Resource(group="", version="v1", plural="secrets", kind="Secret")
STORAGE_CLASSES: Final = Resource(group="storage.k8s.io", version="v1", plural="storageclasses", kind="StorageClass", namespaced=False)
ONLY_METADATA: Final = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"
"""Names are wanted, and of Secrets nothing else may come over the wire."""
MOST: Final = 500
LONGEST: Final = 15.0
"""Seconds that a list is waited for."""


class _Item(msgspec.Struct, frozen=True):
    metadata: ObjectMeta = ObjectMeta()


class _List(msgspec.Struct, frozen=True):
    items: list[_Item] = []


class LiveNames:
    """`wanted`: what a field suggests -> the kind whose names it is. `names` may be asked at any time; unknown is empty."""

    def __init__(self, client: Client, namespace: str, wanted: Mapping[str, Resource]) -> None:
        self._client = client
        self._namespace = namespace
        self._wanted = wanted
        self._found: dict[str, tuple[str, ...]] = {}

    async def load(self) -> None:
        """All at once; one that is denied does not hide the others."""
        await asyncio.gather(*(self._list(word, resource) for word, resource in self._wanted.items()))

    async def _list(self, word: str, resource: Resource) -> None:
        path = resource.path(self._namespace if resource.namespaced else None)
        try:
            answer = await self._client.request("GET", path, params={"limit": MOST}, accept=ONLY_METADATA, timeout=LONGEST)
            found = msgspec.json.decode(answer, type=_List)
        except (KubeError, msgspec.DecodeError):  # typing a name works all the same
            return
        self._found[word] = tuple(sorted(item.metadata.name for item in found.items))

    def names(self) -> dict[str, Names]:
        return {word: lambda word=word: self._found.get(word, ()) for word in self._wanted}  # type: ignore[misc]


MODEL: Final = {"sources": SOURCES, "namespaces": NAMESPACES, "storage classes": STORAGE_CLASSES}
SOURCE: Final = {"secrets": SECRETS, "namespaces": NAMESPACES}
