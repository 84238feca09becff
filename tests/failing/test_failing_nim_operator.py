"""Why NIMServices do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import BY_NAME

from modeltui.domain import Phase, Severity

UPSTREAM = ("nim-operator",)
NIMS, CACHES = "nimservices.apps.nvidia.com", "nimcaches.apps.nvidia.com"
VIEW = view_of("NIMService")
IMAGE = "nvcr.io/nim/meta/llama-3.1-8b-instruct"


@pytest.fixture
def secrets(yard: Yard) -> None:
    login = '{"auths": {"nvcr.io": {"username": "$oauthtoken", "password": "not-real"}}}'
    yard.make("secrets", "ngc-secret", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": login})
    yard.make("secrets", "ngc-api-secret", stringData={"NGC_API_KEY": "nvapi-not-real"})


def serve(yard: Yard, **spec: Any) -> Obj:
    wanted: Obj = {
        "image": {"repository": IMAGE, "tag": "1.8.4", "pullSecrets": ["ngc-secret"]},
        "authSecret": "ngc-api-secret",
        "replicas": 1,
        "resources": {"limits": {"nvidia.com/gpu": "1"}},
        "storage": {"pvc": {"create": True, "size": "50Gi", "volumeAccessMode": "ReadWriteMany"}},
        "expose": {"service": {"type": "ClusterIP", "port": 8000}},
    }
    return yard.make(NIMS, "llama", spec={**wanted, **spec})


def test_without_any_secret_the_first_is_that_of_the_key(yard: Yard) -> None:
    serve(yard)
    told = until_told(yard, VIEW, "llama", "ngc-api-secret")
    told.is_an_error("ngc-", "", "")


def test_the_registry_wants_a_login(yard: Yard, secrets: None) -> None:
    serve(yard, image={"repository": IMAGE, "tag": "1.8.4"})
    until_told(yard, VIEW, "llama", "without a pull secret").is_an_error("nvcr.io does not let", "$oauthtoken", "Pod ")


@pytest.mark.parametrize("name", ["all GPUs are taken", "the quota is used up"])
def test_what_its_pods_lack(yard: Yard, secrets: None, name: str) -> None:
    mode = BY_NAME[name]
    mode.before(yard)
    serve(yard)
    until_told(yard, VIEW, "llama", mode.says).is_an_error(mode.says, mode.remedy, mode.about)


def test_more_gpus_than_a_node_has(yard: Yard, secrets: None) -> None:
    serve(yard, resources={"limits": {"nvidia.com/gpu": "64"}})
    told = until_told(yard, VIEW, "llama", "It asks for 64 nvidia.com/gpu")
    told.is_an_error("64 nvidia.com/gpu, and no node has more than 8", "Ask for fewer", "Pod ")


def test_a_claim_that_no_class_makes(yard: Yard, secrets: None) -> None:
    serve(yard, storage={"pvc": {"create": True, "size": "50Gi", "storageClass": "fast", "volumeAccessMode": "ReadWriteMany"}})
    told = until_told(yard, VIEW, "llama", "has no volume")
    told.is_an_error("has no volume", "StorageClass", "Pod ")
    assert "fast" in told.first.reason


def test_the_cache_is_not_there(yard: Yard, secrets: None) -> None:
    serve(yard, storage={"nimCache": {"name": "weights"}})
    yard.passes(seconds=30)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error('no NIMCache "weights"', "Create it", "spec.storage.nimCache.name")


def test_the_cache_is_not_ready(yard: Yard, secrets: None) -> None:
    source = {"ngc": {"modelPuller": f"{IMAGE}:my-tag", "pullSecret": "ngc-secret", "authSecret": "ngc-api-secret"}}
    storage = {"pvc": {"create": True, "size": "50Gi", "volumeAccessMode": "ReadWriteMany"}}
    yard.make(CACHES, "weights", spec={"source": source, "storage": storage})
    serve(yard, storage={"nimCache": {"name": "weights"}})
    yard.passes(seconds=60)
    first = look(yard, VIEW, "llama").first
    assert first.reason.startswith("NIMCache weights, which its weights are in, is not ready")
    assert first.severity is Severity.WARNING
    assert "Job" in first.remedy


def test_several_nodes_without_leader_worker_sets(yard: Yard, secrets: None) -> None:
    serve(yard, multiNode={"parallelism": {"pipeline": 2, "tensor": 1}})
    yard.passes(seconds=30)
    look(yard, VIEW, "llama").is_an_error("LeaderWorkerSet", "Have LeaderWorkerSet installed", "status.state")


def test_nothing_to_keep_its_weights_in(yard: Yard, secrets: None) -> None:
    serve(yard, storage={})
    yard.passes(seconds=30)
    look(yard, VIEW, "llama").is_an_error("Its storage is missing", "Name the NIMCache", "spec.storage")
