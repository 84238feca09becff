"""A ModelDeployment -> the deployment that it is. Pure.

AI Runway has a provider make something else of it, and reports what it reads off that. Where the child is in sight it is believed
more than the report: a graph's replicas are counted there, and AI Runway has read them from the wrong field.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Object
from modeltui.redaction import redact_text
from modeltui.systems.airunway.types import (
    DEPLOYMENT_LABEL,
    DEPLOYMENTS,
    DISAGGREGATED,
    PROVIDERS,
    Gpu,
    ModelDeployment,
    Scaled,
)
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, SERVICES, Pod, Service
from modeltui.systems.dynamo.reading import graphs_of_pod
from modeltui.systems.dynamo.reading import read as read_graph
from modeltui.systems.dynamo.types import GRAPHS, Graph
from modeltui.systems.protocol import Facts, IndexFunction
from modeltui.systems.serving import command_line
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref

_PHASES: Final = {
    "Pending": Phase.PENDING,
    "Deploying": Phase.PROCESSING,
    "Running": Phase.READY,
    "Failed": Phase.FAILED,
    "Terminating": Phase.PROCESSING,
}
GOOD_WHEN_TRUE: Final = (
    *("Validated", "ProviderSelected", "EngineSelected", "ProviderCompatible", "HardwareCompatible"),
    *("StorageReady", "ModelDownloaded", "ResourceCreated"),
)
"""Conditions in the order in which they come true; the first that is False says what it waits for."""


def read(deployment: ModelDeployment, facts: Facts) -> Deployment:
    graph = graph_of(deployment, facts)
    child = None if graph is None else read_graph(graph, facts)
    components = tuple(_components(deployment)) if child is None else child.components
    return Deployment(
        models=models_of(deployment),
        served=_served(deployment),
        engine=engine_of(deployment),
        status=_status(deployment, child),
        components=components,
        gpu_resource=", ".join(dict.fromkeys(gpu.type for gpu in _gpus(deployment) if gpu.count)) if child is None else child.gpu_resource,
        endpoint=_endpoint(deployment, child, facts),
        uses=tuple(_uses(deployment)),
        stopped=stopped(deployment),
    )


def models_of(deployment: ModelDeployment) -> tuple[str, ...]:
    """A custom source brings its model in the image."""
    spec = deployment.spec
    return tuple(name for name in (spec.model.id or image_of(deployment),) if name)


def image_of(deployment: ModelDeployment) -> str:
    return deployment.spec.engine.image or deployment.spec.image


def engine_of(deployment: ModelDeployment) -> str:
    """What it asks for, what AI Runway chose, or what its image is."""
    return deployment.spec.engine.type or deployment.status.engine.type or command_line.engine_by_image(image_of(deployment))


def provider_of(deployment: ModelDeployment) -> str:
    return deployment.spec.provider.name or deployment.status.provider.name


def stopped(deployment: ModelDeployment) -> bool:
    return all(replicas == 0 for _, replicas, _ in _scaled(deployment))


def _served(deployment: ModelDeployment) -> tuple[str, ...]:
    """The name at the gateway, and that of the engine. A custom image names its model itself."""
    spec, told = deployment.spec, deployment.status.gateway
    own = "" if spec.model.source == "custom" else spec.model.served_name or spec.model.id
    names = (told.model_name if told else "", spec.gateway.model_name, own)
    return tuple(dict.fromkeys(name for name in names if name))


# ---- replicas -------------------------------------------------------------------------------------------------------


def _scaled(deployment: ModelDeployment) -> list[tuple[str, int, Gpu | None]]:
    """(name, replicas, GPUs of one) of what is scaled by itself."""
    spec = deployment.spec
    if spec.mode == DISAGGREGATED:
        halves = (("prefill", spec.scaling.prefill or Scaled()), ("decode", spec.scaling.decode or Scaled()))
        return [(name, half.replicas, half.gpu) for name, half in halves]
    return [("worker", spec.scaling.replicas, spec.resources.gpu if spec.resources else _unsaid(deployment))]


def _unsaid(deployment: ModelDeployment) -> Gpu | None:
    """Who says nothing of resources, but which engine it is, gets one GPU from AI Runway's webhook; llama.cpp none."""
    return Gpu(count=1) if deployment.spec.engine.type not in ("", "llamacpp") else None


def _gpus(deployment: ModelDeployment) -> list[Gpu]:
    return [gpu for _, _, gpu in _scaled(deployment) if gpu is not None]


def _components(deployment: ModelDeployment) -> Iterable[Component]:
    scaled = _scaled(deployment)
    for name, replicas, gpu in scaled:
        yield Component(
            name=name,
            role=name,
            desired=replicas,
            ready=_ready(deployment, replicas, alone=len(scaled) == 1),
            gpus=0 if gpu is None else gpu.count,
            engine=engine_of(deployment),
            image=(deployment.status.image.resolved if deployment.status.image else "") or image_of(deployment),
        )


def _ready(deployment: ModelDeployment, replicas: int, *, alone: bool) -> int | None:
    """AI Runway counts all pods of the child together, a frontend or an endpoint picker among them: of one part alone that says
    something only when all or none are ready, or when nothing else is counted."""
    told = deployment.status.replicas
    if replicas == 0:
        return 0
    if told is None:
        return None
    numbers = [number for number in (told.ready, told.available) if number is not None]
    if not numbers or told.desired is None:
        return None
    ready = max(numbers)
    if ready == 0 or (told.desired > 0 and ready >= told.desired):
        return min(replicas, ready)
    return min(replicas, ready) if alone and told.desired == replicas else None


# ---- status ---------------------------------------------------------------------------------------------------------


def _status(deployment: ModelDeployment, child: Deployment | None) -> Status:
    told = deployment.status
    if stopped(deployment) and (child is None or child.stopped):
        return Status(Phase.PAUSED, told.phase, "It wants 0 replicas.")
    if not told.phase:
        return Status(Phase.PENDING, "", "AI Runway has not looked at it yet.")
    if told.observed_generation and deployment.metadata.generation > told.observed_generation:
        said = f'AI Runway has not taken the last change in yet: "{told.phase}" is of generation {told.observed_generation}.'
        return Status(Phase.PROCESSING, told.phase, said)
    if told.phase in ("Failed", "Terminating"):
        return Status(_PHASES[told.phase], told.phase, _why(deployment) or "AI Runway gives no reason.")
    if child is not None and told.phase in _PHASES:
        return _with_child(deployment, child)
    if told.phase == "Running" and (short := _short(deployment)):
        return Status(Phase.DEGRADED, told.phase, short)
    return Status(_PHASES.get(told.phase, Phase.UNKNOWN), told.phase, "" if told.phase == "Running" else _why(deployment))


def _with_child(deployment: ModelDeployment, child: Deployment) -> Status:
    raw, name = deployment.status.phase, deployment.status.provider.resource_name or "it made"
    if child.status.phase is Phase.READY:
        late = f' AI Runway still says "{raw}".' if raw != "Running" else ""
        return Status(Phase.READY, raw, f"The graph {name} is ready.{late}" if late else "")
    return Status(child.status.phase, raw, f"The graph {name}: {child.status.reason or child.status.raw}")


def _short(deployment: ModelDeployment) -> str:
    told = deployment.status.replicas
    numbers = [number for number in (told.ready, told.available) if number is not None] if told else []
    if told is None or told.desired is None or not numbers or max(numbers) >= told.desired:
        return ""
    return f'"Running", but {max(numbers)} of {told.desired} replicas are ready.'


def _why(deployment: ModelDeployment) -> str:
    """Its message, else the first condition that stands in the way."""
    told = deployment.status
    if told.message:
        return redact_text(told.message)
    by_type = {condition.type: condition for condition in told.conditions}
    for name in GOOD_WHEN_TRUE:
        condition = by_type.get(name)
        if condition is not None and condition.status == "False":
            return f"{name}: {redact_text(condition.message) or condition.reason}"
    return ""


# ---- what it is made of ---------------------------------------------------------------------------------------------


def graph_of(deployment: ModelDeployment, facts: Facts) -> Graph | None:
    """The graph that was made of it: as its status names it, else by owner or label. None also when graphs are not in sight."""
    told, (namespace, name) = deployment.status.provider, deployment.metadata.key
    if told.resource_kind == GRAPHS.kind and told.resource_name:
        named = facts.get(GRAPHS, namespace, told.resource_name)
        if isinstance(named, Graph):
            return named
    return next((graph for graph in facts.where(GRAPHS, namespace, made_for, name) if isinstance(graph, Graph)), None)


def made_for(child: Object) -> Iterable[str]:
    """Names of the ModelDeployments that something was made for; an index function."""
    owners = [owner.name for owner in child.metadata.owner_references if owner.kind == DEPLOYMENTS.kind]
    return {name for name in (*owners, child.metadata.labels.get(DEPLOYMENT_LABEL, "")) if name}


def deployments_of_pod(pod: Pod) -> Iterable[str]:
    """Names of the ModelDeployments that a pod says it belongs to; an index function."""
    return made_for(pod)


def graph_named(deployment: ModelDeployment) -> Iterable[str]:
    """The name of the graph that its status names; an index function."""
    told = deployment.status.provider
    return (told.resource_name,) if told.resource_kind == GRAPHS.kind and told.resource_name else ()


def pods_by(deployment: ModelDeployment, facts: Facts) -> Iterable[tuple[IndexFunction, str]]:
    """The pods of a graph carry no sign of the ModelDeployment."""
    graph = graph_of(deployment, facts)
    names: Sequence[str] = (graph.metadata.name,) if graph is not None else tuple(graph_named(deployment))
    return [(graphs_of_pod, name) for name in names]


# ---- where it answers, and what it hangs on -------------------------------------------------------------------------


def _endpoint(deployment: ModelDeployment, child: Deployment | None, facts: Facts) -> Endpoint:
    """AI Runway names a Service by a rule, whether there is one or not: behind a gateway a graph has none."""
    told, gateway = deployment.status.endpoint, deployment.status.gateway
    url, namespace = gateway.endpoint if gateway else "", deployment.metadata.namespace
    pods = child.endpoint.pods if child is not None and child.endpoint is not None else {}
    if told is not None and told.service:
        seen = isinstance(facts.get(SERVICES, namespace, told.service), Service)
        if seen or not facts.known(SERVICES, namespace):
            return Endpoint(url=url, service=told.service, port=told.port, pods=pods)
    inner = child.endpoint if child is not None else None
    return Endpoint(url=url, service=inner.service, port=inner.port, pods=pods) if inner is not None else Endpoint(url=url)


def _uses(deployment: ModelDeployment) -> Iterable[Ref]:
    spec = deployment.spec
    if provider := provider_of(deployment):
        yield Ref(PROVIDERS, provider, namespaced=False)
    for volume in spec.model.storage.volumes:
        if claim := volume.claim_name:
            yield Ref(CLAIMS, claim)
    for name in secrets_of(deployment):
        yield Ref(SECRETS, name)


def secrets_of(deployment: ModelDeployment) -> tuple[str, ...]:
    spec = deployment.spec
    keyed = [one.value_from.secret_key_ref for one in spec.env if one.value_from and one.value_from.secret_key_ref]
    return tuple(dict.fromkeys(name for name in (spec.secrets.hugging_face_token, *(key.name for key in keyed)) if name))
