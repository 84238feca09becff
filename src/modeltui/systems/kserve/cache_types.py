"""LocalModelCache: a model that KServe keeps on the disks of nodes, so that pods need not download it."""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import RawQuantity
from modeltui.systems.kserve.types import GROUP, Storage

CACHES: Final = Resource(group=GROUP, version="v1alpha1", plural="localmodelcaches", kind="LocalModelCache", namespaced=False)
NODE_GROUPS: Final = Resource(group=GROUP, version="v1alpha1", plural="localmodelnodegroups", kind="LocalModelNodeGroup", namespaced=False)


class CacheSpec(msgspec.Struct, frozen=True, rename="camel"):
    source_model_uri: str = ""
    """Immutable."""
    model_size: RawQuantity = ""
    node_groups: tuple[str, ...] = ()
    service_account_name: str = ""
    storage: Storage | None = None
    """Which key of the Secret "storage-config" the download takes."""


class CacheCopies(msgspec.Struct, frozen=True):
    available: int | None = None
    failed: int | None = None
    total: int | None = None


class Using(msgspec.Struct, frozen=True):
    """A service that runs from the cache."""

    name: str = ""
    namespace: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


class CacheStatus(msgspec.Struct, frozen=True, rename="camel"):
    copies: CacheCopies | None = None
    node_status: dict[str, str] = {}
    """Node -> NodeNotReady | NodeDownloadPending | NodeDownloading | NodeDownloaded | NodeDownloadError."""
    inference_services: tuple[Using, ...] = ()
    llm_inference_services: tuple[Using, ...] = msgspec.field(name="llmInferenceServices", default=())

    @property
    def used_by(self) -> tuple[Using, ...]:
        return (*self.inference_services, *self.llm_inference_services)


class LocalModelCache(Object, frozen=True, kw_only=True):
    spec: CacheSpec = CacheSpec()
    status: CacheStatus = CacheStatus()


class NodeGroupSpec(msgspec.Struct, frozen=True, rename="camel"):
    storage_limit: RawQuantity = ""


class LocalModelNodeGroup(Object, frozen=True, kw_only=True):
    """Nodes, and how much of their disks models may take."""

    spec: NodeGroupSpec = NodeGroupSpec()
