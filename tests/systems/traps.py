"""Manifests with one trap each, and what is known of the cluster: the words that the tests of the checks share."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, NAMESPACES, STORAGE_CLASSES, Namespace, PersistentVolumeClaim, StorageClass
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.facts import FactTable
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource

Manifest = dict[str, Any]

RESOURCES: dict[type[Object], Resource] = {
    **{Model: MODELS, ModelSource: SOURCES, Dataset: DATASETS},
    **{Secret: SECRETS, StorageClass: STORAGE_CLASSES, Namespace: NAMESPACES, PersistentVolumeClaim: CLAIMS},
}


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
    known: Sequence[Object] = field(default_factory=tuple)
    """What there is; of every kind that is among them, and of those that `of` names, nothing else."""
    of: Sequence[Resource] = ()
    otherwise: Sequence[Object] | None = None
    """What there is instead of `known` for the manifest that has not the trap."""

    @property
    def facts(self) -> FactTable:
        return facts(self.known, self.of)

    @property
    def other_facts(self) -> FactTable:
        return facts(self.known if self.otherwise is None else self.otherwise, self.of)


def facts(known: Iterable[Object], of: Iterable[Resource] = ()) -> FactTable:
    table = FactTable()
    for resource in of:
        table.set_known(resource, "", known=True)
    for obj in known:
        table.set_known(RESOURCES[type(obj)], "", known=True)
        table.put(RESOURCES[type(obj)], obj)
    return table


def matching(found: Iterable[Finding], trap: Trap) -> list[Finding]:
    return [finding for finding in found if trap.says in finding.reason]


# ---- manifests ------------------------------------------------------------------------------------------------------


def model(*versions: Manifest, name: str = "qwen", **spec: Any) -> Manifest:
    return {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"sourceRef": "hf", "versions": list(versions), **spec},
    }


def version(name: str = "v1", *, size: Any = "12Gi", **extra: Any) -> Manifest:
    storage = {"resources": {"requests": {"storage": size}}}
    return {"name": name, "repo": "Qwen/Qwen2-0.5B", "state": "PRESENT", "storage": storage} | extra


def source(kind: str = "HUGGING_FACE", *, name: str = "hf", **spec: Any) -> Manifest:
    return {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "ModelSource",
        "metadata": {"name": name, "namespace": "team"},
        "spec": {"type": kind, **spec},
    }


def dataset(kind: str = "HUGGING_FACE", uri: str = "huggingface://Qwen/Qwen2-0.5B", *, name: str = "d", **spec: Any) -> Manifest:
    options = spec.pop("options", {})
    template = {"spec": {"resources": {"requests": {"storage": "12Gi"}}}}
    return {
        "apiVersion": "dataset.baizeai.io/v1alpha1",
        "kind": "Dataset",
        "metadata": {"name": name, "namespace": "team", **spec.pop("metadata", {})},
        "spec": {"source": {"type": kind, "uri": uri, "options": options}, "volumeClaimTemplate": template, **spec},
    }


# ---- objects of the cluster -----------------------------------------------------------------------------------------


def there(manifest: Manifest, **status: Any) -> Any:
    """As the console reads it from the wire."""
    kind = {"Model": Model, "ModelSource": ModelSource, "Dataset": Dataset}[manifest["kind"]]
    return msgspec.json.decode(msgspec.json.encode(manifest | {"status": status}), type=kind)


def ready(manifest: Manifest) -> Any:
    """A ModelSource whose credentials modelfs found in order."""
    return there(manifest, conditions=[{"type": "CredentialsReady", "status": "True", "reason": "SecretValid"}])


def secret(name: str, *keys: str) -> Secret:
    document = {"metadata": {"name": name, "namespace": "team"}, "data": dict.fromkeys(keys, "czNjcjN0")}
    return msgspec.json.decode(msgspec.json.encode(document), type=Secret)


def storage_class(name: str, *, default: bool = False) -> StorageClass:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else {}
    return msgspec.convert({"metadata": {"name": name, "annotations": annotations}}, StorageClass)


def namespace(name: str, **labels: str) -> Namespace:
    return msgspec.convert({"metadata": {"name": name, "labels": labels}}, Namespace)


def claim(name: str) -> PersistentVolumeClaim:
    return msgspec.convert({"metadata": {"name": name, "namespace": "team"}}, PersistentVolumeClaim)


# ---- completeness ---------------------------------------------------------------------------------------------------


def sentences(*files: Path) -> list[str]:
    """The longest fixed part of the reason of every finding that these modules can make."""
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Finding", "Trouble"):
                place = 1 if node.func.id == "Finding" else 2
                parts = [
                    part.value for part in ast.walk(node.args[place]) if isinstance(part, ast.Constant) and isinstance(part.value, str)
                ]
                found.append(max(parts, key=len, default=""))
    return [sentence for sentence in found if len(sentence) > 12]


def reasons_in(*files: Path) -> list[str]:
    """As `sentences`, of reasons that are put together before, too: `reason = ...`, `reason, remedy = ...`, and what `_fixed` takes."""
    found = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Finding"), args=[_, reason, *_]) | ast.Call(func=ast.Name(id="_fixed"), args=[reason, *_]):
                    told = reason
                case ast.Assign(targets=[ast.Name(id="reason")], value=reason):
                    told = reason
                case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="reason"), *_])], value=ast.Tuple(elts=[reason, *_])):
                    told = reason
                case _:
                    continue
            parts = [part.value for part in ast.walk(told) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            found.append(max(parts, key=len, default=""))
    return sorted({sentence for sentence in found if len(sentence) > 12})
