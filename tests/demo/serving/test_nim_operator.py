"""NIMServices and NIMCaches as NVIDIA's operator runs them."""

from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo.controllers.failures import FAIL

NIMS, CACHES, ISVC = "nimservices.apps.nvidia.com", "nimcaches.apps.nvidia.com", "inferenceservices.serving.kserve.io"
IMAGE = "nvcr.io/nim/meta/llama-3.1-8b-instruct"
GPU = {"limits": {"nvidia.com/gpu": "1"}}


@pytest.fixture(autouse=True)
def secrets(yard: Yard) -> None:
    login = '{"auths": {"nvcr.io": {"username": "$oauthtoken", "password": "not-real"}}}'
    yard.make("secrets", "ngc-secret", type="kubernetes.io/dockerconfigjson", stringData={".dockerconfigjson": login})
    yard.make("secrets", "ngc-api-secret", stringData={"NGC_API_KEY": "nvapi-not-real"})


def serve(yard: Yard, name: str = "llama", **spec: Any) -> Obj:
    wanted: Obj = {
        "image": {"repository": IMAGE, "tag": "1.8.4", "pullSecrets": ["ngc-secret"]},
        "authSecret": "ngc-api-secret",
        "replicas": 1,
        "resources": GPU,
        "storage": {"pvc": {"create": True, "size": "50Gi", "volumeAccessMode": "ReadWriteMany"}},
        "expose": {"service": {"type": "ClusterIP", "port": 8000}},
    }
    return yard.make(NIMS, name, spec={**wanted, **spec})


def cache(yard: Yard, name: str = "weights", **metadata: Any) -> Obj:
    source = {"ngc": {"modelPuller": f"{IMAGE}:1.8.4", "pullSecret": "ngc-secret", "authSecret": "ngc-api-secret"}}
    storage = {"pvc": {"create": True, "size": "50Gi", "volumeAccessMode": "ReadWriteMany"}}
    return yard.make(CACHES, name, spec={"source": source, "storage": storage}, **metadata)


def state(yard: Yard, name: str = "llama", resource: str = NIMS) -> str:
    return str(yard.status(resource, name).get("state", ""))


def test_from_created_to_running_to_deleted(yard: Yard) -> None:
    serve(yard)
    yard.passes(seconds=1)
    assert state(yard) == "NotReady"
    assert yard.condition(NIMS, "llama", "Ready")["message"].startswith('Waiting for deployment "llama" rollout to finish: ')
    pod = yard.list("pods")[0]
    assert pod["metadata"]["labels"]["app.kubernetes.io/managed-by"] == "k8s-nim-operator"
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "llama"
    variables = {each["name"]: each for each in pod["spec"]["containers"][0]["env"]}
    assert variables["NGC_API_KEY"]["valueFrom"]["secretKeyRef"] == {"name": "ngc-api-secret", "key": "NGC_API_KEY"}
    assert variables["NIM_CACHE_PATH"]["value"] == "/model-store"

    yard.until(lambda: state(yard) == "Ready")
    status = yard.status(NIMS, "llama")
    assert yard.told(NIMS, "llama") == {"Ready": ("True", "Ready"), "Failed": ("False", "Ready")}
    assert status["model"]["name"] == "meta/llama-3.1-8b-instruct"
    assert status["model"]["clusterEndpoint"] == f"{yard.get('services', 'llama')['spec']['clusterIP']}:8000"
    assert status["availableReplicas"] == 1

    yard.delete(NIMS, "llama")
    yard.passes(seconds=60)
    assert yard.find(NIMS, "llama") is None
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []
    assert yard.find("persistentvolumeclaims", "llama-pvc") is None, "the claim that was made for it goes with it"


def test_scaled_rolled_and_with_no_replicas_its_status_stays_as_it_was(yard: Yard) -> None:
    serve(yard)
    yard.until(lambda: state(yard) == "Ready")
    yard.change(NIMS, "llama", {"spec": {"replicas": 2}})
    yard.until(lambda: yard.status(NIMS, "llama")["availableReplicas"] == 2)
    before = {pod["metadata"]["name"] for pod in yard.list("pods")}
    yard.change(NIMS, "llama", {"spec": {"annotations": {"restarted": "1"}}})
    yard.until(lambda: state(yard) == "Ready" and before.isdisjoint(pod["metadata"]["name"] for pod in yard.list("pods")))
    yard.change(NIMS, "llama", {"spec": {"replicas": 0}})
    yard.passes(seconds=60)
    assert yard.list("pods") == []
    assert state(yard) != "Failed"
    assert yard.status(NIMS, "llama")["availableReplicas"] == 0


def test_an_image_that_is_not_to_be_pulled_is_only_told_as_not_ready(yard: Yard) -> None:
    serve(yard, image={"repository": IMAGE, "tag": "1.8.4"})
    yard.passes(minutes=3)
    assert state(yard) == "NotReady"
    pod = yard.list("pods")[0]
    assert any("401 Unauthorized" in message for _, message in yard.events(pod["metadata"]["name"]))


def test_a_missing_key_keeps_the_container_from_being_made(yard: Yard) -> None:
    serve(yard, authSecret="nope")
    yard.passes(minutes=1)
    waiting = yard.list("pods")[0]["status"]["containerStatuses"][0]["state"]["waiting"]
    assert (waiting["reason"], waiting["message"]) == ("CreateContainerConfigError", 'secret "nope" not found')
    yard.make("secrets", "nope", stringData={"NGC_API_KEY": "nvapi-not-real"})
    yard.until(lambda: state(yard) == "Ready", step=5)


def test_a_failure_on_demand_reaches_the_pods(yard: Yard) -> None:
    serve(yard, annotations={FAIL: "crash"})
    yard.passes(minutes=5)
    assert state(yard) == "NotReady"
    assert yard.list("pods")[0]["status"]["containerStatuses"][0]["restartCount"] > 0


def test_without_any_storage_only_an_event_says_so(yard: Yard) -> None:
    serve(yard, storage={})
    yard.passes(seconds=1)
    assert state(yard) == ""
    assert any("neither external PVC name" in message for _, message in yard.events("llama"))
    assert yard.list("deployments.apps") == []


def test_a_cache_fills_its_volume_and_the_service_waits_for_it(yard: Yard) -> None:
    serve(yard, storage={"nimCache": {"name": "weights"}})
    yard.passes(seconds=1)
    assert state(yard) == "Failed"
    assert yard.told(NIMS, "llama")["Failed"] == ("True", "NIMCacheNotFound")
    cache(yard)
    yard.until(lambda: state(yard, "weights", CACHES) == "InProgress")
    assert state(yard) == "NotReady"
    assert yard.condition(NIMS, "llama", "Ready")["message"] == "NIMCache weights not ready"
    assert yard.told(CACHES, "weights")["NIM_CACHE_PVC_CREATED"] == ("True", "PVCCreated")
    yard.until(lambda: state(yard, "weights", CACHES) == "Ready")
    assert yard.status(CACHES, "weights")["pvc"] == "weights-pvc"
    assert yard.told(CACHES, "weights")["NIM_CACHE_JOB_COMPLETED"] == ("True", "JobCompleted")
    yard.until(lambda: state(yard) == "Ready")
    volumes = yard.list("deployments.apps")[0]["spec"]["template"]["spec"]["volumes"]
    assert {"name": "model-store", "persistentVolumeClaim": {"claimName": "weights-pvc"}} in volumes


def test_a_cache_whose_job_fails_fails_the_service(yard: Yard) -> None:
    cache(yard, annotations={FAIL: "crash"})
    serve(yard, storage={"nimCache": {"name": "weights"}})
    yard.until(lambda: state(yard, "weights", CACHES) == "Failed")
    assert yard.told(CACHES, "weights")["NIM_CACHE_JOB_COMPLETED"] == ("False", "JobFailed")
    assert yard.told(NIMS, "llama")["Failed"] == ("True", "NIMCacheFailed")


def test_a_cache_without_a_claim_is_told(yard: Yard) -> None:
    source = {"ngc": {"modelPuller": f"{IMAGE}:1.8.4", "authSecret": "ngc-api-secret"}}
    yard.make(CACHES, "weights", spec={"source": source, "storage": {"pvc": {"name": "nope"}}})
    yard.passes(seconds=1)
    assert state(yard, "weights", CACHES) == "NotReady"
    assert 'persistentvolumeclaims "nope" not found' in yard.condition(CACHES, "weights", "NIM_CACHE_RECONCILE_FAILED")["message"]


def test_on_kserve_it_is_an_inference_service_and_stops_by_its_annotation(yard: Yard) -> None:
    serve(yard, inferencePlatform="kserve", annotations={"serving.kserve.io/deploymentMode": "Standard"})
    yard.until(lambda: state(yard) == "Ready")
    child = yard.get(ISVC, "llama")
    assert child["metadata"]["ownerReferences"][0]["kind"] == "NIMService"
    assert yard.list("pods")[0]["metadata"]["labels"]["app.kubernetes.io/name"] == "llama"
    assert yard.status(NIMS, "llama")["model"]["name"] == "meta/llama-3.1-8b-instruct"
    yard.change(NIMS, "llama", {"spec": {"annotations": {"serving.kserve.io/stop": "true"}}})
    yard.passes(seconds=60)
    assert yard.list("pods") == []
    assert state(yard) == "NotReady"
    assert "Stopped" in yard.condition(NIMS, "llama", "Ready")["message"]
