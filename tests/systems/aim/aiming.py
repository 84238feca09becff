"""Objects of AIM Engine as an API server would send them, made short, and what is known of the cluster."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.aim import types
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.checks import (
    check_artifact,
    check_config,
    check_model,
    check_model_source,
    check_service,
    check_template,
    check_template_cache,
)
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import NODES, PODS, STORAGE_CLASSES, Node, Pod, StorageClass
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS, ServiceAccount

Manifest = dict[str, Any]

KINDS: dict[str, tuple[Resource, type[Object]]] = {
    "AIMService": (types.SERVICES, AIMService),
    "AIMModel": (types.MODELS, AIMModel),
    "AIMClusterModel": (types.CLUSTER_MODELS, AIMModel),
    "AIMServiceTemplate": (types.TEMPLATES, AIMTemplate),
    "AIMClusterServiceTemplate": (types.CLUSTER_TEMPLATES, AIMTemplate),
    "AIMTemplateCache": (types.TEMPLATE_CACHES, AIMTemplateCache),
    "AIMArtifact": (types.ARTIFACTS, AIMArtifact),
    "AIMRuntimeConfig": (types.CONFIGS, AIMConfig),
    "AIMClusterRuntimeConfig": (types.CLUSTER_CONFIGS, AIMConfig),
    "AIMClusterModelSource": (types.MODEL_SOURCES, AIMModelSource),
    "Node": (NODES, Node),
    "Pod": (PODS, Pod),
    "Secret": (SECRETS, Secret),
    "StorageClass": (STORAGE_CLASSES, StorageClass),
    "ServiceAccount": (SERVICE_ACCOUNTS, ServiceAccount),
    "Gateway": (types.GATEWAYS, Object),
    "ScaledObject": (types.SCALED_OBJECTS, Object),
}
CREATED = "2026-02-01T08:00:00Z"


def manifest(kind: str, name: str = "qwen", *, namespace: str = "team", **more: Any) -> Manifest:
    """`more`: spec, status, and fields of the metadata such as labels."""
    resource, _ = KINDS[kind]
    metadata = {"name": name} | ({"namespace": namespace} if resource.namespaced else {})
    body = {key: more.pop(key) for key in ("spec", "status", "data") if key in more}
    return {"apiVersion": resource.api_version, "kind": kind, "metadata": {**metadata, **more}, **body}


def service(name: str = "qwen", *, namespace: str = "team", **spec: Any) -> Manifest:
    """By default one of a named model."""
    return manifest("AIMService", name, namespace=namespace, spec={"model": {"name": "qwen-model"}, **spec})


def custom(**more: Any) -> Manifest:
    """`spec.model` of a service with weights of its own."""
    source = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B", **more.pop("source", {})}
    return {"custom": {"baseImage": "amdenterpriseai/aim-base:0.9", "modelSources": [source], "hardware": {"gpu": {"requests": 1}}, **more}}


def model(name: str = "qwen-model", *, cluster: bool = False, status: str = "Ready", **spec: Any) -> Manifest:
    kind = "AIMClusterModel" if cluster else "AIMModel"
    return manifest(kind, name, spec={"image": "amdenterpriseai/aim-qwen-qwen3-32b:0.8.5", **spec}, status={"status": status})


def template(
    name: str = "qwen-template",
    *,
    cluster: bool = False,
    status: str = "Ready",
    kind: str = "optimized",
    gpu: str = "MI300X",
    count: int = 1,
    metric: str = "latency",
    precision: str = "fp16",
    engine: str = "vllm",
    of: str = "qwen-model",
    **more: Any,
) -> Manifest:
    """One that was discovered. `kind`: of its profile."""
    told = {
        "status": status,
        "profile": {"metadata": {"type": kind, "gpu": gpu, "gpuCount": count, "metric": metric, "precision": precision, "engine": engine}},
        "resolvedHardware": {"gpu": {"model": gpu, "requests": count}},
        **more.pop("told", {}),
    }
    hardware = {"gpu": {"model": gpu, "requests": count}}
    spec = {"modelName": of, "metric": metric, "precision": precision, "hardware": hardware, **more}
    return manifest("AIMClusterServiceTemplate" if cluster else "AIMServiceTemplate", name, spec=spec, status=told)


def condition(kind: str, status: str = "True", reason: str = "", message: str = "") -> Manifest:
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": CREATED}


def false(kind: str, reason: str, message: str = "") -> Manifest:
    return condition(kind, "False", reason, message)


def node(name: str, device: str = "74a1", *, gpus: int = 8, **labels: str) -> Manifest:
    told = {"allocatable": {types.GPU: str(gpus)}}
    return manifest("Node", name, labels={"amd.com/gpu.device-id": device, **labels}, status=told)


def pod(name: str, of: str = "qwen", *, ready: bool = True, gpus: int = 1, **labels: str) -> Manifest:
    container = {"name": "kserve-container", "resources": {"limits": {types.GPU: str(gpus)}}}
    told = {"phase": "Running", "conditions": [condition("Ready", "True" if ready else "False")]}
    spec = {"containers": [container], "nodeName": "gpu-1"}
    return manifest("Pod", name, labels={types.SERVICE_LABEL: of, **labels}, spec=spec, status=told)


def secret(name: str, *keys: str, kind: str = "Opaque") -> Manifest:
    return {**manifest("Secret", name, data=dict.fromkeys(keys, "czNjcjN0")), "type": kind}


def there(document: Manifest) -> Any:
    """As the console reads it from the wire."""
    _, kind = KINDS[document["kind"]]
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)


def facts(objects: Iterable[Manifest] = (), *, of: Sequence[str] = ()) -> FactTable:
    """What is known: these objects, and of their kinds and those that `of` names nothing else. "all" names every kind."""
    table = FactTable()
    known = [*KINDS] if "all" in of else of
    documents = list(objects)
    for kind in {*known, *(document["kind"] for document in documents)}:
        table.set_known(KINDS[kind][0], "", known=True)
    for document in documents:
        table.put(KINDS[document["kind"]][0], there(document))
    return table


@dataclass(frozen=True)
class Trap:
    """A manifest that has it, one that has not, and the finding that tells them apart."""

    name: str
    has: Manifest
    has_not: Manifest
    says: str
    """A part of the reason."""
    field: str
    severity: Severity = Severity.ERROR
    known: Sequence[Manifest] = ()
    """What there is, and of the kinds of it, and of `of`, nothing else."""
    of: Sequence[str] = ()
    otherwise: Sequence[Manifest] | None = None
    """What there is instead of `known` for the manifest that has not the trap."""


def checked(document: Manifest, known: Iterable[Manifest] = (), of: Sequence[str] = ()) -> tuple[Finding, ...]:
    """As a review does, without the status."""
    checks = {
        "AIMService": check_service,
        "AIMModel": check_model,
        "AIMClusterModel": check_model,
        "AIMServiceTemplate": check_template,
        "AIMClusterServiceTemplate": check_template,
        "AIMTemplateCache": check_template_cache,
        "AIMArtifact": check_artifact,
        "AIMRuntimeConfig": check_config,
        "AIMClusterRuntimeConfig": check_config,
        "AIMClusterModelSource": check_model_source,
    }
    return checks[document["kind"]](document, facts(known, of=of))


def sentences(*files: Path) -> list[str]:
    """The longest fixed part of the reason of every finding that these modules can make."""
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Finding"), args=[_, reason, *_]):
                    told: ast.expr = reason
                case ast.Assign(targets=[ast.Name(id="reason")], value=reason):
                    told = reason
                case _:
                    continue
            parts = [part.value for part in ast.walk(told) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            found.append(max(parts, key=len, default=""))
    return sorted({sentence for sentence in found if len(sentence) > 12})
