"""Before a deletion: what hangs on the object, read from a whole API server by users with all rights, few, and none."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from modeltui.changes import findings
from modeltui.changes.plan import Change, Step
from modeltui.domain import Finding, Severity
from modeltui.kube.apply import Manifest, read
from modeltui.kube.client import Client
from modeltui.kube.credentials import contexts, load
from modeltui.kube.errors import AlreadyExists
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, NAMESPACES, PODS, VOLUMES
from modeltui.systems.dataset.types import DATASETS
from modeltui.systems.modelfs import edits
from modeltui.systems.modelfs.types import MODELS, SOURCES

DATA = "mdl-qwen-v1"
STORAGE = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "12Gi"}}}


async def make(
    client: Client, resource: Resource, namespace: str, name: str, *, status: Manifest | None = None, **content: Any
) -> Manifest:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **content.pop("metadata", {})}
    body = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, **content}
    made: Manifest
    try:
        made = json.loads(await client.request("POST", resource.path(namespace), body=body))
    except AlreadyExists:  # a controller of the cluster under test was quicker
        made = json.loads(await client.request("GET", resource.path(namespace, name)))
    if status is not None:
        path = resource.path(namespace, name, "status")
        made = json.loads(await client.request("PATCH", path, body={"status": status}, content_type="application/merge-patch+json"))
    return made


def pod(claim: str) -> Manifest:
    container = {"name": "server", "image": "vllm/vllm-openai:v0.11.0", "volumeMounts": [{"name": "weights", "mountPath": "/models"}]}
    return {"containers": [container], "volumes": [{"name": "weights", "persistentVolumeClaim": {"claimName": claim}}]}


@dataclass(frozen=True)
class Places:
    """Two namespaces."""

    own: str
    reads: str


@pytest.fixture
async def places(cluster: Client) -> AsyncIterator[Places]:
    """A Model with a version that is loaded and mounted in one namespace, and shared with the other."""
    own, reads = [await namespace_of_its_own(cluster) for _ in range(2)]
    await make(cluster, SOURCES, own, "hub", spec={"type": "HUGGING_FACE", "secretRef": "token"})
    version = {"name": "v1", "repo": "Qwen/Qwen2-0.5B", "state": "PRESENT", "storage": STORAGE}
    model = await make(cluster, MODELS, own, "qwen", spec={"sourceRef": "hub", "versions": [version]})
    owner = {"apiVersion": MODELS.api_version, "kind": "Model", "name": "qwen", "uid": model["metadata"]["uid"], "controller": True}
    source = {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/Qwen2-0.5B"}
    loaded = {"phase": "READY", "pvcName": DATA, "lastSucceedRound": 1}
    spec = {"source": source, "share": True, "volumeClaimTemplate": {"spec": STORAGE}}
    await make(cluster, DATASETS, own, DATA, metadata={"ownerReferences": [owner]}, spec=spec, status=loaded)
    await make(cluster, CLAIMS, own, DATA, spec=STORAGE, status={"phase": "Pending"})
    await make(cluster, PODS, own, "vllm-0", spec=pod(DATA))
    copied = {"source": {"type": "REFERENCE", "uri": f"dataset://{own}/{DATA}"}}
    await make(cluster, DATASETS, reads, "qwen", spec=copied, status={"phase": "READY", "pvcName": "qwen"})
    await make(cluster, PODS, reads, "reader-0", spec=pod("qwen"))
    yield Places(own, reads)
    for name in (own, reads):
        await cluster.request("DELETE", NAMESPACES.path(name=name))


async def namespace_of_its_own(client: Client) -> str:
    body = {"metadata": {"generateName": "modeltui-test-", "labels": {"app.kubernetes.io/managed-by": "modeltui-tests"}}}
    return str(json.loads(await client.request("POST", NAMESPACES.path(), body=body))["metadata"]["name"])


async def step(client: Client, resource: Resource, namespace: str, name: str) -> Step:
    live = await read(client, resource, namespace, name)
    assert live is not None
    return Step.delete(resource, live)


async def told(client: Client, *steps: Step) -> list[list[Finding]]:
    return [list(found) for found in await findings.find(client, Change("Delete", steps))]


def said(found: list[Finding], severity: Severity) -> str:
    return "\n".join(finding.reason for finding in found if finding.severity is severity)


async def test_a_model_takes_its_data_along_and_every_pod_that_reads_it_is_named(cluster: Client, places: Places) -> None:
    (found,) = await told(cluster, await step(cluster, MODELS, places.own, "qwen"))
    errors, warnings = said(found, Severity.ERROR), said(found, Severity.WARNING)
    assert f"Dataset {DATA}: Claim {DATA} is mounted right now by pod vllm-0" in errors
    assert f"In namespace {places.reads}, pod reader-0 mounts claim qwen" in errors
    assert f"Its Dataset {DATA} goes with it." in warnings
    assert f"Dataset {places.reads}/qwen refers to it" in warnings
    assert f"Claim {DATA} (Pending, asks for 12Gi) is deleted with it" in said(found, Severity.INFO)
    assert "unknown" not in errors + warnings


async def test_a_version_that_is_paused_costs_the_same(cluster: Client, places: Places) -> None:
    live = await read(cluster, MODELS, places.own, "qwen")
    assert live is not None
    (found,) = await told(cluster, Step.apply(MODELS, edits.paused(live, "v1"), live))
    assert f"Version v1: modelfs deletes Dataset {DATA}." in said(found, Severity.WARNING)
    assert "vllm-0" in said(found, Severity.ERROR)


async def test_a_source_is_held_up_by_its_models_unless_they_go_too(cluster: Client, places: Places) -> None:
    source, model = await step(cluster, SOURCES, places.own, "hub"), await step(cluster, MODELS, places.own, "qwen")
    (held,) = await told(cluster, source)
    assert "Model qwen refers to it: its finalizer holds the deletion up" in said(held, Severity.ERROR)
    _, free = await told(cluster, model, source)
    assert said(free, Severity.ERROR) == ""


async def test_what_goes_in_the_same_change_is_not_held_against_it(cluster: Client, places: Places) -> None:
    steps = [
        await step(cluster, PODS, places.own, "vllm-0"),
        await step(cluster, PODS, places.reads, "reader-0"),
        await step(cluster, DATASETS, places.reads, "qwen"),
        await step(cluster, DATASETS, places.own, DATA),
    ]
    found = await told(cluster, *steps)
    assert [said(one, Severity.ERROR) for one in found] == ["", "", "", ""]
    assert "refers to it" not in said(found[3], Severity.WARNING)


@pytest.fixture
async def others(kubeconfig: str) -> AsyncIterator[dict[str, Client]]:
    """Clients of the users with fewer rights, where the cluster under test has them."""
    there = [name for name in ("viewer", "nobody") if name in contexts(kubeconfig).names]
    if len(there) < 2:
        pytest.skip("the kubeconfig has no contexts viewer and nobody")
    clients = {name: Client(load(kubeconfig, name)) for name in there}
    yield clients
    for client in clients.values():
        await client.aclose()


async def test_what_may_not_be_listed_is_unknown_and_never_none(cluster: Client, places: Places, others: dict[str, Client]) -> None:
    whole = [await step(cluster, MODELS, places.own, "qwen"), await step(cluster, DATASETS, places.own, DATA)]
    for deletion in whole:
        (blind,) = await told(others["nobody"], deletion)
        assert "may not be listed" in said(blind, Severity.WARNING)
        assert not any("No running pod" in finding.reason for finding in blind)
    (source,) = await told(others["nobody"], await step(cluster, SOURCES, places.own, "hub"))
    assert "Which Models refer to it, and so hold its deletion up, is unknown" in said(source, Severity.WARNING)


async def test_who_may_not_list_volumes_does_not_know_whether_one_is_retained(
    cluster: Client, places: Places, others: dict[str, Client]
) -> None:
    volume = f"{places.own}-pv"
    spec = {"capacity": {"storage": "12Gi"}, "accessModes": ["ReadWriteMany"], "persistentVolumeReclaimPolicy": "Retain"}
    await make(cluster, VOLUMES, "", volume, spec={**spec, "storageClassName": "none", "hostPath": {"path": "/none"}})
    claim = "kept"
    asked = {**STORAGE, "storageClassName": "none", "volumeName": volume}
    bound = {"phase": "Bound", "capacity": {"storage": "12Gi"}, "accessModes": ["ReadWriteMany"]}
    await make(cluster, CLAIMS, places.own, claim, spec=asked, status=bound)
    await make(cluster, DATASETS, places.own, claim, spec={"source": {"type": "MANUAL", "uri": "manual://"}}, status={"pvcName": claim})
    deletion = await step(cluster, DATASETS, places.own, claim)
    try:
        (found,) = await told(cluster, deletion)
        assert f"Volume {volume} is retained with the data" in said(found, Severity.WARNING)
        (unsure,) = await told(others["viewer"], deletion)
        assert "Whether the volume is retained is unknown: persistentvolumes may not be listed" in said(unsure, Severity.WARNING)
    finally:
        await cluster.request("DELETE", VOLUMES.path(name=volume))
