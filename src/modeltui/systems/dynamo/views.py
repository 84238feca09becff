"""The tables of graphs, requests for graphs, models and scaling adapters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import SERVICES, Service
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.reading import graphs_of_pod, graphs_of_service, read
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS, Graph
from modeltui.systems.protocol import Facts, Serves
from modeltui.systems.serving.views import serving_view


def graphs_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The graphs that a Service belongs to."""
    return [(obj.metadata.namespace, name) for name in graphs_of_service(obj)] if resource == SERVICES else ()


_OLDER: Final = serving_view(
    name="dynamographdeployments",
    title="Dynamo Graph Deployments",
    aliases=("dynamographdeployment", "dgd", "graphs"),
    system="Dynamo",
    resource=OLDER_GRAPHS,
    kind=OlderGraph,
    serves=Serves(read=read, pods=graphs_of_pod),
    joins={SERVICES: Service},
    dependents=graphs_touched,
)

GRAPHS_VIEW: Final = replace(_OLDER, resource=GRAPHS, type=Graph, older=(_OLDER,))
