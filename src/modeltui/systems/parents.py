"""Which object of a merged table stands under which: a row says so in its column `parent`. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from modeltui.domain import Column
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.protocol import View
from modeltui.systems.serving.deployment import Deployment, Ref

KEY: Final = "parent"


def column(columns: Sequence[Column]) -> int:
    """The place of what says it. Raises StopIteration for columns of no merged table."""
    return next(place for place, column in enumerate(columns) if column.key == KEY)


def parent_of(obj: Object, deployment: Deployment | None = None) -> str:
    """As "Kind name"; "" when nobody made it. Kinds that serve models are told apart by their kind alone."""
    if deployment is not None and deployment.parent is not None:
        return str(deployment.parent)
    return next((f"{owner.kind} {owner.name}" for owner in obj.metadata.owner_references if owner.controller), "")


def by_kind(views: Sequence[View]) -> Mapping[str, Resource]:
    return {view.resource.kind: view.resource for view in views}


def read(parent: str, kinds: Mapping[str, Resource]) -> Ref | None:
    """What `parent_of` says, among kinds that are known; None for others, such as a Helm release's own operator."""
    kind, _, name = parent.partition(" ")
    resource = kinds.get(kind)
    return Ref(resource, name) if resource is not None and name else None


def where(parent: Ref, namespace: str) -> str:
    """The namespace of what a row in `namespace` stands under."""
    return namespace if parent.resource.namespaced else ""
