"""What people write to have a model served, by each of the systems: short ways to spell it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from modeltui.demo.controllers.serving.podspecs import given
from modeltui.demo.errors import Object

H100: Final = {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}
H200: Final = {"nvidia.com/gpu.product": "NVIDIA-H200"}
L40S: Final = {"nvidia.com/gpu.product": "NVIDIA-L40S"}
TOLERATED: Final = [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}]
DYNAMO: Final = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0"
_NIXL: Final = '{"kv_connector":"NixlConnector","kv_role":"kv_both"}'


def named(name: str, namespace: str = "", *, labels: dict[str, str] | None = None, annotations: dict[str, str] | None = None) -> Object:
    return {"name": name, **given(namespace=namespace, labels=labels, annotations=annotations)}


def gpus(count: int, resource: str = "nvidia.com/gpu", *, cpu: str = "4", memory: str = "32Gi") -> Object:
    """Requests and limits of a container that has accelerators."""
    card = {resource: str(count)} if count else {}
    return {"requests": {"cpu": cpu, "memory": memory, **card}, "limits": {"cpu": cpu, "memory": memory, **card}}


def runtime(name: str, namespace: str = "", *, image: str, formats: Sequence[str], args: Sequence[str], auto: bool = True) -> Object:
    """A ServingRuntime; without a namespace one for the whole cluster."""
    known = [{"name": each, "version": "1", "autoSelect": auto, "priority": 1} for each in formats]
    container = {"name": "kserve-container", "image": image, "args": list(args), "ports": [{"containerPort": 8080, "protocol": "TCP"}]}
    return {"metadata": named(name, namespace), "spec": {"supportedModelFormats": known, "containers": [container]}}


def inference_service(
    name: str,
    namespace: str,
    *,
    uri: str,
    runtime: str = "vllm-runtime",
    replicas: int = 1,
    count: int = 1,
    nodes: dict[str, str] | None = None,
    args: Sequence[str] = (),
    annotations: dict[str, str] | None = None,
    of_pods: dict[str, str] | None = None,
    secrets: Sequence[str] = (),
) -> Object:
    """`annotations` of the object, `of_pods` of its Pods alone; `nodes`: labels of those it may run on."""
    model: Object = {"modelFormat": {"name": "huggingface"}, "runtime": runtime, "storageUri": uri, "resources": gpus(count)}
    predictor = {
        "minReplicas": replicas,
        "maxReplicas": replicas,
        "model": model | given(args=list(args)),
        "tolerations": TOLERATED,
        **given(nodeSelector=nodes, annotations=of_pods, imagePullSecrets=[{"name": each} for each in secrets]),
    }
    standard = {"serving.kserve.io/deploymentMode": "Standard", **(annotations or {})}
    return {"metadata": named(name, namespace, annotations=standard), "spec": {"predictor": predictor}}


def component(
    name: str,
    kind: str,
    *,
    model: str = "",
    args: Sequence[str] = (),
    count: int = 0,
    replicas: int = 1,
    env: dict[str, str] | None = None,
    secret: str = "",
    nodes: dict[str, str] | None = None,
) -> Object:
    """One of a DynamoGraphDeployment (v1beta1): a frontend, or a worker of vLLM on a model."""
    main: Object = {"name": "main", "image": DYNAMO, **given(env=[{"name": key, "value": value} for key, value in (env or {}).items()])}
    if model:
        side = ["--disaggregation-mode", kind, "--kv-transfer-config", _NIXL] if kind in ("prefill", "decode") else []
        main |= {"command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", model, *args, *side]}
        main |= {"resources": gpus(count)} | given(envFrom=[{"secretRef": {"name": secret}}] if secret else [])
    spec = {"containers": [main], "tolerations": TOLERATED} | given(nodeSelector=nodes)
    return {"name": name, "type": kind, "replicas": replicas, "podTemplate": {"spec": spec}}


def graph(name: str, namespace: str, *components: Object) -> Object:
    return {"metadata": named(name, namespace), "spec": {"backendFramework": "vllm", "components": list(components)}}


def model_deployment(name: str, namespace: str, *, model: str, count: int, nodes: dict[str, str] | None = None, **spec: Any) -> Object:
    """AI Runway's."""
    placed = given(nodeSelector=nodes, tolerations=TOLERATED if nodes else [], resources={"gpu": {"count": count}} if count else {})
    return {"metadata": named(name, namespace), "spec": {"model": {"id": model, "source": "huggingface"}, **placed, **spec}}


def aim_service(name: str, namespace: str, model: Object, **spec: Any) -> Object:
    return {"metadata": named(name, namespace), "spec": {"model": model, "replicas": 1, **spec}}


def own_weights(model: str, *, count: int = 1, token: str = "") -> Object:
    """The model of an AIMService that AMD has no image for: a base image and weights from the Hub."""
    secret = {"secretKeyRef": {"name": token, "key": "token"}}
    source = {"modelId": model, "sourceUri": f"hf://{model}", **given(env=[{"name": "HF_TOKEN", "valueFrom": secret}] if token else [])}
    hardware = {"gpu": {"requests": count, "model": "MI300X"}}
    return {"custom": {"baseImage": "amdenterpriseai/aim-base:0.9", "modelSources": [source], "hardware": hardware}}


def workspace(name: str, namespace: str, preset: str, *, nodes: dict[str, str], **options: str) -> Object:
    """KAITO's, on nodes that are there."""
    inference = {"preset": {"name": preset, **given(presetOptions=options)}}
    return {"metadata": named(name, namespace), "resource": {"count": 1, "labelSelector": {"matchLabels": nodes}}, "inference": inference}


def nim_service(name: str, namespace: str, *, image: str, tag: str, count: int = 1, **spec: Any) -> Object:
    """The NIM operator's. Of its two secrets, one is for the image and one for the weights."""
    wanted: Object = {
        "image": {"repository": image, "tag": tag, "pullPolicy": "IfNotPresent", "pullSecrets": ["ngc-secret"]},
        "authSecret": "ngc-api-secret",
        "replicas": 1,
        "resources": {"limits": {"nvidia.com/gpu": str(count)}, "requests": {"cpu": "4", "memory": "24Gi", "nvidia.com/gpu": str(count)}},
        "expose": {"service": {"type": "ClusterIP", "port": 8000}},
        "tolerations": TOLERATED,
    }
    return {"metadata": named(name, namespace), "spec": {**wanted, **spec}}
