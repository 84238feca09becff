"""What the checks say of a change: of each object that is about to be written, on top of what the cluster has."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from modeltui.changes.plan import Action, Change, Step
from modeltui.domain import Finding
from modeltui.kube.client import Client
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems import doctor, registry
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.facts import FactTable
from modeltui.systems.layered import Layered
from modeltui.systems.once import decoded
from modeltui.systems.protocol import Facts, View

Findings = tuple[tuple[Finding, ...], ...]
"""By the position of the step."""


async def find(client: Client, change: Change) -> Findings:
    """Never raises KubeError: what cannot be read is not known, and not held against anything."""
    checked = any(_view(step.resource) is not None for step in change.steps)
    namespaces = sorted({step.namespace for step in change.steps if step.namespace})
    if not checked or not namespaces:
        return ((),) * len(change.steps)
    looked = await doctor.look(client, namespaces, also=_made(change))
    return of(change, looked.facts)


def of(change: Change, cluster: Facts) -> Findings:
    """Pure. An object that the change makes is there for the others of it."""
    return tuple(tuple(_of(step, Layered(_made(change), cluster))) for step in change.steps)


def _of(step: Step, facts: Facts) -> Iterable[Finding]:
    view = _view(step.resource)
    if step.action is Action.DELETE or view is None or view.check is None or step.desired is None:
        return ()
    return view.check({key: value for key, value in step.desired.items() if key != "status"}, facts)


def _made(change: Change) -> FactTable:
    made = FactTable()
    for step in change.steps:
        kind = _kind(step.resource)
        if step.desired is None or kind is None:
            continue
        answer = msgspec.json.encode(step.desired)
        made.put(step.resource, decoded(kind, answer, namespace=step.namespace, name=step.name))
    return made


def _kind(resource: Resource) -> type[Object] | None:
    if resource == SECRETS:
        return Secret
    view = _view(resource)
    return view.type if view else None


def _view(resource: Resource) -> View | None:
    return next((view for view in registry.views() if view.resource == resource), None)
