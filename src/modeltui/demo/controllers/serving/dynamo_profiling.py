"""What profiling for a DynamoGraphDeploymentRequest is and finds: the Job, how far it is, and the graph that it comes to. Pure."""

from __future__ import annotations

import json
from typing import Final

from modeltui.demo.controllers.serving.podspecs import env, env_from_secret, given
from modeltui.demo.errors import Object

NAME: Final = "dgdr.nvidia.com/name"
NAMESPACE: Final = "dgdr.nvidia.com/namespace"
MANAGED: Final = {"nvidia.com/managed-by": "dynamo-operator"}
ACCOUNT: Final = "dgdr-profiling-job"
SECONDS: Final = {"rapid": 120.0, "thorough": 1200.0}
"""That profiling takes."""
PHASES: Final = (
    (0.0, "Initializing"),
    (0.1, "SweepingPrefill"),
    (0.4, "SweepingDecode"),
    (0.7, "SelectingConfig"),
    (0.8, "BuildingCurves"),
    (0.9, "GeneratingDGD"),
)
"""From which share of the time on."""
OWN: Final = "demo.modeltui.dev/"
_VERSION: Final = "1.4.0"
_RUNTIMES: Final = {"vllm": "vllm-runtime", "sglang": "sglang-runtime", "trtllm": "tensorrtllm-runtime"}
_MODULES: Final = {"vllm": "dynamo.vllm", "sglang": "dynamo.sglang", "trtllm": "dynamo.trtllm"}


def seconds(request: Object) -> float:
    return SECONDS[request["spec"].get("searchStrategy", "rapid")]


def phase(share: float) -> str:
    return [name for begins, name in PHASES if begins <= share][-1] if share >= 0 else PHASES[0][1]


def next_phase(share: float) -> float | None:
    """The share at which the next one begins."""
    return next((begins for begins, _ in PHASES if begins > share), None)


def image(request: Object) -> str:
    """Of the profiler; the webhook writes one where none is given."""
    return str(request["spec"].get("image") or f"nvcr.io/nvidia/ai-dynamo/dynamo-planner:{_VERSION}")


def job_name(request: Object) -> str:
    return f"profile-{request['metadata']['name']}"


def output_name(request: Object) -> str:
    return f"dgdr-output-{request['metadata']['name']}"


def job(request: Object) -> Object:
    metadata, spec = request["metadata"], request["spec"]
    output = {"name": "profiling-output", "mountPath": "/data"}
    volumes: list[Object] = [{"name": "profiling-output", "emptyDir": {}}]
    mounts: list[Object] = [output]
    cache = spec.get("modelCache") or {}
    if cache.get("pvcName"):
        claim = {"claimName": cache["pvcName"], "readOnly": True}
        volumes.append({"name": "model-cache", "persistentVolumeClaim": claim})
        mounts.append({"name": "model-cache", "mountPath": cache.get("pvcMountPath") or "/opt/model-cache", "readOnly": True})
    profiler = {
        "name": "profiler",
        "image": image(request),
        "command": ["python", "-m", "dynamo.profiler"],
        "args": ["--config", json.dumps(spec, sort_keys=True, separators=(",", ":")), "--output-dir", "/data"],
        "env": [
            # Whether the model is gated or not: without this Secret the Pod does not start.
            env_from_secret("HUGGING_FACE_HUB_TOKEN", "hf-token-secret", "HF_TOKEN"),
            env("DGDR_NAME", metadata["name"]),
            env("DGDR_NAMESPACE", metadata["namespace"]),
        ],
        "volumeMounts": mounts,
    }
    copier = {
        "name": "output-copier",
        "image": "bitnami/kubectl:latest",
        "command": ["/bin/sh", "-c"],
        "args": ["wait-for-profiler && kubectl apply -f /tmp/cm.yaml"],
        "volumeMounts": [{**output, "readOnly": True}],
    }
    pod: Object = {"restartPolicy": "Never", "serviceAccountName": ACCOUNT, "containers": [profiler, copier], "volumes": volumes}
    pod["imagePullSecrets"] = [{"name": "nvcr-imagepullsecret"}]
    overrides = ((spec.get("overrides") or {}).get("profilingJob") or {}).get("template", {}).get("spec") or {}
    pod |= given(nodeSelector=overrides.get("nodeSelector"), tolerations=overrides.get("tolerations"))
    own = {key: value for key, value in (metadata.get("annotations") or {}).items() if key.startswith(OWN)}
    template = {"metadata": {"annotations": {f"{OWN}runs-for": str(int(seconds(request))), **own}}, "spec": pod}
    labels = {"app": "dynamo-profiler", "dgdr": metadata["name"], **MANAGED}
    about = {"name": job_name(request), "namespace": metadata["namespace"], "labels": labels}
    return {"metadata": about, "spec": {"backoffLimit": 3, "template": template}}


def graph_name(request: Object) -> str:
    given_name = (((request["spec"].get("overrides") or {}).get("dgd") or {}).get("metadata") or {}).get("name")
    return str(given_name or f"{request['metadata']['name']}-dgd")


def graph(request: Object) -> Object:
    """v1beta1: a prefill and a decode worker where there are two GPUs or more, one worker else; as many as the GPUs make."""
    spec = request["spec"]
    backend = spec.get("backend", "auto")
    engine = "vllm" if backend == "auto" else backend
    total = int((spec.get("hardware") or {}).get("totalGpus") or 1)
    sides = ("prefill", "decode") if total >= 2 else ("worker",)
    metadata = request["metadata"]
    runtime = f"nvcr.io/nvidia/ai-dynamo/{_RUNTIMES[engine]}:{_VERSION}"
    front: Object = {"name": "main", "image": runtime, "env": [env("DYN_ROUTER_MODE", "kv")]}
    components = [{"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": {"spec": {"containers": [front]}}}]
    for side in sides:
        option = "--model" if engine == "vllm" else "--model-path"
        words = [option, spec["model"], *(["--disaggregation-mode", side] if side != "worker" else [])]
        limits = {"limits": {"nvidia.com/gpu": "1"}}
        main = {"name": "main", "image": runtime, "command": ["python3", "-m", _MODULES[engine]], "args": words, "resources": limits}
        pod = {"containers": [main], "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]}
        name = "Worker" if side == "worker" else f"{side.capitalize()}Worker"
        components.append({"name": name, "type": side, "replicas": max(1, total // len(sides)), "podTemplate": {"spec": pod}})
    labels = {NAME: metadata["name"], NAMESPACE: metadata["namespace"], **MANAGED}
    about = {"name": graph_name(request), "namespace": metadata["namespace"], "labels": labels}
    return {"metadata": about, "spec": {"backendFramework": engine, "components": components}}
