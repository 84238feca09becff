"""Deployments of several systems, as their controllers leave them: one of each sort that a table has to show."""

from __future__ import annotations

from typing import Any

from fake import FakeSession, at, meta

from modeltui.kube.events import EVENTS
from modeltui.kube.resource import Resource
from modeltui.kube.state import SyncState
from modeltui.systems.core.types import PODS

GRAPHS = Resource("nvidia.com", "v1beta1", "dynamographdeployments", "DynamoGraphDeployment")
SERVICES = Resource("serving.kserve.io", "v1beta1", "inferenceservices", "InferenceService")
RUNTIMES = Resource("serving.kserve.io", "v1alpha1", "servingruntimes", "ServingRuntime")
AIM = Resource("aim.eai.amd.com", "v1alpha1", "aimservices", "AIMService")

SCHEDULER = (
    "0/9 nodes are available: 2 node(s) had untolerated taint {nvidia.com/gpu: present}, 7 Insufficient nvidia.com/gpu. "
    "preemption: 0/9 nodes are available: 2 Preemption is not helpful for scheduling, 7 No preemption victims found for incoming pod."
)


def condition(type_: str, status: str, reason: str = "", message: str = "", age: float = 50) -> dict[str, Any]:
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastTransitionTime": at(age)}


def inference_service(name: str, *, uri: str, replicas: int = 1, gpus: int = 1, owner: Any = None, ready: bool = True) -> dict[str, Any]:
    status = "True" if ready else "False"
    url = f"https://{name}.models.example.com"
    return {
        "metadata": {
            **meta(name, age=4000, generation=1, annotations={"serving.kserve.io/deploymentMode": "Standard"}),
            "ownerReferences": [owner] if owner else [],
        },
        "spec": {
            "predictor": {
                "minReplicas": replicas,
                "model": {
                    "modelFormat": {"name": "huggingface"},
                    "runtime": "vllm",
                    "storageUri": uri,
                    "resources": {"limits": {"nvidia.com/gpu": str(gpus)}},
                },
            }
        },
        "status": {
            "observedGeneration": 1,
            "conditions": [condition("PredictorReady", status), condition("IngressReady", status), condition("Ready", status)],
            **({"url": url} if ready else {}),
        },
    }


def pod(name: str, *, of: dict[str, str], gpus: int = 1, node: str = "gpu-h100-1", **status: Any) -> dict[str, Any]:
    ready = {
        "phase": "Running",
        "conditions": [condition("PodScheduled", "True"), condition("Ready", "True")],
        "containerStatuses": [{"name": "main", "ready": True, "restartCount": 0, "state": {"running": {"startedAt": at(40)}}}],
    }
    container = {
        "name": "main",
        "image": "vllm/vllm-openai:v0.11.0",
        "args": ["--model", "Qwen/Qwen3-0.6B"],
        "resources": {"limits": {"nvidia.com/gpu": str(gpus)}},
    }
    return {
        "metadata": meta(name, age=45, labels=of),
        "spec": {"nodeName": node, "containers": [container]},
        "status": {**ready, **status},
    }


def of_service(name: str) -> dict[str, str]:
    return {"serving.kserve.io/inferenceservice": name, "component": "predictor"}


def graph(name: str, *, model: str, ready: int = 1) -> dict[str, Any]:
    worker = {
        "name": "main",
        "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0",
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": ["--model", model],
        "resources": {"limits": {"nvidia.com/gpu": "2"}},
    }
    front = {"name": "main", "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0"}
    told = {"componentKind": "Deployment", "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1}
    return {
        "metadata": meta(name, age=9000, generation=1),
        "spec": {
            "backendFramework": "vllm",
            "components": [
                {"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": {"spec": {"containers": [front]}}},
                {"name": "Worker", "type": "worker", "replicas": 1, "podTemplate": {"spec": {"containers": [worker]}}},
            ],
        },
        "status": {
            "observedGeneration": 1,
            "state": "successful" if ready else "pending",
            "conditions": [condition("Ready", "True" if ready else "False", "all_resources_are_ready" if ready else "pods_not_ready")],
            "components": {"Frontend": told, "Worker": {**told, "readyReplicas": ready, "availableReplicas": ready}},
        },
    }


def aim_service(name: str) -> dict[str, Any]:
    return {
        "metadata": meta(name, age=20000, generation=1),
        "spec": {"model": {"name": "llama-3-1-8b"}, "replicas": 1},
        "status": {
            "observedGeneration": 1,
            "status": "Running",
            "conditions": [condition("Ready", "True", "AllComponentsReady")],
            "runtime": {"currentReplicas": 1, "desiredReplicas": 1, "replicas": "1/1"},
        },
    }


OBJECTS: dict[Resource, list[dict[str, Any]]] = {
    RUNTIMES: [
        {
            "metadata": meta("vllm"),
            "spec": {
                "supportedModelFormats": [{"name": "huggingface", "autoSelect": True}],
                "containers": [{"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": ["--port=8080"]}],
            },
        }
    ],
    SERVICES: [
        inference_service("chat", uri="hf://Qwen/Qwen3-0.6B", replicas=2),
        inference_service("huge", uri="hf://deepseek-ai/DeepSeek-R1", gpus=16, ready=False),
        inference_service(
            "mi-llama-3f2a91bc",
            uri="pvc://cache-3f2a91bc/llama",
            owner={"apiVersion": "aim.eai.amd.com/v1alpha1", "kind": "AIMService", "name": "mi-llama", "uid": "x", "controller": True},
        ),
    ],
    GRAPHS: [graph("reranker", model="Qwen/Qwen3-Reranker-8B")],
    AIM: [aim_service("mi-llama")],
    PODS: [
        pod("chat-predictor-7f6d9-abcde", of=of_service("chat")),
        pod("chat-predictor-7f6d9-fghij", of=of_service("chat"), node="gpu-h100-2"),
        pod(
            "huge-predictor-5c4b7-klmno",
            of=of_service("huge"),
            gpus=16,
            node="",
            phase="Pending",
            conditions=[condition("PodScheduled", "False", "Unschedulable", SCHEDULER)],
            containerStatuses=[],
        ),
        pod("mi-llama-3f2a91bc-predictor-1", of={**of_service("mi-llama-3f2a91bc"), "aim.eai.amd.com/service.name": "mi-llama"}),
        pod("reranker-worker-0", of={"nvidia.com/dynamo-graph-deployment-name": "reranker"}, gpus=2),
        pod("reranker-frontend-0", of={"nvidia.com/dynamo-graph-deployment-name": "reranker"}, gpus=0),
    ],
    EVENTS: [],
}


def session(**states: SyncState) -> FakeSession:
    """`states`: what the watches of an API group say, its dots as underscores: `kaito_sh=...`."""
    return FakeSession(OBJECTS, of_group={group.replace("_", "."): state for group, state in states.items()})
