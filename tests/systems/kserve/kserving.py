"""Objects of KServe, KAITO and the NIM operator as from the wire, real manifests of the projects, and what is known around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from tests.systems.linked import assert_linked

from modeltui.changes.findings import of as review_of
from modeltui.changes.plan import Action, Change, Step
from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems import doctor, registry
from modeltui.systems.core.secrets import SECRETS, Secret
from modeltui.systems.core.types import CLAIMS, NODES, PODS, Node, PersistentVolumeClaim, Pod
from modeltui.systems.facts import FactTable
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, InferenceService, ServingRuntime
from modeltui.systems.protocol import View

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
Manifest = dict[str, Any]


def samples(system: str, kind: str) -> dict[str, Manifest]:
    """ "file name" or "file name#n" -> every document of that kind in the real manifests; skips when they are not there."""
    folder = SHARED / "samples" / system
    if not folder.is_dir():
        pytest.skip("the reference material is not beside the checkout")
    found = {}
    for path in sorted(folder.glob("*.yaml")):
        name = "/".join(path.stem.split("__")[-2:])
        for place, doc in enumerate(one for one in yaml.safe_load_all(path.read_text()) if one and one.get("kind") == kind):
            found[f"{name}#{place}" if place else name] = doc
    return found


def decoded(kind: Any, manifest: Mapping[str, Any], status: Mapping[str, Any] | None = None, **metadata: Any) -> Any:
    """As the console reads it from the wire."""
    meta = {"namespace": "team", "generation": 1, **manifest.get("metadata", {}), **metadata}
    document = {**manifest, "metadata": meta} | ({} if status is None else {"status": status})
    return msgspec.json.decode(msgspec.json.encode(document), type=kind)


def service(predictor: Manifest | None = None, *, name: str = "llama", annotations: Manifest | None = None, **spec: Any) -> Manifest:
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "namespace": "team", **({"annotations": annotations} if annotations else {})},
        "spec": {"predictor": predictor if predictor is not None else model(), **spec},
    }


def model(form: str = "vLLM", *, uri: str = "hf://Qwen/Qwen3-8B", gpus: int | None = 1, runtime: str = "", **more: Any) -> Manifest:
    """spec.predictor with a model."""
    own = {
        key: more.pop(key) for key in ("args", "env", "image", "command", "protocolVersion", "storage", "resources", "name") if key in more
    }
    found: Manifest = {"modelFormat": {"name": form}, **own}
    if uri:
        found["storageUri"] = uri
    if runtime:
        found["runtime"] = runtime
    if gpus is not None:
        found["resources"] = {"limits": {"nvidia.com/gpu": str(gpus)}, "requests": {"nvidia.com/gpu": str(gpus)}}
    return {"model": found, **more}


def runtime(
    name: str = "vllm-runtime", *formats: Manifest, namespace: str = "team", container: Manifest | None = None, **spec: Any
) -> ServingRuntime:
    main = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0", "args": ["--port=8080"], **(container or {})}
    manifest = {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "supportedModelFormats": list(formats) or [{"name": "vLLM", "autoSelect": True, "priority": 1}],
            "containers": [main],
            **spec,
        },
    }
    found: ServingRuntime = decoded(ServingRuntime, manifest, namespace=namespace)
    return found


def live(manifest: Manifest | None = None, status: Manifest | None = None, **metadata: Any) -> InferenceService:
    found: InferenceService = decoded(InferenceService, manifest or service(), status, **metadata)
    return found


def conditions(**said: Any) -> list[Manifest]:
    """name="True", or name=("False", reason, message)."""
    found = []
    for name, value in said.items():
        status, reason, message = value if isinstance(value, tuple) else (value, "", "")
        found.append({"type": name, "status": status, "reason": reason, "message": message})
    return found


def pod(name: str, labels: Mapping[str, str], *, ready: bool = True, gpus: int = 0, image: str = "", going: bool = False) -> Pod:
    document: Manifest = {
        "metadata": {"name": name, "namespace": "team", "labels": dict(labels)},
        "spec": {"containers": [{"name": "main", "image": image, "resources": {"limits": {"nvidia.com/gpu": str(gpus)}}}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True" if ready else "False"}]},
    }
    if going:
        document["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return msgspec.convert(document, Pod)


def facts(*objects: Any, known: tuple[Resource, ...] = (), pods: list[Pod] | None = None) -> FactTable:
    """Runtimes among `objects` are put where they belong; `known` kinds are complete. `pods`: all that there are; None: not known."""
    table = FactTable()
    for resource in known:
        table.set_known(resource, "", known=True)
    for obj in objects:
        if isinstance(obj, ServingRuntime):
            table.put(RUNTIMES if obj.metadata.namespace else CLUSTER_RUNTIMES, obj)
        else:
            resource, found = obj
            table.put(resource, found)
    if pods is not None:
        table.set_known(PODS, "", known=True)
        for one in pods:
            table.put(PODS, one)
    return table


# ---- traps ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trap:
    """A manifest that has it, one that has not, and the finding that tells them apart."""

    name: str
    has: Manifest
    has_not: Manifest
    says: str
    field: str
    severity: Severity = Severity.ERROR
    known: FactTable = dataclass_field(default_factory=FactTable)
    otherwise: FactTable | None = None
    """What there is instead for the manifest that has not the trap."""


def tell_apart(trap: Trap, check: Callable[[Manifest, FactTable], Sequence[Finding]]) -> list[Finding]:
    found = [finding for finding in check(trap.has, trap.known) if trap.says in finding.reason]
    assert found, [finding.reason for finding in check(trap.has, trap.known)]
    assert {(finding.severity, finding.field) for finding in found} == {(trap.severity, trap.field)}
    assert all("\n" not in finding.reason and (finding.remedy or finding.severity is Severity.INFO) for finding in found)
    assert_linked(found)
    other = check(trap.has_not, trap.otherwise or trap.known)
    assert [finding for finding in other if trap.says in finding.reason] == []
    return found


def secret(name: str, *keys: str) -> tuple[Resource, Any]:
    document = {"metadata": {"name": name, "namespace": "team"}, "data": dict.fromkeys(keys, "czNjcjN0")}
    return SECRETS, msgspec.json.decode(msgspec.json.encode(document), type=Secret)


def claim(name: str, *modes: str) -> tuple[Resource, Any]:
    document = {"metadata": {"name": name, "namespace": "team"}, "spec": {"accessModes": list(modes)}}
    return CLAIMS, msgspec.convert(document, PersistentVolumeClaim)


def node(name: str, **allocatable: str) -> tuple[Resource, Any]:
    found = {key.replace("__", "/").replace("_", "."): value for key, value in allocatable.items()}
    return NODES, msgspec.convert({"metadata": {"name": name}, "status": {"allocatable": found}}, Node)


# ---- the ways by which people meet them -----------------------------------------------------------------------------


def view_of(manifest: Manifest) -> View:
    """Of the version of its API that it is written in."""
    group, _, version = manifest["apiVersion"].rpartition("/")
    views = [one for view in registry.kinds() for one in (view, *view.older)]
    wanted = (group, version, manifest["kind"])
    return next(one for one in views if (one.resource.group, one.resource.version, one.resource.kind) == wanted)


def reviewed(manifest: Manifest, known: FactTable) -> tuple[Finding, ...]:
    """As the review of a change that writes it tells it, over the object of that name that is known."""
    view = view_of(manifest)
    namespace, name = manifest["metadata"].get("namespace", "") if view.resource.namespaced else "", manifest["metadata"]["name"]
    there = known.get(view.resource, namespace, name)
    live = None if there is None else {**msgspec.to_builtins(there), "apiVersion": manifest["apiVersion"], "kind": manifest["kind"]}
    step = Step(Action.CREATE if live is None else Action.APPLY, view.resource, manifest, live, namespace, name)
    (found,) = review_of(Change("", (step,)), known)
    return found


def examined(manifest: Manifest, known: FactTable) -> tuple[Finding, ...]:
    """As the doctor tells it of one that is there."""
    view = view_of(manifest)
    namespaced = {"namespace": "team"} if view.resource.namespaced else {"namespace": ""}
    return doctor.findings(view, decoded(view.type, manifest, **namespaced), known)


def told_in_the_review(trap: Trap) -> None:
    """The finding that is named, with what to do, as often as its field stands there; and not of the one that is sound."""
    found = [one for one in reviewed(trap.has, trap.known) if trap.says in one.reason]
    assert [(one.severity, one.field) for one in found] == [(trap.severity, trap.field)]
    assert found[0].remedy
    assert "<masked>" not in found[0].reason + found[0].remedy, "words that follow a key and a colon are taken for its value"
    assert not [one for one in reviewed(trap.has_not, trap.otherwise or trap.known) if trap.says in one.reason]


def told_by_the_doctor(trap: Trap) -> None:
    found = [one for one in examined(trap.has, trap.known) if trap.says in one.reason]
    assert {one.field for one in found} == {trap.field}
    assert all(one.remedy for one in found)
