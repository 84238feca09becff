"""Manifests of AIM Engine's kinds that are in order but for what is said of them: the words of the traps."""

from __future__ import annotations

from typing import Any

from tests.systems.aim.aiming import Manifest, custom, manifest, model, service

from modeltui.domain import Severity

INFO, WARNING = Severity.INFO, Severity.WARNING
OK = {"allowUnoptimized": True}
IMAGE = "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5"


def customised(hardware: Manifest | None = None, *, source: Manifest | None = None, **spec: Any) -> Manifest:
    """A service of weights of its own that is in order, but for what is said here."""
    more = {key: value for key, value in (("hardware", hardware), ("source", source)) if value is not None}
    return service(**{"model": custom(**more), "template": OK, **spec})


def hardware(**gpu: Any) -> Manifest:
    return customised({"gpu": {"requests": 1, **gpu}})


def without(document: Manifest, *path: str) -> Manifest:
    inner = document
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return document


def env(name: str = "HF_TOKEN", of: str = "hf-token", key: str = "token", **more: Any) -> list[Manifest]:
    return [{"name": name, "valueFrom": {"secretKeyRef": {"name": of, "key": key, **more}}}]


def own_model(**spec: Any) -> Manifest:
    weights = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B"}
    base = {"image": "amdenterpriseai/aim-base:0.9", "modelSources": [weights], "custom": {"hardware": {"gpu": {"requests": 1}}}}
    return manifest("AIMModel", "own", spec={**base, **spec})


def own_template(*, cluster: bool = False, **spec: Any) -> Manifest:
    kind = "AIMClusterServiceTemplate" if cluster else "AIMServiceTemplate"
    return manifest(kind, "tpl", spec={"modelName": "qwen-model", "hardware": {"gpu": {"requests": 1, "model": "MI300X"}}, **spec})


def cache(**spec: Any) -> Manifest:
    return manifest("AIMTemplateCache", "c", spec={"templateName": "qwen-template", "templateScope": "Namespace", **spec})


def artifact(**spec: Any) -> Manifest:
    return manifest("AIMArtifact", "a", spec={"sourceUri": "hf://Qwen/Qwen2-0.5B", **spec})


def config(kind: str = "AIMRuntimeConfig", name: str = "team-config", **spec: Any) -> Manifest:
    return manifest(kind, name, spec=spec)


def source(**spec: Any) -> Manifest:
    return manifest("AIMClusterModelSource", "s", spec={"filters": [{"image": "amdenterpriseai/aim-*"}], **spec})


def scaled(**more: Any) -> Manifest:
    measured = {"metricNames": ["vllm:num_requests_running"], "query": "vllm:num_requests_running"}
    metric = {"type": "PodMetric", "podmetric": {"metric": measured, "target": {"type": "Value", "value": "1"}}}
    for name in ("metric", "target"):
        metric["podmetric"] |= {name: {**metric["podmetric"][name], **more.pop(name, {})}}
    return service(minReplicas=1, maxReplicas=3, autoScaling={"metrics": [{**metric, **more}]})


def routed(path: str = "", *, labels: Manifest | None = None, **more: Any) -> Manifest:
    routing = {"enabled": True, "gatewayRef": {"name": "gw"}, **({"pathTemplate": path} if path else {}), **more}
    document = service(routing={key: value for key, value in routing.items() if value is not None})
    document["metadata"]["labels"] = labels or {}
    return document


def noted(annotation: str) -> Manifest:
    document = service()
    document["metadata"]["annotations"] = {annotation: "true"}
    return document


def storage_class(name: str, provisioner: str, *, default: bool = False) -> Manifest:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return manifest("StorageClass", name, annotations=annotations) | {"provisioner": provisioner}


def named(document: Manifest, name: str) -> Manifest:
    return document | {"metadata": {**document["metadata"], "name": name}}


def endpoint(of: str) -> list[Manifest]:
    """The store's address, from a Secret."""
    return env("AWS_ENDPOINT_URL", of, "url")


def stored(variables: list[Manifest]) -> Manifest:
    """A service of weights in an object store, and its variables for fetching them."""
    return customised(source={"sourceUri": "s3://models/qwen", "env": variables})


NO_CONFIGS = ("AIMRuntimeConfig", "AIMClusterRuntimeConfig")
MODELS = ("AIMModel", "AIMClusterModel")
TEMPLATES = ("AIMServiceTemplate", "AIMClusterServiceTemplate")
LIVE = service(
    template={"name": "a"},
    caching={"mode": "Shared"},
    overrides={"metric": "latency", "precision": "fp8", "hardware": {"gpu": {"requests": 1}}},
)
LONG = "x" * 201
GATED = model()
GATED["status"] |= {"imageMetadata": {"model": {"hfTokenRequired": True}}}
MADE = own_model()
TOKENED = {"env": env()}
STORED = own_model(modelSources=[{"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "s3://models/qwen", "env": endpoint("minio-a")}])
