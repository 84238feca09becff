"""A request for a graph -> the deployment that it is to become: on its way while it is profiled, then what its graph is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, PODS, Pod
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.reading import graphs_of_pod, read
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.rows import graph_name, request_status
from modeltui.systems.dynamo.types import GRAPHS, OLDER_REQUESTS, REQUEST_LABEL, REQUESTS, Graph
from modeltui.systems.operations import Operation
from modeltui.systems.protocol import Facts, IndexFunction
from modeltui.systems.serving.deployment import Deployment, Ref

_JOB_LABELS = ("batch.kubernetes.io/job-name", "job-name")


def read_request(request: Request | OlderRequest, facts: Facts) -> Deployment:
    graph = graph_of(request, facts)
    model = (request.spec.model,) if request.spec.model else ()
    engine = "" if request.spec.backend == "auto" else request.spec.backend
    status = _status(request, graph, facts)
    if graph is None:
        return Deployment(models=model, engine=engine, status=status, uses=tuple(_uses(request)))
    made = read(graph, facts)
    return replace(
        made, models=model or made.models, engine=made.engine or engine, status=status, parent=None, uses=(*_uses(request), *made.uses)
    )


def _status(request: Request | OlderRequest, graph: Graph | OlderGraph | None, facts: Facts) -> Status:
    told, name = request_status(request), graph_name(request)
    if told.phase is Phase.FAILED or request.metadata.deletion_timestamp is not None:
        return told
    if graph is not None:
        made = read(graph, facts).status
        reason = f"The graph {name}: {made.reason}" if made.reason else ""
        return Status(made.phase, told.raw, reason)
    if told.phase is Phase.READY:
        if not name:  # what is proposed serves nobody
            return Status(Phase.PENDING, told.raw, told.reason)
        if facts.known(GRAPHS, request.metadata.namespace):
            return Status(Phase.FAILED, told.raw, f"The graph {name}, which was made of it, does not exist any more.")
        return Status(Phase.UNKNOWN, told.raw, f"What has become of the graph {name} is not to be seen.")
    return told


def graph_of(request: Request | OlderRequest, facts: Facts) -> Graph | OlderGraph | None:
    """As its status names it, else by the label that Dynamo gives it. None also when graphs are not in sight."""
    namespace, name = request.metadata.key
    named = facts.get(GRAPHS, namespace, graph_name(request)) if graph_name(request) else None
    found: Sequence[Object] = (named,) if named is not None else facts.where(GRAPHS, namespace, requests_of_graph, name)
    return next((graph for graph in found if isinstance(graph, Graph | OlderGraph)), None)


def _uses(request: Request | OlderRequest) -> Iterable[Ref]:
    cache = request.spec.model_cache if isinstance(request, Request) else None
    if cache is not None and cache.pvc_name:
        yield Ref(CLAIMS, cache.pvc_name)


# ---- which pods are its own -----------------------------------------------------------------------------------------


def no_pods(pod: Pod) -> Iterable[str]:
    """None says of itself that it is a request's; `made` tells which are."""
    return ()


def pods_by(request: Request | OlderRequest, facts: Facts) -> Iterable[tuple[IndexFunction, str]]:
    """Those that profile for it, until there is a graph; then the pods of that."""
    graph = graph_of(request, facts)
    if graph is not None or graph_name(request):
        return [(graphs_of_pod, graph.metadata.name if graph is not None else graph_name(request))]
    return [(jobs_of_pod, job) for job in job_of(request)]


def jobs_of_pod(pod: Pod) -> Iterable[str]:
    """The name of the Job that it runs for; an index function."""
    owners = [owner.name for owner in pod.metadata.owner_references if owner.kind == "Job"]
    return {name for name in (*owners, *(pod.metadata.labels.get(label, "") for label in _JOB_LABELS)) if name}


def requests_of_graph(graph: Object) -> Iterable[str]:
    """The name of the request that it was made of; an index function."""
    name = graph.metadata.labels.get(REQUEST_LABEL, "")
    return (name,) if name else ()


def graph_made(request: Request | OlderRequest) -> Iterable[str]:
    """The name of the graph that came of it; an index function."""
    name = graph_name(request)
    return (name,) if name else ()


def job_of(request: Request | OlderRequest) -> Iterable[str]:
    """The name of the Job that profiles for it, when its status says so; an index function."""
    name = request.status.profiling_job_name if isinstance(request, Request) else ""
    return (name,) if name else ()


def requests_touched(resource: Resource, obj: Object, facts: Facts) -> Iterable[tuple[str, str]]:
    """The requests that a graph was made of, or that a pod works for."""
    namespace = obj.metadata.namespace
    if isinstance(obj, Pod) and resource == PODS:
        for job in jobs_of_pod(obj):
            yield from _requests(facts, namespace, job_of, job)
        for name in graphs_of_pod(obj):
            yield from _requests(facts, namespace, graph_made, name)
            graph = facts.get(GRAPHS, namespace, name)
            yield from ((namespace, one) for one in (requests_of_graph(graph) if graph is not None else ()))
        return
    yield from _requests(facts, namespace, graph_made, obj.metadata.name)
    yield from ((namespace, name) for name in requests_of_graph(obj))


def _requests(facts: Facts, namespace: str, index: IndexFunction, value: str) -> Iterable[tuple[str, str]]:
    for resource in (REQUESTS, OLDER_REQUESTS):
        yield from (one.metadata.key for one in facts.where(resource, namespace, index, value))


# ---- what can be done with it ---------------------------------------------------------------------------------------


def of_request(request: Request | OlderRequest, part: str, facts: Facts) -> Iterable[Operation]:
    """Nothing: it lets go of the graph that came of it, which is then changed by itself."""
    graph = graph_of(request, facts)
    if graph is not None:
        why_not = f"a request lets go of what it made: do it to {GRAPHS.kind} {graph.metadata.name}, which stands under it"
    else:
        why_not = "nothing has been made of this request yet"
    for title, word in (("Scale", "scale"), ("Stop", "stop"), ("Start", "start"), ("Restart", "restart")):
        yield Operation(title=title, change=title, word=word, why_not=why_not)
