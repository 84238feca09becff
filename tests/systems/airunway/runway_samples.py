"""ModelDeployments and providers as manifests, decoded as from the wire, and what is known around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.airunway.types import DEPLOYMENTS, PROVIDERS, ModelDeployment, ProviderConfig
from modeltui.systems.core.types import CLAIMS, PODS, SERVICES, PersistentVolumeClaim, Pod, Service
from modeltui.systems.dynamo.types import GRAPHS, Graph
from modeltui.systems.facts import FactTable

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
Manifest = dict[str, Any]
RESOURCES: dict[type[Object], Resource] = {
    **{ModelDeployment: DEPLOYMENTS, ProviderConfig: PROVIDERS, Graph: GRAPHS},
    **{Pod: PODS, Service: SERVICES, PersistentVolumeClaim: CLAIMS},
}


def sample(file: str, name: str, kind: str = "ModelDeployment") -> Manifest:
    """A document of a real manifest of the upstream project; skips when the reference material is not there."""
    path = SHARED / "samples" / "airunway" / f"{file}.yaml"
    if not path.exists():
        pytest.skip("the reference material is not beside the checkout")
    found = [doc for doc in yaml.safe_load_all(path.read_text()) if doc and doc["kind"] == kind]
    return next(doc for doc in found if doc["metadata"]["name"] == name)


def deployment(manifest: Manifest, status: Manifest | None = None, **meta: Any) -> ModelDeployment:
    metadata = {"generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z", **manifest["metadata"], "namespace": "team", **meta}
    document = {**manifest, "metadata": metadata} | ({} if status is None else {"status": status})
    return msgspec.json.decode(msgspec.json.encode(document), type=ModelDeployment)


def manifest(name: str = "qwen", **spec: Any) -> Manifest:
    """One that is good: vLLM with one GPU, on whichever provider there is."""
    return {
        "apiVersion": "airunway.ai/v1alpha1",
        "kind": "ModelDeployment",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"model": {"id": "Qwen/Qwen3-0.6B"}, "engine": {"type": "vllm"}, "resources": {"gpu": {"count": 1}}, **spec},
    }


def disaggregated(prefill: int = 1, decode: int = 1, gpus: int = 1, **spec: Any) -> Manifest:
    halves = {"prefill": {"replicas": prefill, "gpu": {"count": gpus}}, "decode": {"replicas": decode, "gpu": {"count": gpus}}}
    found = manifest(serving={"mode": "disaggregated"}, scaling=halves, **spec)
    if "resources" not in spec:
        del found["spec"]["resources"]
    return found


def provider(name: str = "dynamo", *engines: Manifest, ready: bool | None = True, rules: Iterable[Manifest] = ()) -> ProviderConfig:
    able = engines or (engine("vllm", "aggregated", "disaggregated"), engine("sglang", "aggregated", "disaggregated"), engine("trtllm"))
    return msgspec.convert(
        {
            "metadata": {"name": name},
            "spec": {"capabilities": {"engines": list(able)}, "selectionRules": list(rules)},
            "status": {} if ready is None else {"ready": ready},
        },
        ProviderConfig,
    )


def engine(name: str, *modes: str, gpu: bool = True, cpu: bool = False, **more: Any) -> Manifest:
    return {"name": name, "servingModes": list(modes or ("aggregated",)), "gpuSupport": gpu, "cpuSupport": cpu, **more}


def knowing(*objects: Object, of: Iterable[Resource] = ()) -> FactTable:
    """Of every kind that is among them, and of those that `of` names, there is nothing else."""
    table = FactTable()
    for resource in of:
        table.set_known(resource, "", known=True)
    for obj in objects:
        table.set_known(RESOURCES[type(obj)], "", known=True)
        table.put(RESOURCES[type(obj)], obj)
    return table
