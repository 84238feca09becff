"""Every trap of a graph, found in a manifest or in what is in the cluster already. Pure.

One file per subject; each check yields findings with the field, the reason and the remedy. What is not known (`Facts.known`) is never
taken for wrong. Errors are what the API server or Dynamo's webhook refuses, or what cannot run as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from modeltui.domain import Finding
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.dynamo.checks import (
    around,
    credentials,
    engines,
    former,
    mounts,
    names,
    older_fields,
    other_version,
    resources,
    roles,
    shape,
)
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.parts import AnyGraph, parts_of
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS, Graph
from modeltui.systems.protocol import Facts


def check_graph(manifest: Mapping[str, Any] | Graph, facts: Facts) -> tuple[Finding, ...]:
    """v1beta1. Errors first."""
    graph = typed(manifest, Graph)
    if isinstance(graph, Finding):
        return errors_first((graph, *shape.unknown_fields(manifest), *other_version.of_manifest(manifest)))
    live = facts.get(GRAPHS, *graph.metadata.key) or facts.get(OLDER_GRAPHS, *graph.metadata.key)
    return errors_first((*_of_any(manifest, graph, live, facts), *shape.of_components(graph), *mounts.of_manifest(manifest)))


def check_older(manifest: Mapping[str, Any] | OlderGraph, facts: Facts) -> tuple[Finding, ...]:
    """v1alpha1. Errors first."""
    graph = typed(manifest, OlderGraph)
    if isinstance(graph, Finding):
        return errors_first((graph, *shape.unknown_fields(manifest), *other_version.of_manifest(manifest)))
    live = facts.get(OLDER_GRAPHS, *graph.metadata.key) or facts.get(GRAPHS, *graph.metadata.key)
    return errors_first((*_of_any(manifest, graph, live, facts), *older_fields.of_graph(graph)))


def _of_any(manifest: Mapping[str, Any] | AnyGraph, graph: AnyGraph, live: object, facts: Facts) -> Iterator[Finding]:
    parts = parts_of(graph)
    yield from shape.unknown_fields(manifest)
    yield from other_version.of_manifest(manifest)
    yield from shape.emptiness(graph)
    yield from shape.of_parts(parts)
    yield from names.of_graph(graph, parts, facts)
    yield from roles.of_parts(parts)
    yield from engines.of_parts(graph, parts)
    yield from resources.of_parts(graph, parts, facts)
    yield from credentials.of_graph(graph, parts, facts)
    yield from around.of_graph(graph, parts, facts)
    if isinstance(manifest, msgspec.Struct):
        return  # it is the live one itself
    if isinstance(live, Graph | OlderGraph):
        yield from former.changed(graph, live)
    else:
        yield from former.made(graph, facts)
