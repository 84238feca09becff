"""Checks of changes that are in no namespace, and of kinds in an older version of their API, against a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from modeltui.changes import findings
from modeltui.changes.plan import Change, Step
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.domain import Severity
from modeltui.kube.apply import read
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource
from modeltui.systems.aim.types import CLUSTER_MODELS
from modeltui.systems.kserve.llm_types import LLM_CONFIGS, LLM_SERVICES, OLD_LLM_SERVICES
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, SERVICES

CONFIGS = Path(__file__).resolve().parents[2].parent / "shared" / "crds" / "kserve" / "serving.kserve.io_llminferenceserviceconfigs.yaml"
CONTAINER = {"name": "kserve-container", "image": "vllm/vllm-openai:v0.11.0"}
RUNTIME = {"supportedModelFormats": [{"name": "vLLM", "autoSelect": True}], "containers": [CONTAINER]}
SERVICE = {"predictor": {"model": {"modelFormat": {"name": "vLLM"}, "runtime": "shared", "storageUri": "hf://Qwen/Qwen3-0.6B"}}}


class Place:
    def __init__(self, cluster: EmbeddedCluster, kubeconfig: Path) -> None:
        self.cluster, self._kubeconfig = cluster, kubeconfig
        self.clients: list[Client] = []

    def client(self, who: str = "admin") -> Client:
        self.clients.append(Client(load(str(self._kubeconfig), who)))
        return self.clients[-1]

    def make(self, resource: Resource, name: str, spec: Any = None, *, namespace: str = "") -> None:
        metadata = {"name": name} | ({"namespace": namespace} if namespace else {})
        obj = {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata} | ({"spec": spec} if spec else {})
        self.cluster.api.create(resource.group_resource, obj, manager="test")

    async def told(self, *steps: Step, who: str = "admin") -> list[tuple[Severity, str]]:
        found = await findings.find(self.client(who), Change("x", steps))
        return [(one.severity, one.reason) for of_step in found for one in of_step]


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    crds = [CONFIGS] if CONFIGS.exists() else []
    async with EmbeddedCluster(empty=True, crds=crds) as cluster:
        path = tmp_path / "kubeconfig"
        cluster.write_kubeconfig(path)
        place = Place(cluster, path)
        for name in ("team-a", "team-nlp"):
            cluster.api.create("namespaces", {"metadata": {"name": name}}, manager="test")
        yield place
        for client in place.clients:
            await client.aclose()


def manifest(resource: Resource, name: str, spec: Any, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": {"name": name, **metadata}, "spec": spec}


async def test_what_is_in_no_namespace_is_checked(place: Place) -> None:
    bad = {**RUNTIME, "containers": [{**CONTAINER, "resources": {"requests": {"nvidia.com/gpu": "1"}}}]}
    (found,) = await place.told(Step.create(CLUSTER_RUNTIMES, manifest(CLUSTER_RUNTIMES, "shared", bad)))
    assert found[0] is Severity.ERROR
    assert "requests nvidia.com/gpu without a limit" in found[1]
    assert await place.told(Step.create(CLUSTER_RUNTIMES, manifest(CLUSTER_RUNTIMES, "shared", RUNTIME))) == []


async def test_who_uses_it_is_told_in_whatever_namespace(place: Place) -> None:
    place.make(CLUSTER_RUNTIMES, "shared", RUNTIME)
    place.make(SERVICES, "chat", SERVICE, namespace="team-a")
    live = await read(place.client(), CLUSTER_RUNTIMES, "", "shared")
    assert live is not None
    assert (Severity.WARNING, "InferenceService team-a/chat cannot be started anew without it.") in await place.told(
        Step.delete(CLUSTER_RUNTIMES, live)
    )
    beside = Step.create(SERVICES, manifest(SERVICES, "other", SERVICE, namespace="team-nlp"))
    told = [reason for _, reason in await place.told(beside, Step.delete(CLUSTER_RUNTIMES, live))]
    assert any("team-a/chat" in reason and "team-nlp/other" in reason for reason in told), "also beside a step of one namespace"


async def test_who_may_not_look_everywhere_is_told_that_it_is_unknown(place: Place) -> None:
    place.make(CLUSTER_RUNTIMES, "shared", RUNTIME)
    live = await read(place.client(), CLUSTER_RUNTIMES, "", "shared")
    assert live is not None
    told = [reason for _, reason in await place.told(Step.delete(CLUSTER_RUNTIMES, live), who="editor")]
    assert "Which InferenceServices run on it is unknown: inferenceservices in all namespaces may not be listed." in told


async def test_another_system_s_kinds_of_the_cluster_are_checked_too(place: Place) -> None:
    step = Step.create(CLUSTER_MODELS, manifest(CLUSTER_MODELS, "qwen", {"image": ""}))
    assert [severity for severity, _ in await place.told(step)].count(Severity.ERROR) >= 1


OLD: dict[str, Any] = {"model": {"uri": "hf://meta-llama/Llama-3.1-8B-Instruct", "name": "x"}, "baseRefs": [{"name": "nowhere"}]}


@pytest.mark.skipif(not CONFIGS.exists(), reason="the upstream CRDs are not here")
async def test_an_older_version_beside_a_newer_one_is_checked_on_what_the_cluster_has(place: Place) -> None:
    """The server serves both; a change of history's may speak of the older one."""
    step = Step.create(OLD_LLM_SERVICES, manifest(OLD_LLM_SERVICES, "llm", OLD, namespace="team-a"))
    told = [reason for _, reason in await place.told(step)]
    assert any("nowhere" in reason for reason in told), told
    place.make(LLM_CONFIGS, "nowhere", {"model": {"uri": "hf://a/b"}}, namespace="team-a")
    told = [reason for _, reason in await place.told(step)]
    assert not any("nowhere" in reason for reason in told), told


async def test_its_secrets_are_looked_for_and_found(place: Place) -> None:
    spec = {
        "model": {"uri": "hf://Qwen/Qwen3-0.6B", "name": "x"},
        "template": {
            "containers": [
                {"name": "main", "env": [{"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hub", "key": "HF_TOKEN"}}}]}
            ]
        },
    }
    for resource in (LLM_SERVICES, OLD_LLM_SERVICES):
        step = Step.create(resource, manifest(resource, "llm", spec, namespace="team-a"))
        assert any('There is no Secret "hub"' in reason for _, reason in await place.told(step)), resource
    place.cluster.api.create(
        "secrets", {"metadata": {"name": "hub", "namespace": "team-a"}, "stringData": {"HF_TOKEN": "x"}}, manager="test"
    )
    for resource in (LLM_SERVICES, OLD_LLM_SERVICES):
        step = Step.create(resource, manifest(resource, "llm", spec, namespace="team-a"))
        assert not any("Secret" in reason for _, reason in await place.told(step)), resource
