"""Answers -> manifest of an AIMService, and back. Pure.

Only what is answered otherwise than the live object says is written over it. A part that the answers cannot say again word for word,
but for what the API server fills in, is an AnswersError on the way back: the form never drops what it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from modeltui.systems.aim.answers import HardwareAnswers, MetricAnswers, RoutingAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.aim.service_types import AIMService, AutoScaling, ServiceSpec
from modeltui.systems.aim.types import GPU, LEGACY_CACHING, SERVICES, Hardware
from modeltui.systems.manifest import Manifest, begun, lay, part, told
from modeltui.systems.serving import pieces
from modeltui.systems.showing import answered, unshowable

_NOTHING: Final = ServiceAnswers()
_FILLED_IN: Final = (
    ("resourceName", GPU),
    ("backend", "opentelemetry"),
    ("group", "gateway.networking.k8s.io"),
    ("kind", "Gateway"),
)
"""Keys and values that the API server sets where nobody does."""
_QUANTITIES: Final = ("requests", "limits", "minVram", "size")
"""Keys under which a number means the same as its text."""


def service(answers: ServiceAnswers, *, live: Mapping[str, Any] | None = None) -> Manifest:
    """Raises AnswersError when the live object is one that answers cannot say."""
    desired = begun(SERVICES, name=answers.name, namespace=answers.namespace, live=live)
    before = _NOTHING if live is None else answers_of(live)
    spec = part(desired, "spec")
    for key, block in _BLOCKS.items():
        wanted = block(answers)
        lay(spec, key, None if _is_nothing(wanted) else wanted, when=wanted != block(before))
    if live is None:
        spec.setdefault("model", {})
    if answers.resources != before.resources:
        resources = part(spec, "resources")
        pieces.lay_resources(resources, answers.resources, before.resources)
        lay(spec, "resources", None, when=not resources)
    return desired


def _is_nothing(value: Any) -> bool:
    """0 replicas are something."""
    return value is None or value in ("", [], {})


# ---- the parts of a spec --------------------------------------------------------------------------------------------


def _model(answers: ServiceAnswers) -> dict[str, Any]:
    custom = _custom(answers.weights) if answers.weights is not None else None
    return told({"name": answers.model, "image": answers.image, "custom": custom})


def _custom(weights: WeightsAnswers) -> dict[str, Any]:
    source = {"modelId": weights.model_id, "sourceUri": weights.source_uri} | told({"size": weights.size, "env": pieces.env(weights.env)})
    return {"baseImage": weights.base_image, "modelSources": [source], "hardware": _hardware(weights.hardware)}


def _hardware(answers: HardwareAnswers | None) -> dict[str, Any]:
    if answers is None:
        return {}
    gpu = {"requests": answers.gpus, "model": answers.gpu_model, "minVram": answers.min_vram, "resourceName": answers.gpu_resource}
    return told({"gpu": told(gpu), "cpu": told({"requests": answers.cpu, "limits": answers.cpu_limit})})


def _template(answers: ServiceAnswers) -> dict[str, Any]:
    allowed = answers.allow_unoptimized
    if allowed is None and answers.weights is not None and not answers.template:
        allowed = True
    return told({"name": answers.template, "allowUnoptimized": allowed})


def _overrides(answers: ServiceAnswers) -> dict[str, Any]:
    return told({"metric": answers.metric, "precision": answers.precision, "hardware": _hardware(answers.hardware)})


def _metrics(answers: ServiceAnswers) -> dict[str, Any]:
    return {"metrics": [_metric(one) for one in answers.metrics]} if answers.metrics else {}


def _metric(answers: MetricAnswers) -> dict[str, Any]:
    measured: dict[str, Any] = {"metricNames": [answers.name], "query": answers.name}
    measured |= told({"operationOverTime": answers.operation, "serverAddress": answers.server})
    target: dict[str, Any] = {"type": answers.target}
    key = {"Value": "value", "AverageValue": "averageValue", "Utilization": "averageUtilization"}[answers.target]
    if answers.value:
        whole = answers.target == "Utilization" and answers.value.isascii() and answers.value.isdecimal()
        target[key] = int(answers.value) if whole else answers.value
    return {"type": "PodMetric", "podmetric": {"metric": measured, "target": target}}


def _routing(answers: ServiceAnswers) -> dict[str, Any]:
    said = answers.routing
    gateway = told({"name": said.gateway, "namespace": said.gateway_namespace})
    return told(
        {"enabled": said.enabled, "gatewayRef": gateway, "pathTemplate": said.path_template, "requestTimeout": said.request_timeout}
    )


def _storage(answers: ServiceAnswers) -> dict[str, Any]:
    return told({"defaultStorageClassName": answers.storage_class, "pvcHeadroomPercent": answers.headroom_percent})


_BLOCKS: Final[Mapping[str, Any]] = {
    "model": _model,
    "template": _template,
    "overrides": _overrides,
    "caching": lambda answers: told({"mode": answers.caching}),
    "replicas": lambda answers: answers.replicas,
    "minReplicas": lambda answers: answers.min_replicas,
    "maxReplicas": lambda answers: answers.max_replicas,
    "autoScaling": _metrics,
    "runtimeConfigName": lambda answers: answers.runtime_config,
    "storage": _storage,
    "routing": _routing,
    "env": lambda answers: pieces.env(answers.env),
    "imagePullSecrets": lambda answers: [{"name": name} for name in answers.image_pull_secrets],
    "serviceAccountName": lambda answers: answers.service_account,
}
"""Field of the spec -> what answers make of it; nothing leaves it out."""


# ---- back -----------------------------------------------------------------------------------------------------------


def answers_of(live: Mapping[str, Any]) -> ServiceAnswers:
    """What the form shows of an AIMService. Raises AnswersError when it cannot show all of it."""
    try:
        known = msgspec.convert({key: value for key, value in live.items() if key != "status"}, AIMService)
    except msgspec.ValidationError as error:
        raise unshowable(str(error)) from error
    spec = live.get("spec") or {}
    found = _answers(known, spec)
    for key, block in _BLOCKS.items():
        if key not in spec or key in ("env", "caching", "replicas"):
            continue  # `env_of` sees to the first; the others hold one word each
        if _plain(spec[key]) != _plain(block(found)) and not (_is_nothing(_plain(spec[key])) and _is_nothing(block(found))):
            raise unshowable(f"spec.{key} says more than it can show")
    return found


def _answers(known: AIMService, raw: Mapping[str, Any]) -> ServiceAnswers:
    spec, overrides = known.spec, known.spec.overrides
    said = spec.template_said
    raw_template = raw.get("template") or {}
    caching = spec.caching.mode if spec.caching is not None else ""
    return answered(
        {
            "name": known.metadata.name,
            "namespace": known.metadata.namespace,
            "model": spec.model.name,
            "image": spec.model.image,
            "template": said.name if said is not None else "",
            "allowUnoptimized": raw_template.get("allowUnoptimized"),
            "metric": overrides.metric if overrides is not None else "",
            "precision": overrides.precision if overrides is not None else "",
            "caching": LEGACY_CACHING.get(caching, caching),
            "replicas": spec.replicas,
            "minReplicas": spec.min_replicas,
            "maxReplicas": spec.max_replicas,
            "runtimeConfig": spec.runtime_config_name,
            "storageClass": spec.storage.default_storage_class_name if spec.storage is not None else "",
            "headroomPercent": spec.storage.pvc_headroom_percent if spec.storage is not None else None,
            "imagePullSecrets": [one.name for one in spec.image_pull_secrets],
            "serviceAccount": spec.service_account_name,
            **_parts(spec, raw),
        },
        ServiceAnswers,
    )


def _parts(spec: ServiceSpec, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are Structs already: `convert` takes them as mappings."""
    found: dict[str, Any] = {
        "env": pieces.env_of(raw.get("env")),
        "resources": pieces.resources_of(raw.get("resources")),
        "routing": _routing_of(spec),
        "metrics": _metrics_of(spec.auto_scaling),
    }
    if spec.model.custom is not None:
        found["weights"] = _weights_of(spec, raw)
    if spec.overrides is not None and spec.overrides.hardware is not None:
        found["hardware"] = _hardware_of(spec.overrides.hardware)
    return {key: msgspec.to_builtins(value) for key, value in found.items()}


def _weights_of(spec: ServiceSpec, raw: Mapping[str, Any]) -> WeightsAnswers:
    custom = spec.model.custom
    if custom is None or len(custom.model_sources) != 1:
        raise unshowable("spec.model.custom has not one model source")
    source = custom.model_sources[0]
    env = raw["model"]["custom"]["modelSources"][0].get("env")
    return WeightsAnswers(
        base_image=custom.base_image,
        model_id=source.model_id,
        source_uri=source.source_uri,
        size="" if source.size is None else str(source.size),
        env=pieces.env_of(env, where="spec.model.custom.modelSources[0].env"),
        hardware=_hardware_of(custom.hardware),
    )


def _hardware_of(found: Hardware) -> HardwareAnswers:
    gpu, cpu = found.gpu, found.cpu
    resource = gpu.resource_name if gpu is not None and gpu.resource_name != GPU else ""
    return HardwareAnswers(
        gpus=gpu.requests if gpu is not None else None,
        gpu_model=gpu.model if gpu is not None else "",
        min_vram=str(gpu.min_vram) if gpu is not None and gpu.min_vram is not None else "",
        gpu_resource=resource,
        cpu=str(cpu.requests) if cpu is not None and cpu.requests is not None else "",
        cpu_limit=str(cpu.limits) if cpu is not None and cpu.limits is not None else "",
    )


def _routing_of(spec: ServiceSpec) -> RoutingAnswers:
    said = spec.routing
    if said is None:
        return RoutingAnswers()
    gateway = said.gateway_ref
    return RoutingAnswers(
        enabled=said.enabled,
        gateway=gateway.name if gateway is not None else "",
        gateway_namespace=gateway.namespace if gateway is not None else "",
        path_template=said.path_template,
        request_timeout=said.request_timeout,
    )


def _metrics_of(found: AutoScaling | None) -> list[dict[str, Any]]:
    said = []
    for one in found.metrics if found is not None else ():
        if one.podmetric is None:
            raise unshowable("a metric does not say what is measured")
        metric, target = one.podmetric.metric, one.podmetric.target
        percent = "" if target.average_utilization is None else str(target.average_utilization)
        said.append(
            {
                "name": metric.query,
                "operation": metric.operation_over_time,
                "target": target.type or "Value",
                "value": target.value or target.average_value or percent,
                "server": metric.server_address,
            }
        )
    return said


def _plain(value: Any) -> Any:
    """Without what the API server fills in, and with quantities as text."""
    match value:
        case Mapping():
            kept = {key: _plain(one) for key, one in value.items() if (key, one) not in _FILLED_IN}
            return {key: str(one) if key in _QUANTITIES else one for key, one in kept.items()}
        case list():
            return [_plain(one) for one in value]
    return value
