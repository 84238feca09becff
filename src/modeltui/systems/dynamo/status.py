"""What state a graph is in, right where Dynamo's own word lies. Pure.

`state` says "successful" of an empty spec, of a graph whose new pods are not there yet, and of the generation before the last edit.
So it is held against observedGeneration, the restart that was asked for, the rolling update, and the replicas of each component.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.systems.dynamo.parts import AnyGraph, Part, is_stopped, statuses_of
from modeltui.systems.dynamo.types import ComponentStatus

SUCCESSFUL: Final = "successful"
_STATES: Final = {"initializing": Phase.PENDING, "pending": Phase.PROCESSING, SUCCESSFUL: Phase.READY, "failed": Phase.FAILED}
_ROLLING: Final = ("Pending", "InProgress")
_RESTARTING: Final = ("Pending", "Restarting")
NO_COMPONENTS: Final = "It has no components, so that nothing serves."


def status_of(graph: AnyGraph, parts: Sequence[Part]) -> Status:
    state = graph.status.state
    for found in _verdicts(graph, parts):
        return Status(found.phase, state, found.reason)
    return Status(_STATES.get(state, Phase.UNKNOWN), state, _condition(graph))


def _verdicts(graph: AnyGraph, parts: Sequence[Part]) -> Iterator[Status]:
    """The first counts: what is wrong with the spec, what is under way, what is missing."""
    state = graph.status.state
    if not parts:
        lie = f' Dynamo calls that "{state}".' if state == SUCCESSFUL else ""
        yield Status(Phase.FAILED, reason=NO_COMPONENTS + lie)
    if is_stopped(parts):
        yield Status(Phase.PAUSED, reason="All its components have 0 replicas.")
    if not state:
        yield Status(Phase.PENDING, reason="Dynamo has not looked at it yet.")
    observed, generation = graph.status.observed_generation, graph.metadata.generation
    if observed and generation > observed:
        yield Status(Phase.PROCESSING, reason=f'Dynamo has not taken the last change in yet: "{state}" is of generation {observed}.')
    yield from _restart(graph)
    if state == "failed":
        yield Status(Phase.FAILED, reason=_condition(graph) or "Dynamo gives no reason.")
    yield from _rolling(graph)
    yield from _replicas(graph, parts)
    workers = [part for part in parts if part.works]
    if workers and all(part.desired == 0 for part in workers):
        yield Status(Phase.DEGRADED, reason="All its workers have 0 replicas, so that nothing answers.")
    if state == SUCCESSFUL and (told := _ready(graph)) is not None and told.status == "False":
        yield Status(Phase.DEGRADED, reason=f'Condition Ready is False{_because(told)}, though its state is "{state}".')


def _restart(graph: AnyGraph) -> Iterator[Status]:
    asked, told = graph.spec.restart, graph.status.restart
    if asked is None or not asked.id:
        return
    if told is None or told.observed_id != asked.id:
        yield Status(Phase.PROCESSING, reason=f"Restart {asked.id} is asked for and has not begun.")
    elif told.phase in _RESTARTING:
        going = f": {', '.join(told.in_progress)}" if told.in_progress else ""
        yield Status(Phase.PROCESSING, reason=f"It is being restarted{going}.")
    elif told.phase == "Failed":
        yield Status(Phase.DEGRADED, reason=f"Restart {asked.id} failed.")


def _rolling(graph: AnyGraph) -> Iterator[Status]:
    update = graph.status.rolling_update
    if update is None:
        return
    if update.phase in _ROLLING:
        done = f"; done: {', '.join(update.updated_components)}" if update.updated_components else ""
        yield Status(Phase.PROCESSING, reason=f"A rolling update of its workers is under way{done}.")
    elif update.phase == "Failed":
        yield Status(Phase.DEGRADED, reason="The last rolling update of its workers failed.")


def _replicas(graph: AnyGraph, parts: Sequence[Part]) -> Iterator[Status]:
    """What is missing of each component, in one reason."""
    told = statuses_of(graph)
    if not told and graph.status.state == SUCCESSFUL:
        yield Status(Phase.UNKNOWN, reason=f'"{SUCCESSFUL}", but Dynamo reports the replicas of none of its components.')
        return
    missing = [sentence for part in parts if (sentence := _missing(part, told))]
    if not missing:
        return
    rolling = any(_old(part, told) for part in parts)
    if graph.status.state == SUCCESSFUL and not rolling:
        yield Status(Phase.DEGRADED, reason=f'"{SUCCESSFUL}", but {"; ".join(missing)}.')
    else:
        waits = "" if rolling else _condition(graph)
        scheduled = _told_unscheduled(graph)
        phase = Phase.PENDING if scheduled and not rolling else Phase.PROCESSING
        yield Status(phase, reason="; ".join((*missing, *([waits.rstrip(".")] if waits else ()))) + ".")


def _missing(part: Part, told: Mapping[str, ComponentStatus]) -> str:
    status = told.get(part.name.lower())
    if status is None:
        return "" if part.desired == 0 else f"{part.name} is not reported yet"
    if _old(part, told):
        return f"{part.name} has {status.updated_replicas} of {part.desired} replicas updated"
    ready = status.ready
    if ready is not None and ready < part.desired:
        scheduled = status.scheduled_replicas
        if scheduled is not None and scheduled < part.desired:
            return f"{part.name} has {ready} of {part.desired} replicas ready, {scheduled} scheduled"
        return f"{part.name} has {ready} of {part.desired} replicas ready"
    return ""


def _old(part: Part, told: Mapping[str, ComponentStatus]) -> bool:
    status = told.get(part.name.lower())
    return status is not None and status.updated_replicas is not None and status.updated_replicas < part.desired


def _told_unscheduled(graph: AnyGraph) -> bool:
    condition = _ready(graph)
    return condition is not None and condition.reason == "insufficient_capacity"


def _ready(graph: AnyGraph) -> Condition | None:
    return next((one for one in graph.status.conditions if one.type == "Ready"), None)


def _condition(graph: AnyGraph) -> str:
    """What the Ready condition says while it is not True."""
    condition = _ready(graph)
    if condition is None or condition.status == "True":
        return ""
    return redact_text(condition.message).strip() or condition.reason.replace("_", " ")


def _because(condition: Condition) -> str:
    said = redact_text(condition.message).strip().rstrip(".") or condition.reason
    return f" ({said})" if said else ""
