"""What a person says of an AIMService: the answers of the form, and of `modeltui render deployment`. Any answer may be missing."""

from __future__ import annotations

from typing import Literal

from modeltui.systems.serving.answers import Answers, EnvAnswers, ResourceAnswers


class HardwareAnswers(Answers, frozen=True, kw_only=True):
    """Of one replica: GPUs of a model, or with at least so much memory, or of any kind; or cores only."""

    gpus: int | None = None
    """None: nothing is said of GPUs."""
    gpu_model: str = ""
    """"MI300X"; not together with `min_vram`."""
    min_vram: str = ""
    """A quantity: "64Gi"."""
    gpu_resource: str = ""
    """"" takes "amd.com/gpu"."""
    cpu: str = ""
    cpu_limit: str = ""


class WeightsAnswers(Answers, frozen=True, kw_only=True):
    """Weights of one's own, served by an AIM base image."""

    base_image: str = ""
    model_id: str = ""
    """org/name, under which it is stored and served."""
    source_uri: str = ""
    """hf://org/name (always the default branch) or s3://bucket/path."""
    size: str = ""
    """"" has it found out."""
    env: tuple[EnvAnswers, ...] = ()
    """What fetching takes: HF_TOKEN; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL."""
    hardware: HardwareAnswers = HardwareAnswers()


class MetricAnswers(Answers, frozen=True, kw_only=True):
    """What the autoscaler goes by."""

    name: str = ""
    """"vllm:num_requests_running"."""
    operation: str = ""
    """"" takes the last value; "avg", "max", "min", "rate", "count"."""
    target: Literal["Value", "AverageValue", "Utilization"] = "Value"
    value: str = ""
    """Above it another replica is added. Of Utilization a percentage."""
    server: str = ""
    """"" asks the scaler that KEDA brings along."""


class RoutingAnswers(Answers, frozen=True, kw_only=True):
    """What is not said comes from the runtime config."""

    enabled: bool | None = None
    gateway: str = ""
    gateway_namespace: str = ""
    path_template: str = ""
    """"/{.metadata.namespace}/{.metadata.name}"."""
    request_timeout: str = ""


class ServiceAnswers(Answers, frozen=True, kw_only=True):
    name: str = ""
    namespace: str = ""
    model: str = ""
    """Name of an AIMModel of the namespace, or of an AIMClusterModel. Exactly one of this, `image` and `weights`."""
    image: str = ""
    """An AIM image that holds a model."""
    weights: WeightsAnswers | None = None
    template: str = ""
    """"" lets the best one be chosen."""
    allow_unoptimized: bool | None = None
    """None allows them for weights of one's own, of which there are no others."""
    metric: Literal["", "latency", "throughput"] = ""
    precision: Literal["", "auto", "fp4", "fp8", "fp16", "fp32", "bf16", "int4", "int8"] = ""
    hardware: HardwareAnswers | None = None
    """Other hardware than the template's."""
    caching: Literal["", "Shared", "Dedicated"] = ""
    replicas: int | None = None
    min_replicas: int | None = None
    """With either of the two an autoscaler decides, and `replicas` is not asked."""
    max_replicas: int | None = None
    metrics: tuple[MetricAnswers, ...] = ()
    runtime_config: str = ""
    storage_class: str = ""
    headroom_percent: int | None = None
    routing: RoutingAnswers = RoutingAnswers()
    env: tuple[EnvAnswers, ...] = ()
    resources: ResourceAnswers = ResourceAnswers()
    image_pull_secrets: tuple[str, ...] = ()
    service_account: str = ""
