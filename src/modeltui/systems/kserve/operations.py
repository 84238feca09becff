"""What can be done with an InferenceService and with an LLMInferenceService: scale, stop, start, restart. Pure.

Both are stopped by an annotation, which leaves their replicas as they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.kserve import activating, edits
from modeltui.systems.kserve.llm_types import LLMInferenceService
from modeltui.systems.kserve.types import SERVICES, InferenceService
from modeltui.systems.operations import Become, Operation, Stage
from modeltui.systems.protocol import Facts, Operations
from modeltui.systems.serving import owners, replicas


def of_service(service: InferenceService, part: str, facts: Facts) -> Iterable[Operation]:
    predictor = service.spec.predictor
    least = 1 if predictor.min_replicas is None else predictor.min_replicas
    overruled = owners.overruled(service)
    whole = "Replicas at least" if (predictor.max_replicas or 0) > least else "Replicas"
    yield replicas.scaling(
        name="",
        now=0 if service.metadata.stop else least,
        become=edits.scaled,
        whole=whole,
        why_not=overruled or ("one of several nodes has one replica" if predictor.worker_spec is not None else ""),
    )
    yield from _stopping(service, SERVICES, stopped=service.metadata.stop)
    yield _restart(service, lambda live: edits.restarted(live, _mark(service)), stopped=service.metadata.stop)
    yield from activating.operations(service)


def of_llm(resource: Resource) -> Operations:
    """`resource`: in the version of the services that are meant."""

    def offered(service: LLMInferenceService, part: str, facts: Facts) -> Iterable[Operation]:
        for name, workload in (("main", service.spec), ("prefill", service.spec.prefill)):
            if workload is None or part not in ("", name):
                continue
            scaled = workload.scaling is not None
            yield replicas.scaling(
                name=name if service.spec.prefill is not None else "",
                now=1 if workload.replicas is None else workload.replicas,
                become=_scaling(name, resource),
                whole=f"Replicas of {name}" if service.spec.prefill is not None else "Replicas",
                why_not=owners.overruled(service) or ("an autoscaler decides: edit its bounds" if scaled else ""),
            )
        yield from _stopping(service, resource, stopped=service.metadata.stop)
        mark = _mark(service)
        yield _restart(service, lambda live: edits.llm_restarted(live, mark, resource=resource), stopped=service.metadata.stop)

    return offered


def _scaling(name: str, resource: Resource) -> Callable[[dict[str, object], int], object]:
    return lambda live, number: edits.llm_scaled(live, name, number, resource=resource)


def _stopping(service: Object, resource: Resource, *, stopped: bool) -> Iterable[Operation]:
    overruled = owners.overruled(service)
    yield Operation(
        title="Stop (takes all of its pods away)",
        change="Stop",
        word="stop",
        stages=(Stage(become=lambda live: edits.stopped(live, resource=resource)),),
        why_not="it is stopped" if stopped else overruled,
    )
    yield Operation(
        title="Start (as many replicas as before)",
        change="Start",
        word="start",
        stages=(Stage(become=lambda live: edits.started(live, resource=resource)),),
        why_not=overruled if stopped else "it is not stopped",
    )


def _restart(service: Object, become: Become, *, stopped: bool) -> Operation:
    return Operation(
        title="Restart (its pods are made anew, the old ones serve until then)",
        change="Restart",
        word="restart",
        stages=(Stage(become=become),),
        why_not="it is stopped" if stopped else owners.overruled(service),
    )


def _mark(service: Object) -> str:
    """One that its pods have not: the generation grows with every change of the spec."""
    return f"generation-{service.metadata.generation}"
