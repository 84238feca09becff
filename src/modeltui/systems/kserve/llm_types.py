"""LLMInferenceService, v1alpha2 and v1alpha1, and the configs that it is put together from.

The two versions differ in what the console does not read (`model.criticality`, `kvCacheOffloading`), so that one Struct reads both.
"""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ContainerSpec, PodSpec
from modeltui.systems.kserve.types import GROUP, Address, ServiceMeta

LLM_SERVICES: Final = Resource(group=GROUP, version="v1alpha2", plural="llminferenceservices", kind="LLMInferenceService")
OLD_LLM_SERVICES: Final = Resource(group=GROUP, version="v1alpha1", plural="llminferenceservices", kind="LLMInferenceService")
LLM_CONFIGS: Final = Resource(group=GROUP, version="v1alpha2", plural="llminferenceserviceconfigs", kind="LLMInferenceServiceConfig")
OLD_LLM_CONFIGS: Final = Resource(group=GROUP, version="v1alpha1", plural="llminferenceserviceconfigs", kind="LLMInferenceServiceConfig")
GATEWAYS: Final = Resource(group="gateway.networking.k8s.io", version="v1", plural="gateways", kind="Gateway")

MAIN: Final = "main"
"""Container of a template that runs the engine."""


class Adapter(msgspec.Struct, frozen=True):
    name: str = ""
    uri: str = ""


class Lora(msgspec.Struct, frozen=True):
    adapters: tuple[Adapter, ...] = ()


class LlmModel(msgspec.Struct, frozen=True):
    uri: str = ""
    name: str = ""
    """That its API answers to; without one the name of the object."""
    lora: Lora = Lora()


class Parallelism(msgspec.Struct, frozen=True, rename="camel"):
    tensor: int | None = None
    pipeline: int | None = None
    data: int | None = None
    data_local: int | None = None

    @property
    def nodes(self) -> int:
        """Pods of one replica that has workers: data over dataLocal, else the stages of the pipeline."""
        if self.data or self.data_local:
            return max(max(self.data or 1, 1) // max(self.data_local or 1, 1), 1)
        return max(self.pipeline or 1, 1)


class Scaling(msgspec.Struct, frozen=True, rename="camel"):
    min_replicas: int | None = None
    max_replicas: int | None = None


class Workload(msgspec.Struct, frozen=True, rename="camel"):
    """The engine's pods: the spec itself says those that decode, `prefill` the others."""

    replicas: int | None = None
    scaling: Scaling | None = None
    parallelism: Parallelism | None = None
    template: PodSpec | None = None
    worker: PodSpec | None = None
    """Of the further nodes of a replica."""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    """Of its pods, as the labels."""

    @property
    def main(self) -> ContainerSpec | None:
        containers = self.template.containers if self.template else ()
        return next((one for one in containers if one.name == MAIN), next(iter(containers), None))


class Pool(msgspec.Struct, frozen=True):
    ref: Adapter | None = None


class Scheduler(msgspec.Struct, frozen=True):
    replicas: int | None = None
    pool: Pool | None = None
    template: PodSpec | None = None


class Router(msgspec.Struct, frozen=True):
    scheduler: Scheduler | None = None


class BaseRef(msgspec.Struct, frozen=True):
    name: str = ""


class StorageInitializer(msgspec.Struct, frozen=True):
    """The init container that KServe fetches weights with."""

    enabled: bool | None = None


class LlmSpec(Workload, frozen=True, rename="camel"):
    model: LlmModel = LlmModel()
    prefill: Workload | None = None
    router: Router | None = None
    base_refs: tuple[BaseRef, ...] = ()
    storage_initializer: StorageInitializer = StorageInitializer()


class WorkloadRef(msgspec.Struct, frozen=True, rename="camel"):
    kind: str = ""
    name: str = ""
    ready_replicas: int | None = None


class Workloads(msgspec.Struct, frozen=True):
    primary: WorkloadRef | None = None
    prefill: WorkloadRef | None = None
    scheduler: WorkloadRef | None = None
    service: WorkloadRef | None = None


class AppliedConfig(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str = ""
    source: str = ""
    """Preset | UserRef."""


class LlmStatus(msgspec.Struct, frozen=True, rename="camel"):
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()
    url: str = ""
    address: Address | None = None
    addresses: tuple[Address, ...] = ()
    workloads: Workloads = Workloads()
    applied_configs: tuple[AppliedConfig, ...] = ()


class LLMInferenceService(Object, frozen=True, kw_only=True):
    metadata: ServiceMeta = ServiceMeta()
    spec: LlmSpec = LlmSpec()
    status: LlmStatus = LlmStatus()


class LLMInferenceServiceConfig(Object, frozen=True, kw_only=True):
    """Parts of a spec, for services that name it in `baseRefs`."""

    spec: LlmSpec = LlmSpec()
