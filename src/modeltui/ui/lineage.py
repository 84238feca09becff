"""From an object to what owns it and what uses it: reference -> Dataset -> Model -> ModelSource, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modeltui.domain import RowKey
from modeltui.kube.objects import Object
from modeltui.systems.dataset.references import referred_to
from modeltui.systems.dataset.types import Dataset
from modeltui.systems.dataset.uris import referred
from modeltui.systems.protocol import View

if TYPE_CHECKING:
    from modeltui.ui.console import ConsoleApp


@dataclass(frozen=True, slots=True)
class Target:
    """One object (`key`), or the rows of a table that a filter leaves."""

    view: str
    namespace: str
    """ "" means all."""
    key: RowKey | None = None
    filter: str = ""


def owner(view: View, obj: Object) -> Target | None:
    namespace = obj.metadata.namespace
    if view.detail == "model":
        source = str(getattr(getattr(obj, "spec", None), "source_ref", "") or "")
        return Target("sources", namespace, (namespace, source)) if source else None
    if isinstance(obj, Dataset) and any(referred_to(obj)):
        place = referred(obj.spec.source.uri)
        return Target("datasets", place[0], place)
    by_kind = {"Model": "models", "Dataset": "datasets", "ModelSource": "sources"}
    for reference in obj.metadata.owner_references:
        if reference.kind in by_kind:
            return Target(by_kind[reference.kind], namespace, (namespace, reference.name))
    return None


def used_by(view: View, obj: Object) -> Target | None:
    namespace, name = obj.metadata.key
    if view.detail == "source":
        return Target("models", namespace, filter=f"source:={name}")
    if view.detail == "model":
        return Target("datasets", namespace, filter=f"model:={name}")
    if view.detail == "dataset":
        return Target("shares", "", filter=f"dataset:={name} source_namespace:={namespace}")
    return None


async def jump(app: ConsoleApp, target: Target | None, *, otherwise: str) -> None:
    from modeltui.ui.navigation import Place

    view = app.cluster.view(target.view) if app.cluster and target else None
    if target is None or view is None:
        app.say(otherwise)
    elif target.key is not None:
        await app.navigator.open_detail(view, target.key)
    else:
        await app.navigator.go(Place(view.name, (target.namespace,) if target.namespace else (), target.filter))
