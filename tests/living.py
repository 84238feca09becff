"""A small cluster in which controllers work, in the event loop of a test: what is wanted comes about, at many times the pace."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.gate import Gate

from modeltui.demo import controllers
from modeltui.demo.api import Api
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.demo.faults import Faults

NS = "team-nlp"
"""Where the user `editor` may change things, and elsewhere nothing."""
MODELS, SOURCES = "models.model.samzong.dev", "modelsources.model.samzong.dev"
DATASETS, CLAIMS, PODS = "datasets.dataset.baizeai.io", "persistentvolumeclaims", "pods"


@dataclass
class Living:
    cluster: EmbeddedCluster
    kubeconfig: Path
    gate: Gate
    pace: float
    _working: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def api(self) -> Api:
        return self.cluster.api

    @property
    def faults(self) -> Faults:
        return self.cluster.faults

    def work(self) -> None:
        """The controllers begin."""
        self._working = asyncio.create_task(controllers.run(self.api, pace=self.pace))

    async def rest(self) -> None:
        """The controllers end: nothing comes about any more."""
        if self._working is not None:
            self._working.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._working
            self._working = None

    def make(self, resource: str, name: str, *, namespace: str = NS, manager: str = "somebody", **rest: Any) -> dict[str, Any]:
        metadata = {"name": name, **rest.pop("metadata", {})} | ({"namespace": namespace} if namespace else {})
        return self.api.create(resource, {"metadata": metadata, **rest}, manager=manager, validation="Strict")

    def find(self, resource: str, name: str, *, namespace: str = NS) -> dict[str, Any] | None:
        return self.api.find(resource, name, namespace=namespace)

    def phase(self, dataset: str, *, namespace: str = NS) -> str:
        found = self.find(DATASETS, dataset, namespace=namespace) or {}
        return str((found.get("status") or {}).get("phase", ""))

    async def until(self, true: Callable[[], object], what: str = "", *, seconds: float = 20) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not true():  # noqa: ASYNC110  the Api tells nobody
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError(what or f"never came true: {true}") from None


@asynccontextmanager
async def living(folder: Path, *, pace: float = 600.0, crds: Sequence[Path] = ()) -> AsyncIterator[Living]:
    """Storage, a node, two namespaces, the controllers of modelfs, and a ModelSource "hub" without a secret. `crds`: more of them."""
    cluster, gate = EmbeddedCluster(empty=True, crds=crds), Gate()
    gate.guard(cluster.server.app)
    async with cluster:
        path = folder / "living.kubeconfig"
        cluster.write_kubeconfig(path)
        town = Living(cluster, path, gate, pace)
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        for name in (NS, "other", "modelfs-system"):
            town.make("namespaces", name, namespace="")
        town.make("storageclasses.storage.k8s.io", "nfs", namespace="", metadata={"annotations": default}, provisioner="nfs.csi.k8s.io")
        node = {"metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "64", "memory": "512Gi"}}}
        cluster.api.create("nodes", node, manager="test", with_status=True)
        cluster.api.patch("nodes", "n1", [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")  # it is ready
        town.make(SOURCES, "hub", spec={"type": "HUGGING_FACE"})
        town.work()
        try:
            yield town
        finally:
            await town.rest()


def version(name: str, *, repo: str = "Qwen/Qwen2.5-0.5B", **more: Any) -> dict[str, Any]:
    return {"name": name, "repo": repo, "storage": {"resources": {"requests": {"storage": "20Gi"}}}, **more}


async def ready(town: Living, model: str = "llama", *versions: str) -> None:
    """A Model of the console's own with these versions ("one" for none), all of them fetched."""
    names = versions or ("one",)
    town.make(MODELS, model, manager="modeltui", spec={"sourceRef": "hub", "versions": [version(name) for name in names]})
    await town.until(lambda: all(town.phase(f"mdl-{model}-{name}") == "READY" for name in names), "the weights never came")
