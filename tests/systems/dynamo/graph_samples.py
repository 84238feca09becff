"""Graphs as manifests, decoded as from the wire, and what is known around them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from modeltui.systems.core.types import SERVICES, Service
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.types import Graph
from modeltui.systems.facts import FactTable

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
Manifest = dict[str, Any]


def sample(system: str, file: str, kind: str, name: str = "") -> Manifest:
    """The document of that kind in a real manifest of the upstream project; skips when the reference material is not there."""
    path = SHARED / "samples" / system / f"{file}.yaml"
    if not path.exists():
        pytest.skip("the reference material is not beside the checkout")
    found = [doc for doc in yaml.safe_load_all(path.read_text()) if doc and doc["kind"] == kind]
    return next(doc for doc in found if name in ("", doc["metadata"]["name"]))


def graph(manifest: Manifest, status: Manifest | None = None, **meta: Any) -> Graph | OlderGraph:
    metadata = {"namespace": "team", "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z", **manifest["metadata"], **meta}
    document = {**manifest, "metadata": metadata} | ({} if status is None else {"status": status})
    kind = OlderGraph if manifest["apiVersion"].endswith("v1alpha1") else Graph
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)


def component(name: str, kind: str, *, replicas: int | None = 1, args: Iterable[str] = (), gpus: int = 0, **extra: Any) -> Manifest:
    main: Manifest = {"name": "main", "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1"}
    if args:
        main |= {"command": ["python3", "-m", "dynamo.vllm"], "args": list(args)}
    if gpus:
        main["resources"] = {"limits": {"nvidia.com/gpu": str(gpus)}}
    found: Manifest = {"name": name, "type": kind, "podTemplate": {"spec": {"containers": [main]}}} | extra
    return found if replicas is None else {**found, "replicas": replicas}


def manifest(*components: Manifest, name: str = "qwen", **spec: Any) -> Manifest:
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"components": list(components), **spec},
    }


def aggregated(workers: int = 1, **spec: Any) -> Manifest:
    worker = component("VllmWorker", "worker", replicas=workers, args=("--model", "Qwen/Qwen3-0.6B"), gpus=1)
    return manifest(component("Frontend", "frontend"), worker, **spec)


def told(replicas: int, ready: int | None, *, updated: int | None = None, kind: str = "PodClique", **extra: Any) -> Manifest:
    """What the operator says of one component; a PodCliqueScalingGroup has availableReplicas only."""
    counted = {} if ready is None else {"availableReplicas" if kind == "PodCliqueScalingGroup" else "readyReplicas": ready}
    return {"componentKind": kind, "replicas": replicas, "updatedReplicas": replicas if updated is None else updated, **counted, **extra}


def status(state: str, *, observed: int = 1, ready: str = "", reason: str = "", message: str = "", **rest: Any) -> Manifest:
    """`rest`: components by name, and restart= or rolling_update=."""
    own = {"restart": rest.pop("restart", None), "rollingUpdate": rest.pop("rolling_update", None)}
    conditions = [{"type": "Ready", "status": ready, "reason": reason, "message": message}] if ready else []
    return {
        "state": state,
        "observedGeneration": observed,
        "conditions": conditions,
        "components": rest,
        **{key: value for key, value in own.items() if value is not None},
    }


def service(name: str, *, selector: Manifest | None = None, labels: Manifest | None = None, port: int = 8000, owner: str = "") -> Service:
    owners = [{"kind": "DynamoGraphDeployment", "name": owner, "controller": True}] if owner else []
    document = {
        "metadata": {"name": name, "namespace": "team", "labels": labels or {}, "ownerReferences": owners},
        "spec": {"selector": selector or {}, "ports": [{"name": "http", "port": port}]},
    }
    return msgspec.json.decode(msgspec.json.encode(document), type=Service)


def knowing(*services: Service) -> FactTable:
    return FactTable.of({SERVICES: services})
