"""A cluster with GPUs whose time the tests turn, and in which each test has a namespace of its own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeltui.demo import clock, controllers
from modeltui.demo.api import Api
from modeltui.demo.controllers.manager import Manager

Obj = dict[str, Any]


class Yard:
    """`ns` is the namespace of the test at hand. Nothing waits: what falls due happens when `passes` or `until` moves the time."""

    def __init__(self, crds: list[Obj] | None = None) -> None:
        self.api = Api(crds)
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.manager = Manager(self.api, controllers.every(seed=1, pace=1.0))
        self.ns = ""
        self._numbers = itertools.count(1)
        nfs = {"storageclass.kubernetes.io/is-default-class": "true"}
        self.make("storageclasses.storage.k8s.io", "nfs", namespace="", annotations=nfs, provisioner="nfs.csi.k8s.io")
        h100 = {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.memory": "81559", "nvidia.com/gpu.count": "8"}
        mi300 = {"amd.com/gpu.device-id": "74a1", "amd.com/gpu.product-name": "AMD_Instinct_MI300X_OAM", "amd.com/gpu.vram": "192G"}
        self._node("h100-1", h100, {"nvidia.com/gpu": "8"})
        self._node("mi300-1", mi300, {"amd.com/gpu": "8"})
        self._node("cpu-1", {}, {})

    def _node(self, name: str, labels: dict[str, str], gpus: dict[str, str]) -> None:
        ready = [{"type": "Ready", "status": "True"}]
        room = {"cpu": "512", "memory": "4096Gi", "pods": "500", **gpus}
        node = {"metadata": {"name": name, "labels": labels}, "status": {"allocatable": room, "capacity": room, "conditions": ready}}
        with clock.at(self.now):
            self.api.create("nodes", node, manager="test", with_status=True)
            self.api.patch("nodes", name, [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")

    def enter(self) -> None:
        """A new test begins: what the last one left behind is gone, so that it holds no GPUs."""
        if self.ns:
            self.api.delete("namespaces", self.ns)
            self.passes(seconds=60)
        self.ns = f"test-{next(self._numbers)}"
        self.make("namespaces", self.ns, namespace="")

    def make(
        self, resource: str, name: str, /, *, namespace: str | None = None, labels: Any = None, annotations: Any = None, **rest: Any
    ) -> Obj:
        metadata: Obj = {"name": name, "labels": labels or {}, "annotations": annotations or {}}
        if where := (self.ns if namespace is None else namespace):
            metadata["namespace"] = where
        with clock.at(self.now):
            return self.api.create(resource, {"metadata": metadata, **rest}, manager="test", validation="Strict")

    def change(self, resource: str, name: str, patch: Obj) -> Obj:
        with clock.at(self.now):
            return self.api.patch(resource, name, patch, namespace=self.ns, manager="test", validation="Strict")

    def delete(self, resource: str, name: str, **options: Any) -> None:
        with clock.at(self.now):
            self.api.delete(resource, name, namespace=self.ns, **options)

    def get(self, resource: str, name: str) -> Obj:
        return self.api.get(resource, name, namespace=self.ns)

    def find(self, resource: str, name: str) -> Obj | None:
        return self.api.find(resource, name, namespace=self.ns)

    def list(self, resource: str, **selectors: str) -> list[Obj]:
        return self.api.list(resource, namespace=self.ns, **selectors)

    def status(self, resource: str, name: str) -> Obj:
        return self.get(resource, name).get("status") or {}

    def condition(self, resource: str, name: str, type_: str) -> Obj:
        return condition(self.status(resource, name), type_)

    def told(self, resource: str, name: str) -> dict[str, tuple[str, str]]:
        """Status and reason of every condition."""
        return {each["type"]: (each["status"], each.get("reason", "")) for each in self.status(resource, name).get("conditions") or []}

    def events(self, name: str) -> list[tuple[str, str]]:
        """Reason and message of what was recorded about the objects of that name."""
        return [(each["reason"], each["message"]) for each in self.list("events", fields=f"involvedObject.name={name}")]

    def passes(self, **time: float) -> None:
        until = self.now + timedelta(**time)
        self.manager.advance(self.now, until)
        self.now = until

    def until(self, true: Callable[[], object], *, seconds: int = 1800, step: float = 1) -> None:
        """Lets time pass until it holds."""
        end = self.now + timedelta(seconds=seconds)
        while not true():
            if self.now > end:
                pytest.fail("it did not come true in time")
            self.passes(seconds=step)


def condition(status: Obj, type_: str) -> Obj:
    return next((each for each in status.get("conditions") or [] if each["type"] == type_), {})
