"""The tables of ModelDeployments and of providers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.airunway.reading import deployments_of_pod, graph_named, made_for, pods_by, provider_of, read
from modeltui.systems.airunway.rows import PROVIDER_COLUMNS, provider_row
from modeltui.systems.airunway.types import DEPLOYMENTS, PROVIDERS, ModelDeployment, ProviderConfig
from modeltui.systems.core.types import PODS, SERVICES, Pod, Service
from modeltui.systems.dynamo.reading import graphs_of_pod, graphs_of_service
from modeltui.systems.dynamo.types import GRAPHS, Graph
from modeltui.systems.protocol import Facts, Serves, View
from modeltui.systems.serving.views import serving_view


def deployments_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """Those that a graph was made for, or whose graph a pod or a Service belongs to."""
    namespace = obj.metadata.namespace
    if resource == GRAPHS:
        yield from ((namespace, name) for name in made_for(obj))
        yield from _naming(obj.metadata.name, namespace, facts)
    elif resource in (PODS, SERVICES):
        for name in (graphs_of_pod if resource == PODS else graphs_of_service)(obj):
            yield from _naming(name, namespace, facts)
            graph = facts.get(GRAPHS, namespace, name)
            if graph is not None:
                yield from ((namespace, made) for made in made_for(graph))
        if resource == SERVICES:
            yield from (one.metadata.key for one in facts.where(DEPLOYMENTS, namespace, service_named, obj.metadata.name))


def _naming(graph: str, namespace: str, facts: Facts) -> Iterable[RowKey]:
    return [one.metadata.key for one in facts.where(DEPLOYMENTS, namespace, graph_named, graph)]


def service_named(deployment: ModelDeployment) -> Iterable[str]:
    """The name of the Service that its status names; an index function."""
    endpoint = deployment.status.endpoint
    return (endpoint.service,) if endpoint is not None and endpoint.service else ()


def providers_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The provider of a ModelDeployment. Which it had before is not known, so all of them count anew."""
    return {("", provider_of(obj)), *(one.metadata.key for one in facts.all(PROVIDERS, ""))}


DEPLOYMENTS_VIEW: Final = serving_view(
    name="modeldeployments",
    title="AI Runway Model Deployments",
    aliases=("modeldeployment", "mdeploy"),
    system="AI Runway",
    resource=DEPLOYMENTS,
    kind=ModelDeployment,
    serves=Serves(read=read, pods=deployments_of_pod, made=pods_by),
    joins={GRAPHS: Graph, SERVICES: Service, PODS: Pod},
    dependents=deployments_touched,
)

PROVIDERS_VIEW: Final = View(
    name="inferenceproviders",
    title="AI Runway Providers",
    aliases=("inferenceproviderconfig", "providers"),
    resource=PROVIDERS,
    type=ProviderConfig,
    joins={DEPLOYMENTS: ModelDeployment},
    elsewhere=frozenset({DEPLOYMENTS}),
    columns=PROVIDER_COLUMNS,
    default_sort="name",
    detail="yaml",
    row=provider_row,
    dependents=providers_touched,
)
