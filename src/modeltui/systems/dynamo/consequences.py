"""What hangs on a graph, a request, a model or an adapter, told before it is changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import CLAIMS, PODS
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.parts import AnyGraph, is_stopped, parts_of
from modeltui.systems.dynamo.reading import graphs_of_pod, maker_of, models_of, served_by
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.rows import graph_name
from modeltui.systems.dynamo.types import REQUEST_LABEL, Adapter, DynamoModel
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.unseen import listed, why_not


def of_graph(before: AnyGraph, after: AnyGraph | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    return errors_first(_deleted(before, facts, unseen) if after is None else _changed(before, after))


def of_request(before: Request | OlderRequest, after: Request | OlderRequest | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    """A graph is not owned by the request that made it, and goes on serving."""
    if after is not None:
        return ()
    name = graph_name(before)
    if name:
        reason = f"Graph {name}, which was made of it, stays and goes on serving, with its GPUs."
        return (Finding(Severity.INFO, reason, f"Delete DynamoGraphDeployment {name} too, if it is not wanted any more."),)
    return (Finding(Severity.WARNING, "What the profiler has found so far goes with it.", "Measuring again takes as long as before."),)


def of_model(before: DynamoModel, after: DynamoModel | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    if after is not None:
        return ()
    ready = before.status.ready_endpoints
    where = f"the {ready} endpoints that have it" if ready else "the endpoints that have it"
    return (Finding(Severity.WARNING, f"{before.spec.model_name} is unloaded from {where}: requests for it fail."),)


def of_adapter(before: Adapter, after: Adapter | None, facts: Facts, unseen: Unseen) -> tuple[Finding, ...]:
    if after is not None:
        if after.spec.replicas == 0 and before.spec.replicas:
            gone = f"All {before.spec.replicas} replicas of {before.spec.dgd_ref.part} of graph {before.spec.dgd_ref.name} go."
            return (Finding(Severity.WARNING, gone, field="spec.replicas"),)
        return ()
    reason = f"Nothing scales {before.spec.dgd_ref.part} of graph {before.spec.dgd_ref.name} any more; Dynamo makes the adapter anew while "
    return (Finding(Severity.WARNING, f"{reason}the component asks for one."),)


# ---- a graph --------------------------------------------------------------------------------------------------------


def _deleted(graph: AnyGraph, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = graph.metadata.key
    parts = parts_of(graph)
    served = ", ".join(served_by(parts)) or "whatever it serves"
    if facts.known(PODS, namespace):
        pods = [pod.metadata.name for pod in facts.where(PODS, namespace, graphs_of_pod, name)]
        if pods:
            count = f"Its {len(pods)} pods go" if len(pods) > 1 else "Its pod goes"
            yield Finding(Severity.WARNING, f"{count}, and with {'them' if len(pods) > 1 else 'it'} {served}: {listed(sorted(pods))}.")
        else:
            yield Finding(Severity.INFO, "It has no pods.")
    else:
        told = why_not(unseen, PODS, namespace)
        yield Finding(Severity.WARNING, f"{served} is not served any more. Which pods go with it is unknown: {told}.")
    yield from _claims(graph, facts)
    if maker := maker_of(graph):
        yield Finding(Severity.WARNING, f"{maker} had it made, and has it made again.", f"Delete {maker} instead.")
    if request := graph.metadata.labels.get(REQUEST_LABEL):
        yield Finding(Severity.INFO, f"DynamoGraphDeploymentRequest {request} stays, and does not make it again.")


def _claims(graph: AnyGraph, facts: Facts) -> Iterator[Finding]:
    """Claims that Dynamo made belong to the graph; those that it only mounts stay."""
    made = [one.name for one in graph.spec.pvcs if one.create] if isinstance(graph, OlderGraph) else []
    if made:
        yield Finding(
            Severity.WARNING, f"Dynamo made claim{'s' if len(made) > 1 else ''} {listed(made)} for it, which may go with their data."
        )
    kept = dict.fromkeys(name for part in parts_of(graph) for name in part.claims if name not in made)
    gone = [
        name for name in kept if facts.known(CLAIMS, graph.metadata.namespace) and not facts.get(CLAIMS, graph.metadata.namespace, name)
    ]
    stay = [name for name in kept if name not in gone]
    if stay:
        yield Finding(
            Severity.INFO, f"Claim{'s' if len(stay) > 1 else ''} {listed(stay)} stay{'' if len(stay) > 1 else 's'}, with the data."
        )


def _changed(before: AnyGraph, after: AnyGraph) -> Iterator[Finding]:
    if (maker := maker_of(before)) and before.spec != after.spec:
        yield Finding(Severity.WARNING, f"{maker} had it made, and sets the change back.", f"Change {maker} instead.")
    was, now = parts_of(before), {part.name: part for part in parts_of(after)}
    if is_stopped(tuple(now.values())) and not is_stopped(was):
        served = ", ".join(models_of(was)) or "what it serves"
        yield Finding(Severity.WARNING, f"All its pods go: {served} does not answer until it is started again.")
        return
    for part in was:
        then = now.get(part.name)
        if then is not None and part.desired > then.desired:
            field = f"{then.field}.replicas"
            yield Finding(Severity.INFO, f"{part.desired - then.desired} of {part.desired} replicas of {part.name} go.", field=field)
