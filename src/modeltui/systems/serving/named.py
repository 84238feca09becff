"""From what somebody types for a deployment, "qwen" or "isvc/qwen", to the object that is meant, with all that is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import KubeError, NotFound
from modeltui.kube.objects import Object, Undecodable
from modeltui.kube.resource import Resource
from modeltui.systems import parents, registry
from modeltui.systems.core.types import Pod
from modeltui.systems.once import read
from modeltui.systems.protocol import Facts, ObjectType, Serves, View
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.versions import served


class NotFoundByName(Exception):
    """`str(error)` is one sentence: there is none, or there are several."""


@dataclass(frozen=True, slots=True)
class Found:
    view: View
    obj: Object
    facts: Facts
    """The lists of its namespace: its kind, those that it is joined with, its evidence."""

    @property
    def serves(self) -> Serves:
        assert self.view.serves is not None
        return self.view.serves

    @property
    def deployment(self) -> Deployment:
        return self.serves.read(self.obj, self.facts)

    @property
    def pods(self) -> list[Pod] | None:
        """None when they may not be seen."""
        return pods_of(self.facts, self.serves.pods, self.obj, self.serves.made(self.obj, self.facts))

    def __str__(self) -> str:
        return f"{self.view.resource.kind} {self.obj.metadata.namespace}/{self.obj.metadata.name}"


async def find(client: Client, discovery: Discovery, namespace: str, typed: str) -> Found:
    """In one namespace. Raises NotFoundByName, and KubeError when nothing that could be meant may be listed.

    What one made of another under the same name is not ambiguous: the one that made it is meant. "KIND/NAME" means one kind, by any of
    its names."""
    kind, slash, name = typed.rpartition("/")
    views = await served(discovery, _views(kind) if slash else registry.serving())
    kinds: dict[Resource, ObjectType] = {}
    for view in views:
        kinds |= {view.resource: view.type, **{resource: kind for resource, kind in view.joins.items() if resource not in kinds}}
    looked = await read(client, kinds, (namespace,))
    errors = [error for view in views for error in looked.failures.get(view.resource, {}).values() if not _absent(error)]
    found = [Found(view, obj, looked.facts) for view in views if (obj := _usable(looked.facts, view, namespace, name)) is not None]
    if not found and errors:
        raise errors[0]
    if not found:
        what = f"{views[0].resource.kind} " if slash else "deployment "
        raise NotFoundByName(f"there is no {what}{name} in namespace {namespace}{_near(looked.facts, views, namespace, name)}")
    tops = [one for one in found if not _made_by_another(one, found)]
    if len(tops) > 1:
        several = ", ".join(f"{one.view.name}/{name}" for one in tops)
        raise NotFoundByName(f"there are several of the name {name} in namespace {namespace}: say which ({several})")
    (chosen,) = tops or found[:1]
    evidence = {resource: kind for resource, kind in chosen.view.evidence.items() if resource not in kinds}
    more = await read(client, evidence, (namespace,)) if evidence else None
    for resource in evidence:
        for obj in more.facts.every(resource) if more is not None else ():
            looked.facts.put(resource, obj)
        if more is not None and resource not in more.failures:
            looked.facts.set_known(resource, namespace if resource.namespaced else "", known=True)
    return chosen


def _views(kind: str) -> Sequence[View]:
    view = registry.find(kind)
    if view is None or view.serves is None:
        kinds = ", ".join(one.name for one in registry.serving())
        raise NotFoundByName(f'"{kind}" is no kind that serves models: there are {kinds}')
    return (view,)


def _absent(error: KubeError) -> bool:
    return isinstance(error, NotFound) and error.missing_resource


def _usable(facts: Facts, view: View, namespace: str, name: str) -> Object | None:
    found = facts.get(view.resource, namespace, name)
    if isinstance(found, Undecodable):
        raise NotFoundByName(f"{view.resource.kind} {name} could not be read: {found.problem}")
    return found


def _made_by_another(one: Found, others: Sequence[Found]) -> bool:
    made_by = parents.parent_of(one.obj, one.deployment)
    return any(made_by == f"{other.view.resource.kind} {other.obj.metadata.name}" for other in others if other is not one)


def _near(facts: Facts, views: Sequence[View], namespace: str, name: str) -> str:
    names: list[Any] = [obj.metadata.name for view in views for obj in facts.all(view.resource, namespace)]
    near = get_close_matches(name, names, n=1)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; there are {', '.join(sorted(set(names))[:8])}" if names else ""
