"""What is to be known of a change: what the checks say of each object that is about to be written, on top of what the cluster has,
and what hangs on each that is deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import Final

import msgspec

from modeltui.changes.ownership import entries, owners
from modeltui.changes.plan import Action, Change, Step
from modeltui.domain import Finding, Severity
from modeltui.kube.apply import FIELD_MANAGER, Manifest
from modeltui.kube.client import Client
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems import doctor, hanging, registry
from modeltui.systems.checking import errors_first
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.facts import FactTable
from modeltui.systems.layered import Layered, Without
from modeltui.systems.once import decoded, read
from modeltui.systems.protocol import Facts, ObjectType, Unseen, View
from modeltui.systems.unseen import listed

Findings = tuple[tuple[Finding, ...], ...]
"""By the position of the step."""

_ALL_SEEN: Final[Unseen] = {}
_KEEPING: Final = ("argocd", "argo-cd", "flux", "kustomize-controller", "helm-controller", "fleet")
"""How the field managers begin of those that make an object again from Git."""


async def find(client: Client, change: Change) -> Findings:
    """Never raises KubeError: what cannot be read is not known, and not held against anything."""
    return of(change, *await around(client, change))


async def around(client: Client, change: Change) -> tuple[Facts, Unseen]:
    """What `of` asks for: the cluster around a change, read once for every way in which the change can be done. Never raises
    KubeError."""
    views = {view.resource: view for step in change.steps if (view := _view(step.resource)) is not None}
    namespaces = sorted({step.namespace for step in change.steps if step.namespace})
    near: Facts = FactTable()
    unseen: Unseen = _ALL_SEEN
    if namespaces:
        # an older version of a kind may be written while the doctor looks at a newer one
        beside = [view for resource, view in views.items() if resource.namespaced and view.check is not None]
        looked = await doctor.look(client, namespaces, also=_made(change.steps), beside=beside)
        near, unseen = looked.facts, looked.unseen
        if any(_costs(step) for step in change.steps if step.namespace):
            around = await hanging.look(client, namespaces, looked)
            near, unseen = around.facts, around.unseen
    if wide := [view for resource, view in views.items() if not resource.namespaced]:
        found = await read(client, _kinds_of(wide), ())
        near = Layered(found.facts, near)
        unseen = {**unseen, **{(resource, where): error for resource, failed in found.failures.items() for where, error in failed.items()}}
    return near, unseen


def _kinds_of(views: Iterable[View]) -> Mapping[Resource, ObjectType]:
    """What is asked of objects in no namespace, wherever it is: they are for all of them."""
    kinds: dict[Resource, ObjectType] = {}
    for view in views:
        kinds |= {**view.joins, **view.evidence, view.resource: view.type}
    return kinds


def of(change: Change, cluster: Facts, unseen: Unseen = _ALL_SEEN) -> Findings:
    """Pure. An object that the change makes is there for the others of it, and one that it deletes is not.

    An error that the object has already, in `cluster` as it is, is not caused by the change: it is told as a warning, which
    stops nothing. `unseen`: why `cluster` does not know what it does not know; what a deletion costs says it.
    """
    left = Without([(step.resource, step.namespace, step.name) for step in change.steps if step.action is Action.DELETE], cluster)
    found = []
    for at, step in enumerate(change.steps):
        facts = Layered(_made(change.steps[:at] + change.steps[at + 1 :]), left)
        before = {one.reason for one in _checks(step.resource, step.live, cluster) if one.severity is Severity.ERROR}
        checked = [_known_before(one) if one.reason in before else one for one in _checks(step.resource, step.desired, facts)]
        found.append(errors_first((*checked, *_consequences(step, facts, unseen), *_writers(step))))
    return tuple(found)


def destroys(steps: Iterable[Step]) -> bool:
    """Whether somebody loses something by it: an object goes, or a change of one has a controller remove data."""
    return any(step.action is Action.DELETE or any(one.severity is not Severity.INFO for one in _in_ignorance(step)) for step in steps)


def _checks(resource: Resource, manifest: Manifest | None, facts: Facts) -> Iterable[Finding]:
    view = _view(resource)
    if view is None or view.check is None or manifest is None:
        return ()
    return view.check({key: value for key, value in manifest.items() if key != "status"}, facts)


def _known_before(finding: Finding) -> Finding:
    """Reasons name what they are about, so that one is the same whatever place in a list it has by now."""
    return replace(finding, severity=Severity.WARNING, reason=f"{finding.reason} That is so already, without this change.")


def _consequences(step: Step, facts: Facts, unseen: Unseen) -> Iterable[Finding]:
    """What hangs on the object that is deleted, or on the part of it that is; also of views that show only some of its kind."""
    view = _view(step.resource)
    if view is None or view.consequences is None or step.live is None:
        return ()
    before, after = _object(step, step.live), _object(step, step.desired)
    if isinstance(after, Undecodable):
        return ()  # the checks say so
    if isinstance(before, Undecodable):
        return (Finding(Severity.WARNING, f"What hangs on it is unknown: {before.problem}", "Look at it as YAML first."),)
    special = [one for one in registry.views() if one.resource == step.resource and one.shows is not None and one.shows(before)]
    own = [one.consequences for one in special if one.consequences is not None]
    return chain.from_iterable(tell(before, after, facts, unseen) for tell in (*own, view.consequences))


def _writers(step: Step) -> Iterable[Finding]:
    """Of an object that is deleted: who else says what it shall be, and may make it again."""
    if step.action is not Action.DELETE or step.live is None:
        return
    others = [one for one in entries(step.live) if one.manager != FIELD_MANAGER and not one.subresource]
    named = owners(others, ("spec",))
    if keeping := [name for name in named if name.startswith(_KEEPING)]:
        reason = f"{listed(keeping)} keep{'s' if len(keeping) == 1 else ''} it as it is declared elsewhere, and may make it again."
        yield Finding(Severity.WARNING, reason, "Take it out where it is declared.")
    if rest := [name for name in named if name not in keeping]:
        yield Finding(Severity.INFO, f"Its spec was written by {listed(rest)}, too: whoever applies it again makes it anew.")


def _costs(step: Step) -> bool:
    """Whether anything is to be told of what hangs on it."""
    return bool([*_in_ignorance(step)])


def _in_ignorance(step: Step) -> Iterable[Finding]:
    """When anything is lost by a step, even who knows nothing has something to tell."""
    return _consequences(step, FactTable(), _ALL_SEEN)


def _made(steps: Iterable[Step]) -> FactTable:
    made = FactTable()
    for step in steps:
        obj = _object(step, step.desired)
        if obj is not None:
            made.put(step.resource, obj)
    return made


def _object(step: Step, manifest: Manifest | None) -> Object | None:
    """As the systems read it; None when there is none, or when no system knows the kind."""
    kind = _kind(step.resource)
    if manifest is None or kind is None:
        return None
    return decoded(kind, msgspec.json.encode(manifest), namespace=step.namespace, name=step.name)


def _kind(resource: Resource) -> type[Object] | None:
    if resource == SECRETS:
        return Secret
    view = _view(resource)
    return view.type if view else None


def _view(resource: Resource) -> View | None:
    """Of the version of its API that is written, too."""
    return registry.kind_of(resource)
