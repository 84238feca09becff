"""What KServe makes of an LLMInferenceService: Deployments from its presets with the service's own templates over them. Pure.

Source: pkg/controller/v1alpha2/llmisvc and config/llmisvcconfig of KServe, without the certificates.
"""

from __future__ import annotations

from typing import Final

from modeltui.demo.controllers.serving.kserve_predictor import MODELS_AT, with_storage
from modeltui.demo.controllers.serving.podspecs import by_name, env, given
from modeltui.demo.errors import Object

MAIN: Final = "main"
PORT: Final = 8000
PART_OF: Final = {"app.kubernetes.io/part-of": "llminferenceservice"}
WORKLOAD: Final = "llminferenceservice-workload"
PREFILL: Final = f"{WORKLOAD}-prefill"
SCHEDULER: Final = "llminferenceservice-router-scheduler"
_IMAGE: Final = "ghcr.io/llm-d/llm-d-cuda:v0.3.1"
_PICKER: Final = "ghcr.io/llm-d/llm-d-inference-scheduler:v0.4.0"


def labels(service: Object, component: str, *, role: str = "") -> dict[str, str]:
    found = {"app.kubernetes.io/component": component, "app.kubernetes.io/name": service["metadata"]["name"], **PART_OF}
    return {**found, "kserve.io/component": "workload", "llm-d.ai/role": role} if role else found


def merged(base: Object, top: Object) -> Object:
    """A config's spec with another one over it: mappings field by field, containers and variables by name, everything else as a whole."""
    found = dict(base)
    for key, value in top.items():
        before = base.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            found[key] = merged(before, value)
        elif key in ("containers", "env", "volumes") and isinstance(before, list) and isinstance(value, list):
            names = {each["name"]: each for each in before}
            found[key] = by_name(before, [merged(names.get(each["name"], {}), each) for each in value])
        else:
            found[key] = value
    return found


def deployment_name(service: Object, part: str = "") -> str:
    """`part`: "", "prefill" or "router-scheduler"."""
    name = service["metadata"]["name"]
    return f"{name}-kserve-{part}" if part else f"{name}-kserve"


def service_name(service: Object) -> str:
    return f"{service['metadata']['name']}-kserve-workload-svc"


def workload(service: Object, spec: Object, *, part: str, secret: Object | None) -> Object:
    """The Deployment of the engine, or with `part` "prefill" that of those that only read prompts. `spec`: with its configs."""
    own = spec["prefill"] if part else spec
    role = "prefill" if part else "decode" if spec.get("prefill") else "both"
    about = labels(service, PREFILL if part else WORKLOAD, role=role)
    pod = merged(_preset(service, spec, own), own.get("template") or {})
    uri = str((spec.get("model") or {}).get("uri", ""))
    pod["containers"] = sorted(pod["containers"], key=lambda each: each["name"] != MAIN)  # the weights are for the first one
    pod = with_storage(pod, uri, secret) if uri else pod
    template = {"labels": {**(own.get("labels") or {}), **about}, **given(annotations=own.get("annotations"))}
    return {
        "metadata": {"name": deployment_name(service, part), "namespace": service["metadata"]["namespace"], "labels": about},
        "spec": {
            **given(replicas=own.get("replicas")),
            **({"replicas": 0} if own.get("replicas") == 0 else {}),
            "selector": {"matchLabels": about},
            "template": {"metadata": template, "spec": {key: value for key, value in pod.items() if value not in ([], {})}},
        },
    }


def _preset(service: Object, spec: Object, own: Object) -> Object:
    name = (spec.get("model") or {}).get("name") or service["metadata"]["name"]
    line = ["vllm", "serve", MODELS_AT, "--served-model-name", f'"{name}"', "--port", str(PORT)]
    if tensor := (own.get("parallelism") or {}).get("tensor"):
        line += ["--tensor-parallel-size", str(tensor)]
    main = {
        "name": MAIN,
        "image": _IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/bash", "-c"],
        "args": [" ".join([*line, "${VLLM_ADDITIONAL_ARGS:-}"])],
        "env": [env("HOME", "/home"), env("VLLM_LOGGING_LEVEL", "INFO"), env("HF_HUB_CACHE", "/models")],
        "ports": [{"containerPort": PORT, "protocol": "TCP"}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": PORT}, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3},
        "startupProbe": {"httpGet": {"path": "/health", "port": PORT}, "periodSeconds": 10, "failureThreshold": 60},
        "volumeMounts": [{"name": "home", "mountPath": "/home"}, {"name": "dshm", "mountPath": "/dev/shm"}],
    }
    shared = {"name": "dshm", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}}
    return {"containers": [main], "volumes": [{"name": "home", "emptyDir": {}}, shared]}


def scheduler(service: Object, spec: Object) -> Object:
    """The endpoint picker."""
    asked = (spec.get("router") or {}).get("scheduler") or {}
    own = labels(service, SCHEDULER)
    pool = f"{service['metadata']['name']}-inference-pool"
    ports = [{"name": name, "containerPort": port} for name, port in (("grpc", 9002), ("grpc-health", 9003), ("metrics", 9090))]
    main = {"name": MAIN, "image": _PICKER, "args": ["--pool-name", pool, "--grpc-port", "9002"], "ports": ports}
    pod = merged({"containers": [main]}, asked.get("template") or {})
    template = {"metadata": {"labels": own, **given(annotations=asked.get("annotations"))}, "spec": pod}
    about = {"name": deployment_name(service, "router-scheduler"), "namespace": service["metadata"]["namespace"], "labels": own}
    wanted = {"replicas": asked.get("replicas", 1), "strategy": {"type": "Recreate"}, "selector": {"matchLabels": own}}
    return {"metadata": about, "spec": {**wanted, "template": template}}


def workload_service(service: Object) -> Object:
    about = {"name": service_name(service), "namespace": service["metadata"]["namespace"], "labels": labels(service, WORKLOAD)}
    ports = [{"name": "https", "port": PORT, "targetPort": PORT, "protocol": "TCP"}]
    return {"metadata": about, "spec": {"selector": labels(service, WORKLOAD), "ports": ports, "type": "ClusterIP"}}
