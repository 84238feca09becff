"""Datasets that refer to another one: who may, and the copy of its volume."""

from __future__ import annotations

from urllib.parse import urlsplit

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Failed, missing, owner_reference
from modeltui.demo.controllers.kinds import CLAIMS, DATASET_LABEL, DATASETS, NAMESPACES, VOLUMES
from modeltui.demo.controllers.sharing import selected
from modeltui.demo.errors import Object


def referred(api: Api, dataset: Object) -> Object:
    """The Dataset that `dataset://<namespace>/<name>` names. Raises Failed."""
    uri = dataset["spec"]["source"]["uri"]
    parts = urlsplit(uri)
    name = parts.path.strip("/")
    found = api.find(DATASETS, name, namespace=parts.netloc)
    if found is None:
        raise Failed(f"fetch source dataset {uri} error: {missing('Dataset', name, 'dataset.baizeai.io')}")
    return found


def check_reference(api: Api, dataset: Object) -> None:
    """Raises Failed unless the other Dataset is shared with this one's namespace."""
    uri, source = dataset["spec"]["source"]["uri"], referred(api, dataset)
    if not source["spec"].get("share"):
        raise Failed(f"source dataset {uri} is not shared")
    selector = source["spec"].get("shareToNamespaceSelector")
    if selector is None:
        return
    name = dataset["metadata"]["namespace"]
    namespace = api.find(NAMESPACES, name)
    if namespace is None:
        raise Failed(f"fetch current namespace {name} error: {missing('Namespace', name)}")
    if not selected(selector, namespace["metadata"].get("labels") or {}):
        raise Failed(f"source dataset {uri} is not shared to current namespace")


def copied_volume(api: Api, dataset: Object, *, manager: str) -> Object:
    """The spec of a claim on a second volume over the same files, which is made when it is not there. Raises Failed."""
    source, metadata = referred(api, dataset), dataset["metadata"]
    where, claim_name = f"{source['metadata']['namespace']}/{source['metadata']['name']}", (source.get("status") or {}).get("pvcName")
    if not claim_name:
        raise Failed(f"source dataset {where} has no pvc")
    namespace = source["metadata"]["namespace"]
    claim = api.find(CLAIMS, claim_name, namespace=namespace)
    if claim is None:
        told = missing("PersistentVolumeClaim", claim_name)
        raise Failed(f"get pvc {namespace}/{claim_name} for source dataset {where} error: {told}")
    volume_name = claim["spec"].get("volumeName")
    if not volume_name:
        raise Failed(f"pvc {namespace}/{claim_name} has no volume")
    volume = api.find(VOLUMES, volume_name)
    if volume is None:
        raise Failed(f"get pv {volume_name} for source dataset {where} error: {missing('PersistentVolume', volume_name)}")
    name = f"dataset-{metadata['namespace']}-{metadata['name']}-{metadata['uid'][:12]}"
    if api.find(VOLUMES, name) is None:
        labels = {**(volume["metadata"].get("labels") or {}), DATASET_LABEL: metadata["name"]}
        spec = {key: value for key, value in volume["spec"].items() if key != "claimRef"}
        copy: Object = {
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": name, "labels": labels, "ownerReferences": [owner_reference(dataset)]},
            "spec": {**spec, "persistentVolumeReclaimPolicy": "Retain"},
        }
        api.create(VOLUMES, copy, manager=manager)
    return {**claim["spec"], "volumeName": name}
