"""A graph -> the deployment that it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from modeltui.systems.airunway.types import DEPLOYMENT_LABEL, DEPLOYMENTS
from modeltui.systems.core.kept import kept_with
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, SERVICES, Pod, Service
from modeltui.systems.dynamo.parts import AnyGraph, Part, is_stopped, parts_of, statuses_of
from modeltui.systems.dynamo.status import status_of
from modeltui.systems.dynamo.types import (
    COMPONENT_LABEL,
    FRONTEND_PORT,
    GRAPH_LABEL,
    GRAPHS,
    NAMESPACE_LABEL,
    REQUEST_LABEL,
    REQUESTS,
    TYPE_LABEL,
    ComponentStatus,
)
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, owners
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref


def read(graph: AnyGraph, facts: Facts) -> Deployment:
    return _read(graph, front_of(graph, facts))


@kept_with
def _read(graph: AnyGraph, front: Service | None) -> Deployment:
    parts = parts_of(graph)
    told = statuses_of(graph)
    return Deployment(
        models=models_of(parts),
        served=served_by(parts),
        engine=engine_of(graph, parts),
        status=status_of(graph, parts),
        components=tuple(_component(part, told.get(part.name.lower())) for part in parts),
        gpu_resource=", ".join(sorted({name for part in parts for name in part.gpus or ()})),
        endpoint=endpoint_of(graph, parts, front),
        parent=_parent(graph),
        uses=tuple(_uses(graph, parts)),
        stopped=is_stopped(parts),
    )


def models_of(parts: Sequence[Part]) -> tuple[str, ...]:
    """Of the engines; where none of them names one, what `modelRef` does."""
    named = _unique(name for part in parts if part.runs_engine for name in command_line.models_of(part.line))
    return named or _unique(part.model_ref for part in parts)


def served_by(parts: Sequence[Part]) -> tuple[str, ...]:
    """An engine that is told no name serves the model under its own."""
    named = _unique(name for part in parts if part.runs_engine for name in command_line.served_of(part.line))
    return named or models_of(parts)


def engine_of(graph: AnyGraph, parts: Sequence[Part]) -> str:
    """What its workers run; what `backendFramework` claims where they do not say."""
    return ", ".join(sorted({part.engine for part in parts if part.engine})) or graph.spec.backend_framework


def router_of(parts: Sequence[Part]) -> str:
    """How requests are shared out: DYN_ROUTER_MODE of the frontend, or its option. "" when neither is written."""
    for part in parts:
        if part.role == "frontend":
            mode = part.env.get("DYN_ROUTER_MODE")
            return next(iter(command_line.option(part.line, "--router-mode")), "") or (mode.value if mode is not None else "")
    return ""


def _component(part: Part, told: ComponentStatus | None) -> Component:
    pods = sum(part.gpus.values()) if part.gpus is not None else None
    return Component(
        name=part.name,
        role=part.role,
        desired=part.desired,
        ready=0 if told is None and part.desired == 0 else told.ready if told is not None else None,
        gpus=None if pods is None else pods * part.nodes,
        engine=part.engine,
        image=part.image,
    )


# ---- where it answers -----------------------------------------------------------------------------------------------


def front_of(graph: AnyGraph, facts: Facts) -> Service | None:
    """The Service of its frontend, found by what it selects."""
    found = facts.where(SERVICES, graph.metadata.namespace, graphs_of_service, graph.metadata.name)
    return next((one for one in found if isinstance(one, Service) and _of_type(one) in ("frontend", "")), None)


def endpoint_of(graph: AnyGraph, parts: Sequence[Part], front: Service | None) -> Endpoint | None:
    """`front`: as `front_of` finds it; without one in sight, the frontend's pods. None when nothing of it answers."""
    name = graph.metadata.name
    if not any(part.role == "frontend" for part in parts):
        return _of_sidecar(name, parts)
    pods = {GRAPH_LABEL: name, TYPE_LABEL: "frontend"}
    if front is None:
        return Endpoint(port=FRONTEND_PORT, pods=pods)
    ports = front.spec.ports
    port = next((one.port for one in ports if one.name == "http"), 0) or (ports[0].port if ports else 0)
    return Endpoint(service=front.metadata.name, port=port, pods=pods)


def _of_sidecar(name: str, parts: Sequence[Part]) -> Endpoint | None:
    """An endpoint picker stands in front, and a frontend in each worker's pod. One that only prefills is no good to talk to."""
    answering = sorted((part for part in parts if part.answers), key=lambda part: part.role == "prefill")
    return Endpoint(port=FRONTEND_PORT, pods={GRAPH_LABEL: name, COMPONENT_LABEL: answering[0].name}) if answering else None


def _of_type(service: Service) -> str:
    return service.spec.selector.get(TYPE_LABEL) or service.metadata.labels.get(TYPE_LABEL, "")


def graphs_of_service(service: Service) -> Iterable[str]:
    """Names of the graphs that a Service belongs to; an index function. Told by a label, an owner, or by the Dynamo namespace that
    it selects, which is the namespace of the cluster and the name of the graph."""
    labels: Mapping[str, str] = service.metadata.labels
    found = [labels.get(GRAPH_LABEL, ""), service.spec.selector.get(GRAPH_LABEL, "")]
    found += [owner.name for owner in service.metadata.owner_references if owner.kind == GRAPHS.kind]
    inner, prefix = service.spec.selector.get(NAMESPACE_LABEL, ""), f"{service.metadata.namespace}-"
    if inner.startswith(prefix):
        found.append(inner.removeprefix(prefix))
    return {name for name in found if name}


def graphs_of_pod(pod: Pod) -> Iterable[str]:
    """Names of the graphs that a pod belongs to; an index function."""
    owners = [owner.name for owner in pod.metadata.owner_references if owner.kind == GRAPHS.kind]
    return {name for name in (pod.metadata.labels.get(GRAPH_LABEL, ""), *owners) if name}


# ---- what it hangs on -----------------------------------------------------------------------------------------------


def _parent(graph: AnyGraph) -> Ref | None:
    """AI Runway's owner reference speaks for itself. A request is no owner of what it made, and told by a label only."""
    if any(owner.controller for owner in graph.metadata.owner_references):
        return None
    labels = graph.metadata.labels
    if made := labels.get(DEPLOYMENT_LABEL):
        return Ref(DEPLOYMENTS, made)
    if asked := labels.get(REQUEST_LABEL):
        return Ref(REQUESTS, asked)
    return None


def maker_of(graph: AnyGraph) -> str:
    """Whoever keeps it as it is, as "ModelDeployment name"; "" when nobody does: a request lets go of what it made."""
    owned = next((owner.name for owner in graph.metadata.owner_references if owner.kind == DEPLOYMENTS.kind), "")
    name = owned or graph.metadata.labels.get(DEPLOYMENT_LABEL, "")
    return f"{DEPLOYMENTS.kind} {name}" if name else owners.controller(graph)


def _uses(graph: AnyGraph, parts: Sequence[Part]) -> Iterable[Ref]:
    yield from (Ref(CLAIMS, name) for name in _unique(claim for part in parts for claim in part.claims))
    yield from (Ref(SECRETS, name) for name in _unique(secret for part in parts for secret in part.secrets))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
