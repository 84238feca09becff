"""One object of every kind that serves models or helps to, with a text of the test's in every place where a system takes any text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.ui.planting import MANAGER, NAMESPACE, Object, event, last_applied

from modeltui.demo.api import Api
from modeltui.systems import registry
from modeltui.systems.protocol import View

Texts = Callable[[str], str]
"""Place -> the text that stands in it; places have no punctuation."""

NAME = "planted"
ELSEWHERE = ("models", "sources", "datasets", "shares", "pods")
"""Tables whose objects `planting` and `hostile` make."""


def tables() -> tuple[View, ...]:
    return tuple(view for view in registry.views() if view.name not in ELSEWHERE)


def plant(api: Api, *, value: Texts, sentence: Texts) -> None:
    """`value` stands where one word may be a secret, `sentence` where a system or a person writes what they like."""
    for view in tables():
        if not api.served(view.resource.group_resource):
            api.create("customresourcedefinitions.apiextensions.k8s.io", definition(view), manager=MANAGER)
        kind = view.resource.kind
        spec = {key: fill(one, kind.lower(), value, sentence) for key, one in SPECS[kind].items()}
        bare = {"apiVersion": view.resource.api_version, "kind": kind, "metadata": {"name": NAME}, **spec}
        annotations = {
            **last_applied(bare),
            "example.com/api-token": value(f"{kind.lower()}annotation"),
            "note": sentence(f"{kind.lower()}note"),
        }
        metadata = {"name": NAME, "annotations": annotations} | ({"namespace": NAMESPACE} if view.resource.namespaced else {})
        status = fill(STATUSES.get(kind, {}), kind.lower(), value, sentence) | {"conditions": [condition(kind, sentence)]}
        whole = {**bare, "metadata": metadata, "status": status}
        made = api.create(view.resource.group_resource, whole, manager=MANAGER, with_status=True)
        if view.resource.namespaced:
            api.create("events", event(made, type="Warning", reason="Failed", message=sentence("event")), manager=MANAGER)


def definition(view: View) -> Object:
    """Of a kind that the embedded cluster has no definition of: whatever is written is taken."""
    resource = view.resource
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {
        "name": resource.version,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    names = {"plural": resource.plural, "kind": resource.kind, "singular": resource.kind.lower(), "listKind": f"{resource.kind}List"}
    scope = "Namespaced" if resource.namespaced else "Cluster"
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": resource.group_resource},
        "spec": {"group": resource.group, "scope": scope, "names": names, "versions": [version]},
    }


def condition(kind: str, sentence: Texts) -> Object:
    told = sentence(f"{kind.lower()}condition")
    return {"type": "Ready", "status": "False", "reason": "Failed", "message": told, "lastTransitionTime": "2026-01-01T00:00:00Z"}


def fill(template: Any, kind: str, value: Texts, sentence: Texts) -> Any:
    """`template` with its placeholders replaced: "@word" by a value, "!word" by a sentence; "{@word}" inside of a longer text."""
    match template:
        case dict():
            return {key: fill(one, kind, value, sentence) for key, one in template.items()}
        case list():
            return [fill(one, kind, value, sentence) for one in template]
        case str() if template.startswith("@"):
            return value(kind + template[1:])
        case str() if template.startswith("!"):
            return sentence(kind + template[1:])
        case str() if "{@" in template:
            before, _, rest = template.partition("{@")
            place, _, after = rest.partition("}")
            return before + value(kind + place) + after
    return template


ENV = [{"name": "HF_TOKEN", "value": "@env"}, {"name": "PROXY", "value": "http://u:{@proxy}@proxy.example"}]
ARGS = ["--model", "org/model", "--api-key", "@arg", "--hf-token={@flag}"]
CONTAINER = {"name": "main", "image": "registry.example/engine:1", "env": ENV, "args": ARGS}
POD = {"spec": {"containers": [CONTAINER]}}
URI = "https://jane:{@uri}@models.example/x?token={@query}"
_AIM_SOURCES = [{"modelId": "org/model", "sourceUri": "s3://bucket/model", "env": ENV}]
_RUNTIME = {"supportedModelFormats": [{"name": "vllm", "autoSelect": True}], "containers": [{**CONTAINER, "name": "kserve-container"}]}
_WORKSPACE = {
    "resource": {"instanceType": "Standard_NC24ads_A100_v4", "labelSelector": {"matchLabels": {"apps": "x"}}},
    "inference": {"template": POD},
}

SPECS: dict[str, Object] = {
    "AIMService": {"spec": {"model": {"image": "registry.example/aim:1"}, "env": ENV, "replicas": 1}},
    "AIMModel": {
        "spec": {
            "image": "registry.example/aim:1",
            "modelSources": _AIM_SOURCES,
            "env": ENV,
            "custom": {"hardware": {"gpu": {"requests": 1}}},
        }
    },
    "AIMClusterModel": {"spec": {"image": "registry.example/aim:1"}},
    "AIMServiceTemplate": {"spec": {"modelName": NAME, "env": ENV}},
    "AIMClusterServiceTemplate": {"spec": {"modelName": NAME}},
    "AIMTemplateCache": {"spec": {"templateName": NAME, "templateScope": "Namespace", "env": ENV}},
    "AIMArtifact": {"spec": {"sourceUri": "hf://org/model", "env": ENV}},
    "AIMRuntimeConfig": {"spec": {"env": ENV}},
    "AIMClusterRuntimeConfig": {"spec": {"env": ENV}},
    "AIMClusterModelSource": {"spec": {"registry": "registry.example", "filters": [{"image": "org/aim"}]}},
    "DynamoGraphDeployment": {
        "spec": {
            "backendFramework": "vllm",
            "env": ENV,
            "components": [
                {"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": POD},
                {"name": "Worker", "type": "worker", "replicas": 1, "podTemplate": POD},
            ],
        }
    },
    "DynamoGraphDeploymentRequest": {"spec": {"model": "org/model", "backend": "vllm", "image": "registry.example/profiler:1"}},
    "DynamoModel": {"spec": {"modelName": "org/model", "baseModelName": "base", "source": {"uri": URI}}},
    "DynamoGraphDeploymentScalingAdapter": {"spec": {"replicas": 1, "dgdRef": {"name": NAME, "serviceName": "Worker"}}},
    "ModelDeployment": {
        "spec": {
            "model": {"id": "org/model", "source": "huggingface"},
            "engine": {"type": "vllm", "extraArgs": ARGS[2:4]},
            "env": ENV,
            "resources": {"gpu": {"count": 1}},
        }
    },
    "InferenceProviderConfig": {"spec": {"capabilities": {"engines": [{"name": "vllm"}]}}},
    "InferenceService": {
        "spec": {"predictor": {"model": {"modelFormat": {"name": "vllm"}, "runtime": NAME, "storageUri": URI, "env": ENV, "args": ARGS}}}
    },
    "LLMInferenceService": {"spec": {"model": {"uri": URI, "name": "org/model"}, "replicas": 1, "template": {"containers": [CONTAINER]}}},
    "ServingRuntime": {"spec": _RUNTIME},
    "ClusterServingRuntime": {"spec": _RUNTIME},
    "LocalModelCache": {"spec": {"sourceModelUri": URI, "modelSize": "1Gi", "nodeGroups": ["gpus"]}},
    "InferenceSet": {"spec": {"replicas": 1, "labelSelector": {"matchLabels": {"apps": "x"}}, "template": {**_WORKSPACE}}},
    "Workspace": _WORKSPACE,
    "NIMService": {
        "spec": {
            "image": {"repository": "nvcr.io/nim/x", "tag": "1"},
            "authSecret": "ngc",
            "replicas": 1,
            "env": ENV,
            "args": ARGS,
            "expose": {"service": {"port": 8000}},
            "storage": {"nimCache": {"name": NAME}},
        }
    },
    "NIMCache": {
        "spec": {
            "source": {"ngc": {"authSecret": "ngc", "modelPuller": "nvcr.io/nim/x:1", "pullSecret": "ngc"}},
            "storage": {"pvc": {"create": True, "size": "10Gi"}},
            "env": ENV,
        }
    },
}
"""Kind -> what stands beside its metadata."""

STATUSES: dict[str, Object] = {
    "AIMService": {"status": "Failed"},
    "AIMModel": {"status": "Failed"},
    "AIMArtifact": {"status": "Failed"},
    "DynamoGraphDeployment": {"state": "failed"},
    "ModelDeployment": {"phase": "Failed", "message": "!statusmessage"},
    "NIMService": {"state": "Failed"},
}


def planted() -> Iterator[tuple[View, tuple[str, str]]]:
    """Each table, and the key of its row."""
    for view in tables():
        yield view, (NAMESPACE if view.resource.namespaced else "", NAME)
