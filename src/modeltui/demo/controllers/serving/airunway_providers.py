"""What each provider of AI Runway makes of a ModelDeployment. Pure.

dynamo: a DynamoGraphDeployment in v1alpha1, whose workers are called Vllm... whatever the engine; with the gateway on, which it is unless
switched off, there is an Epp in place of the Frontend. kaito: a Workspace. llmd and vllm: Deployments and a Service.
"""

from __future__ import annotations

import re
from typing import Final

from modeltui.demo.controllers.serving.airunway_selection import mode
from modeltui.demo.controllers.serving.podspecs import env, env_from_secret, given
from modeltui.demo.errors import Object

MANAGED: Final = "airunway.ai/managed-by"
DEPLOYMENT: Final = "airunway.ai/model-deployment"
_IMAGES: Final = {
    "vllm": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1",
    "sglang": "nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.1.1",
    "trtllm": "nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.1.1",
}
_VLLM: Final = "vllm/vllm-openai:v0.11.0"
_LLAMACPP: Final = "ghcr.io/sozercan/aikit/runtime:llamacpp"


def labels(deployment: Object, engine: str) -> dict[str, str]:
    model = re.sub(r"[^A-Za-z0-9._-]+", "-", (deployment["spec"].get("model") or {}).get("id", ""))[:63].strip("-_.")
    found = {MANAGED: "airunway", DEPLOYMENT: deployment["metadata"]["name"], "airunway.ai/engine-type": engine}
    return found | ({"airunway.ai/model-id": model} if model else {})


def served_name(spec: Object) -> str:
    return str(spec["model"].get("servedName") or spec["model"].get("id", ""))


def graph(deployment: Object, engine: str) -> Object:
    """For the v1alpha1 API."""
    spec = deployment["spec"]
    gateway = (spec.get("gateway") or {}).get("enabled", True)
    first = {"Epp": _epp()} if gateway else {"Frontend": _frontend(spec)}
    if mode(spec) == "disaggregated":
        scaling = spec.get("scaling") or {}
        parts = (("VllmPrefillWorker", "prefill"), ("VllmDecodeWorker", "decode"))
        services = first | {name: _worker(spec, engine, scaling.get(part) or {}, part) for name, part in parts}
    else:
        resources = spec.get("resources") or {}
        share = {"replicas": (spec.get("scaling") or {}).get("replicas", 1), "gpu": resources.get("gpu"), "memory": resources.get("memory")}
        services = first | {"VllmWorker": _worker(spec, engine, share, "")}
    pvcs = [{"name": each.get("claimName") or claim_name(deployment, each), "create": False} for each in volumes(spec)]
    about = {"name": deployment["metadata"]["name"], "namespace": deployment["metadata"]["namespace"], "labels": labels(deployment, engine)}
    return {"metadata": about, "spec": {"backendFramework": engine, "services": services, **given(pvcs=pvcs)}}


def _frontend(spec: Object) -> Object:
    overrides = (spec.get("provider") or {}).get("overrides") or {}
    main = {"image": (spec.get("engine") or {}).get("image") or spec.get("image") or _IMAGES["vllm"]}
    return {
        "componentType": "frontend",
        "replicas": 1,
        "envs": [env("DYN_ROUTER_MODE", overrides.get("routerMode", "round-robin"))],
        "resources": {"requests": {"cpu": "2", "memory": "4Gi"}},
        "extraPodSpec": {"mainContainer": main},
    }


def _epp() -> Object:
    scorers = [{"pluginRef": "queue-scorer"}, {"pluginRef": "kv-cache-scorer"}]
    plugins = {
        "plugins": [{"type": "queue-scorer"}, {"type": "kv-cache-scorer"}],
        "schedulingProfiles": [{"name": "default", "plugins": scorers}],
    }
    main = {"image": "nvcr.io/nvidia/ai-dynamo/frontend:1.1.1"}
    return {"componentType": "epp", "replicas": 1, "eppConfig": {"config": plugins}, "extraPodSpec": {"mainContainer": main}}


def _worker(spec: Object, engine: str, share: Object, part: str) -> Object:
    module = {"vllm": "dynamo.vllm", "sglang": "dynamo.sglang", "trtllm": "dynamo.trtllm"}.get(engine, f"dynamo.{engine}")
    main = {
        "image": (spec.get("engine") or {}).get("image") or spec.get("image") or _IMAGES.get(engine, _IMAGES["vllm"]),
        "command": ["python3", "-m", module],
        "args": arguments(spec, engine) + (["--disaggregation-mode", part] if part else []),
    }
    gpu = share.get("gpu") or {}
    kind = {"gpuType": gpu["type"]} if gpu.get("type", "nvidia.com/gpu") != "nvidia.com/gpu" else {}
    limits = given(gpu=str(gpu["count"]) if gpu.get("count") else "", memory=share.get("memory"), **kind)
    worker: Object = {
        "componentType": "worker",
        "replicas": share.get("replicas", 1),
        "resources": {"limits": limits, "requests": dict(limits)},
        "extraPodSpec": {"mainContainer": main, **given(nodeSelector=spec.get("nodeSelector"), tolerations=spec.get("tolerations"))},
    }
    optional = given(subComponentType=part, envFromSecret=(spec.get("secrets") or {}).get("huggingFaceToken"), envs=spec.get("env"))
    return worker | optional


def arguments(spec: Object, engine: str) -> list[str]:
    """The engine's options in its own spelling."""
    own, model = spec.get("engine") or {}, spec["model"].get("id", "")
    name = "--model" if engine == "vllm" else "--model-path"
    words = [name, model] if model else []
    if spec["model"].get("servedName"):
        words += ["--served-model-name", spec["model"]["servedName"]]
    if own.get("contextLength"):
        length = {"vllm": "--max-model-len", "sglang": "--context-length"}.get(engine, "--max-seq-len")
        words += [length, str(own["contextLength"])]
    if own.get("trustRemoteCode"):
        words.append("--trust-remote-code")
    if engine == "vllm":
        words += ["--enforce-eager"] if own.get("enforceEager") else []
        words += ["--no-enable-prefix-caching"] if own.get("enablePrefixCaching") is False else []
    for key, value in (own.get("args") or {}).items():
        words += [f"--{key.lstrip('-')}", value] if value else [f"--{key.lstrip('-')}"]
    return words + (own.get("extraArgs") or [])


def volumes(spec: Object) -> list[Object]:
    found: list[Object] = ((spec.get("model") or {}).get("storage") or {}).get("volumes") or []
    return found


def claim_name(deployment: Object, volume: Object) -> str:
    return str(volume.get("claimName") or f"{deployment['metadata']['name']}-{volume['name']}")


def claim(deployment: Object, volume: Object) -> Object:
    spec: Object = {"accessModes": [volume.get("accessMode", "ReadWriteMany")], "resources": {"requests": {"storage": str(volume["size"])}}}
    spec |= given(storageClassName=volume.get("storageClassName"))
    about = {"name": claim_name(deployment, volume), "namespace": deployment["metadata"]["namespace"]}
    return {"metadata": {**about, "labels": {MANAGED: "airunway", DEPLOYMENT: deployment["metadata"]["name"]}}, "spec": spec}


def workspace(deployment: Object, engine: str) -> Object:
    """With a Pod of its own: llama.cpp on a CPU, or vLLM on one GPU."""
    spec, about = deployment["spec"], deployment["metadata"]
    count = ((spec.get("resources") or {}).get("gpu") or {}).get("count", 0)
    environment = [*(spec.get("env") or []), *_token(spec)]
    if engine == "llamacpp":
        words = ["--hf-repo", spec["model"].get("id", ""), "--port", "5000", "--alias", served_name(spec)]
        container: Object = {"image": (spec.get("engine") or {}).get("image") or spec.get("image") or _LLAMACPP, "args": words}
    else:
        container = {"image": (spec.get("engine") or {}).get("image") or _VLLM, "args": [*arguments(spec, "vllm"), "--port", "5000"]}
    resources = {"limits": {"nvidia.com/gpu": str(count)}, "requests": {"nvidia.com/gpu": str(count)}} if count else {}
    container |= {"name": "model", "ports": [{"containerPort": 5000}], **given(env=environment, resources=resources)}
    template = {"spec": {"containers": [container], **given(tolerations=spec.get("tolerations"))}}
    made = {"name": about["name"], "namespace": about["namespace"], "labels": labels(deployment, engine)}
    selector = spec.get("nodeSelector") or {"kubernetes.io/os": "linux"}
    return {"metadata": made, "resource": {"count": 1, "labelSelector": {"matchLabels": selector}}, "inference": {"template": template}}


def deployments(deployment: Object, engine: str) -> list[Object]:
    """llm-d and plain vLLM: one Deployment, or one for each side of a disaggregated one."""
    spec, about = deployment["spec"], deployment["metadata"]
    if mode(spec) == "disaggregated":
        scaling = spec.get("scaling") or {}
        parts = [(f"{about['name']}-{part}", scaling.get(part) or {}, part) for part in ("prefill", "decode")]
    else:
        resources = spec.get("resources") or {}
        share = {"replicas": (spec.get("scaling") or {}).get("replicas", 1), "gpu": resources.get("gpu"), "memory": resources.get("memory")}
        parts = [(about["name"], share, "")]
    return [_deployment(deployment, engine, name, share, part) for name, share, part in parts]


def _deployment(deployment: Object, engine: str, name: str, share: Object, part: str) -> Object:
    spec, gpu = deployment["spec"], share.get("gpu") or {}
    limits = given(memory=share.get("memory")) | ({gpu.get("type", "nvidia.com/gpu"): str(gpu["count"])} if gpu.get("count") else {})
    container = {
        "name": "model-server",
        "image": (spec.get("engine") or {}).get("image") or spec.get("image") or _VLLM,
        "args": [*arguments(spec, engine), "--port", "8000"],
        "ports": [{"containerPort": 8000, "name": "http"}],
        "readinessProbe": {"httpGet": {"path": "/health", "port": 8000}, "periodSeconds": 10, "failureThreshold": 60},
        **given(env=[*(spec.get("env") or []), *_token(spec)], resources={"limits": limits, "requests": dict(limits)} if limits else {}),
    }
    own = labels(deployment, engine)
    selector = {"app": name} | ({"llm-d.ai/role": part} if part else {})
    pod = {"containers": [container], **given(nodeSelector=spec.get("nodeSelector"), tolerations=spec.get("tolerations"))}
    template = {"metadata": {"labels": {**own, **selector}, **given(annotations=_annotations(spec))}, "spec": pod}
    about = {"name": name, "namespace": deployment["metadata"]["namespace"], "labels": own}
    return {
        "metadata": about,
        "spec": {"replicas": share.get("replicas", 1), "selector": {"matchLabels": selector}, "template": template},
    }


def _annotations(spec: Object) -> dict[str, str]:
    found: dict[str, str] = ((spec.get("podTemplate") or {}).get("metadata") or {}).get("annotations") or {}
    return found


def service(deployment: Object, engine: str, answering: str) -> Object:
    about = {"name": deployment["metadata"]["name"], "namespace": deployment["metadata"]["namespace"], "labels": labels(deployment, engine)}
    return {"metadata": about, "spec": {"selector": {"app": answering}, "ports": [{"name": "http", "port": 8000, "targetPort": 8000}]}}


def _token(spec: Object) -> list[Object]:
    secret = (spec.get("secrets") or {}).get("huggingFaceToken")
    return [env_from_secret("HF_TOKEN", secret, "HF_TOKEN")] if secret else []
