"""LocalModelCaches: weights on the disks of nodes, told node by node."""

from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo.controllers.failures import FAIL

CACHES, GROUPS = "localmodelcaches.serving.kserve.io", "localmodelnodegroups.serving.kserve.io"
ISVC = "inferenceservices.serving.kserve.io"
URI = "hf://Qwen/Qwen2.5-0.5B"


@pytest.fixture(autouse=True)
def nothing_before(yard: Yard) -> None:
    """They belong to the cluster."""
    for resource in (CACHES, GROUPS):
        for each in yard.api.list(resource):
            yard.api.delete(resource, each["metadata"]["name"])
    yard.passes(seconds=60)


def group(yard: Yard, *nodes: str) -> None:
    terms = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": list(nodes)}]}]
    for name in nodes:
        yard.api.patch("nodes", name, {"metadata": {"labels": {"kubernetes.io/hostname": name}}}, manager="test")
    volume = {"capacity": {"storage": "500Gi"}, "accessModes": ["ReadWriteOnce"], "local": {"path": "/models"}}
    volume |= {"nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "500Gi"}}}
    spec = {"storageLimit": "500Gi", "persistentVolumeSpec": volume, "persistentVolumeClaimSpec": claim}
    yard.make(GROUPS, "gpus", namespace="", spec=spec)


def keep(yard: Yard, name: str = "qwen", *, annotations: Any = None) -> Obj:
    spec = {"sourceModelUri": URI, "modelSize": "2Gi", "nodeGroups": ["gpus"]}
    return yard.make(CACHES, name, namespace="", annotations=annotations, spec=spec)


def status(yard: Yard) -> Obj:
    return dict(yard.api.get(CACHES, "qwen").get("status") or {})


def test_from_asked_for_to_there_on_every_node(yard: Yard) -> None:
    group(yard, "h100-1", "mi300-1")
    keep(yard)
    yard.passes(seconds=1)
    assert status(yard)["copies"] == {"total": 2}
    yard.until(lambda: "NodeDownloading" in status(yard)["nodeStatus"].values())
    yard.until(lambda: status(yard)["copies"] == {"available": 2, "total": 2})
    assert status(yard)["nodeStatus"] == {"h100-1": "NodeDownloaded", "mi300-1": "NodeDownloaded"}
    jobs = yard.api.list("jobs.batch", namespace="kserve-localmodel-jobs")
    assert sorted(each["metadata"]["name"] for each in jobs) == ["qwen-h100-1", "qwen-mi300-1"]
    yard.make(ISVC, "uses-it", spec={"predictor": {"model": {"modelFormat": {"name": "huggingface"}, "storageUri": URI}}})
    yard.passes(seconds=1)
    assert status(yard)["inferenceServices"] == [{"name": "uses-it", "namespace": yard.ns}]
    yard.api.delete(CACHES, "qwen")
    yard.passes(seconds=60)
    assert yard.api.find(CACHES, "qwen") is None
    assert yard.api.list("jobs.batch", namespace="kserve-localmodel-jobs") == []


def test_a_download_that_fails_is_counted(yard: Yard) -> None:
    group(yard, "h100-1")
    keep(yard, annotations={FAIL: "crash"})
    yard.until(lambda: status(yard).get("copies") == {"failed": 1, "total": 1}, step=5)
    assert status(yard)["nodeStatus"] == {"h100-1": "NodeDownloadError"}


def test_without_its_group_nothing_is_told_until_it_comes(yard: Yard) -> None:
    keep(yard)
    yard.passes(seconds=10)
    assert status(yard) == {}
    group(yard, "h100-1")
    yard.until(lambda: status(yard).get("copies") == {"available": 1, "total": 1})


def test_a_node_that_is_not_ready_is_told_and_waited_for(yard: Yard) -> None:
    group(yard, "cpu-1")
    lost = [{"type": "Ready", "status": "Unknown"}]
    node = yard.api.get("nodes", "cpu-1")
    fine = node["status"]["conditions"]
    yard.api.update("nodes", {**node, "status": {**node["status"], "conditions": lost}}, manager="test", subresource="status")
    try:
        keep(yard)
        yard.passes(seconds=1)
        assert status(yard)["nodeStatus"] == {"cpu-1": "NodeNotReady"}
    finally:
        node = yard.api.get("nodes", "cpu-1")
        yard.api.update("nodes", {**node, "status": {**node["status"], "conditions": fine}}, manager="test", subresource="status")
    yard.until(lambda: status(yard)["nodeStatus"] == {"cpu-1": "NodeDownloaded"})
