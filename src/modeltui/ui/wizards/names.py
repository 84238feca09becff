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
from modeltui.systems.modelfs.types import MODELS, SOURCES
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


class _Display(msgspec.Struct, frozen=True):
    tags: tuple[str, ...] = ()


class _Version(msgspec.Struct, frozen=True):
    repo: str = ""


class _Spec(msgspec.Struct, frozen=True):
    display: _Display = _Display()
    versions: tuple[_Version, ...] = ()


class _Model(msgspec.Struct, frozen=True):
    spec: _Spec = _Spec()


class _Models(msgspec.Struct, frozen=True):
    items: list[_Model] = []


Listed = Mapping[str, Resource | tuple[Resource, ...]]
"""What a field suggests -> the kind, or the kinds, whose names it is."""


class LiveNames:
    """`names` may be asked at any time."""

    def __init__(self, client: Client, namespace: str, wanted: Listed, *, words: bool = False) -> None:
        """`words`: the tags and repos of the Models that are there, too."""
        self._words = words
        self._client = client
        self._namespace = namespace
        self._wanted = wanted
        self._found: dict[str, tuple[str, ...] | None] = {}

    async def load(self) -> None:
        """All at once; one that is denied does not hide the others."""
        asked = [self._list(word, (kinds,) if isinstance(kinds, Resource) else kinds) for word, kinds in self._wanted.items()]
        await asyncio.gather(*asked, *([self._list_words()] if self._words else []))

    async def _list(self, word: str, kinds: tuple[Resource, ...]) -> None:
        """None only when no kind can be listed; typing a name works all the same."""
        listed = [names for names in await asyncio.gather(*map(self._of, kinds)) if names is not None]
        self._found[word] = tuple(sorted({name for names in listed for name in names})) if listed else None

    async def _of(self, resource: Resource) -> tuple[str, ...] | None:
        path = resource.path(self._namespace if resource.namespaced else None)
        try:
            answer = await self._client.request("GET", path, params={"limit": MOST}, accept=ONLY_METADATA, timeout=LONGEST)
            found = msgspec.json.decode(answer, type=_List)
        except (KubeError, msgspec.DecodeError):
            return None
        return tuple(item.metadata.name for item in found.items)

    async def _list_words(self) -> None:
        try:
            answer = await self._client.request("GET", MODELS.path(self._namespace or None), params={"limit": MOST}, timeout=LONGEST)
            specs = [item.spec for item in msgspec.json.decode(answer, type=_Models).items]
        except (KubeError, msgspec.DecodeError):
            self._found |= {"tags": None, "repos": None}
            return
        self._found["tags"] = tuple(sorted({tag for spec in specs for tag in spec.display.tags}))
        self._found["repos"] = tuple(sorted({version.repo for spec in specs for version in spec.versions} - {""}))

    def names(self) -> dict[str, Names]:
        words = (*self._wanted, *(("tags", "repos") if self._words else ()))
        return {word: lambda word=word: self._found.get(word, ()) for word in words}  # type: ignore[misc]


MODEL: Final = {"sources": SOURCES, "namespaces": NAMESPACES, "storage classes": STORAGE_CLASSES}
SOURCE: Final = {"secrets": SECRETS, "namespaces": NAMESPACES}
