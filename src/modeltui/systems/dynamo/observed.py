"""What is wrong with a graph, a request or a model that is in the cluster, beyond what its spec asks for. Pure.

What pods, events and quotas say of a deployment that does not run is not told here: that is the same for every system.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.redaction import redact_text
from modeltui.systems.dynamo.checks.models import bases_of
from modeltui.systems.dynamo.parts import AnyGraph, parts_of, statuses_of
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.rows import graph_name, model_status, request_status, unmet
from modeltui.systems.dynamo.status import SUCCESSFUL, status_of
from modeltui.systems.dynamo.types import GRAPHS, Adapter, DynamoModel, Graph
from modeltui.systems.protocol import Facts

_REMEDIES: Final = (
    (
        "multinode orchestrator",
        "Have Grove installed, or LeaderWorkerSet and Volcano; or take multinode out and ask for one node a replica.",
    ),
    ("inferencepool", "Have the CRDs of the Gateway API Inference Extension installed, or use a frontend in place of the epp."),
    ("topology", "Have a ClusterTopology made, or take topologyConstraint out."),
)
"""By what Dynamo's words name."""


def _remedy(said: str) -> str:
    found = (remedy for word, remedy in _REMEDIES if word in said.lower())
    return next(found, "Look at the pods and events below; Dynamo tries again by itself when what is missing is there.")


def of_graph(graph: AnyGraph, facts: Facts) -> Iterator[Finding]:
    parts = parts_of(graph)
    status = status_of(graph, parts)
    if not parts:
        return  # the checks say so
    if status.phase is Phase.FAILED:
        yield Finding(
            Severity.ERROR,
            f"Dynamo says that it failed: {status.reason}",
            _remedy(status.reason),
            "status.state",
        )
    elif graph.status.state == SUCCESSFUL and status.phase not in (Phase.READY, Phase.PAUSED):
        yield Finding(
            Severity.WARNING,
            f'Its state is "{SUCCESSFUL}", and that is not so: {status.reason}',
            "Believe the replicas of the components, not that word.",
            "status.state",
        )
    restart = graph.status.restart
    if restart is not None and restart.phase == "Failed":
        yield Finding(
            Severity.ERROR, f"Restart {restart.observed_id} failed.", "Look at the pods of the component that was under way; restart again."
        )
    if graph.status.rolling_update is not None and graph.status.rolling_update.phase == "Failed":
        reason = "The last rolling update of its workers failed: workers of two versions may be running."
        yield Finding(Severity.ERROR, reason, "Look at the new workers; change the graph back, or forward.", "status.rollingUpdate")
    for condition in graph.status.conditions:
        if condition.type == "TopologyLevelsAvailable" and condition.status == "False":
            said = redact_text(condition.message).strip().rstrip(".") or condition.reason or "no reason is given"
            remedy = "Have a ClusterTopology made with these levels, or take topologyConstraint out."
            yield Finding(Severity.WARNING, f"What it is to be placed by is not there: {said}.", remedy, "spec.topologyConstraint")
    told = statuses_of(graph)
    for part in parts:
        found = told.get(part.name.lower())
        if found is not None and found.scheduled_replicas is not None and found.scheduled_replicas < part.desired:
            reason = f"{part.name}: {found.scheduled_replicas} of {part.desired} replicas found a place."
            yield Finding(Severity.WARNING, reason, "Ask for less, or make room: the events of its pods say what is missing.", part.field)


def of_request(request: Request | OlderRequest, facts: Facts) -> Iterator[Finding]:
    status, name = request_status(request), graph_name(request)
    if status.phase is Phase.FAILED:
        yield Finding(Severity.ERROR, status.reason or "It failed, and says no reason.", _anew(request), "status")
    if name and facts.known(GRAPHS, request.metadata.namespace) and facts.get(GRAPHS, request.metadata.namespace, name) is None:
        yield Finding(
            Severity.WARNING, f"Graph {name}, which was made of it, does not exist any more.", "Make the request anew to get another one."
        )
    if not request.spec.auto_apply and status.raw == "Ready":
        reason = "A configuration is chosen, and nothing is deployed of it: autoApply is off."
        yield Finding(Severity.INFO, reason, "Take the graph from status.profilingResults.selectedConfig.", "spec.autoApply")


def _anew(request: Request | OlderRequest) -> str:
    """What is to be done before it is made again: of one that has failed nothing comes any more."""
    held = unmet(request.status.conditions)
    if held is not None and held.type == "Validation":
        return "Delete the request, and make it anew with what it says put right: one that has failed is not looked at again."
    if held is not None and held.type == "DeploymentReady":
        return "Delete the request, and make it anew to get another graph."
    job = request.status.profiling_job_name if isinstance(request, Request) else ""
    look = f"Look at the log of Job {job}" if job else "Look at the log of its profiling Job"
    return f"{look}; then delete the request and make it anew, since it cannot be changed once it is being profiled."


def of_model(model: DynamoModel, facts: Facts) -> Iterator[Finding]:
    status, base = model_status(model), model.spec.base_model_name
    if model.status.total_endpoints == 0:
        serving = bases_of(facts, model.metadata.namespace)
        there = f" Graphs of this namespace serve {', '.join(serving)}." if serving else ""
        yield Finding(
            Severity.WARNING,
            f"No worker serves its base model {base}.{there}",
            "Name the base model in modelRef of the worker component, in the same spelling.",
            "spec.baseModelName",
        )
    elif status.phase in (Phase.DEGRADED, Phase.PROCESSING):
        yield Finding(Severity.WARNING, status.reason, "Look at the log of the pods that do not have it.", "status.endpoints")


def of_adapter(adapter: Adapter, facts: Facts) -> Iterator[Finding]:
    ref, namespace = adapter.spec.dgd_ref, adapter.metadata.namespace
    graph = facts.get(GRAPHS, namespace, ref.name)
    if graph is None and facts.known(GRAPHS, namespace):
        yield Finding(Severity.WARNING, f"It scales graph {ref.name}, which does not exist.", "Delete it.", "spec.dgdRef.name")
    elif isinstance(graph, Graph) and ref.part not in [part.name for part in parts_of(graph)]:
        reason = f"It scales {ref.part}, which graph {ref.name} does not have."
        yield Finding(Severity.WARNING, reason, "Name a component of the graph.", "spec.dgdRef")
