"""One object of each system that serves models, as a user would apply it, and the nodes that they run on: for stories and verbs alike."""

from __future__ import annotations

import copy
from typing import Any

from tests.living import Living

Manifest = dict[str, Any]

HUB_MODEL = "Qwen/Qwen3-0.6B"
AIM_MODEL = "Qwen/Qwen2-0.5B"
DYNAMO_IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0"
H100 = {"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}}
_FOUND = {"nvidia.com/gpu.present": "true"}
"""What NVIDIA's feature discovery says of a node with GPUs."""
CLAIM: Manifest = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}}
"""The spec of one."""


def nodes(town: Living) -> None:
    """One with GPUs of NVIDIA, one with AMD's."""
    _node(town, "h100-1", {"nvidia.com/gpu": "8"}, {**H100["matchLabels"], **_FOUND, "nvidia.com/gpu.memory": "81559"})
    _node(town, "mi300-1", {"amd.com/gpu": "8"}, {"amd.com/gpu.device-id": "74a1", "amd.com/gpu.vram": "192G"})


def _node(town: Living, name: str, gpus: dict[str, str], labels: dict[str, str]) -> None:
    room = {"cpu": "256", "memory": "2Ti", "pods": "110", **gpus}
    ready = [{"type": "Ready", "status": "True"}]
    obj = {"metadata": {"name": name, "labels": labels}, "status": {"allocatable": room, "capacity": room, "conditions": ready}}
    town.api.create("nodes", obj, manager="test", with_status=True)
    town.api.patch("nodes", name, [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")


def _of(api_version: str, kind: str, name: str, **rest: Any) -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **rest.pop("metadata", {})}, **rest}


# ---- KServe


def serving_runtime() -> Manifest:
    args = ["--model=/mnt/models", "--served-model-name={{.Name}}"]
    ports = [{"containerPort": 8080, "protocol": "TCP"}]
    container = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": args, "ports": ports}
    formats = [{"name": "huggingface", "autoSelect": True}]
    return _of("serving.kserve.io/v1alpha1", "ServingRuntime", "vllm", spec={"supportedModelFormats": formats, "containers": [container]})


def inference_service(name: str = "chat", *, uri: str = f"hf://{HUB_MODEL}") -> Manifest:
    gpu = {"nvidia.com/gpu": "1"}
    model = {
        "modelFormat": {"name": "huggingface"},
        "runtime": "vllm",
        "storageUri": uri,
        "args": ["--max-model-len=4096"],
        "resources": {"limits": gpu, "requests": gpu},
    }
    annotations = {"annotations": {"serving.kserve.io/deploymentMode": "Standard"}}
    return _of(
        "serving.kserve.io/v1beta1",
        "InferenceService",
        name,
        metadata=annotations,
        spec={"predictor": {"minReplicas": 1, "model": model}},
    )


def llm_service(name: str = "llm", *, prefill: bool = False) -> Manifest:
    gpu = {"nvidia.com/gpu": "1"}
    variables = [{"name": "VLLM_ADDITIONAL_ARGS", "value": "--max-model-len 4096"}]
    pod = {"containers": [{"name": "main", "resources": {"limits": gpu, "requests": gpu}, "env": variables}]}
    spec = {"model": {"uri": f"hf://{HUB_MODEL}", "name": HUB_MODEL}, "replicas": 1, "template": pod}
    also = {"prefill": {"replicas": 1, "template": copy.deepcopy(pod)}} if prefill else {}
    return _of("serving.kserve.io/v1alpha2", "LLMInferenceService", name, spec={**spec, **also})


# ---- Dynamo


def graph(name: str = "agg", *, claim: str = "") -> Manifest:
    """A frontend, and a worker that asks for two GPUs."""
    engine: Manifest = {
        "name": "main",
        "image": DYNAMO_IMAGE,
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": ["--model", HUB_MODEL, "--max-model-len=4096"],
        "resources": {"limits": {"nvidia.com/gpu": "2"}},
    }
    pod: Manifest = {"containers": [engine]}
    if claim:
        pod["volumes"] = [{"name": "cache", "persistentVolumeClaim": {"claimName": claim}}]
        engine["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
    front = {"containers": [{"name": "main", "image": DYNAMO_IMAGE}]}
    components = [
        {"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": {"spec": front}},
        {"name": "Worker", "type": "worker", "replicas": 1, "podTemplate": {"spec": pod}},
    ]
    return _of("nvidia.com/v1beta1", "DynamoGraphDeployment", name, spec={"backendFramework": "vllm", "components": components})


def older_graph(name: str = "agg") -> Manifest:
    """The same in v1alpha1."""
    engine = {"image": DYNAMO_IMAGE, "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", HUB_MODEL]}
    front = {"componentType": "frontend", "replicas": 1, "extraPodSpec": {"mainContainer": {"image": DYNAMO_IMAGE}}}
    worker = {
        "componentType": "worker",
        "replicas": 1,
        "resources": {"limits": {"gpu": "2"}},
        "extraPodSpec": {"mainContainer": engine},
    }
    services = {"Frontend": front, "Worker": worker}
    return _of("nvidia.com/v1alpha1", "DynamoGraphDeployment", name, spec={"backendFramework": "vllm", "services": services})


# ---- AI Runway


def providers(town: Living) -> None:
    """Of AI Runway; they choose nobody by themselves."""
    gpu = {"gpuSupport": True, "servingModes": ["aggregated", "disaggregated"]}
    for name in ("dynamo", "llmd"):
        engines = [{"name": "vllm", "requiresCRD": name == "dynamo", **gpu}]
        spec = {"capabilities": {"engines": engines}, "selectionRules": []}
        town.make("inferenceproviderconfigs.airunway.ai", name, namespace="", spec=spec)


def model_deployment(name: str = "qwen", *, provider: str, **spec: Any) -> Manifest:
    wanted = {
        "model": {"id": HUB_MODEL},
        "engine": {"type": "vllm", "contextLength": 4096},
        "provider": {"name": provider},
        "gateway": {"enabled": False},
        "resources": {"gpu": {"count": 1}},
        **spec,
    }
    return _of("airunway.ai/v1alpha1", "ModelDeployment", name, spec=wanted)


# ---- AIM Engine


def aim_service(name: str = "chat") -> Manifest:
    custom = {
        "baseImage": "amdenterpriseai/aim-base:0.9",
        "modelSources": [{"modelId": AIM_MODEL, "sourceUri": f"hf://{AIM_MODEL}"}],
        "hardware": {"gpu": {"requests": 1}},
    }
    spec = {
        "model": {"custom": custom},
        "template": {"allowUnoptimized": True},
        "replicas": 1,
        "env": [{"name": "VLLM_LOGGING_LEVEL", "value": "INFO"}],
    }
    return _of("aim.eai.amd.com/v1alpha1", "AIMService", name, spec=spec)


# ---- KAITO


def inference_set(name: str = "many") -> Manifest:
    template = {"resource": {"instanceType": "any"}, "inference": {"preset": {"name": "phi-4"}}}
    return _of("kaito.sh/v1beta1", "InferenceSet", name, spec={"replicas": 1, "labelSelector": H100, "template": template})


def workspace(name: str = "phi") -> Manifest:
    return _of("kaito.sh/v1beta1", "Workspace", name, resource={"labelSelector": H100}, inference={"preset": {"name": "phi-4"}})
