"""The tables of graphs, requests for graphs, models and scaling adapters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import Finding, RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.checking import in_turn
from modeltui.systems.core.types import CLAIMS, PODS, SERVICES, PersistentVolumeClaim, Pod, Service
from modeltui.systems.dynamo import consequences, observed, operations, request_reading
from modeltui.systems.dynamo.checks import check_graph, check_older
from modeltui.systems.dynamo.checks.models import check_model
from modeltui.systems.dynamo.checks.requests import TOKEN_SECRET, check_older_request, check_request
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.parts import AnyGraph, parts_of
from modeltui.systems.dynamo.reading import graphs_of_pod, graphs_of_service, read
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.rows import (
    ADAPTER_COLUMNS,
    MODEL_COLUMNS,
    REQUEST_COLUMNS,
    adapter_row,
    model_row,
    request_row,
)
from modeltui.systems.dynamo.types import (
    ADAPTERS,
    GRAPHS,
    GROVE_SETS,
    MODELS,
    OLDER_ADAPTERS,
    OLDER_GRAPHS,
    OLDER_REQUESTS,
    POOLS,
    PRIORITY_CLASSES,
    QUEUES,
    REQUESTS,
    WORKER_SETS,
    Adapter,
    DynamoModel,
    Graph,
)
from modeltui.systems.protocol import Facts, Serves, View
from modeltui.systems.serving.views import serving_view, with_own_table


def graphs_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The graphs that a Service belongs to."""
    return [(obj.metadata.namespace, name) for name in graphs_of_service(obj)] if resource == SERVICES else ()


def examine_graph(graph: AnyGraph, facts: Facts) -> Iterable[Finding]:
    found = check_graph(graph, facts) if isinstance(graph, Graph) else check_older(graph, facts)
    return (*found, *observed.of_graph(graph, facts))


def secrets_of(graph: AnyGraph) -> Iterable[str]:
    return tuple(dict.fromkeys(name for part in parts_of(graph) for name in part.secrets))


OLDER_GRAPHS_VIEW: Final = serving_view(
    name="dynamographdeployments",
    title="Dynamo Graphs",
    aliases=("dynamographdeployment", "dgd", "graphs"),
    system="Dynamo",
    resource=OLDER_GRAPHS,
    kind=OlderGraph,
    serves=Serves(read=read, pods=graphs_of_pod),
    joins={SERVICES: Service, ADAPTERS: Adapter},
    dependents=graphs_touched,
    examine=examine_graph,
    check=check_older,
    consequences=consequences.of_graph,
    operations=operations.of_graph,
    evidence={
        CLAIMS: PersistentVolumeClaim,
        **dict.fromkeys((GROVE_SETS, WORKER_SETS, POOLS, QUEUES, PRIORITY_CLASSES), Object),
    },
    secrets=secrets_of,
)

GRAPHS_VIEW: Final = replace(OLDER_GRAPHS_VIEW, resource=GRAPHS, type=Graph, check=check_graph, older=(OLDER_GRAPHS_VIEW,))


# ---- requests -------------------------------------------------------------------------------------------------------


def requests_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """Those that a graph was made of, or whose graph a Service belongs to, or that a pod works for."""
    if resource != SERVICES:
        yield from request_reading.requests_touched(resource, obj, facts)
        return
    for name in graphs_of_service(obj):
        if (graph := facts.get(GRAPHS, obj.metadata.namespace, name)) is not None:
            yield from request_reading.requests_touched(GRAPHS, graph, facts)


def examine_request(request: Request | OlderRequest, facts: Facts) -> Iterable[Finding]:
    found = check_request(request, facts) if isinstance(request, Request) else check_older_request(request, facts)
    return (*found, *observed.of_request(request, facts))


def secrets_of_request(_: Request | OlderRequest) -> Iterable[str]:
    """It names none: the profiler looks for one of that very name."""
    return (TOKEN_SECRET,)


_OLDER_REQUESTS_VIEW: Final = with_own_table(
    serving_view(
        name="dynamorequests",
        title="Dynamo Graph Requests",
        aliases=("dynamorequest", "dgdr"),
        system="Dynamo",
        resource=OLDER_REQUESTS,
        kind=OlderRequest,
        serves=Serves(read=request_reading.read_request, pods=request_reading.no_pods, made=request_reading.pods_by),
        joins={GRAPHS: Graph, SERVICES: Service, PODS: Pod},
        dependents=requests_touched,
        examine=examine_request,
        check=check_older_request,
        consequences=consequences.of_request,
        operations=request_reading.of_request,
        evidence={CLAIMS: PersistentVolumeClaim},
        secrets=secrets_of_request,
    ),
    REQUEST_COLUMNS,
    request_row,
)

REQUESTS_VIEW: Final = replace(_OLDER_REQUESTS_VIEW, resource=REQUESTS, type=Request, check=check_request, older=(_OLDER_REQUESTS_VIEW,))


# ---- models and adapters --------------------------------------------------------------------------------------------


MODELS_VIEW: Final = View(
    name="dynamomodels",
    title="Dynamo Models",
    aliases=("dynamomodel", "dm"),
    resource=MODELS,
    type=DynamoModel,
    columns=MODEL_COLUMNS,
    row=model_row,
    examine=in_turn(check_model, observed.of_model),
    check=check_model,
    consequences=consequences.of_model,
    evidence={GRAPHS: Graph},
)


_OLDER_ADAPTERS_VIEW: Final = View(
    name="dynamoadapters",
    title="Dynamo Scaling Adapters",
    aliases=("dynamoadapter", "dgdsa"),
    resource=OLDER_ADAPTERS,
    type=Adapter,
    columns=ADAPTER_COLUMNS,
    row=adapter_row,
    examine=observed.of_adapter,
    consequences=consequences.of_adapter,
    evidence={GRAPHS: Graph},
    operations=operations.of_older_adapter,
)

ADAPTERS_VIEW: Final = replace(_OLDER_ADAPTERS_VIEW, resource=ADAPTERS, operations=operations.of_adapter, older=(_OLDER_ADAPTERS_VIEW,))
