"""The View of a kind whose objects serve models: columns, pods and joins are the same for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from modeltui.domain import Column, Row, RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.parents import parent_of
from modeltui.systems.protocol import Dependents, Facts, ObjectType, Serves, View, no_dependents
from modeltui.systems.serving.rows import DEPLOYMENT_COLUMNS, deployment_row, pods_of


def serving_view(
    *,
    name: str,
    title: str,
    aliases: tuple[str, ...],
    system: str,
    resource: Resource,
    kind: ObjectType,
    serves: Serves,
    joins: Mapping[Resource, ObjectType] | None = None,
    dependents: Dependents = no_dependents,
    **more: Any,
) -> View:
    """`system`: as the rows name it, short. `kind`: the Struct. `joins`: what `serves.read` asks for beyond pods; `dependents` says whose
    rows an object of those touches; of pods it is asked only where they stand in `joins`. `more`: other fields of a View (check, examine,
    consequences, operations, evidence, secrets, older)."""

    def row(obj: Any, facts: Facts) -> Row:
        deployment = serves.read(obj, facts)
        pods = pods_of(facts, serves.pods, obj, serves.made(obj, facts))
        return deployment_row(obj, deployment, pods, system=system, kind=resource.kind, parent=parent_of(obj, deployment))

    of_pods_too = PODS in (joins or {})

    def touched(of: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
        if of != PODS:
            return dependents(of, obj, facts)
        names = serves.pods(obj)
        own = [(obj.metadata.namespace, name) for name in names] if names else ()
        return {*own, *dependents(of, obj, facts)} if of_pods_too else own

    return View(
        name=name,
        title=title,
        aliases=aliases,
        resource=resource,
        type=kind,
        joins={PODS: Pod, **(joins or {})},
        columns=DEPLOYMENT_COLUMNS,
        detail="deployment",
        row=row,
        dependents=touched,
        serves=serves,
        **more,
    )


def with_own_table(view: View, columns: tuple[Column, ...], row: Callable[[Any, Facts], Row]) -> View:
    """A kind that serves, in a table of its own with other columns than deployments have."""
    return replace(view, columns=columns, row=row, deployed=view.row)


def among_deployments(view: View) -> View:
    """With the row that it has in the table of all that serves."""
    if view.deployed is None:
        return view
    older = tuple(among_deployments(one) for one in view.older)
    return replace(view, columns=DEPLOYMENT_COLUMNS, row=view.deployed, deployed=None, older=older)
