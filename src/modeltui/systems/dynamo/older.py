"""DynamoGraphDeployment and -Request v1alpha1, cut down to the fields that the console reads.

The shape is another one: a map of services, a pod in pieces, numbers as strings.
"""

from __future__ import annotations

from typing import Any

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.systems.core.types import ContainerSpec, Env, Named, PodSpec, RawQuantity
from modeltui.systems.dynamo.types import (
    ComponentStatus,
    GraphMeta,
    ModelRef,
    Multinode,
    Restart,
    RestartStatus,
    RollingUpdate,
)


class Amounts(msgspec.Struct, frozen=True, rename="camel"):
    gpu: str | int | None = None
    gpu_type: str = ""
    """The resource that `gpu` counts; "" is nvidia.com/gpu."""
    custom: dict[str, RawQuantity] = {}


class Resources(msgspec.Struct, frozen=True):
    requests: Amounts = Amounts()
    limits: Amounts = Amounts()
    claims: tuple[Named, ...] = ()


class ExtraPodSpec(PodSpec, frozen=True, rename="camel"):
    main_container: ContainerSpec = ContainerSpec()


class VolumeMount(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    """Of a claim."""
    mount_point: str = ""
    use_as_compilation_cache: bool = False


class Claim(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    create: bool = False
    size: RawQuantity | None = None
    storage_class: str = ""
    volume_access_mode: str = ""


class ScalingAdapter(msgspec.Struct, frozen=True):
    enabled: bool = False


class SharedMemory(msgspec.Struct, frozen=True):
    disabled: bool = False
    size: RawQuantity | None = None


class Sidecar(msgspec.Struct, frozen=True):
    image: str = ""
    args: tuple[str, ...] = ()


class ServiceSpec(msgspec.Struct, frozen=True, rename="camel"):
    component_type: str = ""
    """Any word: frontend, worker, planner, epp, main."""
    sub_component_type: str = ""
    """prefill | decode."""
    replicas: int | None = None
    """None is 1."""
    min_available: int | None = None
    multinode: Multinode | None = None
    resources: Resources = Resources()
    extra_pod_spec: ExtraPodSpec = ExtraPodSpec()
    envs: tuple[Env, ...] = ()
    env_from_secret: str = ""
    volume_mounts: tuple[VolumeMount, ...] = ()
    scaling_adapter: ScalingAdapter | None = None
    model_ref: ModelRef | None = None
    shared_memory: SharedMemory | None = None
    frontend_sidecar: Sidecar | None = None
    runtime_version_override: str = ""
    epp_config: dict[str, Any] | None = None
    autoscaling: dict[str, Any] | None = None
    dynamo_namespace: str = ""


class OlderGraphSpec(msgspec.Struct, frozen=True, rename="camel"):
    backend_framework: str = ""
    services: dict[str, ServiceSpec] = {}
    envs: tuple[Env, ...] = ()
    pvcs: tuple[Claim, ...] = ()
    restart: Restart | None = None
    priority_class_name: str = ""


class OlderGraphStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: str = ""
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()
    services: dict[str, ComponentStatus] = {}
    restart: RestartStatus | None = None
    rolling_update: RollingUpdate | None = None


class OlderGraph(Object, frozen=True, kw_only=True):
    """DynamoGraphDeployment v1alpha1."""

    metadata: GraphMeta = GraphMeta()
    spec: OlderGraphSpec = OlderGraphSpec()
    status: OlderGraphStatus = OlderGraphStatus()
