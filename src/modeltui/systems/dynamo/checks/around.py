"""What a graph needs that not every cluster has: who runs several nodes as one, what an endpoint picker picks from, queues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.dynamo.parts import AnyGraph, Part
from modeltui.systems.dynamo.types import (
    DEFAULT_QUEUE,
    GRAPHS,
    GROVE_SETS,
    OLDER_GRAPHS,
    POOLS,
    PRIORITY_CLASSES,
    QUEUES,
    WORKER_SETS,
)
from modeltui.systems.protocol import Facts


def of_graph(graph: AnyGraph, parts: Sequence[Part], facts: Facts) -> Iterator[Finding]:
    namespace = graph.metadata.namespace
    yield from _queue(graph, facts)
    yield from _priority(graph, facts)
    if not any(facts.known(graphs, namespace) for graphs in (GRAPHS, OLDER_GRAPHS)):
        return  # nobody has looked around
    several = next((part for part in parts if part.nodes > 1), None)
    if several is not None and not _any(facts, namespace, GROVE_SETS, WORKER_SETS):
        yield Finding(
            Severity.WARNING,
            f"{several.name} has replicas of {several.nodes} nodes, and this cluster has neither Grove nor LeaderWorkerSet to run them, or "
            "does not let you list what they make.",
            "Have Grove installed, or LeaderWorkerSet and Volcano; or take multinode out.",
            f"{several.field}.multinode",
        )
    picker = next((part for part in parts if part.role == "epp"), None)
    if picker is not None and not _any(facts, namespace, POOLS):
        yield Finding(
            Severity.WARNING,
            f"{picker.name} picks from an InferencePool, and this cluster has no such kind, or does not let you list it.",
            "Have the CRDs of the Gateway API Inference Extension installed, or use a frontend in its place.",
            picker.field,
        )


def _any(facts: Facts, namespace: str, *resources: Resource) -> bool:
    return any(facts.known(resource, namespace) for resource in resources)


def _queue(graph: AnyGraph, facts: Facts) -> Iterator[Finding]:
    """Where both Grove and the KAI scheduler are, Dynamo makes nothing for a queue that does not exist."""
    if not (facts.known(GROVE_SETS, graph.metadata.namespace) and facts.known(QUEUES, "")):
        return
    if graph.metadata.annotations.enable_grove.lower() == "false":
        return
    said = graph.metadata.annotations.queue.strip()
    queue = said or DEFAULT_QUEUE
    if facts.get(QUEUES, "", queue) is None:
        named = f'"{redact_text(queue)}"' if said else f'"{queue}", which graphs get that name none'
        there = ", ".join(sorted(one.metadata.name for one in facts.all(QUEUES, ""))) or "none"
        reason = f"The KAI scheduler has no queue {named}: Dynamo makes nothing of the graph until it has."
        remedy = f"Have the queue made, or name another in annotation nvidia.com/kai-scheduler-queue; there are {there}."
        yield Finding(Severity.WARNING, reason, remedy, "metadata.annotations")


def _priority(graph: AnyGraph, facts: Facts) -> Iterator[Finding]:
    name = graph.spec.priority_class_name
    if name and facts.known(PRIORITY_CLASSES, "") and facts.get(PRIORITY_CLASSES, "", name) is None:
        reason = f"There is no PriorityClass {redact_text(name)}: the API server refuses its pods."
        yield Finding(Severity.ERROR, reason, "Create it, or name another one.", "spec.priorityClassName")
