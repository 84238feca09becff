"""`python -m benchmarks.serving_cluster ...`: an embedded cluster with 500 deployments of four systems and the 5,000 pods of them.

Nothing in it changes by itself. It takes the options of `modeltui demo --serve`, of which it heeds where the kubeconfig goes.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from modeltui.demo.api import Api
from modeltui.demo.cluster import EmbeddedCluster

NAMESPACE = "serving"
DEPLOYMENTS, PODS = 500, 5_000
PODS_OF_ONE = PODS // DEPLOYMENTS
Manifest = dict[str, Any]


def name(number: int) -> str:
    return f"llm-{number:03}"


def pod_name(number: int, place: int) -> str:
    return f"{name(number)}-worker-{place}"


def _true(*types: str) -> list[Manifest]:
    """Conditions that hold, with all that some schemas ask for."""
    at = {"lastTransitionTime": "2026-01-01T00:00:00Z", "message": ""}
    return [{"type": one, "status": "True", "reason": one, **at} for one in types]


def _service(about: Manifest) -> Manifest:
    gpu = {"nvidia.com/gpu": "1"}
    model = {"modelFormat": {"name": "huggingface"}, "runtime": "vllm", "storageUri": "hf://Qwen/Qwen3-0.6B", "resources": {"limits": gpu}}
    ready = _true("PredictorReady", "IngressReady", "Ready")
    url = f"https://{about['name']}.models.example.com"
    return {
        "metadata": about | {"annotations": {"serving.kserve.io/deploymentMode": "Standard"}},
        "spec": {"predictor": {"minReplicas": PODS_OF_ONE, "model": model}},
        "status": {"observedGeneration": 1, "conditions": ready, "url": url},
    }


def _graph(about: Manifest) -> Manifest:
    main = {
        "name": "main",
        "image": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0",
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": ["--model", "Qwen/Qwen3-8B"],
        "resources": {"limits": {"nvidia.com/gpu": "1"}},
    }
    counts = dict.fromkeys(("replicas", "updatedReplicas", "availableReplicas", "readyReplicas"), PODS_OF_ONE)
    worker = {"name": "Worker", "type": "worker", "replicas": PODS_OF_ONE, "podTemplate": {"spec": {"containers": [main]}}}
    components = {"Worker": {"componentKind": "Deployment", "componentNames": [f"{about['name']}-worker"], **counts}}
    return {
        "metadata": about,
        "spec": {"backendFramework": "vllm", "components": [worker]},
        "status": {"observedGeneration": 1, "state": "successful", "conditions": _true("Ready"), "components": components},
    }


def _workspace(about: Manifest) -> Manifest:
    done = _true("ResourceReady", "InferenceReady", "WorkspaceSucceeded")
    return {
        "metadata": about,
        "resource": {"labelSelector": {"matchLabels": {"pool": "h100"}}},
        "inference": {"preset": {"name": "phi-4"}},
        "status": {"conditions": done, "state": "Ready", "workerNodes": ["node-1"]},
    }


def _aim(about: Manifest) -> Manifest:
    runtime = {"currentReplicas": PODS_OF_ONE, "desiredReplicas": PODS_OF_ONE, "replicas": f"{PODS_OF_ONE}/{PODS_OF_ONE}"}
    return {
        "metadata": about,
        "spec": {"model": {"name": "llama-3-1-8b"}, "replicas": PODS_OF_ONE},
        "status": {"observedGeneration": 1, "status": "Running", "conditions": [], "runtime": runtime},
    }


KINDS = (
    ("inferenceservices.serving.kserve.io", _service, "serving.kserve.io/inferenceservice"),
    ("dynamographdeployments.nvidia.com", _graph, "nvidia.com/dynamo-graph-deployment-name"),
    ("workspaces.kaito.sh", _workspace, "kaito.sh/workspace"),
    ("aimservices.aim.eai.amd.com", _aim, "aim.eai.amd.com/service.name"),
)
"""Kind, what one is, and the label by which its pods are known."""


def deployment(number: int) -> tuple[str, Manifest]:
    """Its kind, and the whole of it."""
    kind, made, _ = KINDS[number % len(KINDS)]
    return kind, made({"name": name(number), "namespace": NAMESPACE})


def pod(number: int, place: int) -> Manifest:
    """The pods of one deployment hold a GPU each."""
    label = KINDS[number % len(KINDS)][2]
    container = {
        "name": "main",
        "image": "vllm/vllm-openai:v0.11.0",
        "args": ["--model", "Qwen/Qwen3-0.6B", "--port", "8000"],
        "resources": {"limits": {"nvidia.com/gpu": "1"}, "requests": {"nvidia.com/gpu": "1"}},
    }
    running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    state = {"name": "main", "ready": True, "restartCount": 0, "image": container["image"], "imageID": "", "state": running}
    ready = [{"type": one, "status": "True"} for one in ("PodScheduled", "Initialized", "ContainersReady", "Ready")]
    return {
        "metadata": {"name": pod_name(number, place), "namespace": NAMESPACE, "labels": {label: name(number)}},
        "spec": {"nodeName": f"node-{number % 64}", "containers": [container]},
        "status": {"phase": "Running", "podIP": "10.42.0.7", "conditions": ready, "containerStatuses": [state]},
    }


def fill(api: Api, *, deployments: int = DEPLOYMENTS) -> None:
    api.create("namespaces", {"metadata": {"name": NAMESPACE}}, manager="benchmark")
    for number in range(deployments):
        kind, made = deployment(number)
        api.create(kind, made, manager="benchmark", with_status=True)
        for place in range(PODS_OF_ONE):
            api.create("pods", pod(number, place), manager="benchmark", with_status=True)


async def serve(kubeconfig: Path) -> None:
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    async with EmbeddedCluster(history=50_000) as cluster:
        fill(cluster.api)
        cluster.write_kubeconfig(kubeconfig)
        await stopped.wait()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--write-kubeconfig", type=Path, required=True)
    known, _ = parser.parse_known_args(arguments)
    asyncio.run(serve(known.write_kubeconfig))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
