"""Graphs where the cluster serves v1alpha1 alone, as operators before v1beta1 had it: the same controllers run them."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo import crd_loading
from modeltui.demo.api import OWN_CRDS
from modeltui.demo.controllers.serving import dynamo_status
from modeltui.demo.controllers.serving.dynamo_component import RESTARTED
from modeltui.demo.controllers.serving.dynamo_versions import in_v1beta1, status_in
from modeltui.demo.controllers.serving_pods import served

DGD, IMAGE = "dynamographdeployments.nvidia.com", "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.1.1"
LINE = {"command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "Qwen/Qwen3-0.6B", "--served-model-name", "qwen"]}


@pytest.fixture(scope="module")
def older() -> Yard:
    """A cluster whose definition of graphs has no v1beta1."""
    definitions: dict[str, Any] = {crd["metadata"]["name"]: crd for crd in crd_loading.read([OWN_CRDS])}
    graphs = copy.deepcopy(definitions[DGD])
    versions = [{**each, "served": True, "storage": True} for each in graphs["spec"]["versions"] if each["name"] == "v1alpha1"]
    graphs["spec"] |= {"versions": versions, "conversion": {"strategy": "None"}}
    return Yard(list({**definitions, DGD: graphs}.values()))


@pytest.fixture
def yard(older: Yard) -> Yard:
    older.enter()
    return older


def graph(yard: Yard, **worker: Any) -> None:
    main = {"image": IMAGE}
    services = {
        "Frontend": {"componentType": "frontend", "replicas": 1, "extraPodSpec": {"mainContainer": main}},
        "VllmWorker": {
            "componentType": "worker",
            "replicas": 1,
            "resources": {"limits": {"gpu": "1"}},
            "extraPodSpec": {"mainContainer": {**main, **LINE}},
            **worker,
        },
    }
    yard.make(DGD, "old", spec={"backendFramework": "vllm", "services": services})


def state(yard: Yard) -> str:
    return str(yard.status(DGD, "old").get("state", ""))


def worker_of(yard: Yard) -> Obj:
    found: Obj = yard.status(DGD, "old")["services"]["VllmWorker"]
    return found


def test_it_runs_and_its_status_has_the_shape_of_its_version(yard: Yard) -> None:
    graph(yard)
    yard.passes(seconds=1)
    assert state(yard) == "pending"
    yard.until(lambda: state(yard) == "successful")
    kept = yard.get(DGD, "old")
    assert kept["apiVersion"] == "nvidia.com/v1alpha1"
    assert kept["spec"].keys() == {"backendFramework", "services"}, "the controller writes no fields of the other version"
    assert "components" not in kept["status"]
    told = worker_of(yard)
    assert (told["componentKind"], told["replicas"], told["updatedReplicas"], told["readyReplicas"]) == ("Deployment", 1, 1, 1)
    assert told["componentName"] == told["componentNames"][0]
    (pod,) = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")
    assert pod["spec"]["containers"][0]["resources"]["limits"] == {"nvidia.com/gpu": "1"}
    (owner,) = yard.get("deployments.apps", "old-frontend")["metadata"]["ownerReferences"]
    assert (owner["apiVersion"], owner["name"]) == ("nvidia.com/v1alpha1", "old")
    (front,) = yard.list("pods", labels="nvidia.com/dynamo-component-type=frontend")
    answering = served(front)
    assert answering is not None
    assert answering.models == ("qwen",)

    yard.delete(DGD, "old")
    yard.passes(seconds=60)
    assert yard.find(DGD, "old") is None
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []


def test_it_is_not_written_again_when_nothing_changes(yard: Yard) -> None:
    graph(yard)
    yard.until(lambda: state(yard) == "successful")
    yard.passes(minutes=1)
    before = yard.get(DGD, "old")["metadata"]["resourceVersion"]
    yard.passes(minutes=30)
    assert yard.get(DGD, "old")["metadata"]["resourceVersion"] == before


def test_it_is_scaled_rolled_and_restarted(yard: Yard) -> None:
    graph(yard)
    yard.until(lambda: state(yard) == "successful")
    first = worker_of(yard)["componentName"]
    yard.change(DGD, "old", {"spec": {"services": {"VllmWorker": {"replicas": 2}}}})
    yard.until(lambda: worker_of(yard).get("readyReplicas") == 2)
    assert worker_of(yard)["componentName"] == first

    args = [*LINE["args"], "--max-model-len", "4096"]
    yard.change(DGD, "old", {"spec": {"services": {"VllmWorker": {"extraPodSpec": {"mainContainer": {"args": args}}}}}})
    yard.passes(seconds=3)
    rolling = yard.status(DGD, "old")["rollingUpdate"]
    assert rolling["phase"] == "InProgress"
    assert "updatedComponents" not in rolling
    yard.until(lambda: yard.status(DGD, "old")["rollingUpdate"]["phase"] == "Completed")
    assert yard.status(DGD, "old")["rollingUpdate"]["updatedServices"] == ["VllmWorker"]
    assert worker_of(yard)["componentName"] != first

    yard.change(DGD, "old", {"spec": {"restart": {"id": "again"}}})
    yard.until(lambda: (yard.status(DGD, "old").get("restart") or {}).get("phase") == "Completed")
    assert all(each["spec"]["template"]["metadata"]["annotations"][RESTARTED] == "again" for each in yard.list("deployments.apps"))


def test_what_fails_says_so(yard: Yard) -> None:
    graph(yard, multinode={"nodeCount": 2})
    yard.passes(seconds=1)
    assert state(yard) == "failed"
    assert "multinode" in yard.condition(DGD, "old", "Ready")["message"]
    assert any("multinode" in message for _, message in yard.events("old"))


def test_without_services_it_is_successful_as_the_other_version_is(yard: Yard) -> None:
    yard.make(DGD, "old", spec={})
    yard.passes(seconds=1)
    assert yard.told(DGD, "old")["Ready"] == ("True", "all_resources_are_ready")


def test_a_status_is_told_in_the_version_that_is_kept() -> None:
    kept = {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "g", "namespace": "n", "generation": 3},
        "spec": {"services": {"W": {"componentType": "worker", "subComponentType": "decode"}}},
    }
    read = in_v1beta1(kept)
    assert read["apiVersion"] == kept["apiVersion"]
    assert [(each["name"], each["type"]) for each in read["spec"]["components"]] == [("W", "decode")]
    status = dynamo_status.status({}, read, {"W": []})
    assert status_in("nvidia.com/v1beta1", read, status) is status
    older = status_in("nvidia.com/v1alpha1", read, status)
    assert "components" not in older
    assert older["services"]["W"] | {"componentName": ""} == status["components"]["W"] | {"componentName": ""}
    assert (older["state"], older["observedGeneration"]) == (status["state"], 3)


def test_ai_runway_counts_the_replicas_of_such_a_graph(yard: Yard) -> None:
    able = {"engines": [{"name": "vllm", "gpuSupport": True, "servingModes": ["aggregated"]}]}
    yard.make("inferenceproviderconfigs.airunway.ai", "dynamo", namespace="", spec={"capabilities": able})
    spec = {"model": {"id": "Qwen/Qwen3-0.6B"}, "provider": {"name": "dynamo"}, "gateway": {"enabled": False}}
    yard.make("modeldeployments.airunway.ai", "qwen", spec={**spec, "engine": {"type": "vllm"}, "resources": {"gpu": {"count": 1}}})
    yard.until(lambda: yard.status("modeldeployments.airunway.ai", "qwen").get("phase") == "Running")
    assert yard.status("modeldeployments.airunway.ai", "qwen")["replicas"] == {"desired": 1, "ready": 1, "available": 1}
    assert yard.get(DGD, "qwen")["apiVersion"] == "nvidia.com/v1alpha1"
