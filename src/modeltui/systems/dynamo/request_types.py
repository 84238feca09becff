"""DynamoGraphDeploymentRequest of both versions, cut down to the fields that the console reads."""

from __future__ import annotations

from typing import Any

import msgspec

from modeltui.kube.objects import Condition, Object


class ModelCache(msgspec.Struct, frozen=True, rename="camel"):
    pvc_name: str = ""
    pvc_model_path: str = ""
    pvc_mount_path: str = ""


class Hardware(msgspec.Struct, frozen=True, rename="camel"):
    gpu_sku: str = ""
    total_gpus: int | None = None
    num_gpus_per_node: int | None = None
    vram_mb: float | None = None


class Workload(msgspec.Struct, frozen=True, rename="camel"):
    isl: int | None = None
    osl: int | None = None
    concurrency: float | None = None
    request_rate: float | None = None


class Sla(msgspec.Struct, frozen=True, rename="camel"):
    ttft: float | None = None
    itl: float | None = None
    e2e_latency: float | None = None
    optimization_type: str = ""


class Mocker(msgspec.Struct, frozen=True):
    enabled: bool = False


class Features(msgspec.Struct, frozen=True):
    mocker: Mocker | None = None


class RequestSpec(msgspec.Struct, frozen=True, rename="camel"):
    model: str = ""
    backend: str = "auto"
    image: str = ""
    auto_apply: bool = True
    search_strategy: str = ""
    hardware: Hardware | None = None
    workload: Workload | None = None
    sla: Sla | None = None
    model_cache: ModelCache | None = None
    features: Features | None = None
    runtime_version_override: str = ""


class RequestStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    """Pending | Profiling | Ready | Deploying | Deployed | Failed."""
    profiling_phase: str = ""
    """Initializing | SweepingPrefill | SweepingDecode | SelectingConfig | BuildingCurves | GeneratingDGD | Done."""
    profiling_job_name: str = ""
    dgd_name: str = ""
    observed_generation: int = 0
    conditions: tuple[Condition, ...] = ()


class Request(Object, frozen=True, kw_only=True):
    """DynamoGraphDeploymentRequest v1beta1."""

    spec: RequestSpec = RequestSpec()
    status: RequestStatus = RequestStatus()


class ProfilingConfig(msgspec.Struct, frozen=True, rename="camel"):
    profiler_image: str = ""
    config: dict[str, Any] | None = None


class OlderRequestSpec(msgspec.Struct, frozen=True, rename="camel"):
    model: str = ""
    backend: str = ""
    auto_apply: bool = False
    profiling_config: ProfilingConfig = ProfilingConfig()


class RequestedDeployment(msgspec.Struct, frozen=True):
    name: str = ""
    state: str = ""


class OlderRequestStatus(msgspec.Struct, frozen=True, rename="camel"):
    state: str = ""
    """Initializing | Pending | Profiling | Deploying | Ready | DeploymentDeleted | Failed."""
    observed_generation: int = 0
    deployment: RequestedDeployment | None = None
    conditions: tuple[Condition, ...] = ()


class OlderRequest(Object, frozen=True, kw_only=True):
    """DynamoGraphDeploymentRequest v1alpha1."""

    spec: OlderRequestSpec = OlderRequestSpec()
    status: OlderRequestStatus = OlderRequestStatus()
