"""Objects as the real controllers leave them, quirks included."""

from __future__ import annotations

from typing import Any

from fake import FakeSession, at, meta

from modeltui.kube.state import SyncState
from modeltui.systems.core.types import NAMESPACES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs.types import MODELS, SOURCES


def source(name: str, kind: str = "HUGGING_FACE", *, secret: str = "", ready: bool = True, namespace: str = "team-a") -> dict[str, Any]:
    condition = {
        "type": "CredentialsReady",
        "status": "True" if ready else "False",
        "reason": ("SecretValid" if secret else "NoSecretRequired") if ready else "SecretInvalid",
        "message": "Secret is valid and accessible" if ready else f"secret {secret} is empty",
        "lastTransitionTime": at(90),
    }
    spec: dict[str, Any] = {"type": kind, "config": {"endpoint": "https://hf-mirror.example.com", "token": "hf_very_secret_value"}}
    if secret:
        spec["secretRef"] = secret
    return {"metadata": meta(name, namespace), "spec": spec, "status": {"conditions": [condition]}}


def model(
    name: str, phases: dict[str, str], *, source: str = "hub", namespace: str = "team-a", tags: tuple[str, ...] = ("chat",)
) -> dict[str, Any]:
    versions = [
        {
            "name": version,
            "repo": f"org/{name}",
            "revision": "main",
            "precision": "FP16",
            "state": "PRESENT",
            "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "40Gi"}}},
        }
        for version in phases
    ]
    synced = [
        {
            "name": version,
            "phase": phase,
            "pvcName": f"mdl-{name}-{version}",
            "activeDataset": f"mdl-{name}-{version}",
            "lastSyncTime": at(130),
            "observedState": "PRESENT",
            "observedStorage": "40Gi",
            "observedVersionHash": "1a2b3c4d",
        }
        for version, phase in phases.items()
    ]
    return {
        "metadata": {**meta(name, namespace), "labels": {"app": "chat"}, "managedFields": [{"manager": "kubectl", "operation": "Apply"}]},
        "spec": {"sourceRef": source, "display": {"description": f"{name} for tests", "tags": list(tags)}, "versions": versions},
        "status": {"observedGeneration": 1, "syncedVersions": synced},
    }


def dataset(model_name: str, version: str, phase: str, *, namespace: str = "team-a") -> dict[str, Any]:
    name = f"mdl-{model_name}-{version}"
    done = phase == "READY"
    return {
        "metadata": meta(name, namespace, ownerReferences=[{"kind": "Model", "name": model_name, "uid": "u", "controller": True}]),
        "spec": {
            "source": {"type": "HUGGING_FACE", "uri": f"huggingface://org/{model_name}", "options": {"token": "hf_very_secret_value"}},
            "dataSyncRound": 1,
        },
        "status": {
            "phase": phase,
            "pvcName": name,
            "inProcessing": phase == "PROCESSING",
            "lastSucceedRound": 1 if done else 0,
            "lastSyncTime": at(130),
            "conditions": [
                {"type": "Config", "status": "True", "reason": "ConfigReady", "lastTransitionTime": at(200)},
                {
                    "type": "JobStatus",
                    "status": "True" if done else "False",
                    "reason": "JobStatusReady",
                    "message": "" if done else "Job dataset-x-round-1 failed: BackoffLimitExceeded",
                    "lastTransitionTime": at(130),
                },
            ],
            "syncRoundStatuses": [
                {"round": 1, "jobName": f"dataset-{name}-round-1", "startTime": at(200), "endTime": at(130), "succeed": done}
            ],
        },
    }


MODELS_HERE = {
    "llama-3-8b": {"v1": "READY", "v2": "READY"},
    "qwen-2-7b": {"v1": "READY", "v2": "PROCESSING"},
    "mistral-7b": {"v1": "FAILED"},
    "phi-3-mini": {"v1": "PENDING"},
}


def session(states: dict[str, SyncState] | None = None, **answers: Any) -> FakeSession:
    """Four models in team-a and one in team-b."""
    objects = {
        MODELS: [model(name, phases) for name, phases in MODELS_HERE.items()] + [model("gemma-2b", {"v1": "READY"}, namespace="team-b")],
        SOURCES: [source("hub", secret="hf-token"), source("s3-mirror", "S3", secret="minio", ready=False)],
        DATASETS: [dataset(name, version, phase) for name, phases in MODELS_HERE.items() for version, phase in phases.items()],
    }
    made = FakeSession(objects, states=states or {})
    made.answers[NAMESPACES.path()] = {"items": [{"metadata": {"name": name}} for name in ("team-a", "team-b", "kube-system")]}
    for name in ("team-a", "team-b"):
        made.answers[NAMESPACES.path(name=name)] = {"metadata": {"name": name}}
    made.answers.update(answers)
    return made
