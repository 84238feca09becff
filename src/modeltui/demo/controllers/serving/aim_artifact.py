"""AIMArtifact: weights on a volume of their own. A Job finds out their size, a claim is made, a second Job downloads and tells how far it
is every five seconds; at 99 % it waits for the end, and what is complete is verified."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.job import finished
from modeltui.demo.controllers.kinds import CLAIMS, JOBS, PODS
from modeltui.demo.controllers.loader import size_of
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.aim_health import FAILED, PENDING, PREFIX, PROGRESSING, READY, Health, paused, status
from modeltui.demo.controllers.serving.children import Children, owned
from modeltui.demo.controllers.serving.conditions import told, with_condition
from modeltui.demo.controllers.serving.kinds import AIM_ARTIFACTS, AIM_CLUSTER_CONFIGS, AIM_CONFIGS
from modeltui.demo.errors import Object
from modeltui.demo.strategies.volumes import amount

EVERY: Final = 5.0
"""Seconds between two looks at the progress."""
CHECKING, VERIFYING = 4, 6
"""Seconds that the size takes to be found, and the verification."""
RUNS_FOR: Final = "demo.modeltui.dev/runs-for"
_SEQUENCE: Final = ("XET", "HF_TRANSFER", "HTTP")


class Artifacts:
    name = "aimartifact-controller"
    watches: Mapping[str, Mapper] = {AIM_ARTIFACTS: itself, JOBS: owned_by("AIMArtifact"), CLAIMS: owned_by("AIMArtifact")}

    def __init__(self, *, pace: float) -> None:
        self._children = Children(self.name)
        self._pace = pace

    def reconcile(self, api: Api, key: Key) -> float | None:
        artifact = find(api, AIM_ARTIFACTS, key)
        if artifact is None or deleting(artifact) or paused(artifact):
            return None
        old = status_of(artifact)
        if old.get("status") == READY:
            return None
        again, new, health = self._step(api, artifact, {**old, "mode": mode(artifact)})
        new = status(new, artifact, [health])
        done = (new.get("progress") or {}).get("percentage") == 100
        complete = told(old, "DownloadComplete", done, "Downloaded" if done else "Downloading", "")
        write_status(api, AIM_ARTIFACTS, artifact, with_condition(new, complete), manager=self.name)
        return again

    def _step(self, api: Api, artifact: Object, new: Object) -> tuple[float | None, Object, Health]:
        spec = artifact["spec"]
        size = float(amount(spec["size"]) or 0) if spec.get("size") else float(new.get("discoveredSizeBytes", 0))
        if not size:
            check = self._children.keep(api, JOBS, job(artifact, "check-size", seconds=CHECKING), owner=artifact)
            if _failed(check):
                return None, new, _told_why(api, check, "SizeCheckFailed")
            if not finished(check):
                return None, new, Health("Artifact", PROGRESSING, "CheckingSize", "Asking for the size of the weights")
            size = float(int(size_of(spec["sourceUri"])))
            new = {**new, "discoveredSizeBytes": int(size)}
        storage = self._storage(api, artifact)
        headroom = storage.get("pvcHeadroomPercent", 10)
        wanted = claim(artifact, size * (100 + headroom) / 100, spec.get("storageClassName") or storage.get("defaultStorageClassName", ""))
        made = self._children.keep(api, CLAIMS, wanted, owner=artifact)
        new |= {"persistentVolumeClaim": made["metadata"]["name"], "headroomPercent": headroom, "displaySize": _gib(size)}
        new["allocatedSize"] = made["spec"]["resources"]["requests"]["storage"]
        seconds = int(20 + 60 * min(1.0, size / 150e9) ** 0.5)
        download = self._children.keep(api, JOBS, job(artifact, "download", seconds=seconds + VERIFYING, claim=made), owner=artifact)
        if _failed(download):
            attempt = {**(new.get("download") or {}), "message": "Download failed"}
            return None, {**new, "download": attempt}, _told_why(api, download, "DownloadFailed")
        if finished(download):
            full = {"percentage": 100, "displayPercentage": "100 %", "downloadedBytes": int(size), "totalBytes": int(size)}
            done = {**(new.get("download") or {}), "message": "Complete"}
            return None, {**new, "progress": full, "download": done}, Health("Artifact", READY, "Verified", "The weights are verified")
        elapsed = self._elapsed(api, download)
        if elapsed is None:
            if (made.get("status") or {}).get("phase") != "Bound":
                return None, new, Health("Artifact", PENDING, "PVCPending", f"PVC {made['metadata']['name']} is not bound")
            return EVERY, new, Health("Artifact", PROGRESSING, "Downloading", "The download is starting")
        new |= progress(size, elapsed / seconds)
        if elapsed >= seconds:
            return EVERY, new, Health("Artifact", PROGRESSING, "Verifying", "Verifying the download")
        return EVERY, new, Health("Artifact", PROGRESSING, "Downloading", "Downloading the weights")

    def _elapsed(self, api: Api, download: Object) -> float | None:
        """Seconds since the newest Pod of the Job began to download; None before."""
        began = [
            each["state"]["running"]["startedAt"]
            for pod in owned(api, PODS, download)
            for each in (pod.get("status") or {}).get("containerStatuses") or []
            if "running" in (each.get("state") or {})
        ]
        return None if not began else (clock.now() - clock.parse(max(began))).total_seconds() * self._pace

    def _storage(self, api: Api, artifact: Object) -> Object:
        return runtime_config(api, artifact["spec"].get("runtimeConfigName", ""), artifact["metadata"]["namespace"]).get("storage") or {}


def runtime_config(api: Api, name: str, namespace: str) -> Object:
    """The spec of the namespace's configuration over that of the cluster, both of the same name ("default" for none)."""
    found: Object = {}
    for resource, where in ((AIM_CLUSTER_CONFIGS, None), (AIM_CONFIGS, namespace)):
        config = api.find(resource, name or "default", namespace=where) if api.served(resource) else None
        for key, value in ((config or {}).get("spec") or {}).items():
            found[key] = {**found.get(key, {}), **value} if isinstance(value, dict) else value
    return found


def mode(artifact: Object) -> str:
    """One that belongs to a service's own cache goes with it."""
    return "Dedicated" if artifact["metadata"].get("ownerReferences") else "Shared"


def progress(size: float, share: float) -> Object:
    """What the downloader patches: never more than 99 % before it has ended."""
    percent = min(99, int(100 * share))
    told = {
        "percentage": percent,
        "displayPercentage": f"{percent} %",
        "downloadedBytes": int(size * min(0.99, share)),
        "totalBytes": int(size),
    }
    about = {"protocol": _SEQUENCE[0], "attempt": 1, "totalAttempts": len(_SEQUENCE), "protocolSequence": ",".join(_SEQUENCE)}
    return {"progress": told, "download": {**about, "message": "Downloading"}}


def job(artifact: Object, task: str, *, seconds: float, claim: Object | None = None) -> Object:
    metadata, spec = artifact["metadata"], artifact["spec"]
    digits = hashlib.sha256(f"{metadata['uid']}/{task}".encode()).hexdigest()[:8]
    name = f"{metadata['name'][: 62 - len(task) - 9].rstrip('-')}-{task}-{digits}"
    labels = {f"{PREFIX}/cache.name": metadata["name"][:63].rstrip("-"), f"{PREFIX}/component": task, f"{PREFIX}/cache.type": "artifact"}
    image = spec.get("modelDownloadImage", "ghcr.io/silogen/aim-artifact-downloader:0.2.0")
    container: Object = {"name": task, "image": image, "args": [spec["sourceUri"]], "env": spec.get("env") or []}
    pod: Object = {"restartPolicy": "Never", "containers": [container]}
    if claim is not None:
        container["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
        pod["volumes"] = [{"name": "cache", "persistentVolumeClaim": {"claimName": claim["metadata"]["name"]}}]
    if spec.get("imagePullSecrets"):
        pod["imagePullSecrets"] = spec["imagePullSecrets"]
    template = {"metadata": {"labels": labels, "annotations": {RUNS_FOR: str(seconds)}}, "spec": pod}
    limits = {"backoffLimit": 2, "ttlSecondsAfterFinished": 600 if task == "download" else 300}
    return {"metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels}, "spec": {**limits, "template": template}}


def claim(artifact: Object, size: float, storage_class: str) -> Object:
    metadata = artifact["metadata"]
    digits = hashlib.sha256(f"{metadata['uid']}/cache".encode()).hexdigest()[:8]
    labels = {f"{PREFIX}/cache.name": metadata["name"][:63].rstrip("-"), f"{PREFIX}/cache.type": "artifact"}
    spec: Object = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": f"{max(1, round(size / 2**30 + 0.5))}Gi"}}}
    if storage_class:
        spec["storageClassName"] = storage_class
    name = f"{metadata['name'][:47].rstrip('-')}-cache-{digits}"
    return {"metadata": {"name": name, "namespace": metadata["namespace"], "labels": labels}, "spec": spec}


def _gib(size: float) -> str:
    return f"{size / 2**30:.2f} GiB"


def _failed(job: Object) -> bool:
    conditions = (job.get("status") or {}).get("conditions") or []
    return any(each["type"] == "Failed" and each["status"] == "True" for each in conditions)


def _told_why(api: Api, job: Object, reason: str) -> Health:
    """What the log of its last Pod ends with decides whether the credentials or the address are wrong."""
    said = ""
    for pod in owned(api, PODS, job):
        for container in pod["spec"]["containers"]:
            lines = [line.text for line in api.logs.read(pod["metadata"]["namespace"], pod["metadata"]["name"], container["name"])]
            said = next((line for line in reversed(lines) if "Error" in line), said)
    if "401" in said or "Gated" in said or "restricted" in said:
        return Health("Artifact", FAILED, reason, said, wrong="auth", category="AuthError")
    if "404" in said:
        return Health("Artifact", FAILED, reason, said, wrong="config", category="InvalidSpec")
    return Health("Artifact", FAILED, reason, said or "The Job failed", wrong="infrastructure", category="InfrastructureError")
