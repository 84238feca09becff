"""AI Runway's ModelDeployments: engine and provider are chosen, and the provider makes something of it."""

from typing import Any

import pytest
from yard import Obj, Yard

MD, PROVIDERS = "modeldeployments.airunway.ai", "inferenceproviderconfigs.airunway.ai"
DGD, WORKSPACES = "dynamographdeployments.nvidia.com", "workspaces.kaito.sh"
NO_GATEWAY = {"enabled": False}


@pytest.fixture(autouse=True)
def providers(yard: Yard) -> None:
    """They belong to the cluster, so they are there from the first test on."""
    gpu = {"gpuSupport": True, "servingModes": ["aggregated", "disaggregated"]}
    dynamo = {
        "capabilities": {"engines": [{"name": "vllm", **gpu}, {"name": "sglang", **gpu}]},
        "selectionRules": [
            {"condition": "has(spec.serving) && spec.serving.mode == 'disaggregated'", "priority": 90},
            {"condition": "has(spec.resources.gpu) && spec.resources.gpu.count > 0 && spec.engine.type == 'vllm'", "priority": 50},
            {"condition": "spec.engine.type == 'sglang'", "priority": 100},
        ],
    }
    kaito = {
        "capabilities": {"engines": [{"name": "llamacpp", "cpuSupport": True, "servingModes": ["aggregated"]}]},
        "selectionRules": [{"condition": "!has(spec.resources.gpu) || spec.resources.gpu.count == 0", "priority": 100}],
    }
    llmd = {"capabilities": {"engines": [{"name": "vllm", "requiresCRD": False, **gpu}]}, "selectionRules": []}
    for name, spec in (("dynamo", dynamo), ("kaito", kaito), ("llmd", llmd), ("kuberay", {"capabilities": dynamo["capabilities"]})):
        if yard.api.find(PROVIDERS, name) is None:
            yard.make(PROVIDERS, name, namespace="", spec=spec)
    yard.passes(seconds=1)


def deploy(yard: Yard, name: str = "qwen", *, model: str = "Qwen/Qwen3-0.6B", gpus: int = 1, **spec: Any) -> Obj:
    wanted: Obj = {"model": {"id": model}, "gateway": NO_GATEWAY, **spec}
    if gpus:
        wanted["resources"] = {"gpu": {"count": gpus}}
    return yard.make(MD, name, spec=wanted)


def phase(yard: Yard, name: str = "qwen") -> str:
    return str(yard.status(MD, name).get("phase", ""))


def test_providers_are_ready_where_the_kinds_are_that_they_make(yard: Yard) -> None:
    ready = {each["metadata"]["name"]: each["status"]["ready"] for each in yard.api.list(PROVIDERS)}
    assert ready == {"dynamo": True, "kaito": True, "llmd": True, "kuberay": False}
    before = yard.api.get(PROVIDERS, "dynamo")["status"]["lastHeartbeat"]
    yard.passes(minutes=3)
    assert yard.api.get(PROVIDERS, "dynamo")["status"]["lastHeartbeat"] > before


def test_from_created_to_running_on_dynamo_to_deleted(yard: Yard) -> None:
    deploy(yard, engine={"contextLength": 4096, "enforceEager": True})
    yard.passes(seconds=1)
    assert phase(yard) == "Deploying"
    status = yard.status(MD, "qwen")
    assert status["engine"]["type"] == "vllm"
    assert status["provider"]["name"] == "dynamo"
    assert status["provider"]["selectedReason"].startswith("matched rule: has(spec.resources.gpu)")
    assert status["provider"]["resourceKind"] == "DynamoGraphDeployment"
    assert yard.told(MD, "qwen")["EngineSelected"] == ("True", "AutoSelected")

    graph = yard.get(DGD, "qwen")
    assert [each["name"] for each in graph["spec"]["components"]] == ["Frontend", "VllmWorker"]
    assert graph["metadata"]["labels"]["airunway.ai/model-deployment"] == "qwen"
    args = graph["spec"]["components"][1]["podTemplate"]["spec"]["containers"][0]["args"]
    assert args == ["--model", "Qwen/Qwen3-0.6B", "--max-model-len", "4096", "--enforce-eager"]

    yard.until(lambda: phase(yard) == "Running")
    status = yard.status(MD, "qwen")
    assert status["replicas"] == {"desired": 1, "ready": 1, "available": 1}
    assert status["endpoint"] == {"service": "qwen-frontend", "port": 8000}
    assert yard.told(MD, "qwen")["Ready"] == ("True", "DeploymentReady")

    yard.delete(MD, "qwen")
    yard.passes(seconds=60)
    assert yard.find(DGD, "qwen") is None
    assert yard.list("pods") == []


def test_the_gateway_is_on_unless_switched_off_and_then_there_is_no_frontend(yard: Yard) -> None:
    deploy(yard, gateway={})
    yard.passes(seconds=5)
    assert [each["name"] for each in yard.get(DGD, "qwen")["spec"]["components"]] == ["Epp", "VllmWorker"]
    assert yard.status(DGD, "qwen")["state"] == "failed"
    assert phase(yard) == "Failed"
    assert "InferencePool" in yard.status(MD, "qwen")["message"]


def test_disaggregated_workers_are_called_vllm_whatever_the_engine(yard: Yard) -> None:
    sides = {"prefill": {"replicas": 1, "gpu": {"count": 1}}, "decode": {"replicas": 2, "gpu": {"count": 1}}}
    deploy(yard, gpus=0, engine={"type": "sglang"}, serving={"mode": "disaggregated"}, scaling=sides)
    yard.until(lambda: phase(yard) == "Running")
    graph = yard.get(DGD, "qwen")
    assert [each["name"] for each in graph["spec"]["components"]] == ["Frontend", "VllmPrefillWorker", "VllmDecodeWorker"]
    assert graph["spec"]["backendFramework"] == "sglang"
    assert yard.status(MD, "qwen")["replicas"]["desired"] == 3


def test_without_a_gpu_kaito_runs_it_on_a_cpu(yard: Yard) -> None:
    deploy(yard, gpus=0, model="bartowski/Llama-3.2-1B-Instruct-GGUF")
    yard.passes(seconds=1)
    status = yard.status(MD, "qwen")
    assert (status["provider"]["name"], status["engine"]["type"]) == ("kaito", "llamacpp")
    workspace = yard.get(WORKSPACES, "qwen")
    assert workspace["inference"]["template"]["spec"]["containers"][0]["args"][:2] == ["--hf-repo", "bartowski/Llama-3.2-1B-Instruct-GGUF"]


def test_llmd_is_only_taken_when_named(yard: Yard) -> None:
    deploy(yard, provider={"name": "llmd"}, scaling={"replicas": 2})
    yard.until(lambda: phase(yard) == "Running")
    assert yard.status(MD, "qwen")["provider"]["resourceKind"] == "Deployment"
    assert yard.get("deployments.apps", "qwen")["spec"]["replicas"] == 2
    assert yard.find("services", "qwen") is not None


def test_the_missing_token_secret_keeps_it_deploying(yard: Yard) -> None:
    deploy(yard, secrets={"huggingFaceToken": "hf-token-secret"}, model="meta-llama/Llama-3.1-8B-Instruct")
    yard.passes(minutes=2)
    assert phase(yard) == "Deploying"
    worker = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")[0]
    assert any('secret "hf-token-secret" not found' in message for _, message in yard.events(worker["metadata"]["name"]))
    yard.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})
    yard.until(lambda: phase(yard) == "Running", step=5)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"serving": {"mode": "disaggregated"}}, "cannot specify both resources.gpu and scaling.prefill/decode in disaggregated mode"),
        ({"model": {"source": "huggingface"}}, "model.id is required when source is huggingface"),
    ],
)
def test_what_validation_refuses(yard: Yard, spec: Obj, message: str) -> None:
    yard.make(MD, "bad", spec={"model": {"id": "a/b"}, "resources": {"gpu": {"count": 1}}, **spec})
    yard.passes(seconds=1)
    assert phase(yard, "bad") == "Failed"
    assert yard.status(MD, "bad")["message"] == f"Validation failed: {message}"
    assert yard.told(MD, "bad")["Validated"] == ("False", "ValidationFailed")


def test_a_provider_that_cannot_is_told(yard: Yard) -> None:
    deploy(yard, engine={"type": "trtllm"}, provider={"name": "dynamo"})
    yard.passes(seconds=1)
    assert phase(yard) == "Failed"
    assert yard.told(MD, "qwen")["ProviderCompatible"] == ("False", "IncompatibleConfiguration")


def test_an_engine_that_no_provider_runs_stays_pending(yard: Yard) -> None:
    deploy(yard, engine={"type": "trtllm"})
    yard.passes(seconds=1)
    assert phase(yard) == "Pending"
    assert yard.told(MD, "qwen")["ProviderSelected"] == ("False", "SelectionFailed")


def test_weights_on_a_claim_wait_for_it(yard: Yard) -> None:
    volume = {"name": "weights", "purpose": "modelCache", "size": "20Gi", "storageClassName": "nope"}
    deploy(yard, model="Qwen/Qwen3-0.6B", provider={"name": "llmd"})
    yard.make(
        MD,
        "stored",
        spec={
            "model": {"id": "a/b-1B", "storage": {"volumes": [volume]}},
            "provider": {"name": "llmd"},
            "resources": {"gpu": {"count": 1}},
        },
    )
    yard.passes(seconds=30)
    assert yard.told(MD, "stored")["StorageReady"] == ("False", "PVCNotBound")
    assert yard.find("persistentvolumeclaims", "stored-weights") is not None
