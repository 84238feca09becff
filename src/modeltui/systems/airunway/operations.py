"""What can be done with a ModelDeployment: scale, stop, start, restart. Pure.

AI Runway has no way to stop or to restart one. Zero replicas stop it, but where the Dynamo provider takes them for one; and pods are
made anew when their annotations change, but where a provider does not hand those on. Nor can the graph that the Dynamo provider makes be
told to: it writes the whole spec anew, and takes `restart` back.
"""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.systems.airunway import edits
from modeltui.systems.airunway.checks.scaling import MOST_REPLICAS
from modeltui.systems.airunway.reading import graph_of, provider_of, stopped
from modeltui.systems.airunway.types import AGGREGATED, DISAGGREGATED, DYNAMO, ModelDeployment, Scaled
from modeltui.systems.operations import Operation, Stage
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import replicas


def of_deployment(deployment: ModelDeployment, part: str, facts: Facts) -> Iterable[Operation]:
    """`part`: prefill or decode; an aggregated deployment has one part only."""
    numbers = _numbers(deployment)
    for name, number in numbers.items():
        if part in ("", name) or (name == edits.WORKER and len(numbers) == 1):
            yield _scale(name, number, alone=len(numbers) == 1)
    is_stopped = stopped(deployment)
    yield Operation(
        title="Stop (0 replicas)",
        change="Stop",
        word="stop",
        stages=(Stage(become=edits.stopped),),
        why_not="it is stopped" if is_stopped else _no_stop(deployment),
    )
    yield Operation(
        title="Start (as many replicas as before it was stopped)",
        change="Start",
        word="start",
        stages=(Stage(become=edits.started),),
        why_not="" if is_stopped else "it is not stopped",
    )
    mark = f"generation-{deployment.metadata.generation}"
    yield Operation(
        title="Restart (its pods are made anew)",
        change="Restart",
        word="restart",
        stages=(Stage(become=lambda live: edits.restarted(live, mark)),),
        why_not="it is stopped" if is_stopped else _no_restart(deployment, facts),
    )


def _numbers(deployment: ModelDeployment) -> dict[str, int]:
    scaling = deployment.spec.scaling
    if deployment.spec.mode != DISAGGREGATED:
        return {edits.WORKER: scaling.replicas}
    return {"prefill": (scaling.prefill or Scaled()).replicas, "decode": (scaling.decode or Scaled()).replicas}


def _scale(name: str, number: int, *, alone: bool) -> Operation:
    return replicas.scaling(
        name="" if alone else name,
        now=number,
        become=lambda live, wanted: edits.scaled(live, name, wanted),
        whole="Replicas" if alone else f"Replicas of {name}",
        most=MOST_REPLICAS,
    )


def _no_stop(deployment: ModelDeployment) -> str:
    if provider_of(deployment) == DYNAMO and deployment.spec.mode in ("", AGGREGATED):
        return "the Dynamo provider takes 0 replicas for 1; delete it to free its GPUs"
    return ""


def _no_restart(deployment: ModelDeployment, facts: Facts) -> str:
    if provider_of(deployment) != DYNAMO:
        return ""
    graph = graph_of(deployment, facts)
    name = graph.metadata.name if graph is not None else deployment.status.provider.resource_name
    return f"the Dynamo provider hands nothing on that would do it: delete the pods of its graph{f' {name}' if name else ''} instead"
