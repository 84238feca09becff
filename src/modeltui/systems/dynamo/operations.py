"""What can be done with a graph, and with a scaling adapter: scale, stop, start, restart. Pure.

Dynamo has no way to stop a graph: zero replicas of each component do it. A restart is a new spec.restart.id. A graph that a ModelDeployment
had made is not changed here: AI Runway writes its whole spec anew, and would take back what it did not ask for.
"""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.kube.resource import Resource
from modeltui.systems.dynamo import edits
from modeltui.systems.dynamo.parts import AnyGraph, Part, is_stopped, parts_of
from modeltui.systems.dynamo.reading import maker_of
from modeltui.systems.dynamo.types import ADAPTERS, OLDER_ADAPTERS, Adapter
from modeltui.systems.operations import Operation, Stage
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import owners, replicas


def of_graph(graph: AnyGraph, part: str, facts: Facts) -> Iterable[Operation]:
    """`part`: a component. Of the graph as a whole all of them can be scaled."""
    parts, maker = parts_of(graph), maker_of(graph)
    overruled = owners.overruled_by(maker)
    for one in parts:
        if part in ("", one.name):
            yield _scale(graph, one, facts, overruled)
    adapted = [one.name for one in parts if one.adapted]
    owned = f"adapters own the replicas of {', '.join(adapted)}: scale those" if adapted else ""
    stopped = is_stopped(parts)
    yield Operation(
        title="Stop (0 replicas of every component)",
        change="Stop",
        word="stop",
        stages=(Stage(become=edits.stopped),),
        why_not="it has no components" if not parts else "it is stopped" if stopped else overruled or owned,
    )
    yield Operation(
        title="Start (as many replicas as before it was stopped)",
        change="Start",
        word="start",
        stages=(Stage(become=edits.started),),
        why_not=overruled or owned if stopped else "it is not stopped",
    )
    new_id = restart_id(graph)
    yield Operation(
        title="Restart (one component after another)",
        change="Restart",
        word="restart",
        stages=(Stage(become=lambda live: edits.restarted(live, new_id)),),
        why_not=overruled or _no_restart(graph, parts, stopped=stopped),
    )


def _scale(graph: AnyGraph, part: Part, facts: Facts, overruled: str) -> Operation:
    name = part.name
    nodes = f", of {part.nodes} nodes each" if part.nodes > 1 else ""
    why_not = ""
    if part.adapted:
        adapter = _adapter_of(graph, part, facts)
        why_not = f"adapter {adapter} owns its replicas: scale that" if adapter else "a scaling adapter owns its replicas: scale that"
    elif part.role == "epp":
        why_not = "there is exactly one endpoint picker"
    return replicas.scaling(
        name=name,
        now=part.desired,
        become=lambda live, number: edits.scaled(live, name, number),
        whole=f"Replicas of {name}{nodes}",
        why_not=overruled or why_not,
    )


def _adapter_of(graph: AnyGraph, part: Part, facts: Facts) -> str:
    for adapter in facts.all(ADAPTERS, graph.metadata.namespace):
        if isinstance(adapter, Adapter) and (adapter.spec.dgd_ref.name, adapter.spec.dgd_ref.part) == (graph.metadata.name, part.name):
            return adapter.metadata.name
    return ""


def restart_id(graph: AnyGraph) -> str:
    """One that it has not had: the generation grows with every change of the spec."""
    wanted = f"modeltui-{graph.metadata.generation}"
    return f"{wanted}-again" if graph.spec.restart is not None and graph.spec.restart.id == wanted else wanted


def _no_restart(graph: AnyGraph, parts: tuple[Part, ...], *, stopped: bool) -> str:
    update, told, asked = graph.status.rolling_update, graph.status.restart, graph.spec.restart
    if not parts:
        return "it has no components"
    if stopped:
        return "it is stopped"
    if update is not None and update.phase in ("Pending", "InProgress"):
        return "a rolling update is under way, which restarts its workers"
    if asked is not None and asked.id and (told is None or told.observed_id != asked.id or told.phase in ("Pending", "Restarting")):
        return f"restart {asked.id} is under way"
    return ""


def of_adapter(adapter: Adapter, part: str, facts: Facts) -> Iterable[Operation]:
    return _of_adapter(adapter, ADAPTERS)


def of_older_adapter(adapter: Adapter, part: str, facts: Facts) -> Iterable[Operation]:
    return _of_adapter(adapter, OLDER_ADAPTERS)


def _of_adapter(adapter: Adapter, resource: Resource) -> Iterable[Operation]:
    component = adapter.spec.dgd_ref.part
    yield replicas.scaling(
        name="",
        now=adapter.spec.replicas or 0,
        become=lambda live, number: edits.adapter_scaled(live, number, resource=resource),
        whole=f"Replicas of {component or 'the component'} of graph {adapter.spec.dgd_ref.name or '?'}",
    )
