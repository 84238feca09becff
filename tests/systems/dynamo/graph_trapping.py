"""What the traps of Dynamo's kinds are made of: a manifest that is good, what is changed about it, and what is known around it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tests.systems.dynamo import graph_samples as made

from modeltui.domain import Severity
from modeltui.kube.objects import Object
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo.request_types import Request
from modeltui.systems.dynamo.types import GRAPHS, REQUESTS
from modeltui.systems.facts import FactTable

Manifest = dict[str, Any]
Change = Callable[[Manifest], Any]
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def good() -> Manifest:
    return made.aggregated(1, backendFramework="vllm")


def halves() -> Manifest:
    told = ("--model", "m/m", "--kv-transfer-config", "{}")
    workers = [made.component(role, role, args=(*told, "--disaggregation-mode", role), gpus=1) for role in ("prefill", "decode")]
    return made.manifest(made.component("Frontend", "frontend"), *workers)


def worker(manifest: Manifest) -> Manifest:
    found: Manifest = manifest["spec"]["components"][1]
    return found


def main(manifest: Manifest, place: int = 1) -> Manifest:
    found: Manifest = manifest["spec"]["components"][place]["podTemplate"]["spec"]["containers"][0]
    return found


@dataclass(frozen=True)
class Trap:
    """What is changed about a good manifest, and the finding that then there is."""

    name: str
    change: Change
    says: str
    """A part of the reason."""
    severity: Severity = ERROR
    base: Callable[[], Manifest] = good
    facts: Callable[[], FactTable] = field(default=FactTable)
    otherwise: Callable[[], FactTable] | None = None
    """What is known instead for the manifest that is good."""

    @property
    def has_not(self) -> Manifest:
        return copy.deepcopy(self.base())

    @property
    def has(self) -> Manifest:
        manifest = self.has_not
        self.change(manifest)
        return manifest


def known(*objects: tuple[Any, Object], of: tuple[Any, ...] = ()) -> Callable[[], FactTable]:
    def make() -> FactTable:
        table = FactTable.of({resource: () for resource in of})
        for resource, obj in objects:
            table.put(resource, obj)
            table.set_known(resource, "", known=True)
        return table

    return make


def secret(name: str, *keys: str) -> tuple[Any, Object]:
    document = {"metadata": {"name": name, "namespace": "team"}, "data": dict.fromkeys(keys, "")}
    return SECRETS, msgspec.json.decode(msgspec.json.encode(document), type=Secret)


def claim(mode: str) -> tuple[Any, Object]:
    spec = {"accessModes": [mode]}
    return CLAIMS, msgspec.convert({"metadata": {"name": "c", "namespace": "team"}, "spec": spec}, PersistentVolumeClaim)


def live(manifest: Manifest, status: Manifest | None = None) -> Callable[[], FactTable]:
    return known((GRAPHS, made.graph(manifest, status)))


def mount(manifest: Manifest) -> None:
    worker(manifest)["podTemplate"]["spec"]["volumes"] = [{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}]


def gated(manifest: Manifest) -> None:
    main(manifest)["args"] = ["--model", "meta-llama/Llama-3.2-1B-Instruct"]


def take(manifest: Manifest, name: str) -> None:
    main(manifest)["envFrom"] = [{"secretRef": {"name": name}}]


def epp(**extra: Any) -> Manifest:
    return made.component("Epp", "epp", eppConfig={"config": {}}) | extra


def with_first(first: Manifest) -> Change:
    return lambda manifest: manifest["spec"]["components"].__setitem__(0, first)


def router(mode: str) -> Manifest:
    return {"name": "DYN_ROUTER_MODE", "value": mode}


def noted(manifest: Manifest, annotation: str, value: str) -> Manifest:
    manifest["metadata"]["annotations"] = {f"nvidia.com/{annotation}": value}
    return manifest


def annotated(annotation: str, value: str) -> Manifest:
    return noted(good(), annotation, value)


def changed(manifest: Manifest, **of_worker: Any) -> Manifest:
    worker(manifest).update(of_worker)
    return manifest


def thing(name: str) -> Object:
    """Of a kind without namespaces, of which only the name counts."""
    return msgspec.convert({"metadata": {"name": name}}, Object)


_OLDER: Manifest = {
    "apiVersion": "nvidia.com/v1alpha1",
    "kind": "DynamoGraphDeployment",
    "metadata": {"name": "old", "namespace": "team"},
    "spec": {
        "pvcs": [{"name": "c", "create": False}],
        "services": {
            "Frontend": {"componentType": "frontend", "extraPodSpec": {"mainContainer": {"image": "i:1.0.0"}}},
            "Worker": {
                "componentType": "worker",
                "resources": {"limits": {"gpu": "1"}},
                "extraPodSpec": {
                    "mainContainer": {"image": "i:1.0.0", "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "m/m"]}
                },
            },
        },
    },
}


def older() -> Manifest:
    """v1alpha1."""
    return _OLDER


def of_service(**extra: Any) -> Change:
    return lambda manifest: manifest["spec"]["services"]["Worker"].update(extra)


def wanted() -> Manifest:
    """A request."""
    hardware = {"gpuSku": "h100_sxm", "numGpusPerNode": 8}
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": "qwen", "namespace": "team"},
        "spec": {"model": "Qwen/Qwen3-32B", "backend": "vllm", "hardware": hardware},
    }


def older_wanted() -> Manifest:
    spec = {"model": "Qwen/Qwen3-32B", "backend": "vllm", "autoApply": True}
    profiling = {"profilerImage": "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1"}
    return {**wanted(), "apiVersion": "nvidia.com/v1alpha1", "spec": {**spec, "profilingConfig": profiling}}


def adapter() -> Manifest:
    """A DynamoModel of a LoRA."""
    spec = {"modelName": "acme/sql", "baseModelName": "Qwen/Qwen3-32B", "modelType": "lora", "source": {"uri": "s3://adapters/sql"}}
    return {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoModel",
        "metadata": {"name": "sql", "namespace": "team"},
        "spec": spec,
    }


def spec(**fields: Any) -> Change:
    """None takes a field out; `name` is the object's."""

    def change(manifest: Manifest) -> None:
        said = dict(fields)
        manifest["metadata"]["name"] = said.pop("name", manifest["metadata"]["name"])
        manifest["spec"] = {key: value for key, value in {**manifest["spec"], **said}.items() if value is not None}

    return change


def requested(phase: str) -> Callable[[], FactTable]:
    return known((REQUESTS, msgspec.convert({**wanted(), "status": {"phase": phase}}, Request)))
