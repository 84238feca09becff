"""The tables of ModelDeployments and of providers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.airunway import consequences, observed, operations
from modeltui.systems.airunway.checks import check_deployment
from modeltui.systems.airunway.reading import deployments_of_pod, graph_named, made_for, pods_by, provider_of, read, secrets_of
from modeltui.systems.airunway.rows import PROVIDER_COLUMNS, provider_row
from modeltui.systems.airunway.types import DEPLOYMENTS, GATEWAYS, PROVIDERS, RAY_SERVICES, ROUTES, ModelDeployment, ProviderConfig
from modeltui.systems.checking import in_turn
from modeltui.systems.core.types import CLAIMS, PODS, SERVICES, STORAGE_CLASSES, PersistentVolumeClaim, Pod, Service, StorageClass
from modeltui.systems.dynamo.reading import graphs_of_pod, graphs_of_service
from modeltui.systems.dynamo.types import GRAPHS, GROVE_SETS, OLDER_GRAPHS, POOLS, Graph
from modeltui.systems.kaito.types import WORKSPACES
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
    serves=Serves(read=read, pods=deployments_of_pod, made=pods_by, good_when=observed.good_when),
    joins={GRAPHS: Graph, SERVICES: Service, PODS: Pod},
    dependents=deployments_touched,
    examine=in_turn(check_deployment, observed.of_deployment),
    check=check_deployment,
    consequences=consequences.of_deployment,
    operations=operations.of_deployment,
    evidence={
        **{PROVIDERS: ProviderConfig, CLAIMS: PersistentVolumeClaim, STORAGE_CLASSES: StorageClass},
        **dict.fromkeys((OLDER_GRAPHS, GROVE_SETS, WORKSPACES, RAY_SERVICES, GATEWAYS, ROUTES, POOLS), Object),
    },
    secrets=secrets_of,
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
    row=provider_row,
    dependents=providers_touched,
    examine=observed.of_provider,
    consequences=consequences.of_provider,
)
