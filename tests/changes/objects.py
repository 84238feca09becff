"""Objects of a cluster under test, others who write to them, and what tests remember."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from modeltui.changes.difference import FieldChange
from modeltui.changes.plan import Step
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.resource import Resource

CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
SECRETS = Resource("", "v1", "secrets", "Secret")
NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
MODELS = Resource("model.samzong.dev", "v1", "models", "Model")
DATASETS = Resource("dataset.baizeai.io", "v1alpha1", "datasets", "Dataset")


def config_map(namespace: str, name: str, **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def secret(namespace: str, name: str, **data: str) -> Manifest:
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "data": encoded}


def model(namespace: str, name: str, **spec: Any) -> Manifest:
    whole = {"sourceRef": "hub", "versions": [{"name": "v1", "repo": "org/one"}], **spec}
    return {"apiVersion": "model.samzong.dev/v1", "kind": "Model", "metadata": {"name": name, "namespace": namespace}, "spec": whole}


async def by_other(client: Client, resource: Resource, manifest: Manifest, *, manager: str = "other") -> Manifest:
    """`kubectl apply --server-side --force-conflicts --field-manager other`."""
    path = resource.path(manifest["metadata"]["namespace"], manifest["metadata"]["name"])
    params: dict[str, str | int | bool] = {"fieldManager": manager, "force": True}
    answer = await client.request("PATCH", path, params=params, body=manifest, content_type="application/apply-patch+yaml")
    made: Manifest = json.loads(answer)
    return made


async def patched(client: Client, resource: Resource, namespace: str, name: str, patch: Manifest, *, subresource: str = "") -> Manifest:
    """A merge patch by some controller."""
    path = resource.path(namespace, name, subresource or None)
    params: dict[str, str | int | bool] = {"fieldManager": "controller"}
    answer = await client.request("PATCH", path, params=params, body=patch, content_type="application/merge-patch+json")
    made: Manifest = json.loads(answer)
    return made


async def there(client: Client, resource: Resource, namespace: str, name: str) -> Manifest:
    obj = await read(client, resource, namespace, name)
    assert obj is not None, f"{name} is not there"
    return obj


def owners(obj: Manifest) -> dict[str, Any]:
    return {f"{entry['manager']}/{entry['operation']}": entry["fieldsV1"] for entry in obj["metadata"].get("managedFields", ())}


@dataclass
class Kept:
    """A recorder: (step, result) in the order in which they ended; `begun` are those that were told of before their write."""

    begun: list[tuple[Step, Sequence[FieldChange]]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)

    async def begin(self, step: Step, difference: Sequence[FieldChange]) -> int:
        self.begun.append((step, tuple(difference)))
        return len(self.begun) - 1

    async def end(self, token: int, result: str) -> None:
        self.ended.append((self.begun[token][0].name, result))
