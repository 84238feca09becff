"""A made-up system, as anybody could add one: a Brew makes a Cup; both serve models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import Pod
from modeltui.systems.protocol import Facts, Serves, System
from modeltui.systems.serving.deployment import Component, Deployment
from modeltui.systems.serving.views import serving_view

BREWS: Final = Resource("tea.example", "v1", "brews", "Brew")
CUPS: Final = Resource("tea.example", "v1", "cups", "Cup")


class Spec(msgspec.Struct, frozen=True):
    model: str = ""
    replicas: int = 1
    gpus: int = 1


class StatusOf(msgspec.Struct, frozen=True):
    phase: str = ""
    ready: int = 0


class Brew(Object, frozen=True, kw_only=True):
    spec: Spec = Spec()
    status: StatusOf = StatusOf()


class Cup(Brew, frozen=True, kw_only=True):
    pass


def read(obj: Any, facts: Facts) -> Deployment:
    phase = Phase.READY if obj.status.phase == "drinkable" else Phase.PROCESSING
    return Deployment(
        models=(obj.spec.model,) if obj.spec.model else (),
        engine="kettle",
        status=Status(phase, obj.status.phase),
        components=(Component(name="tea", desired=obj.spec.replicas, ready=obj.status.ready, gpus=obj.spec.gpus),),
        gpu_resource="tea.example/leaf",
    )


def brews_of(pod: Pod) -> Iterable[str]:
    return (name,) if (name := pod.metadata.labels.get("tea.example/brew")) else ()


def cups_of(pod: Pod) -> Iterable[str]:
    return (name,) if (name := pod.metadata.labels.get("tea.example/cup")) else ()


BREWS_VIEW: Final = serving_view(
    name="brews", title="Brews", aliases=("brew",), system="Tea", resource=BREWS, kind=Brew, serves=Serves(read=read, pods=brews_of)
)
CUPS_VIEW: Final = serving_view(
    name="cups", title="Cups", aliases=("cup",), system="Tea", resource=CUPS, kind=Cup, serves=Serves(read=read, pods=cups_of)
)
TEA: Final = System(name="Tea", views=(BREWS_VIEW, CUPS_VIEW))


def brew(name: str = "earl", *, namespace: str = "team", **more: Any) -> Brew:
    return msgspec.convert({"metadata": {"name": name, "namespace": namespace, "uid": f"brew-{name}"}, **more}, Brew)


def cup(name: str = "earl", *, namespace: str = "team", of: str = "", **more: Any) -> Cup:
    owners = [{"apiVersion": "tea.example/v1", "kind": "Brew", "name": of, "uid": f"brew-{of}", "controller": True}] if of else []
    return msgspec.convert({"metadata": {"name": name, "namespace": namespace, "ownerReferences": owners}, **more}, Cup)


def pod(name: str, *, namespace: str = "team", gpus: int = 1, node: str = "n1", **labels: str) -> Pod:
    return msgspec.convert(
        {
            "metadata": {"name": name, "namespace": namespace, "labels": {f"tea.example/{key}": value for key, value in labels.items()}},
            "spec": {"nodeName": node, "containers": [{"name": "main", "resources": {"limits": {"nvidia.com/gpu": gpus}}}]},
            "status": {"phase": "Running"},
        },
        Pod,
    )
