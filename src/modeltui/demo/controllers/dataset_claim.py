"""The claim of a Dataset, and the volume below it where its type brings one (NFS, REFERENCE)."""

from __future__ import annotations

from urllib.parse import urlsplit

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, missing, owner_reference
from modeltui.demo.controllers.dataset_reference import copied_volume
from modeltui.demo.controllers.kinds import CLAIMS, DATASET_LABEL, VOLUMES
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object, StatusError

DEFAULT_SIZE = "100Ti"


def with_volumes(api: Api, dataset: Object, *, manager: str) -> None:
    """Makes what is missing and writes `status.pvcName`; NFS and REFERENCE count as loaded once they are there. Raises Failed."""
    metadata, spec, status = dataset["metadata"], dataset["spec"], dataset["status"]
    if spec.get("volumeClaimRef") is not None:
        status["pvcName"] = _given_claim(api, dataset)
        return
    name, loaded, source = claim_name(dataset), spec.get("dataSyncRound", 1), spec["source"]
    match source["type"]:
        case "PVC":
            status["pvcName"] = _adopt(api, dataset, manager=manager)
            return
        case "REFERENCE":
            if any(each["type"] == "PVC" and each["status"] == "True" for each in status.get("conditions") or []):
                return
            claim = copied_volume(api, dataset, manager=manager)
            status["lastSucceedRound"], status["readOnly"] = loaded, True
        case "NFS":
            volume = _nfs_volume(api, dataset, name, manager=manager)
            status["lastSucceedRound"] = loaded
            claim = {**claim_spec(spec), "storageClassName": "nfs-csi", "volumeName": volume}
        case _:
            claim = claim_spec(spec)
    status["pvcName"] = name
    existing = api.find(CLAIMS, name, namespace=metadata["namespace"])
    if existing is not None:
        if (existing["metadata"].get("labels") or {}).get(DATASET_LABEL) != metadata["name"]:
            raise Failed(f"pvc {name} already exists, but not belong to dataset {metadata['name']}")
        return
    made = {
        "name": name,
        "namespace": metadata["namespace"],
        "labels": {**(metadata.get("labels") or {}), DATASET_LABEL: metadata["name"]},
        "annotations": metadata.get("annotations") or {},
        "ownerReferences": [owner_reference(dataset)],
    }
    api.create(CLAIMS, {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": made, "spec": claim}, manager=manager)


def remove_volumes(api: Api, dataset: Object, *, manager: str) -> None:
    """At deletion: the claim goes, and with it the files; one that was there before (type PVC, volumeClaimRef) stays."""
    namespace, kind = dataset["metadata"]["namespace"], dataset["spec"]["source"]["type"]
    if dataset["spec"].get("volumeClaimRef") is not None:
        _given_claim(api, dataset)  # a quirk: without that claim the deletion never ends
        return
    if kind == "REFERENCE":
        return
    name = claim_name(dataset)
    match kind:
        case "PVC":
            claim = api.find(CLAIMS, urlsplit(dataset["spec"]["source"]["uri"]).netloc, namespace=namespace)
            if claim is not None and (claim["metadata"].get("labels") or {}).get(DATASET_LABEL) == dataset["metadata"]["name"]:
                del claim["metadata"]["labels"][DATASET_LABEL]
                api.update(CLAIMS, claim, manager=manager)
        case "NFS":
            # The claim is left to its owner reference.
            _gone(api, VOLUMES, _nfs_name(namespace, name), None)
        case _:
            _gone(api, CLAIMS, name, namespace)


def claim_name(dataset: Object) -> str:
    template = (dataset["spec"].get("volumeClaimTemplate") or {}).get("metadata") or {}
    return str(template.get("name") or dataset["metadata"]["name"])


def claim_spec(spec: Object) -> Object:
    """The template's spec with the controller's defaults: ReadWriteMany, Filesystem, 100Ti. Pure."""
    wanted: Object = copied((spec.get("volumeClaimTemplate") or {}).get("spec") or {})
    wanted["accessModes"] = wanted.get("accessModes") or ["ReadWriteMany"]
    wanted.setdefault("volumeMode", "Filesystem")
    requests = wanted.setdefault("resources", {}).setdefault("requests", {})
    if str(requests.get("storage", "0")) in ("0", ""):
        requests["storage"] = DEFAULT_SIZE
    return wanted


def _given_claim(api: Api, dataset: Object) -> str:
    namespace, name = dataset["metadata"]["namespace"], dataset["spec"]["volumeClaimRef"]["name"]
    claim = api.find(CLAIMS, name, namespace=namespace)
    if claim is None:
        told = missing("PersistentVolumeClaim", name)
        raise Failed(f"get pvc {namespace}/{name} for dataset {namespace}/{dataset['metadata']['name']} error: {told}")
    phase = (claim.get("status") or {}).get("phase", "")
    if phase != "Bound":
        raise Failed(f"pvc {namespace}/{name} is not bound yet, current phase: {phase}")
    return str(name)


def _adopt(api: Api, dataset: Object, *, manager: str) -> str:
    """Labels the claim that a `pvc://<name>/<path>` names. Raises Failed when it is not there or another Dataset's."""
    namespace, own = dataset["metadata"]["namespace"], dataset["metadata"]["name"]
    name = str(urlsplit(dataset["spec"]["source"]["uri"]).netloc)
    claim = api.find(CLAIMS, name, namespace=namespace)
    if claim is None:
        raise Failed(missing("PersistentVolumeClaim", name))
    labels = claim["metadata"].setdefault("labels", {})
    if labels.setdefault(DATASET_LABEL, own) != own:
        raise Failed(f"pvc {name} is not belong to dataset {namespace}/{own}")
    api.update(CLAIMS, claim, manager=manager)
    return name


def _nfs_name(namespace: str, claim: str) -> str:
    return f"dataset-{namespace}-pvc-{claim}"


def _nfs_volume(api: Api, dataset: Object, claim: str, *, manager: str) -> str:
    metadata, parts = dataset["metadata"], urlsplit(dataset["spec"]["source"]["uri"])
    name = _nfs_name(metadata["namespace"], claim)
    existing = api.find(VOLUMES, name)
    if existing is not None:
        if (existing["metadata"].get("labels") or {}).get(DATASET_LABEL) != metadata["name"]:
            raise Failed(f"pv {name} is not belong to dataset {metadata['namespace']}/{metadata['name']}")
        return name
    attributes = {
        "server": parts.netloc,
        "share": "/",
        "subdir": parts.path,
        "onDelete": "retain",
        "csi.storage.k8s.io/pv/name": name,
        "csi.storage.k8s.io/pvc/name": claim,
        "csi.storage.k8s.io/pvc/namespace": metadata["namespace"],
        "mountPermissions": (dataset["spec"].get("mountOptions") or {}).get("mode", ""),
    }
    volume: Object = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": name,
            "labels": {DATASET_LABEL: metadata["name"]},
            "annotations": {"pv.kubernetes.io/provisioned-by": "nfs.csi.k8s.io"},
            "ownerReferences": [owner_reference(dataset)],
        },
        "spec": {
            "capacity": {"storage": DEFAULT_SIZE},
            "accessModes": ["ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "nfs-csi",
            "mountOptions": ["nfsvers=4.1"],
            "csi": {
                "driver": "nfs.csi.k8s.io",
                "volumeHandle": f"{parts.netloc}#{parts.path}#{name}#",
                "volumeAttributes": attributes,
            },
        },
    }
    api.create(VOLUMES, volume, manager=manager)
    return name


def _gone(api: Api, resource: str, name: str, namespace: str | None) -> None:
    try:
        api.delete(resource, name, namespace=namespace)
    except StatusError as problem:
        if problem.code != 404:
            raise
