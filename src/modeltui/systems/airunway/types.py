"""AI Runway (`airunway.ai/v1alpha1`), cut down to the fields that the console reads.

Tolerant on purpose: phases are any word, and every field may be missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import Env, RawQuantity

GROUP: Final = "airunway.ai"
DEPLOYMENTS: Final = Resource(group=GROUP, version="v1alpha1", plural="modeldeployments", kind="ModelDeployment")
PROVIDERS: Final = Resource(
    group=GROUP, version="v1alpha1", plural="inferenceproviderconfigs", kind="InferenceProviderConfig", namespaced=False
)

DEPLOYMENT_LABEL: Final = "airunway.ai/model-deployment"
"""On everything that a provider makes of a ModelDeployment."""
ENGINES: Final = ("vllm", "sglang", "trtllm", "llamacpp")
"""In the order in which AI Runway prefers them."""
AGGREGATED: Final = "aggregated"
DISAGGREGATED: Final = "disaggregated"
MODES: Final = (AGGREGATED, DISAGGREGATED)
HUGGING_FACE: Final = "huggingface"
SOURCES: Final = (HUGGING_FACE, "custom")
TOKEN_SECRET: Final = "hf-token-secret"
"""What everybody calls the Secret with the token; nothing creates it in a namespace."""
TOKEN_KEY: Final = "HF_TOKEN"
NVIDIA: Final = "nvidia.com/gpu"
GATEWAYS: Final = Resource(group="gateway.networking.k8s.io", version="v1", plural="gateways", kind="Gateway")
ROUTES: Final = Resource(group="gateway.networking.k8s.io", version="v1", plural="httproutes", kind="HTTPRoute")
RAY_SERVICES: Final = Resource(group="ray.io", version="v1", plural="rayservices", kind="RayService")
DYNAMO: Final = "dynamo"
KAITO: Final = "kaito"
KUBERAY: Final = "kuberay"
"""Names that the providers register themselves under."""


class Gpu(msgspec.Struct, frozen=True):
    count: int = 0
    type: str = NVIDIA


class Asked(msgspec.Struct, frozen=True):
    """spec.resources."""

    gpu: Gpu | None = None
    cpu: RawQuantity = ""
    memory: RawQuantity = ""


class Scaled(msgspec.Struct, frozen=True):
    """spec.scaling.prefill and .decode."""

    replicas: int = 1
    gpu: Gpu | None = None
    memory: RawQuantity = ""


class Scaling(msgspec.Struct, frozen=True):
    replicas: int = 1
    prefill: Scaled | None = None
    decode: Scaled | None = None


class Volume(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    purpose: str = ""
    """modelCache | compilationCache | custom (also when nothing is said)."""
    claim_name: str = ""
    size: RawQuantity | None = None
    """With a size AI Runway makes the claim."""
    storage_class_name: str | None = None
    access_mode: str = ""
    mount_path: str = ""
    read_only: bool = False


class Storage(msgspec.Struct, frozen=True):
    volumes: tuple[Volume, ...] = ()


class ModelOf(msgspec.Struct, frozen=True, rename="camel"):
    id: str = ""
    served_name: str = ""
    source: str = HUGGING_FACE
    storage: Storage = Storage()


class Engine(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    image: str = ""
    context_length: int | None = None
    trust_remote_code: bool = False
    enable_prefix_caching: bool = True
    enforce_eager: bool = False
    args: dict[str, str] = {}
    extra_args: tuple[str, ...] = ()


class Provider(msgspec.Struct, frozen=True):
    name: str = ""
    overrides: Any = None


class Serving(msgspec.Struct, frozen=True):
    mode: str = ""


class Secrets(msgspec.Struct, frozen=True, rename="camel"):
    hugging_face_token: str = ""


class Gateway(msgspec.Struct, frozen=True, rename="camel"):
    enabled: bool | None = None
    """None is true."""
    model_name: str = ""
    http_route_ref: str = ""


class DeploymentSpec(msgspec.Struct, frozen=True, rename="camel"):
    model: ModelOf = ModelOf()
    engine: Engine = Engine()
    provider: Provider = Provider()
    serving: Serving = Serving()
    scaling: Scaling = Scaling()
    resources: Asked | None = None
    secrets: Secrets = Secrets()
    gateway: Gateway = Gateway()
    image: str = ""
    env: tuple[Env, ...] = ()
    pod_template: dict[str, Any] | None = None

    @property
    def mode(self) -> str:
        return self.serving.mode or AGGREGATED


class ProviderStatus(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    resource_name: str = ""
    resource_kind: str = ""
    selected_reason: str = ""


class EngineStatus(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    selected_reason: str = ""


class ReplicaStatus(msgspec.Struct, frozen=True):
    desired: int | None = None
    ready: int | None = None
    available: int | None = None


class EndpointStatus(msgspec.Struct, frozen=True):
    service: str = ""
    port: int = 0


class GatewayStatus(msgspec.Struct, frozen=True, rename="camel"):
    endpoint: str = ""
    model_name: str = ""


class ImageStatus(msgspec.Struct, frozen=True):
    resolved: str = ""


class DeploymentStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    """Pending | Deploying | Running | Failed | Terminating."""
    message: str = ""
    observed_generation: int = 0
    provider: ProviderStatus = ProviderStatus()
    engine: EngineStatus = EngineStatus()
    replicas: ReplicaStatus | None = None
    endpoint: EndpointStatus | None = None
    gateway: GatewayStatus | None = None
    image: ImageStatus | None = None
    conditions: tuple[Condition, ...] = ()


class DeploymentAnnotations(msgspec.Struct, frozen=True):
    """Those that say how it is run; the others are not kept."""

    test_backend: str = msgspec.field(name="airunway.ai/dynamo-test-backend", default="")


class DeploymentMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: DeploymentAnnotations = DeploymentAnnotations()


class ModelDeployment(Object, frozen=True, kw_only=True):
    metadata: DeploymentMeta = DeploymentMeta()
    spec: DeploymentSpec = DeploymentSpec()
    status: DeploymentStatus = DeploymentStatus()


class EngineGateway(msgspec.Struct, frozen=True, rename="camel"):
    ignores_served_name: bool = False


class EngineCapability(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    serving_modes: tuple[str, ...] = ()
    gpu_support: bool = False
    cpu_support: bool = False
    requires_crd: bool | None = msgspec.field(name="requiresCRD", default=None)
    """None is true: the provider writes objects of a kind that has to be installed."""
    api_formats: tuple[str, ...] = ()
    gateway: EngineGateway | None = None


class Capabilities(msgspec.Struct, frozen=True):
    engines: tuple[EngineCapability, ...] = ()


class SelectionRule(msgspec.Struct, frozen=True):
    condition: str = ""
    priority: int = 0


class ProviderSpec(msgspec.Struct, frozen=True, rename="camel"):
    capabilities: Capabilities | None = None
    selection_rules: tuple[SelectionRule, ...] = ()


class ProviderHealth(msgspec.Struct, frozen=True, rename="camel"):
    ready: bool | None = None
    version: str = ""
    last_heartbeat: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class ProviderAnnotations(msgspec.Struct, frozen=True):
    display_name: str = msgspec.field(name="airunway.ai/display-name", default="")
    default_namespace: str = msgspec.field(name="airunway.ai/default-namespace", default="")


class ProviderMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: ProviderAnnotations = ProviderAnnotations()


class ProviderConfig(Object, frozen=True, kw_only=True):
    """InferenceProviderConfig: what a provider can run, and whether it is there."""

    metadata: ProviderMeta = ProviderMeta()
    spec: ProviderSpec = ProviderSpec()
    status: ProviderHealth = ProviderHealth()
