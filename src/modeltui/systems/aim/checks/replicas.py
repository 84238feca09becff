"""How many: a fixed number, or between two with KEDA."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.service_types import AIMService, ScalingMetric
from modeltui.systems.aim.types import SCALED_OBJECTS, SERVICES
from modeltui.systems.protocol import Facts

TARGETS: Final = {"Value": "value", "AverageValue": "averageValue", "Utilization": "averageUtilization"}
BACKEND: Final = "opentelemetry"
OVER_TIME: Final = ("last_one", "avg", "max", "min", "rate", "count")


def numbers(service: AIMService) -> Iterator[Finding]:
    spec = service.spec
    if spec.replicas is not None and spec.replicas < 0:
        yield Finding(Severity.ERROR, f"{spec.replicas} replicas cannot be.", "Write 0 (stopped) or more.", "spec.replicas")
    for said, field in ((spec.min_replicas, "minReplicas"), (spec.max_replicas, "maxReplicas")):
        if said is not None and said < 1:
            yield Finding(
                Severity.ERROR,
                f"{field} is {said}: AIM Engine does not scale to zero, so the API server refuses it.",
                "Write 1 or more. To stop it, take the autoscaling out and set replicas to 0.",
                f"spec.{field}",
            )
    if spec.min_replicas is not None and spec.max_replicas is not None and spec.min_replicas > spec.max_replicas:
        reason = f"minReplicas ({spec.min_replicas}) is more than maxReplicas ({spec.max_replicas}): no autoscaler can keep that."
        yield Finding(Severity.ERROR, reason, "Correct one of them.", "spec.minReplicas")


def autoscaling(service: AIMService, facts: Facts) -> Iterator[Finding]:
    spec, namespace = service.spec, service.metadata.namespace
    if not spec.autoscaled:
        return
    if facts.known(SERVICES, namespace) and not facts.known(SCALED_OBJECTS, namespace):
        yield Finding(
            Severity.WARNING,
            "KEDA scales it, and this cluster has no ScaledObjects, or does not let you list them: without KEDA nothing is scaled, and "
            "KServe may not even start it.",
            "Have KEDA installed, with its OpenTelemetry scaler; or take the autoscaling out, and set replicas.",
            "spec.autoScaling",
        )
    if spec.replicas is not None and spec.replicas != 1:
        reason = f"replicas ({spec.replicas}) is not looked at as long as autoscaling is on."
        yield Finding(Severity.INFO, reason, "Set minReplicas, or take the autoscaling out.", "spec.replicas")
    most = spec.max_replicas if spec.max_replicas is not None else spec.min_replicas or 1
    if most == (spec.min_replicas or 1):
        reason = f"It is autoscaled between {most} and {most}: nothing is ever scaled."
        yield Finding(Severity.WARNING, reason, "Set maxReplicas higher, or use replicas.", "spec.maxReplicas")
    if spec.auto_scaling is None or not spec.auto_scaling.metrics:
        reason = "No metric says when to scale; newer AIM Engines refuse that."
        yield Finding(Severity.WARNING, reason, "Add one, such as vllm:num_requests_running.", "spec.autoScaling.metrics")
    for place, metric in enumerate(spec.auto_scaling.metrics if spec.auto_scaling is not None else ()):
        yield from _metric(metric, f"spec.autoScaling.metrics[{place}]")


def _metric(metric: ScalingMetric, field: str) -> Iterator[Finding]:
    if metric.type != "PodMetric":
        reason = f'A metric of type "{metric.type}" is not known, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, "Write PodMetric.", f"{field}.type")
    if metric.podmetric is None:
        yield Finding(Severity.ERROR, "The metric does not say what is measured.", "Set podmetric.", f"{field}.podmetric")
        return
    source, target = metric.podmetric.metric, metric.podmetric.target
    if source.backend not in ("", BACKEND):
        reason = f'Backend "{source.backend}" is not known, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, f"Write {BACKEND}, or leave it out.", f"{field}.podmetric.metric.backend")
    wanted = TARGETS.get(target.type)
    if wanted is None:
        reason = f'A target of type "{target.type}" is none of {", ".join(TARGETS)}, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, "Choose one of them.", f"{field}.podmetric.target.type")
    elif not {"value": target.value, "averageValue": target.average_value, "averageUtilization": target.average_utilization}[wanted]:
        reason = f"The target is of type {target.type}, and {wanted} is not set: KEDA has nothing to compare with."
        yield Finding(Severity.ERROR, reason, f"Set {wanted}.", f"{field}.podmetric.target.{wanted}")
    if not source.query and not source.metric_names:
        reason = "The metric names nothing that is measured."
        yield Finding(Severity.ERROR, reason, "Set query and metricNames, such as vllm:num_requests_running.", f"{field}.podmetric.metric")
    if source.operation_over_time and source.operation_over_time not in OVER_TIME:
        reason = f'operationOverTime "{source.operation_over_time}" is none of {", ".join(OVER_TIME)}.'
        yield Finding(Severity.ERROR, reason, "Choose one of them.", f"{field}.podmetric.metric.operationOverTime")
