"""A small cluster whose time the tests turn: everything is due at once, nothing waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeltui.demo import clock, controllers
from modeltui.demo.api import Api
from modeltui.demo.controllers.manager import Manager

MODELS, SOURCES = "models.model.samzong.dev", "modelsources.model.samzong.dev"
DATASETS, CLAIMS, JOBS = "datasets.dataset.baizeai.io", "persistentvolumeclaims", "jobs.batch"
NS = "ml"


class Town:
    """The Api and its controllers, at a time that only `passes` moves."""

    def __init__(self) -> None:
        self.api = Api()
        self.now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self.manager = Manager(self.api, controllers.every(seed=1, pace=1.0))
        nfs = {"storageclass.kubernetes.io/is-default-class": "true"}
        self.make("namespaces", "ml", namespace="")
        self.make("namespaces", "other", namespace="", labels={"receive": "true"})
        self.make("namespaces", "modelfs-system", namespace="")
        self.make("storageclasses.storage.k8s.io", "nfs", namespace="", annotations=nfs, provisioner="nfs.csi.k8s.io")
        self.make("storageclasses.storage.k8s.io", "gone", namespace="", provisioner="taken.away.example")
        node = {"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "64", "memory": "512Gi"}}}
        self.api.create("nodes", node, manager="test", with_status=True)
        self.api.patch("nodes", "n1", [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")  # it is ready

    def make(
        self, resource: str, name: str, *, namespace: str = NS, labels: Any = None, annotations: Any = None, **rest: Any
    ) -> dict[str, Any]:
        metadata = {"name": name, "labels": labels or {}, "annotations": annotations or {}}
        if namespace:
            metadata["namespace"] = namespace
        with clock.at(self.now):
            return self.api.create(resource, {"metadata": metadata, **rest}, manager="test", validation="Strict")

    def source(self, name: str = "hf", kind: str = "HUGGING_FACE", **spec: Any) -> None:
        self.make(SOURCES, name, spec={"type": kind, **spec})

    def model(self, name: str, *versions: dict[str, Any], source: str = "hf") -> None:
        self.make(MODELS, name, spec={"sourceRef": source, "versions": list(versions)})

    def change(self, resource: str, name: str, patch: dict[str, Any], *, namespace: str = NS) -> None:
        with clock.at(self.now):
            self.api.patch(resource, name, patch, namespace=namespace, manager="test")

    def delete(self, resource: str, name: str, *, namespace: str = NS) -> None:
        with clock.at(self.now):
            self.api.delete(resource, name, namespace=namespace)

    def passes(self, **time: float) -> None:
        until = self.now + timedelta(**time)
        self.manager.advance(self.now, until)
        self.now = until

    def get(self, resource: str, name: str, *, namespace: str = NS) -> dict[str, Any]:
        return self.api.get(resource, name, namespace=namespace)

    def find(self, resource: str, name: str, *, namespace: str = NS) -> dict[str, Any] | None:
        return self.api.find(resource, name, namespace=namespace)

    def status(self, resource: str, name: str, *, namespace: str = NS) -> dict[str, Any]:
        return self.get(resource, name, namespace=namespace).get("status") or {}

    def until(self, condition: Callable[[], bool], *, seconds: int = 900) -> None:
        """Lets time pass, second by second, until it holds."""
        for _ in range(seconds):
            if condition():
                return
            self.passes(seconds=1)
        pytest.fail("it did not happen in time")


def version(name: str = "v1", repo: str = "Qwen/Qwen2.5-0.5B", *, size: str | None = "20Gi", **more: Any) -> dict[str, Any]:
    found = {"name": name, "repo": repo, **more}
    return found if size is None else {**found, "storage": {"resources": {"requests": {"storage": size}}}}


def condition(status: dict[str, Any], type_: str) -> dict[str, Any]:
    return next(each for each in status["conditions"] if each["type"] == type_)
