"""NVIDIA Dynamo (`nvidia.com`), cut down to the fields that the console reads. v1beta1; v1alpha1 of a graph is in `older`.

Tolerant on purpose: states are any word, and every field may be missing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

from modeltui.kube.objects import Condition, Object, ObjectMeta
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import Env, PodTemplate, RawQuantity

GROUP: Final = "nvidia.com"
GRAPHS: Final = Resource(group=GROUP, version="v1beta1", plural="dynamographdeployments", kind="DynamoGraphDeployment")
OLDER_GRAPHS: Final = Resource(group=GROUP, version="v1alpha1", plural="dynamographdeployments", kind="DynamoGraphDeployment")
REQUESTS: Final = Resource(group=GROUP, version="v1beta1", plural="dynamographdeploymentrequests", kind="DynamoGraphDeploymentRequest")
OLDER_REQUESTS: Final = Resource(
    group=GROUP, version="v1alpha1", plural="dynamographdeploymentrequests", kind="DynamoGraphDeploymentRequest"
)
ADAPTERS: Final = Resource(
    group=GROUP, version="v1beta1", plural="dynamographdeploymentscalingadapters", kind="DynamoGraphDeploymentScalingAdapter"
)
OLDER_ADAPTERS: Final = Resource(
    group=GROUP, version="v1alpha1", plural="dynamographdeploymentscalingadapters", kind="DynamoGraphDeploymentScalingAdapter"
)
GROVE_SETS: Final = Resource(group="grove.io", version="v1alpha1", plural="podcliquesets", kind="PodCliqueSet")
"""What Grove runs graphs as; where the kind is known, Grove is installed."""
WORKER_SETS: Final = Resource(group="leaderworkerset.x-k8s.io", version="v1", plural="leaderworkersets", kind="LeaderWorkerSet")
"""What replicas of several nodes run as where Grove is not."""
POOLS: Final = Resource(group="inference.networking.k8s.io", version="v1", plural="inferencepools", kind="InferencePool")
"""What an endpoint picker picks from."""
QUEUES: Final = Resource(group="scheduling.run.ai", version="v2", plural="queues", kind="Queue", namespaced=False)
"""Of the KAI scheduler."""
DEFAULT_QUEUE: Final = "dynamo"
"""Of a graph that names none."""
PRIORITY_CLASSES: Final = Resource(
    group="scheduling.k8s.io", version="v1", plural="priorityclasses", kind="PriorityClass", namespaced=False
)
MODELS: Final = Resource(group=GROUP, version="v1alpha1", plural="dynamomodels", kind="DynamoModel")

GRAPH_LABEL: Final = "nvidia.com/dynamo-graph-deployment-name"
"""On pods and Services: the graph that they belong to."""
COMPONENT_LABEL: Final = "nvidia.com/dynamo-component"
TYPE_LABEL: Final = "nvidia.com/dynamo-component-type"
NAMESPACE_LABEL: Final = "nvidia.com/dynamo-namespace"
"""Dynamo's own namespace of a graph: "<namespace>-<graph>"; of new workers with a hash behind."""
REQUEST_LABEL: Final = "dgdr.nvidia.com/name"
"""On a graph: the request that made it. It has no owner reference, so that it outlives the request."""

FRAMEWORKS: Final = ("vllm", "sglang", "trtllm")
TYPES: Final = ("frontend", "worker", "prefill", "decode", "planner", "epp")
"""What the type of a v1beta1 component may be."""
WORKERS: Final = frozenset({"worker", "prefill", "decode"})
MAIN: Final = "main"
"""The container of a component that Dynamo fills in."""
FRONTEND_PORT: Final = 8000
LONGEST_COMBINED: Final = 45
"""Of the names of a graph and of a component together, where Grove runs it: its webhook refuses more."""
MOST_COMPONENTS: Final = 25


class Multinode(msgspec.Struct, frozen=True, rename="camel"):
    node_count: int = 2
    """Nodes of one replica."""


class ModelRef(msgspec.Struct, frozen=True):
    name: str = ""
    revision: str = ""


class CompilationCache(msgspec.Struct, frozen=True, rename="camel"):
    pvc_name: str = ""
    mount_path: str = ""


class TemplateMeta(msgspec.Struct, frozen=True):
    annotations: dict[str, str] = {}


class Template(PodTemplate, frozen=True):
    metadata: TemplateMeta = TemplateMeta()


class ComponentSpec(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    type: str = ""
    replicas: int | None = None
    """None is 1."""
    min_available: int | None = None
    multinode: Multinode | None = None
    pod_template: Template = Template()
    scaling_adapter: dict[str, Any] | None = None
    """That it is there at all, even empty, gives the replicas to a DynamoGraphDeploymentScalingAdapter."""
    model_ref: ModelRef | None = None
    compilation_cache: CompilationCache | None = None
    shared_memory_size: RawQuantity | None = None
    frontend_sidecar: str = ""
    """Name of a container that answers requests beside the engine."""
    runtime_version_override: str = ""
    epp_config: dict[str, Any] | None = None


class RestartStrategy(msgspec.Struct, frozen=True):
    type: str = ""
    order: tuple[str, ...] = ()


class Restart(msgspec.Struct, frozen=True):
    id: str = ""
    strategy: RestartStrategy | None = None


class GraphSpec(msgspec.Struct, frozen=True, rename="camel"):
    backend_framework: str = ""
    components: tuple[ComponentSpec, ...] = ()
    env: tuple[Env, ...] = ()
    restart: Restart | None = None
    priority_class_name: str = ""


class ComponentStatus(msgspec.Struct, frozen=True, rename="camel"):
    component_kind: str = ""
    """PodClique | PodCliqueScalingGroup | Deployment | LeaderWorkerSet."""
    replicas: int | None = None
    updated_replicas: int | None = None
    ready_replicas: int | None = None
    """A PodCliqueScalingGroup has none, only those that are available."""
    available_replicas: int | None = None
    scheduled_replicas: int | None = None

    @property
    def ready(self) -> int | None:
        return self.available_replicas if self.ready_replicas is None else self.ready_replicas


class RestartStatus(msgspec.Struct, frozen=True, rename="camel"):
    observed_id: str = msgspec.field(name="observedID", default="")
    phase: str = ""
    """Pending | Restarting | Completed | Failed | Superseded."""
    in_progress: tuple[str, ...] = ()


class RollingUpdate(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    """Pending | InProgress | Completed | Failed."""
    updated_components: tuple[str, ...] = ()
    start_time: datetime | None = None


class GraphStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: str = ""
    """initializing | pending | successful | failed."""
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()
    components: dict[str, ComponentStatus] = {}
    restart: RestartStatus | None = None
    rolling_update: RollingUpdate | None = None


class GraphAnnotations(msgspec.Struct, frozen=True):
    """Those that say how a graph is run; the others are not kept."""

    enable_grove: str = msgspec.field(name="nvidia.com/enable-grove", default="")
    executor: str = msgspec.field(name="nvidia.com/vllm-distributed-executor-backend", default="")
    queue: str = msgspec.field(name="nvidia.com/kai-scheduler-queue", default="")


class GraphMeta(ObjectMeta, frozen=True, rename="camel"):
    annotations: GraphAnnotations = GraphAnnotations()


class Graph(Object, frozen=True, kw_only=True):
    """DynamoGraphDeployment v1beta1."""

    metadata: GraphMeta = GraphMeta()
    spec: GraphSpec = GraphSpec()
    status: GraphStatus = GraphStatus()


class GraphRef(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    component_name: str = ""
    service_name: str = ""
    """As v1alpha1 calls it."""

    @property
    def part(self) -> str:
        return self.component_name or self.service_name


class AdapterSpec(msgspec.Struct, frozen=True, rename="camel"):
    replicas: int | None = None
    dgd_ref: GraphRef = GraphRef()


class AdapterStatus(msgspec.Struct, frozen=True, rename="camel"):
    replicas: int | None = None
    last_scale_time: datetime | None = None


class Adapter(Object, frozen=True, kw_only=True):
    """DynamoGraphDeploymentScalingAdapter, of both versions: it owns the replicas of one component."""

    spec: AdapterSpec = AdapterSpec()
    status: AdapterStatus = AdapterStatus()


class Source(msgspec.Struct, frozen=True):
    uri: str = ""


class ModelSpec(msgspec.Struct, frozen=True, rename="camel"):
    base_model_name: str = ""
    model_name: str = ""
    model_type: str = "base"
    """base | lora | adapter."""
    source: Source | None = None


class ModelEndpoint(msgspec.Struct, frozen=True, rename="camel"):
    address: str = ""
    pod_name: str = ""
    ready: bool = False


class ModelStatus(msgspec.Struct, frozen=True, rename="camel"):
    ready_endpoints: int | None = None
    total_endpoints: int | None = None
    endpoints: tuple[ModelEndpoint, ...] = ()
    conditions: tuple[Condition, ...] = ()


class DynamoModel(Object, frozen=True, kw_only=True):
    spec: ModelSpec = ModelSpec()
    status: ModelStatus = ModelStatus()
