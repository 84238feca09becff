"""NIMService and NIMCache, cut down to the fields that the console reads."""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ContainerResources, Env, RawQuantity
from modeltui.systems.kserve.types import MODE, STOP

GROUP: Final = "apps.nvidia.com"
SERVICES: Final = Resource(group=GROUP, version="v1alpha1", plural="nimservices", kind="NIMService")
CACHES: Final = Resource(group=GROUP, version="v1alpha1", plural="nimcaches", kind="NIMCache")


class Image(msgspec.Struct, frozen=True, rename="camel"):
    repository: str = ""
    tag: str = ""
    pull_secrets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.repository}:{self.tag}" if self.tag else self.repository


class CacheRef(msgspec.Struct, frozen=True):
    name: str = ""
    profile: str = ""


class PvcSpec(msgspec.Struct, frozen=True, rename="camel"):
    """A claim: made by the operator (`create`), or there already."""

    create: bool = False
    name: str = ""
    size: str = ""
    storage_class: str | None = None
    volume_access_mode: str = ""
    sub_path: str = ""


class EmptyDir(msgspec.Struct, frozen=True, rename="camel"):
    size_limit: RawQuantity = ""


class ServiceStorage(msgspec.Struct, frozen=True, rename="camel"):
    nim_cache: CacheRef | None = None
    pvc: PvcSpec | None = None
    host_path: str = ""
    empty_dir: EmptyDir | None = None


class Hpa(msgspec.Struct, frozen=True, rename="camel"):
    min_replicas: int | None = None
    max_replicas: int | None = None


class Scale(msgspec.Struct, frozen=True):
    enabled: bool = False
    hpa: Hpa = Hpa()


class ExposedService(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    port: int = 8000


class Switch(msgspec.Struct, frozen=True):
    """An ingress, or metrics, of the operator's making."""

    enabled: bool = False


class Expose(msgspec.Struct, frozen=True):
    service: ExposedService = ExposedService()
    ingress: Switch = Switch()


class NodeParallelism(msgspec.Struct, frozen=True):
    pipeline: int | None = None
    tensor: int | None = None


class MultiNode(msgspec.Struct, frozen=True):
    """Each replica is a group of `pipeline` pods, each with the GPUs of `resources`."""

    parallelism: NodeParallelism = NodeParallelism()


class DraResource(msgspec.Struct, frozen=True, rename="camel"):
    """Devices that are claimed; what of them are GPUs, and how many, the claim knows."""

    resource_claim_name: str = ""
    resource_claim_template_name: str = ""


class Notes(msgspec.Struct, frozen=True):
    """Annotations of what the operator makes: for kserve, of the InferenceService."""

    stop: str = msgspec.field(name=STOP, default="")
    mode: str = msgspec.field(name=MODE, default="")
    max_scale: str = msgspec.field(name="autoscaling.knative.dev/max-scale", default="")


class NimServiceSpec(msgspec.Struct, frozen=True, rename="camel"):
    image: Image = Image()
    auth_secret: str = ""
    inference_platform: str = "standalone"
    """standalone | kserve."""
    replicas: int | None = None
    scale: Scale = Scale()
    storage: ServiceStorage = ServiceStorage()
    resources: ContainerResources | None = None
    env: tuple[Env, ...] = ()
    args: tuple[str, ...] = ()
    expose: Expose = Expose()
    metrics: Switch = Switch()
    multi_node: MultiNode | None = None
    dra_resources: tuple[DraResource, ...] = ()
    annotations: Notes = Notes()


class ServedModel(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    cluster_endpoint: str = ""
    external_endpoint: str = ""


class NimServiceStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: str = ""
    """Pending | NotReady | Ready | Failed."""
    available_replicas: int | None = None
    conditions: tuple[Condition, ...] = ()
    model: ServedModel | None = None


class NIMService(Object, frozen=True, kw_only=True):
    spec: NimServiceSpec = NimServiceSpec()
    status: NimServiceStatus = NimServiceStatus()


class NgcModel(msgspec.Struct, frozen=True, rename="camel"):
    profiles: tuple[str, ...] = ()
    engine: str = ""
    tensor_parallelism: str = ""
    precision: str = ""


class NgcSource(msgspec.Struct, frozen=True, rename="camel"):
    model_puller: str = ""
    """Image that knows the model and downloads it. Immutable."""
    pull_secret: str = ""
    auth_secret: str = ""
    model: NgcModel | None = None
    model_endpoint: str = ""


class HubSource(msgspec.Struct, frozen=True, rename="camel"):
    """Of `hf`, and of `dataStore`, which speaks the same."""

    endpoint: str = ""
    namespace: str = ""
    """The organisation: "meta-llama"."""
    model_name: str = ""
    dataset_name: str = ""
    auth_secret: str = ""
    model_puller: str = ""
    pull_secret: str = ""
    revision: str = ""

    @property
    def name(self) -> str:
        what = self.model_name or self.dataset_name
        return f"{self.namespace}/{what}" if self.namespace and what else what


class CacheSource(msgspec.Struct, frozen=True, rename="camel"):
    ngc: NgcSource | None = None
    hf: HubSource | None = None
    data_store: HubSource | None = None


class CacheStorage(msgspec.Struct, frozen=True, rename="camel"):
    pvc: PvcSpec = PvcSpec()
    host_path: str = ""


class NimCacheSpec(msgspec.Struct, frozen=True, rename="camel"):
    source: CacheSource = CacheSource()
    storage: CacheStorage = CacheStorage()
    env: tuple[Env, ...] = ()


class Profile(msgspec.Struct, frozen=True):
    name: str = ""
    model: str = ""
    config: dict[str, str] = {}


class NimCacheStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: str = ""
    """NotReady | PVC-Created | Started | Pending | InProgress | Ready | Failed."""
    pvc: str = ""
    profiles: tuple[Profile, ...] = ()
    conditions: tuple[Condition, ...] = ()


class NIMCache(Object, frozen=True, kw_only=True):
    spec: NimCacheSpec = NimCacheSpec()
    status: NimCacheStatus = NimCacheStatus()
