"""AIMService: one model, served by a KServe InferenceService that AIM Engine makes and keeps."""

from __future__ import annotations

import msgspec

from modeltui.systems.aim.types import AimObject, BasicStatus, Hardware, Overrides, Resolved, Routing, Source, Storage
from modeltui.systems.core.types import Env, Named, ResourceRequirements


class CustomModel(msgspec.Struct, frozen=True, rename="camel"):
    base_image: str = ""
    model_sources: tuple[Source, ...] = ()
    hardware: Hardware = Hardware()


class ModelChoice(msgspec.Struct, frozen=True):
    """Exactly one of the three, and never changed again."""

    name: str = ""
    image: str = ""
    custom: CustomModel | None = None


class TemplateChoice(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    allow_unoptimized: bool = False


class Caching(msgspec.Struct, frozen=True):
    mode: str = ""


class MetricSource(msgspec.Struct, frozen=True, rename="camel"):
    backend: str = ""
    server_address: str = ""
    metric_names: tuple[str, ...] = ()
    query: str = ""
    operation_over_time: str = ""


class MetricTarget(msgspec.Struct, frozen=True, rename="camel"):
    type: str = ""
    value: str = ""
    average_value: str = ""
    average_utilization: int | None = None


class PodMetric(msgspec.Struct, frozen=True):
    metric: MetricSource = MetricSource()
    target: MetricTarget = MetricTarget()


class ScalingMetric(msgspec.Struct, frozen=True):
    type: str = ""
    podmetric: PodMetric | None = None


class AutoScaling(msgspec.Struct, frozen=True):
    metrics: tuple[ScalingMetric, ...] = ()


class ServiceSpec(msgspec.Struct, frozen=True, rename="camel"):
    model: ModelChoice = ModelChoice()
    template_said: TemplateChoice | None = msgspec.field(name="template", default=None)
    """Cannot be changed once it is there; one that is not there can still be added."""
    caching: Caching | None = None
    replicas: int | None = None
    """The API server fills in 1. Its schema sets no minimum: 0 is taken, and passed on to KServe."""
    min_replicas: int | None = None
    max_replicas: int | None = None
    auto_scaling: AutoScaling | None = None
    runtime_config_name: str = ""
    storage: Storage | None = None
    routing: Routing | None = None
    env: tuple[Env, ...] = ()
    resources: ResourceRequirements | None = None
    overrides: Overrides | None = None
    image_pull_secrets: tuple[Named, ...] = ()
    service_account_name: str = ""

    @property
    def template(self) -> TemplateChoice:
        return self.template_said or TemplateChoice()

    @property
    def autoscaled(self) -> bool:
        """Any one of the three makes AIM Engine leave the number of replicas to KEDA; `replicas` is then not asked."""
        return self.auto_scaling is not None or self.min_replicas is not None or self.max_replicas is not None


class CacheStatus(msgspec.Struct, frozen=True, rename="camel"):
    template_cache_ref: Resolved | None = None
    retry_attempts: int = 0
    """Of one that failed; there is one, so it ends at 1."""


class RoutingStatus(msgspec.Struct, frozen=True):
    path: str = ""


class RuntimeStatus(msgspec.Struct, frozen=True, rename="camel"):
    """Without an autoscaler the numbers are those of the spec, not what is seen of the pods."""

    current_replicas: int | None = None
    desired_replicas: int | None = None
    min_replicas: int | None = None
    max_replicas: int | None = None
    replicas: str = ""


class ServiceStatus(BasicStatus, frozen=True, rename="camel"):
    resolved_model: Resolved | None = None
    resolved_template: Resolved | None = None
    resolved_runtime_config: Resolved | None = None
    cache: CacheStatus = CacheStatus()
    routing: RoutingStatus = RoutingStatus()
    runtime: RuntimeStatus = RuntimeStatus()


class AIMService(AimObject, frozen=True, kw_only=True):
    spec: ServiceSpec = ServiceSpec()
    status: ServiceStatus = ServiceStatus()
