"""What a graph may not have when it is made, and what cannot be changed any more when it is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.dynamo.parts import AnyGraph, Part, parts_of
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS, Graph
from modeltui.systems.protocol import Facts

_STRATEGIES: Final = ("Sequential", "Parallel")
AGAIN: Final = "Delete the graph and make it anew, or make another one beside it."


def made(graph: AnyGraph, facts: Facts) -> Iterator[Finding]:
    """It is not there yet, if that is known."""
    resource = GRAPHS if isinstance(graph, Graph) else OLDER_GRAPHS
    if graph.spec.restart is not None and facts.known(resource, graph.metadata.namespace):
        yield Finding(
            Severity.ERROR,
            "spec.restart cannot be set on a graph that does not exist yet: the API server refuses it.",
            "Leave it out; a restart is asked for by setting spec.restart.id afterwards.",
            "spec.restart",
        )
    yield from _restart_order(graph)


def changed(graph: AnyGraph, live: AnyGraph) -> Iterator[Finding]:
    if graph.spec.backend_framework != live.spec.backend_framework:
        had, has = live.spec.backend_framework or "nothing", graph.spec.backend_framework or "nothing"
        yield _fixed(f"backendFramework cannot be changed (from {had} to {has}).", "spec.backendFramework")
    was, now = {part.name: part for part in parts_of(live)}, {part.name: part for part in parts_of(graph)}
    gone, new = [name for name in was if name not in now], [name for name in now if name not in was]
    if was and (gone or new):
        said = "; ".join(f"{verb} {', '.join(names)}" for verb, names in (("without", gone), ("with", new)) if names)
        yield _fixed(
            f"The components of a graph cannot be changed ({said}).", "spec.components" if isinstance(graph, Graph) else "spec.services"
        )
    for name in was.keys() & now.keys():
        yield from _part(was[name], now[name])
    yield from _restart(graph, live)
    yield from _restart_order(graph)


def _part(before: Part, part: Part) -> Iterator[Finding]:
    if before.type and part.type != before.type:
        yield Finding(
            Severity.WARNING,
            f"{part.name} is made {part.type or 'nothing in particular'}, and was {before.type}: newer releases of Dynamo refuse that.",
            "Make another graph with it, or leave the type as it is.",
            f"{part.field}.type" if part.field.startswith("spec.components") else f"{part.field}.componentType",
        )
    if (before.nodes > 1) != (part.nodes > 1):
        yield _fixed(f"{part.name} cannot be changed between one node and several.", f"{part.field}.multinode")
    if before.min_available is not None and part.min_available != before.min_available:
        yield _fixed(f"{part.name}: minAvailable cannot be changed.", f"{part.field}.minAvailable")
    if part.adapted and before.desired != part.desired:
        yield Finding(
            Severity.ERROR,
            f"The replicas of {part.name} belong to its DynamoGraphDeploymentScalingAdapter: Dynamo refuses others here.",
            "Scale the adapter (dynamoscalingadapters), or take scalingAdapter out of the component.",
            f"{part.field}.replicas",
        )


def _restart(graph: AnyGraph, live: AnyGraph) -> Iterator[Finding]:
    asked, before, update = graph.spec.restart, live.spec.restart, live.status.rolling_update
    if asked is None or (before is not None and before.id == asked.id) or update is None or update.phase not in ("Pending", "InProgress"):
        return
    yield Finding(
        Severity.ERROR,
        "It cannot be restarted while a rolling update is under way: Dynamo refuses it.",
        "Wait until the update is done; it restarts the workers as well.",
        "spec.restart.id",
    )


def _restart_order(graph: AnyGraph) -> Iterator[Finding]:
    asked = graph.spec.restart
    if asked is not None and not asked.id:
        reason = "A restart is told from the one before by its id, and this one has none: the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Give it an id that was not used before.", "spec.restart.id")
    strategy = asked.strategy if asked is not None else None
    if strategy is not None and strategy.type not in ("", *_STRATEGIES):
        reason = f'There is no strategy "{strategy.type}" of a restart.'
        yield Finding(Severity.ERROR, reason, f"There are {' and '.join(_STRATEGIES)}.", "spec.restart.strategy.type")
    if strategy is None or not strategy.order:
        return
    names = {part.name for part in parts_of(graph)}
    if strategy.type == "Parallel":
        reason, remedy = "An order makes no sense when all are restarted at once (Parallel).", "Leave order out, or make it Sequential."
    elif len(set(strategy.order)) != len(strategy.order) or set(strategy.order) != names:
        reason, remedy = "The order of a restart names every component once, and nothing else.", f"They are {', '.join(sorted(names))}."
    else:
        return
    yield Finding(Severity.ERROR, reason, remedy, "spec.restart.strategy.order")


def _fixed(reason: str, field: str) -> Finding:
    return Finding(Severity.ERROR, reason, AGAIN, field)
