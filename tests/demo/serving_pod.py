"""A pod that serves a model in an embedded cluster, without a kubelet: made as it should be, with its status."""

from __future__ import annotations

from typing import Any

from modeltui.demo.api import Api

MODEL = "qwen2.5-0.5b"
READY = [{"type": each, "status": "True"} for each in ("PodScheduled", "Initialized", "ContainersReady", "Ready")]


def pod_of(
    name: str,
    *,
    namespace: str = "team-nlp",
    labels: dict[str, str] | None = None,
    ready: bool = True,
    context: int = 32768,
    node: str = "n1",
    annotations: dict[str, str] | None = None,
) -> dict[str, Any]:
    """At port 8000."""
    command = ["vllm", "serve", "Qwen/Qwen2.5-0.5B-Instruct", "--served-model-name", MODEL, "--max-model-len", str(context)]
    ports = [{"name": "http", "containerPort": 8000}]
    container = {"name": "main", "image": "vllm/vllm-openai:v0.11.0", "command": command, "ports": ports}
    running = {"running": {"startedAt": "2026-01-01T00:00:00Z"}}
    status = {
        "phase": "Running" if node else "Pending",
        "podIP": "10.42.0.7",
        "conditions": READY if ready else READY[:2],
        "containerStatuses": [
            {"name": "main", "ready": ready, "restartCount": 0, "image": container["image"], "imageID": "", "state": running}
        ],
    }
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels or {"app": "llm"}, "annotations": annotations or {}},
        "spec": {"containers": [container], **({"nodeName": node} if node else {})},
        "status": status,
    }


def make(api: Api, name: str = "llm-0", **more: Any) -> dict[str, Any]:
    """With the label app=llm, at port 8000; as `pod_of`."""
    return api.create("pods", pod_of(name, **more), manager="test", with_status=True)


def service_of(name: str = "llm", *, namespace: str = "team-nlp") -> dict[str, Any]:
    """Port 80, named http, of the pods with app=llm."""
    spec = {"selector": {"app": "llm"}, "ports": [{"name": "http", "port": 80, "targetPort": 8000}]}
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def service(api: Api, name: str = "llm", *, namespace: str = "team-nlp") -> dict[str, Any]:
    return api.create("services", service_of(name, namespace=namespace), manager="test")
