"""InferenceServices as deployments: what the real manifests say, and a status that is right where Ready is not the whole truth."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.kserve.kserving import conditions, facts, live, model, pod, runtime, samples, service

from modeltui.domain import Phase
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import reading
from modeltui.systems.kserve.types import InferenceService
from modeltui.systems.serving.deployment import Component, Deployment

GCS = "gs://kfserving-examples/models"

EXPECTED: dict[str, tuple[tuple[str, ...], str, str, int | None]] = {
    # file: models, engine, image, GPUs
    "oci-image-volume/inference_service": (("oci+native://ghcr.io/my-org/my-sklearn-model:v1",), "sklearn", "", None),
    "uri/sklearn": (
        ("https://github.com/tduffy000/kfserving-uri-examples/blob/master/sklearn/frozen/model.joblib?raw=true",),
        "sklearn",
        "",
        None,
    ),
    "advanced/cluster_local": ((f"{GCS}/sklearn/1.0/model",), "sklearn", "", None),
    "advanced/probes": ((f"{GCS}/tensorflow/flowers",), "tensorflow", "", None),
    "custom_model/custom": ((), "", "kserve/custom-model:latest", 0),
    "custom_model/custom#1": ((), "", "kserve/custom-model-grpc:latest", 0),
    "prebuilt-image/custom": ((), "", "codait/max-object-detector", 0),
}


def read(obj: InferenceService, known: FactTable | None = None) -> Deployment:
    return reading.read(obj, known or facts())


def test_every_real_manifest_is_read_as_it_is_written() -> None:
    found = {}
    for name, sample in samples("kserve", "InferenceService").items():
        deployment = read(live(sample))
        found[name] = (deployment.models, deployment.engine, deployment.components[0].image, deployment.gpus)
        assert deployment.desired == 1
        assert deployment.status.phase is Phase.PENDING
    assert found == EXPECTED


def test_the_runtime_decides_what_the_spec_leaves_open() -> None:
    obj = live(service(model(gpus=None, runtime="vllm-runtime", args=["--served-model-name", "qwen"])))
    asks = {"resources": {"limits": {"nvidia.com/gpu": "2"}}, "ports": [{"containerPort": 8000}]}
    deployment = read(obj, facts(runtime(container=asks)))
    assert deployment.gpus == 2
    assert deployment.gpu_resource == "nvidia.com/gpu"
    assert deployment.engine == "vllm"
    assert deployment.components[0].image == "vllm/vllm-openai:v0.11.0"
    assert deployment.served == ("qwen",)
    assert deployment.endpoint is not None
    assert deployment.endpoint.port == 8000
    assert "ServingRuntime vllm-runtime" in [str(ref) for ref in deployment.uses]
    assert read(obj).gpus is None, "a runtime that is not known may ask for GPUs"


def test_the_spec_overrides_the_runtime() -> None:
    asks = {"resources": {"limits": {"nvidia.com/gpu": "2"}}}
    obj = live(
        service(model(gpus=4, runtime="vllm-runtime", image="lmsysorg/sglang:v0.5", command=["python3", "-m", "sglang.launch_server"]))
    )
    deployment = read(obj, facts(runtime(container=asks)))
    assert (deployment.gpus, deployment.engine, deployment.components[0].image) == (4, "sglang", "lmsysorg/sglang:v0.5")


def test_the_clusters_runtime_is_found_by_the_status_and_the_namespaces_comes_first() -> None:
    obj = live(service(model(gpus=None)), {"clusterServingRuntimeName": "shared"})
    theirs = runtime("shared", namespace="", container={"resources": {"limits": {"amd.com/gpu": "3"}}})
    assert read(obj, facts(theirs)).gpu_resource == "amd.com/gpu"
    named = live(service(model(gpus=None, runtime="shared")))
    ours = runtime("shared", container={"resources": {"limits": {"amd.com/gpu": "1"}}})
    assert read(named, facts(ours, theirs)).gpus == 1


@pytest.mark.parametrize(
    ("predictor", "models", "served"),
    [
        (model(uri="hf://Qwen/Qwen3-8B:main"), ("Qwen/Qwen3-8B",), ()),
        (model(uri="pvc://weights/qwen"), ("pvc://weights/qwen",), ()),
        (model(uri="", args=["--model=Qwen/Qwen3-8B", "--served-model-name=a", "--max-model-len", "1"]), ("Qwen/Qwen3-8B",), ("a",)),
        (model(uri="pvc://w/x", args=["--model=/mnt/models", "--model_name={{.Name}}"]), ("pvc://w/x",), ("llama",)),
        (model("huggingface", uri="", args=["--model_id=google/gemma-2b"]), ("google/gemma-2b",), ()),
        (model(uri="", env=[{"name": "MODEL_ID", "value": "a/b"}]), ("a/b",), ()),
        (model(uri="", storage={"path": "qwen/8b", "key": "s3"}), ("qwen/8b",), ()),
        (model(uri="", image="nvcr.io/nim/meta/llama-3.1-8b-instruct:1.3.8"), ("meta/llama-3.1-8b-instruct",), ()),
        ({"containers": [{"name": "kserve-container", "image": "x", "command": ["vllm", "serve", "a/b"]}]}, ("a/b",), ()),
        ({**model(uri=""), "storageUris": [{"uri": "hf://a/base"}, {"uri": "hf://a/lora"}]}, ("a/base", "a/lora"), ()),
    ],
)
def test_what_is_served_and_under_which_name(predictor: dict[str, Any], models: tuple[str, ...], served: tuple[str, ...]) -> None:
    deployment = read(live(service(predictor)))
    assert (deployment.models, deployment.served) == (models, served)


def test_several_nodes_are_one_replica_with_the_gpus_of_all() -> None:
    predictor = {**model(uri="pvc://w/x", gpus=4), "workerSpec": {"pipelineParallelSize": 2, "tensorParallelSize": 4}}
    obj = live(service(predictor), {"conditions": conditions(Ready="True", PredictorReady="True")})
    deployment = read(obj, facts(pods=[]))
    assert (deployment.gpus, deployment.desired, deployment.ready) == (8, 1, 1)


def test_a_workerspec_takes_its_sizes_from_the_runtime_when_it_names_none() -> None:
    predictor = {**model(uri="pvc://w/x", runtime="vllm-runtime"), "workerSpec": {}}
    big = runtime(workerSpec={"pipelineParallelSize": 3, "tensorParallelSize": 2, "containers": []})
    assert read(live(service(predictor)), facts(big)).gpus == 6
    assert read(live(service(predictor))).gpus is None


def test_transformer_and_predictor_are_components_and_the_transformer_answers() -> None:
    obj = live(service(model(minReplicas=2), transformer={"minReplicas": 1, "containers": [{"name": "t", "image": "x"}]}))
    own = [pod("p1", labels("predictor")), pod("p2", labels("predictor"), ready=False), pod("t", labels("transformer"))]
    deployment = read(obj, facts(pods=[*own, pod("other", {"serving.kserve.io/inferenceservice": "else", "component": "predictor"})]))
    assert [(one.name, one.desired, one.ready) for one in deployment.components] == [("predictor", 2, 1), ("transformer", 1, 1)]
    assert deployment.endpoint is not None
    assert deployment.endpoint.pods == {"component": "transformer"}


def labels(component: str = "predictor", name: str = "llama") -> dict[str, str]:
    return {"serving.kserve.io/inferenceservice": name, "component": component}


def test_pods_are_found_by_their_label_alone() -> None:
    assert list(reading.pods(pod("whatever", labels()))) == ["llama"]
    assert list(reading.pods(pod("llama-predictor-abc", {}))) == []


# ---- replicas -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predictor", "mode", "pods", "desired"),
    [
        ({}, "Standard", 1, 1),
        ({"minReplicas": 2}, "Standard", 0, 2),
        ({"minReplicas": 1, "maxReplicas": 4}, "RawDeployment", 3, 3),
        ({"minReplicas": 1, "maxReplicas": 4}, "RawDeployment", None, None),
        ({}, "Serverless", 2, 2),
        ({"minReplicas": 0}, "Knative", 0, 0),
        ({"minReplicas": 1, "maxReplicas": 1}, "Knative", 0, 1),
    ],
)
def test_replicas_that_are_asked_for(predictor: dict[str, Any], mode: str, pods: int | None, desired: int | None) -> None:
    obj = live(service({**model(), **predictor}), {"deploymentMode": mode})
    own = None if pods is None else [pod(f"p{place}", labels()) for place in range(pods)]
    assert read(obj, facts(pods=own)).desired == desired


def test_ready_is_unknown_without_pods_and_never_zero() -> None:
    assert read(live()).ready is None
    assert read(live(), facts(pods=[])).ready == 0
    assert read(live(), facts(pods=[pod("a", labels(), going=True)])).ready == 0


# ---- status ---------------------------------------------------------------------------------------------------------

READY = conditions(PredictorReady="True", IngressReady="True", Ready="True")
STOP = {"serving.kserve.io/stop": "true"}
STOPPED = conditions(PredictorReady=("False", "Stopped", ""), Ready=("False", "Stopped", ""), Stopped="True")
FAILURE = {"reason": "ModelLoadFailed", "message": "CUDA out of\nmemory", "exitCode": 1}


@pytest.mark.parametrize(
    ("predictor", "annotations", "status", "ready_pods", "phase", "says"),
    [
        ({}, {}, None, 0, Phase.PENDING, "not taken it up yet"),
        ({}, {}, {"conditions": READY, "deploymentMode": "Standard"}, 1, Phase.READY, ""),
        ({}, {}, {"conditions": READY, "deploymentMode": "Standard"}, 0, Phase.DEGRADED, "none of its pods is"),
        ({"minReplicas": 2}, {}, {"conditions": READY, "deploymentMode": "Standard"}, 1, Phase.DEGRADED, "1 of 2 replicas"),
        ({"minReplicas": 0}, {}, {"conditions": READY, "deploymentMode": "Knative"}, 0, Phase.READY, "Scaled to zero"),
        ({"minReplicas": 0}, {}, {"conditions": READY, "deploymentMode": "Standard"}, 0, Phase.PAUSED, "No replicas"),
        ({}, STOP, {"conditions": STOPPED}, 0, Phase.PAUSED, "stopped it"),
        ({}, STOP, {"conditions": READY}, 1, Phase.PROCESSING, "being stopped"),
        ({}, {}, {"conditions": STOPPED}, 0, Phase.PROCESSING, "being started"),
        ({}, {}, {"conditions": READY, "observedGeneration": 1}, 1, Phase.READY, ""),  # of the Deployment, which a start made anew
        (
            {},
            {},
            {"conditions": [*READY, *conditions(LatestDeploymentReady=("False", "RevisionFailed", "bad image"))]},
            1,
            Phase.DEGRADED,
            "An earlier revision serves; the latest is not ready: LatestDeploymentReady is False: RevisionFailed: bad image",
        ),
        (
            {},
            {},
            {"conditions": READY, "modelStatus": {"transitionStatus": "BlockedByFailedLoad", "lastFailureInfo": FAILURE}},
            1,
            Phase.DEGRADED,
            "ModelLoadFailed (exit code 1): CUDA out of memory",
        ),
        ({}, {}, {"conditions": READY, "modelStatus": {"transitionStatus": "InProgress"}}, 1, Phase.PROCESSING, "being rolled out"),
        (
            {},
            {},
            {"conditions": conditions(PredictorReady=("False", "MinimumReplicasUnavailable", "wait"), Ready=("False", "x", ""))},
            0,
            Phase.PROCESSING,
            "PredictorReady is False: MinimumReplicasUnavailable: wait",
        ),
        (
            {},
            {},
            {"conditions": conditions(PredictorReady=("False", "ProgressDeadlineExceeded", "late"), Ready=("False", "x", ""))},
            0,
            Phase.FAILED,
            "ProgressDeadlineExceeded: late",
        ),
        (
            {},
            {},
            {"conditions": conditions(PredictorReady="True", IngressReady=("False", "NoGateway", ""), Ready=("False", "x", ""))},
            1,
            Phase.DEGRADED,
            "cannot be reached from outside: IngressReady is False: NoGateway",
        ),
        (
            {},
            {},
            {
                "conditions": conditions(Ready=("Unknown", "", "")),
                "modelStatus": {"transitionStatus": "InvalidSpec", "lastFailureInfo": {"reason": "NoSupportingRuntime", "message": "none"}},
            },
            0,
            Phase.FAILED,
            "NoSupportingRuntime: none",
        ),
    ],
)
def test_the_status_is_right_where_ready_is_not_the_whole_truth(
    predictor: dict[str, Any], annotations: dict[str, str], status: Any, ready_pods: int, phase: Phase, says: str
) -> None:
    generation = 2 if status and status.get("observedGeneration") == 1 else 1
    obj = live(service({**model(), **predictor}, annotations=annotations), status, generation=generation)
    deployment = read(obj, facts(pods=[pod(f"p{place}", labels()) for place in range(ready_pods)]))
    assert (deployment.status.phase, says in deployment.status.reason) == (phase, True), deployment.status
    assert deployment.stopped == (phase is Phase.PAUSED or annotations == STOP)
    assert "\n" not in deployment.status.reason


def test_the_raw_word_is_that_of_kserve() -> None:
    assert read(live(None, {"conditions": READY})).status.raw == "Ready=True"
    failed = conditions(Ready=("False", "RevisionFailed", "x"))
    assert read(live(None, {"conditions": failed})).status.raw == "Ready=False (RevisionFailed)"


# ---- endpoint -------------------------------------------------------------------------------------------------------


def test_the_service_is_the_one_that_the_controller_names() -> None:
    status = {"deploymentMode": "Standard", "url": "http://llama.example", "address": {"url": "http://svc-7.team.svc.cluster.local:8080"}}
    endpoint = read(live(None, status)).endpoint
    assert endpoint is not None
    assert (endpoint.url, endpoint.service, endpoint.port) == ("http://llama.example", "svc-7", 8080)


def test_knatives_address_leads_to_a_gateway_so_that_pods_are_taken() -> None:
    status = {"deploymentMode": "Serverless", "address": {"url": "http://llama.team.svc.cluster.local"}}
    endpoint = read(live(None, status)).endpoint
    assert endpoint is not None
    assert (endpoint.service, endpoint.port, endpoint.pods) == ("", 8080, {"component": "predictor"})


def test_what_it_uses_is_named_and_secrets_are_found() -> None:
    env = [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf-token", "key": "token"}}}]
    predictor = {**model(uri="pvc://weights/qwen", env=env), "serviceAccountName": "sa", "imagePullSecrets": [{"name": "pull"}]}
    obj = live(service(predictor, annotations={"serving.kserve.io/storageSecretName": "s3"}))
    assert [str(ref) for ref in read(obj).uses] == [
        "PersistentVolumeClaim weights",
        "Secret hf-token",
        "Secret pull",
        "Secret s3",
        "ServiceAccount sa",
    ]
    assert reading.secrets(obj) == ("hf-token", "pull", "s3")


def test_a_component_without_anything_is_a_component() -> None:
    assert read(live({"metadata": {"name": "empty"}})).components == (
        Component(name="predictor", role="predictor", desired=1, ready=None, gpus=0, engine="", image=""),
    )
