"""Many Models for measuring: the first goes through the front door, the others are copies of it put straight into storage."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.kinds import MODELS, NAMESPACES, SOURCES
from modeltui.demo.controllers.manager import LEFT_ALONE
from modeltui.demo.errors import Object

FAMILIES = ("qwen", "llama", "mistral", "gemma", "phi", "glm", "yi", "falcon")
PHASES = ("READY", "READY", "READY", "READY", "PROCESSING", "FAILED", "PENDING")


def populate_many(api: Api, n: int, *, seed: int = 7, now: datetime | None = None, namespace: str = LEFT_ALONE) -> None:
    """Adds `n` Models with statuses to the namespace, made if it is not there. No controller looks at the namespace "bulk"."""
    now, rng = now or clock.now(), random.Random(seed)
    with clock.at(now - timedelta(days=30)):
        if api.find(NAMESPACES, namespace) is None:
            api.create(NAMESPACES, {"metadata": {"name": namespace}}, manager="modeltui")
        if api.find(SOURCES, "huggingface", namespace=namespace) is None:
            source = {"metadata": {"name": "huggingface", "namespace": namespace}, "spec": {"type": "HUGGING_FACE"}}
            api.create(SOURCES, source, manager="modeltui")
        if n < 1:
            return
        first = api.create(MODELS, _model(0, rng, namespace, now), manager="modeltui", with_status=True)
    storage, made = api.core.storage, now - timedelta(days=30)
    for number in range(1, n):
        model = _model(number, rng, namespace, now)
        created = clock.stamp(made + timedelta(seconds=number))
        own = {**model["metadata"], "uid": str(uuid.UUID(int=rng.getrandbits(128), version=4)), "creationTimestamp": created}
        whole = {**first, **model, "metadata": {**first["metadata"], **own}}
        storage.put(MODELS, f"{namespace}/{own['name']}", whole)


def _model(number: int, rng: random.Random, namespace: str, now: datetime) -> Object:
    family, size, phase = rng.choice(FAMILIES), rng.choice((1, 3, 7, 8, 14, 32, 70)), rng.choice(PHASES)
    name = f"{family}-{size}b-{number:05d}"
    version = {
        "name": "fp16",
        "repo": f"{family}/{family}-{size}B-{number}",
        "precision": "FP16",
        "state": "PRESENT",
        "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": f"{size * 3}Gi"}}},
    }
    synced = {
        "name": "fp16",
        "phase": phase,
        "activeDataset": f"mdl-{name}-fp16",
        "pvcName": f"mdl-{name}-fp16",
        "observedState": "PRESENT",
        "observedStorage": f"{size * 3}Gi",
        "observedVersionHash": f"{rng.getrandbits(32):08x}",
        "lastSyncTime": clock.stamp(now - timedelta(minutes=rng.randrange(60 * 24 * 20))),
    }
    display = {"description": f"Number {number} of many.", "tags": [family, f"{size}b"]}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": {"family": family}},
        "spec": {"sourceRef": "huggingface", "display": display, "versions": [version]},
        "status": {"observedGeneration": 1, "syncedVersions": [synced]},
    }
