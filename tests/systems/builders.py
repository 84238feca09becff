"""Objects as an API server would send them, made short."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from modeltui.kube.objects import Object
from modeltui.systems.core.types import Namespace
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource

T = TypeVar("T", bound=Object)

CREATED = "2025-11-01T08:00:00Z"
SYNCED = "2025-11-01T09:30:00Z"


def decode(kind: type[T], document: dict[str, Any]) -> T:
    """Through JSON, as from the wire."""
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)


def meta(name: str, **extra: Any) -> dict[str, Any]:
    return {"name": name, "namespace": "team", "uid": f"uid-{name}", "creationTimestamp": CREATED, **extra}


def version(name: str, **extra: Any) -> dict[str, Any]:
    storage = {"resources": {"requests": {"storage": "12Gi"}}}
    return {"name": name, "repo": "Qwen/Qwen2", "state": "PRESENT", "storage": storage, **extra}


def synced(name: str, phase: str, **extra: Any) -> dict[str, Any]:
    return {"name": name, "phase": phase, "activeDataset": f"mdl-qwen-{name}", "lastSyncTime": SYNCED, "observedState": "PRESENT", **extra}


def model(*versions: dict[str, Any], status: list[dict[str, Any]] | None = None, **extra: Any) -> Model:
    document: dict[str, Any] = {
        "metadata": meta(extra.pop("name", "qwen"), **extra.pop("metadata", {})),
        "spec": {"sourceRef": extra.pop("source", "hf"), "versions": list(versions), **extra.pop("spec", {})},
    }
    if status is not None or extra:
        document["status"] = {"observedGeneration": 1, "syncedVersions": status or [], **extra}
    return decode(Model, document)


def condition(kind: str, status: str, reason: str = "", message: str = "") -> dict[str, Any]:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": SYNCED}


def source(name: str = "hf", *, ready: str | None = "True", **extra: Any) -> ModelSource:
    reason, message = (
        ("SecretValid", "Secret is valid and accessible") if ready == "True" else ("SecretInvalid", "secret hf-token is empty")
    )
    conditions = [] if ready is None else [condition("CredentialsReady", ready, reason, message)]
    spec = {"type": "HUGGING_FACE", **extra.pop("spec", {})}
    return decode(ModelSource, {"metadata": meta(name, **extra), "spec": spec, "status": {"conditions": conditions}})


def dataset(
    name: str, phase: str = "READY", *, spec: dict[str, Any] | None = None, metadata: dict[str, Any] | None = None, **status: Any
) -> Dataset:
    source = {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/Qwen2"}
    return decode(
        Dataset,
        {
            "metadata": meta(name, **(metadata or {})),
            "spec": {"source": source, "dataSyncRound": 1, **(spec or {})},
            "status": {"phase": phase, **status},
        },
    )


def namespace(name: str, **labels: str) -> Namespace:
    return decode(Namespace, {"metadata": {"name": name, "labels": labels}})


def facts(*objects: Object, complete: bool = True) -> FactTable:
    """What is known: the objects given and, if `complete`, that there are no others."""
    resources = {Model: MODELS, ModelSource: SOURCES, Dataset: DATASETS}
    table = FactTable()
    for resource in resources.values():
        table.set_known(resource, "team", known=complete)
    for obj in objects:
        table.put(resources[type(obj)], obj)
    return table
