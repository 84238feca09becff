"""InferenceServices as KServe runs them in Standard mode."""

from typing import Any

import pytest
from yard import Obj, Yard

ISVC, RUNTIMES, CLUSTER = (
    "inferenceservices.serving.kserve.io",
    "servingruntimes.serving.kserve.io",
    "clusterservingruntimes.serving.kserve.io",
)


@pytest.fixture
def runtime(yard: Yard) -> Obj:
    return make_runtime(yard, "vllm")


def make_runtime(yard: Yard, name: str, *, auto: bool = True, priority: int = 1, **more: Any) -> Obj:
    args = ["--model_name={{.Name}}", "--model_dir=/mnt/models"]
    container = {
        "name": "kserve-container",
        "image": f"kserve/{name}:v1",
        "args": args,
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
    }
    formats = [{"name": "huggingface", "version": "1", "autoSelect": auto, "priority": priority}]
    return yard.make(RUNTIMES, name, spec={"supportedModelFormats": formats, "containers": [container], **more})


def serve(yard: Yard, name: str = "qwen", *, annotations: Any = None, **model: Any) -> Obj:
    gpu = {"requests": {"nvidia.com/gpu": "1"}, "limits": {"nvidia.com/gpu": "1"}}
    told = {"modelFormat": {"name": "huggingface"}, "storageUri": "hf://Qwen/Qwen2.5-0.5B", "resources": gpu, **model}
    return yard.make(ISVC, name, annotations=annotations, spec={"predictor": {"minReplicas": 1, "model": told}})


def ready(yard: Yard, name: str = "qwen") -> bool:
    return yard.condition(ISVC, name, "Ready").get("status") == "True"


def test_from_created_to_running_to_stopped_to_deleted(yard: Yard, runtime: Obj) -> None:
    serve(yard)
    yard.passes(seconds=1)
    service, status = yard.get(ISVC, "qwen"), yard.status(ISVC, "qwen")
    assert service["metadata"]["finalizers"] == ["inferenceservice.finalizers"]
    assert status["deploymentMode"] == "Standard"
    assert status["servingRuntimeName"] == "vllm"
    assert [each["type"] for each in status["conditions"]] == ["IngressReady", "PredictorReady", "Ready", "Stopped"]
    assert yard.condition(ISVC, "qwen", "Ready")["status"] != "True"
    assert yard.condition(ISVC, "qwen", "Ready")["reason"] == "Predictor ingress not created", "it repeats what was marked last"
    assert status["modelStatus"]["transitionStatus"] == "InProgress"
    assert "url" not in status

    yard.until(lambda: ready(yard))
    status = yard.status(ISVC, "qwen")
    assert {kind: word for kind, (word, _) in yard.told(ISVC, "qwen").items()} == {
        "IngressReady": "True",
        "PredictorReady": "True",
        "Ready": "True",
        "Stopped": "False",
    }
    assert yard.told(ISVC, "qwen")["PredictorReady"] == ("True", ""), "a condition that turned True has no reason"
    assert status["url"] == f"http://qwen-{yard.ns}.models.example.com"
    assert status["address"]["url"] == f"http://qwen-predictor.{yard.ns}.svc.cluster.local"
    assert status["modelStatus"]["states"] == {"activeModelState": "Loaded", "targetModelState": "Loaded"}
    assert status["modelStatus"]["copies"] == {"failedCopies": 0, "totalCopies": 1}
    assert ("InferenceServiceReady", "InferenceService [qwen] is Ready") in yard.events("qwen")

    yard.change(ISVC, "qwen", {"metadata": {"annotations": {"serving.kserve.io/stop": "true"}}})
    yard.passes(seconds=60)
    assert yard.find("deployments.apps", "qwen-predictor") is None
    assert yard.find("services", "qwen-predictor") is None
    assert yard.list("pods") == []
    assert yard.told(ISVC, "qwen") == {
        "IngressReady": ("False", "Stopped"),
        "PredictorReady": ("False", "Stopped"),
        "Ready": ("False", "Stopped"),
        "Stopped": ("True", ""),
    }
    assert "url" not in yard.status(ISVC, "qwen")
    assert ("InferenceServiceNotReady", "InferenceService [qwen] is no longer Ready") in yard.events("qwen")

    yard.change(ISVC, "qwen", {"metadata": {"annotations": {"serving.kserve.io/stop": "false"}}})
    yard.until(lambda: ready(yard))
    assert yard.told(ISVC, "qwen")["Stopped"] == ("False", "")

    yard.delete(ISVC, "qwen")
    yard.passes(seconds=60)
    assert yard.find(ISVC, "qwen") is None
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []


@pytest.mark.parametrize("key", ["storageSecretName", "secretName"])
def test_the_children_are_as_kserve_makes_them(yard: Yard, runtime: Obj, key: str) -> None:
    yard.make("secrets", "hf-token", stringData={"HF_TOKEN": "hf_notReal"})
    serve(yard, annotations={f"serving.kserve.io/{key}": "hf-token"}, args=["--max-model-len=4096"], env=[{"name": "A", "value": "b"}])
    yard.passes(seconds=1)
    deployment, service = yard.get("deployments.apps", "qwen-predictor"), yard.get("services", "qwen-predictor")
    template = deployment["spec"]["template"]
    assert template["metadata"]["labels"] == {
        "app": "isvc.qwen-predictor",
        "component": "predictor",
        "serving.kserve.io/inferenceservice": "qwen",
    }
    main, initial = template["spec"]["containers"][0], template["spec"]["initContainers"][0]
    assert main["args"] == ["--model_name=qwen", "--model_dir=/mnt/models", "--max-model-len=4096"]
    assert {each["name"]: each["value"] for each in main["env"]} == {"A": "b", "INFERENCE_SERVICE_NAME": "qwen"}
    assert main["resources"]["limits"] == {"cpu": "1", "memory": "2Gi", "nvidia.com/gpu": "1"}
    assert (initial["name"], initial["args"]) == ("storage-initializer", ["hf://Qwen/Qwen2.5-0.5B", "/mnt/models"])
    assert initial["env"][0]["valueFrom"]["secretKeyRef"] == {"name": "hf-token", "key": "HF_TOKEN"}
    assert [each["kind"] for each in deployment["metadata"]["ownerReferences"]] == ["InferenceService"]
    assert (service["spec"]["clusterIP"], service["spec"]["ports"][0]["port"], service["spec"]["ports"][0]["targetPort"]) == (
        "None",
        80,
        8080,
    )


def test_weights_on_a_claim_are_mounted_and_not_fetched(yard: Yard, runtime: Obj) -> None:
    serve(yard, storageUri="pvc://weights/qwen/fp16")
    yard.passes(seconds=1)
    spec = yard.get("deployments.apps", "qwen-predictor")["spec"]["template"]["spec"]
    assert "initContainers" not in spec
    assert spec["volumes"] == [{"name": "kserve-pvc-source", "persistentVolumeClaim": {"claimName": "weights"}}]
    assert spec["containers"][0]["volumeMounts"][0]["subPath"] == "qwen/fp16"


def test_a_change_of_the_service_or_its_runtime_rolls_the_deployment(yard: Yard, runtime: Obj) -> None:
    serve(yard)
    yard.until(lambda: ready(yard))
    yard.change(ISVC, "qwen", {"spec": {"predictor": {"minReplicas": 2}}})
    yard.until(lambda: yard.status(ISVC, "qwen")["modelStatus"]["copies"].get("totalCopies") == 2)
    container = {**runtime["spec"]["containers"][0], "image": "kserve/vllm:v2"}
    yard.change(RUNTIMES, "vllm", {"spec": {"containers": [container]}})
    yard.until(lambda: [pod["spec"]["containers"][0]["image"] for pod in yard.list("pods")] == ["kserve/vllm:v2"] * 2)
    yard.until(lambda: ready(yard))


@pytest.mark.parametrize(
    ("model", "reason", "event"),
    [
        ({"runtime": "nope"}, "RuntimeNotRecognized", "No ServingRuntimes or ClusterServingRuntimes with the name: nope"),
        ({"runtime": "off"}, "RuntimeDisabled", "specified runtime off is disabled"),
        ({"runtime": "off2"}, "NoSupportingRuntime", "specified runtime off2 does not support specified protocol version"),
        ({"modelFormat": {"name": "gguf"}}, "NoSupportingRuntime", "no runtime found to support predictor with model type: {gguf <nil>}"),
        (
            {"modelFormat": {"name": "huggingface", "version": "9"}},
            "NoSupportingRuntime",
            "no runtime found to support predictor with model type: {huggingface 9}",
        ),
    ],
)
def test_without_a_runtime_only_the_model_status_and_an_event_say_so(yard: Yard, model: Obj, reason: str, event: str) -> None:
    make_runtime(yard, "off", auto=False, disabled=True)
    make_runtime(yard, "off2", auto=False, protocolVersions=["grpc-v2"])
    serve(yard, **({"protocolVersion": "v1"} if model.get("runtime") == "off2" else {}) | model)
    yard.passes(seconds=1)
    status = yard.status(ISVC, "qwen")
    assert status.get("conditions", []) == []
    assert status["modelStatus"]["transitionStatus"] == "InvalidSpec"
    assert status["modelStatus"]["lastFailureInfo"]["reason"] == reason
    assert status["modelStatus"]["states"]["targetModelState"] == "FailedToLoad"
    assert ("InternalError", event) in yard.events("qwen")
    assert yard.list("deployments.apps") == []


def test_a_runtime_that_comes_later_is_found(yard: Yard) -> None:
    serve(yard)
    yard.passes(seconds=10)
    assert yard.status(ISVC, "qwen")["modelStatus"]["transitionStatus"] == "InvalidSpec"
    make_runtime(yard, "vllm")
    yard.until(lambda: ready(yard))


def test_of_several_runtimes_the_namespaces_own_with_the_highest_priority_is_chosen(yard: Yard) -> None:
    make_runtime(yard, "low", priority=1)
    make_runtime(yard, "high", priority=5)
    make_runtime(yard, "asked-for-only", auto=False, priority=9)
    serve(yard)
    yard.passes(seconds=1)
    assert yard.status(ISVC, "qwen")["servingRuntimeName"] == "high"


def test_a_runtime_of_the_cluster_is_taken_where_the_namespace_has_none(yard: Yard) -> None:
    container = {"name": "kserve-container", "image": "kserve/sklearnserver:v1"}
    spec = {"supportedModelFormats": [{"name": f"format-{yard.ns}", "autoSelect": True}], "containers": [container]}
    yard.make(CLUSTER, f"shared-{yard.ns}", namespace="", spec=spec)
    serve(yard, modelFormat={"name": f"format-{yard.ns}"})
    yard.passes(seconds=1)
    assert yard.status(ISVC, "qwen")["clusterServingRuntimeName"] == f"shared-{yard.ns}"
    assert "servingRuntimeName" not in yard.status(ISVC, "qwen")


def test_containers_of_its_own_need_no_runtime(yard: Yard) -> None:
    gpu = {"limits": {"nvidia.com/gpu": "1"}}
    args = ["--model", "Qwen/Qwen3-0.6B"]
    container = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": args, "resources": gpu}
    yard.make(ISVC, "own", spec={"predictor": {"containers": [{**container, "ports": [{"containerPort": 8000}]}]}})
    yard.until(lambda: ready(yard, "own"))
    assert yard.get("services", "own-predictor")["spec"]["ports"][0]["targetPort"] == 8000


def test_knative_is_not_there(yard: Yard, runtime: Obj) -> None:
    serve(yard, annotations={"serving.kserve.io/deploymentMode": "Serverless"})
    yard.passes(seconds=10)
    assert yard.status(ISVC, "qwen") in ({}, {"modelStatus": {}})
    assert [reason for reason, _ in yard.events("qwen")] == ["KnativeModeRejected"]


def test_without_a_node_that_fits_it_waits(yard: Yard, runtime: Obj) -> None:
    serve(yard, resources={"limits": {"nvidia.com/gpu": "64"}, "requests": {"nvidia.com/gpu": "64"}})
    yard.passes(minutes=5)
    assert not ready(yard)
    assert yard.told(ISVC, "qwen")["PredictorReady"] == ("False", "MinimumReplicasUnavailable")
    assert any("Insufficient nvidia.com/gpu" in message for reason, message in yard.events(yard.list("pods")[0]["metadata"]["name"]))
