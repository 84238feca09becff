"""The Deployment and the Service that Dynamo's operator makes of a component, where neither Grove nor LeaderWorkerSets are. Pure."""

from __future__ import annotations

import hashlib
import json
from typing import Final

from modeltui.demo.controllers.model_server import model_server
from modeltui.demo.controllers.serving.podspecs import by_name, env
from modeltui.demo.errors import Object

GRAPH: Final = "nvidia.com/dynamo-graph-deployment-name"
COMPONENT: Final = "nvidia.com/dynamo-component"
TYPE: Final = "nvidia.com/dynamo-component-type"
SUBTYPE: Final = "nvidia.com/dynamo-sub-component-type"
NAMESPACE: Final = "nvidia.com/dynamo-namespace"
HASH: Final = "nvidia.com/dynamo-worker-hash"
SELECTOR: Final = "nvidia.com/selector"
RESTARTED: Final = "nvidia.com/restartAt"
HTTP_PORT, SYSTEM_PORT = 8000, 9090
WORKERS: Final = ("worker", "prefill", "decode")
_MEMORY: Final = "8Gi"
_CACHES: Final = {"vllm": "/root/.cache/vllm", "sglang": "/root/.cache/sglang", "trtllm": "/root/.cache/tensorrt-llm"}


def is_worker(component: Object) -> bool:
    return component.get("type") in WORKERS


def components(graph: Object) -> list[Object]:
    found: list[Object] = (graph.get("spec") or {}).get("components") or []
    return found


def dynamo_namespace(graph: Object) -> str:
    return f"{graph['metadata']['namespace']}-{graph['metadata']['name']}"


def worker_hash(graph: Object) -> str:
    """Of everything that makes workers what they are; the number of replicas does not count."""
    told: Object = {
        each["name"]: {k: v for k, v in each.items() if k not in ("replicas", "minAvailable")}
        for each in components(graph)
        if is_worker(each)
    }
    told["env"] = (graph.get("spec") or {}).get("env") or []
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:8]


def base_name(graph: Object, component: Object) -> str:
    """Of the Service, and of the Deployment of what is no worker."""
    return f"{graph['metadata']['name']}-{component['name'].lower()}"


def deployment_name(graph: Object, component: Object) -> str:
    """Workers carry the hash of their generation: a new one comes up beside the old."""
    name = base_name(graph, component)
    return f"{name}-{worker_hash(graph)}" if is_worker(component) else name


def labels(graph: Object, component: Object) -> dict[str, str]:
    """By which the Pods of a component are found, whatever their generation."""
    kind = component.get("type", "")
    found = {GRAPH: graph["metadata"]["name"], COMPONENT: component["name"], NAMESPACE: dynamo_namespace(graph)}
    if kind in ("prefill", "decode"):
        return {**found, TYPE: "worker", SUBTYPE: kind}
    return {**found, TYPE: kind} if kind else found


def deployment(graph: Object, component: Object, *, replicas: int, restart: str = "") -> Object:
    spec, template = graph["spec"], component.get("podTemplate") or {}
    name, about = deployment_name(graph, component), template.get("metadata") or {}
    own = {**labels(graph, component), SELECTOR: name} | ({HASH: worker_hash(graph)} if is_worker(component) else {})
    pod_labels = {**(spec.get("labels") or {}), **(about.get("labels") or {}), **own}
    annotations = {**(spec.get("annotations") or {}), **(about.get("annotations") or {})} | ({RESTARTED: restart} if restart else {})
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 0}}
    return {
        "metadata": {"name": name, "namespace": graph["metadata"]["namespace"], "labels": pod_labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": {SELECTOR: name}},
            "strategy": rolling,
            "template": {"metadata": {"labels": pod_labels, "annotations": annotations}, "spec": _pod(graph, component)},
        },
    }


def _pod(graph: Object, component: Object) -> Object:
    spec = dict((component.get("podTemplate") or {}).get("spec") or {})
    containers = [dict(each) for each in spec.get("containers") or []]
    if not any(each["name"] == "main" for each in containers):
        containers.insert(0, {"name": "main"})
    main = next(each for each in containers if each["name"] == "main")
    main["env"] = by_name(_environment(graph, component), graph["spec"].get("env"), main.get("env"))
    if component.get("type") == "frontend":
        if not main.get("command") and not main.get("args"):
            main["command"] = ["python3", "-m", "dynamo.frontend"]
        port = {"name": "http", "containerPort": HTTP_PORT, "protocol": "TCP"}
        probe = {"httpGet": {"path": "/health", "port": "http"}, "periodSeconds": 10, "failureThreshold": 3}
    else:
        port = {"name": "system", "containerPort": SYSTEM_PORT, "protocol": "TCP"}
        probe = {"httpGet": {"path": "/health", "port": "system"}, "periodSeconds": 10, "failureThreshold": 60}
    main["ports"] = main.get("ports") or [port]
    main.setdefault("readinessProbe", probe)
    volumes = list(spec.get("volumes") or [])
    if str(component.get("sharedMemorySize", _MEMORY)) != "0":
        size = component.get("sharedMemorySize", _MEMORY)
        volumes.append({"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": str(size)}})
        main["volumeMounts"] = [*(main.get("volumeMounts") or []), {"name": "shared-memory", "mountPath": "/dev/shm"}]
    if cache := component.get("compilationCache"):
        where = cache.get("mountPath") or _CACHES.get(graph["spec"].get("backendFramework", ""), "/root/.cache")
        volumes.append({"name": cache["pvcName"], "persistentVolumeClaim": {"claimName": cache["pvcName"]}})
        main["volumeMounts"] = [*(main.get("volumeMounts") or []), {"name": cache["pvcName"], "mountPath": where}]
    whole = {**spec, "containers": containers, "volumes": volumes}
    return {key: value for key, value in whole.items() if value not in ([], {})}


def _environment(graph: Object, component: Object) -> list[Object]:
    kind = component.get("type", "")
    port = env("DYN_HTTP_PORT", str(HTTP_PORT)) if kind == "frontend" else env("DYN_SYSTEM_PORT", str(SYSTEM_PORT))
    return [
        env("DYN_NAMESPACE", dynamo_namespace(graph)),
        env("DYN_COMPONENT", kind or component["name"]),
        env("DYN_DISCOVERY_BACKEND", "kubernetes"),
        env("DYN_PARENT_DGD_K8S_NAME", graph["metadata"]["name"]),
        env("DYN_PARENT_DGD_K8S_NAMESPACE", graph["metadata"]["namespace"]),
        port,
    ]


def service(graph: Object, component: Object) -> Object:
    frontend = component.get("type") == "frontend"
    port = HTTP_PORT if frontend else SYSTEM_PORT
    name = "http" if frontend else "system"
    own = labels(graph, component)
    return {
        "metadata": {"name": base_name(graph, component), "namespace": graph["metadata"]["namespace"], "labels": own},
        "spec": {"selector": own, "ports": [{"name": name, "port": port, "targetPort": name, "protocol": "TCP"}], "type": "ClusterIP"},
    }


def models(component: Object) -> tuple[str, ...]:
    """Names that a worker registers with the frontend."""
    for container in ((component.get("podTemplate") or {}).get("spec") or {}).get("containers") or []:
        server = model_server(container)
        if server is not None:
            return server.names
    return ()
