"""AIM Engine (`aim.eai.amd.com/v1alpha1`): its kinds, and the pieces that several of them share, cut down to the fields that are read.

Tolerant on purpose: every field may be missing, a status is any word, a quantity may be an integer.
"""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import Env, RawQuantity

GROUP: Final = "aim.eai.amd.com"


def _resource(plural: str, kind: str, *, namespaced: bool = True) -> Resource:
    return Resource(group=GROUP, version="v1alpha1", plural=plural, kind=kind, namespaced=namespaced)


SERVICES: Final = _resource("aimservices", "AIMService")
MODELS: Final = _resource("aimmodels", "AIMModel")
CLUSTER_MODELS: Final = _resource("aimclustermodels", "AIMClusterModel", namespaced=False)
TEMPLATES: Final = _resource("aimservicetemplates", "AIMServiceTemplate")
CLUSTER_TEMPLATES: Final = _resource("aimclusterservicetemplates", "AIMClusterServiceTemplate", namespaced=False)
TEMPLATE_CACHES: Final = _resource("aimtemplatecaches", "AIMTemplateCache")
ARTIFACTS: Final = _resource("aimartifacts", "AIMArtifact")
CONFIGS: Final = _resource("aimruntimeconfigs", "AIMRuntimeConfig")
CLUSTER_CONFIGS: Final = _resource("aimclusterruntimeconfigs", "AIMClusterRuntimeConfig", namespaced=False)
MODEL_SOURCES: Final = _resource("aimclustermodelsources", "AIMClusterModelSource", namespaced=False)

GATEWAYS: Final = Resource(group="gateway.networking.k8s.io", version="v1", plural="gateways", kind="Gateway")
SCALED_OBJECTS: Final = Resource(group="keda.sh", version="v1alpha1", plural="scaledobjects", kind="ScaledObject")
"""KEDA's: one is made for each service that is autoscaled."""

SERVICE_LABEL: Final = f"{GROUP}/service.name"
"""On the InferenceService of an AIMService, which passes it on to its pods; its value is the AIMService's name."""
COMPONENT_LABEL: Final = f"{GROUP}/component"
ORIGIN_LABEL: Final = f"{GROUP}/origin"
"""auto-generated on an AIMModel that a service brought about, derived on a template that its overrides did."""
AUTO_GENERATED: Final = "auto-generated"
MAKER_LABELS: Final = (f"{GROUP}/service", SERVICE_LABEL)
"""On an AIMModel or AIMTemplateCache that a service brought about without owning it."""
PAUSED: Final = f"{GROUP}/reconciliation-paused"
"""Annotation: "true" makes AIM Engine leave the object alone, its status too."""

GPU: Final = "amd.com/gpu"
"""`hardware.gpu.resourceName`, when it is not said."""
DEFAULT_CONFIG: Final = "default"
"""The runtime config of what names none."""

METRICS: Final = ("latency", "throughput")
PRECISIONS: Final = ("auto", "fp4", "fp8", "fp16", "fp32", "bf16", "int4", "int8")
PROFILE_TYPES: Final = ("optimized", "preview", "unoptimized")
CACHING_MODES: Final = ("Shared", "Dedicated")
LEGACY_CACHING: Final = {"Always": "Shared", "Auto": "Shared", "Never": "Dedicated"}


class Annotations(msgspec.Struct, frozen=True):
    """The only one that is read: annotations are the bulk of an object's metadata."""

    paused: str = msgspec.field(name=PAUSED, default="")


class Meta(ObjectMeta, frozen=True, rename="camel"):
    annotations: Annotations = Annotations()

    @property
    def reconciliation_paused(self) -> bool:
        return self.annotations.paused.lower() == "true"


class AimObject(Object, frozen=True, kw_only=True):
    metadata: Meta = Meta()


class Resolved(msgspec.Struct, frozen=True):
    """What a name was found to mean."""

    name: str = ""
    namespace: str = ""
    scope: str = ""
    """Namespace | Cluster | Merged (a runtime config of both scopes) | Unknown."""
    kind: str = ""


class GpuHardware(msgspec.Struct, frozen=True, rename="camel"):
    requests: int | None = None
    """Of one replica. AIM Engine leaves out 0, which targets GPU nodes without taking any."""
    model: str = ""
    """"MI300X"; not together with `min_vram`."""
    min_vram: RawQuantity | None = None
    resource_name: str = GPU


class CpuHardware(msgspec.Struct, frozen=True):
    requests: RawQuantity | None = None
    limits: RawQuantity | None = None


class Hardware(msgspec.Struct, frozen=True):
    gpu: GpuHardware | None = None
    cpu: CpuHardware | None = None


class Source(msgspec.Struct, frozen=True, rename="camel"):
    """Weights: where they come from, and under which id they are served."""

    model_id: str = ""
    source_uri: str = ""
    size: RawQuantity | None = None
    env: tuple[Env, ...] = ()


class Overrides(msgspec.Struct, frozen=True):
    """What a service asks of the profile. Such a template is looked for, or derived."""

    metric: str = ""
    precision: str = ""
    hardware: Hardware | None = None


class Storage(msgspec.Struct, frozen=True, rename="camel"):
    default_storage_class_name: str = ""
    pvc_headroom_percent: int | None = None


class GatewayRef(msgspec.Struct, frozen=True):
    name: str = ""
    namespace: str = ""
    """"" is where the route is: in the namespace of the service."""
    kind: str = "Gateway"


class Routing(msgspec.Struct, frozen=True, rename="camel"):
    enabled: bool | None = None
    gateway_ref: GatewayRef | None = None
    path_template: str = ""
    request_timeout: str = ""


class BasicStatus(msgspec.Struct, frozen=True, rename="camel"):
    """What the status of every kind says."""

    status: str = ""
    conditions: tuple[Condition, ...] = ()
    observed_generation: int = 0
