"""The Job that loads one round of a Dataset. Pure."""

from __future__ import annotations

import re
from typing import Any, Final

from modeltui.demo.controllers.controller import owner_reference
from modeltui.demo.controllers.kinds import DATASET_LABEL
from modeltui.demo.errors import Object

IMAGE: Final = "ghcr.io/baizeai/dataset-data-loader:v0.1.6"
"""What the controller's configuration names; without one it would run an `ubuntu` that only echoes."""
MOUNT: Final = "/baize/dataset/data"
PRELOADED: Final = frozenset({"GIT", "S3", "HTTP", "CONDA", "HUGGING_FACE", "MODEL_SCOPE", "DATABASE", "HADOOP"})
GPU_REQUESTS: Final = {
    "nvidia-gpu": {"nvidia.com/gpu": "1"},
    "nvidia-vgpu": {"nvidia.com/vgpu": "1", "nvidia.com/gpumem": "500"},
    "metax-gpu": {"metax-tech.com/gpu": "1"},
}


def preloads(dataset: Object) -> bool:
    """Whether this type is loaded by a Job; the others only point at what is there."""
    return dataset["spec"]["source"]["type"] in PRELOADED


def job_name(dataset: str, number: int) -> str:
    return f"dataset-{dataset}-round-{number}"


def loader_job(dataset: Object, number: int) -> Object:
    metadata, spec = dataset["metadata"], dataset["spec"]
    volumes: list[Any] = [{"name": "dataset-pvc", "persistentVolumeClaim": {"claimName": dataset["status"]["pvcName"]}}]
    mount: Object = {"name": "dataset-pvc", "mountPath": MOUNT}
    if path := (spec.get("volumeClaimRef") or {}).get("subPath"):
        mount["subPath"] = path
    mounts: list[Any] = [mount]
    if secret := spec.get("secretRef"):
        volumes.insert(0, {"name": "dataset-secret", "secret": {"secretName": secret}})
        mounts.insert(0, {"name": "dataset-secret", "mountPath": "/run/dataset/secrets", "readOnly": True})
    container = {
        "name": "dataset-loader",
        "image": IMAGE,
        "args": loader_args(dataset),
        "resources": _resources(spec["source"]),
        "volumeMounts": mounts,
    }
    made = {
        "name": job_name(metadata["name"], number),
        "namespace": metadata["namespace"],
        "labels": {**(metadata.get("labels") or {}), DATASET_LABEL: metadata["name"]},
        "annotations": metadata.get("annotations") or {},
        "ownerReferences": [owner_reference(dataset)],
    }
    template = {"spec": {"restartPolicy": "Never", "containers": [container], "volumes": volumes}}
    job = {"backoffLimit": 4, "completionMode": "NonIndexed", "completions": 1, "parallelism": 1, "template": template}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": made, "spec": job}


def loader_args(dataset: Object) -> list[str]:
    """Options stand here in clear, secret values among them."""
    source, mount = dataset["spec"]["source"], dataset["spec"].get("mountOptions") or {}
    options = dict(source.get("options") or {})
    if source["type"] == "CONDA":
        for key in ("condaEnvironmentYml", "pipRequirementsTxt", "gpuType"):
            options.pop(key, None)
    args = [source["type"], source["uri"]]
    for key, value in sorted(options.items()):
        args.append(f'--options={key}="{value}"' if re.search(r"\s", value) else f"--options={key}={value}")
    args += [f"--mount-{part}={mount[part]}" for part in ("path", "mode") if mount.get(part)]
    return [*args, f"--mount-uid={mount.get('uid', 0)}", f"--mount-gid={mount.get('gid', 0)}", f"--mount-root={MOUNT}"]


def _resources(source: Object) -> Object:
    match source["type"]:
        case "CONDA":
            requests, limits = {"cpu": "2", "memory": "2Gi"}, {"cpu": "4", "memory": "4Gi"}
        case "HUGGING_FACE" | "MODEL_SCOPE":
            requests, limits = {"cpu": "2", "memory": "2Gi"}, {"cpu": "4", "memory": "8Gi"}
        case _:
            requests, limits = {"cpu": "100m", "memory": "100Mi"}, {"cpu": "2", "memory": "2000Mi"}
    gpus = GPU_REQUESTS.get((source.get("options") or {}).get("gpuType", ""), {})
    return {"requests": {**requests, **gpus}, "limits": {**limits, **gpus}}
