"""Requests for graphs, models and scaling adapters -> row. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.dynamo.parts import parts_of
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.status import status_of
from modeltui.systems.dynamo.types import GRAPHS, Adapter, DynamoModel, Graph
from modeltui.systems.protocol import Facts

REQUEST_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24),
    Column("model", "MODEL", max_width=40),
    Column("engine", "ENGINE", max_width=10, help="What is asked for; auto lets the profiler choose."),
    Column("graph", "GRAPH", max_width=40, help="The DynamoGraphDeployment that came of it."),
    Column("graph_status", "GRAPH STATUS", ColumnKind.STATUS, max_width=24),
    Column("step", "PROFILING", max_width=20, help="Which step the profiler is at."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("applies", "APPLIES", wide=True, help="Whether the graph is made without anybody looking at it first."),
    Column("hardware", "HARDWARE", wide=True, max_width=32),
    Column("goal", "GOAL", ColumnKind.TAGS, wide=True, max_width=40),
    Column("job", "JOB", wide=True, max_width=40),
)

MODEL_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=20),
    Column("model", "MODEL", max_width=48),
    Column("base", "BASE MODEL", max_width=40),
    Column("type", "TYPE", max_width=10),
    Column("endpoints", "ENDPOINTS", ColumnKind.RATIO, help="Those that have it / all that serve its base model."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("source", "SOURCE", wide=True, max_width=56),
)

ADAPTER_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("graph", "GRAPH", max_width=40),
    Column("component", "COMPONENT", max_width=32),
    Column("replicas", "REPLICAS", ColumnKind.RATIO, help="That there are / asked for."),
    Column("scaled", "LAST SCALED", ColumnKind.AGE),
    Column("age", "AGE", ColumnKind.AGE),
)

_PHASES: Final = {
    "Pending": Phase.PENDING,
    "Initializing": Phase.PENDING,
    "Profiling": Phase.PROCESSING,
    "Deploying": Phase.PROCESSING,
    "Ready": Phase.READY,
    "Deployed": Phase.READY,
    "DeploymentDeleted": Phase.DEGRADED,
    "Failed": Phase.FAILED,
}


# ---- requests -------------------------------------------------------------------------------------------------------


def request_row(request: Request | OlderRequest, facts: Facts) -> Row:
    name = graph_name(request)
    newer = request if isinstance(request, Request) else None
    return Row(
        request.metadata.key,
        (
            request.metadata.name,
            request.metadata.namespace,
            request_status(request),
            redact_text(request.spec.model) or UNKNOWN,
            request.spec.backend or UNKNOWN,
            name or None,
            _graph_status(name, request, facts),
            (newer.status.profiling_phase or None) if newer else None,
            metadata.age(request),
            request.spec.auto_apply,
            _hardware(newer) if newer else None,
            _goal(newer) if newer else None,
            (newer.status.profiling_job_name or None) if newer else None,
        ),
        request.metadata.labels,
    )


def graph_name(request: Request | OlderRequest) -> str:
    if isinstance(request, Request):
        return request.status.dgd_name
    return request.status.deployment.name if request.status.deployment else ""


def request_status(request: Request | OlderRequest) -> Status:
    if (going := metadata.deleting(request)) is not None:
        return going
    raw = request.status.phase if isinstance(request, Request) else request.status.state
    phase = _PHASES.get(raw, Phase.UNKNOWN if raw else Phase.PENDING)
    reason = "" if phase is Phase.READY else false_condition(request.status.conditions)
    if phase is Phase.READY and not request.spec.auto_apply and raw == "Ready" and not graph_name(request):
        reason = "A configuration is chosen; autoApply is off, so that nothing is deployed of it."
    return Status(phase, raw, reason or ("Dynamo has not looked at it yet." if not raw else ""))


def unmet(conditions: Iterable[Condition]) -> Condition | None:
    """The first that is not met. `Succeeded`, which sums the others up, says why only in them."""
    found = [one for one in conditions if one.status == "False"]
    return next((one for one in found if one.type != "Succeeded"), next(iter(found), None))


def false_condition(conditions: Iterable[Condition]) -> str:
    found = unmet(conditions)
    if found is None:
        return ""
    return f"{found.type}: {redact_text(found.message) or found.reason or 'no reason given'}"


def _graph_status(name: str, request: Request | OlderRequest, facts: Facts) -> Value:
    if not name:
        return None
    graph = facts.get(GRAPHS, request.metadata.namespace, name)
    if isinstance(graph, Graph):
        return status_of(graph, parts_of(graph))
    if graph is None and facts.known(GRAPHS, request.metadata.namespace):
        return Status(Phase.FAILED, "", f"Graph {name} does not exist (any more).")
    return UNKNOWN


def _hardware(request: Request) -> Value:
    asked = request.spec.hardware
    if asked is None:
        return None
    numbers = (
        f"{asked.total_gpus} GPUs" if asked.total_gpus else "",
        f"{asked.num_gpus_per_node} a node" if asked.num_gpus_per_node else "",
    )
    return ", ".join(part for part in (asked.gpu_sku, *numbers) if part) or None


def _goal(request: Request) -> Value:
    asked = request.spec.sla
    if asked is None:
        return None
    told = (("ttft", asked.ttft), ("itl", asked.itl), ("e2e", asked.e2e_latency))
    return (*(f"{name} {value:g} ms" for name, value in told if value is not None), *filter(None, [asked.optimization_type])) or None


# ---- models ---------------------------------------------------------------------------------------------------------


def model_row(model: DynamoModel, facts: Facts) -> Row:
    ready, total = model.status.ready_endpoints, model.status.total_endpoints
    return Row(
        model.metadata.key,
        (
            model.metadata.name,
            model.metadata.namespace,
            model_status(model),
            redact_text(model.spec.model_name) or UNKNOWN,
            redact_text(model.spec.base_model_name) or UNKNOWN,
            model.spec.model_type or None,
            f"{'?' if ready is None else ready}/{'?' if total is None else total}",
            metadata.age(model),
            redact_text(model.spec.source.uri) if model.spec.source else None,
        ),
        model.metadata.labels,
    )


def model_status(model: DynamoModel) -> Status:
    if (going := metadata.deleting(model)) is not None:
        return going
    ready, total = model.status.ready_endpoints, model.status.total_endpoints
    told = false_condition(model.status.conditions)
    if ready is None or total is None:
        return Status(Phase.PENDING, "", told or "Dynamo has not looked at it yet.")
    raw = f"{ready}/{total}"
    if total == 0:
        return Status(Phase.PENDING, raw, f"No worker serves {redact_text(model.spec.base_model_name)}: a component names it in modelRef.")
    if ready < total:
        reason = told or f"{ready} of {total} endpoints have it."
        return Status(Phase.DEGRADED if ready else Phase.PROCESSING, raw, reason)
    return Status(Phase.READY, raw)


# ---- scaling adapters -----------------------------------------------------------------------------------------------


def adapter_row(adapter: Adapter, facts: Facts) -> Row:
    there, asked = adapter.status.replicas, adapter.spec.replicas
    return Row(
        adapter.metadata.key,
        (
            adapter.metadata.name,
            adapter.metadata.namespace,
            adapter.spec.dgd_ref.name or UNKNOWN,
            adapter.spec.dgd_ref.part or UNKNOWN,
            f"{'?' if there is None else there}/{'?' if asked is None else asked}",
            adapter.status.last_scale_time or None,
            metadata.age(adapter),
        ),
        adapter.metadata.labels,
    )
