"""DynamoGraphDeployments as their operator runs them without Grove."""

from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo.controllers.serving.dynamo_component import RESTARTED
from modeltui.demo.controllers.serving_pods import served

DGD, V1ALPHA1 = "dynamographdeployments.nvidia.com", "dynamographdeployments.v1alpha1.nvidia.com"
IMAGE = "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.0"


def worker(name: str = "VllmWorker", kind: str = "worker", *, gpus: str = "1", replicas: int = 1, **container: Any) -> Obj:
    main = {
        "name": "main",
        "image": IMAGE,
        "command": ["python3", "-m", "dynamo.vllm"],
        "args": ["--model", "Qwen/Qwen3-0.6B"],
        "resources": {"limits": {"nvidia.com/gpu": gpus}},
        **container,
    }
    return {"name": name, "type": kind, "replicas": replicas, "podTemplate": {"spec": {"containers": [main]}}}


def frontend() -> Obj:
    main = {"name": "main", "image": IMAGE}
    return {"name": "Frontend", "type": "frontend", "replicas": 1, "podTemplate": {"spec": {"containers": [main]}}}


def deploy(yard: Yard, *components: Obj, name: str = "agg") -> Obj:
    return yard.make(DGD, name, spec={"backendFramework": "vllm", "components": list(components) or [frontend(), worker()]})


def state(yard: Yard, name: str = "agg") -> str:
    return str(yard.status(DGD, name).get("state", ""))


def frontend_pod(yard: Yard) -> Obj:
    return yard.list("pods", labels="nvidia.com/dynamo-component-type=frontend")[0]


def test_from_created_to_running_to_deleted(yard: Yard) -> None:
    deploy(yard)
    yard.passes(seconds=1)
    assert state(yard) == "pending"
    assert yard.told(DGD, "agg")["Ready"] == ("False", "some_resources_are_not_ready")
    assert yard.status(DGD, "agg")["components"]["VllmWorker"]["componentKind"] == "Deployment"

    yard.until(lambda: state(yard) == "successful")
    status = yard.status(DGD, "agg")
    assert yard.told(DGD, "agg") == {"Ready": ("True", "all_resources_are_ready")}
    assert status["components"]["Frontend"]["componentNames"] == ["agg-frontend"]
    assert status["components"]["VllmWorker"]["readyReplicas"] == 1
    pod = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")[0]
    labels = pod["metadata"]["labels"]
    assert labels["nvidia.com/dynamo-graph-deployment-name"] == "agg"
    assert labels["nvidia.com/dynamo-namespace"] == f"{yard.ns}-agg"
    assert labels["nvidia.com/dynamo-component-type"] == "worker"
    assert status["components"]["VllmWorker"]["componentNames"] == [f"agg-vllmworker-{labels['nvidia.com/dynamo-worker-hash']}"]
    assert yard.get("services", "agg-frontend")["spec"]["ports"][0]["port"] == 8000

    yard.delete(DGD, "agg")
    yard.passes(seconds=60)
    assert yard.find(DGD, "agg") is None
    assert yard.list("deployments.apps") == yard.list("services") == yard.list("pods") == []


def test_the_frontend_serves_what_ready_workers_registered(yard: Yard) -> None:
    args = ["--model", "Qwen/Qwen3-0.6B", "--served-model-name", "qwen"]
    deploy(yard, frontend(), worker(args=args))
    yard.passes(seconds=1)
    yard.until(lambda: yard.status(DGD, "agg")["components"]["Frontend"].get("readyReplicas"))
    before = served(frontend_pod(yard))
    assert before is not None
    assert (before.models, before.ready) == ((), True)
    yard.until(lambda: state(yard) == "successful")
    after = served(frontend_pod(yard))
    assert after is not None
    assert after.models == ("qwen",)


def test_without_components_it_is_successful(yard: Yard) -> None:
    yard.make(DGD, "nothing", spec={})
    yard.passes(seconds=1)
    assert state(yard, "nothing") == "successful"
    assert yard.told(DGD, "nothing")["Ready"] == ("True", "all_resources_are_ready")
    assert yard.list("pods") == []


def test_it_says_successful_while_workers_roll(yard: Yard) -> None:
    deploy(yard)
    yard.until(lambda: state(yard) == "successful")
    old = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")[0]["metadata"]["labels"]["nvidia.com/dynamo-worker-hash"]
    yard.change(DGD, "agg", {"spec": {"components": [frontend(), worker(args=["--model", "Qwen/Qwen3-8B"])]}})
    yard.passes(seconds=3)
    status = yard.status(DGD, "agg")
    assert status["state"] == "successful"
    assert status["components"]["VllmWorker"]["updatedReplicas"] < status["components"]["VllmWorker"]["replicas"]
    assert status["rollingUpdate"]["phase"] == "InProgress"
    assert len(status["components"]["VllmWorker"]["componentNames"]) == 2

    yard.until(lambda: yard.status(DGD, "agg")["rollingUpdate"]["phase"] == "Completed")
    yard.passes(seconds=60)
    hashes = {pod["metadata"]["labels"].get("nvidia.com/dynamo-worker-hash") for pod in yard.list("pods")}
    assert old not in hashes
    assert len(yard.status(DGD, "agg")["components"]["VllmWorker"]["componentNames"]) == 1


def test_scaling_leaves_the_generation_as_it_is(yard: Yard) -> None:
    deploy(yard)
    yard.until(lambda: state(yard) == "successful")
    names = yard.status(DGD, "agg")["components"]["VllmWorker"]["componentNames"]
    yard.change(DGD, "agg", {"spec": {"components": [frontend(), worker(replicas=3)]}})
    yard.until(lambda: yard.status(DGD, "agg")["components"]["VllmWorker"].get("readyReplicas") == 3)
    assert yard.status(DGD, "agg")["components"]["VllmWorker"]["componentNames"] == names


@pytest.mark.parametrize("kind", ["Sequential", "Parallel"])
def test_a_new_restart_id_restarts_the_components(yard: Yard, kind: str) -> None:
    deploy(yard)
    yard.until(lambda: state(yard) == "successful")
    before = {pod["metadata"]["name"] for pod in yard.list("pods")}
    yard.change(DGD, "agg", {"spec": {"restart": {"id": "again", "strategy": {"type": kind}}}})
    yard.passes(seconds=2)
    restart = yard.status(DGD, "agg")["restart"]
    assert (restart["observedID"], restart["phase"]) == ("again", "Restarting")
    assert restart["inProgress"] == (["Frontend"] if kind == "Sequential" else ["Frontend", "VllmWorker"])
    yard.until(lambda: yard.status(DGD, "agg")["restart"]["phase"] == "Completed")
    yard.passes(seconds=60)
    assert not before & {pod["metadata"]["name"] for pod in yard.list("pods")}
    assert all(each["spec"]["template"]["metadata"]["annotations"][RESTARTED] == "again" for each in yard.list("deployments.apps"))


def test_prefill_and_decode_workers_are_told_apart(yard: Yard) -> None:
    deploy(yard, frontend(), worker("Prefill", "prefill"), worker("Decode", "decode"))
    yard.until(lambda: state(yard) == "successful")
    found = {
        pod["metadata"]["labels"].get("nvidia.com/dynamo-sub-component-type", "")
        for pod in yard.list("pods", labels="nvidia.com/dynamo-component-type=worker")
    }
    assert found == {"prefill", "decode"}


def test_a_component_that_is_taken_out_goes(yard: Yard) -> None:
    deploy(yard, frontend(), worker("Prefill", "prefill"), worker("Decode", "decode"))
    yard.passes(seconds=1)
    yard.change(DGD, "agg", {"spec": {"components": [frontend(), worker("Decode", "decode")]}})
    yard.passes(seconds=60)
    assert sorted(yard.status(DGD, "agg")["components"]) == ["Decode", "Frontend"]
    assert not [each for each in yard.list("deployments.apps") if "prefill" in each["metadata"]["name"]]
    assert yard.find("services", "agg-prefill") is None


def test_without_gpus_it_stays_pending_and_the_pod_says_why(yard: Yard) -> None:
    deploy(yard, frontend(), worker(gpus="64"))
    yard.passes(minutes=5)
    assert state(yard) == "pending"
    pod = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")[0]
    assert any("Insufficient nvidia.com/gpu" in message for _, message in yard.events(pod["metadata"]["name"]))


def test_a_missing_secret_keeps_the_worker_from_starting(yard: Yard) -> None:
    deploy(yard, frontend(), worker(envFrom=[{"secretRef": {"name": "hf-token-secret"}}]))
    yard.passes(minutes=2)
    assert state(yard) == "pending"
    pod = yard.list("pods", labels="nvidia.com/dynamo-component=VllmWorker")[0]
    assert any('secret "hf-token-secret" not found' in message for _, message in yard.events(pod["metadata"]["name"]))
    yard.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})
    yard.until(lambda: state(yard) == "successful")


def test_several_nodes_need_an_orchestrator_that_is_not_there(yard: Yard) -> None:
    deploy(yard, frontend(), {**worker(), "multinode": {"nodeCount": 2}})
    yard.passes(seconds=1)
    assert state(yard) == "failed"
    assert "multinode" in yard.condition(DGD, "agg", "Ready")["message"]


def test_v1alpha1_is_the_same_graph_in_other_words(yard: Yard) -> None:
    main = {"image": IMAGE, "command": ["python3", "-m", "dynamo.vllm"], "args": ["--model", "Qwen/Qwen3-0.6B"]}
    services = {
        "Frontend": {"componentType": "frontend", "replicas": 1, "extraPodSpec": {"mainContainer": {"image": IMAGE}}},
        "VllmWorker": {
            "componentType": "worker",
            "subComponentType": "decode",
            "envFromSecret": "hf-token-secret",
            "replicas": 1,
            "resources": {"limits": {"gpu": "1"}},
            "sharedMemory": {"size": "16Gi"},
            "extraPodSpec": {"mainContainer": main},
        },
    }
    yard.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})
    pvcs = [{"name": "cache", "create": False}]
    yard.make(V1ALPHA1, "old", spec={"backendFramework": "vllm", "envs": [{"name": "A", "value": "b"}], "services": services, "pvcs": pvcs})
    stored = yard.get(DGD, "old")
    decode = next(each for each in stored["spec"]["components"] if each["name"] == "VllmWorker")
    assert (decode["type"], decode["sharedMemorySize"]) == ("decode", "16Gi")
    assert decode["podTemplate"]["spec"]["containers"][0]["resources"] == {"limits": {"nvidia.com/gpu": "1"}}
    assert yard.api.get(V1ALPHA1, "old", namespace=yard.ns)["spec"] == {
        "backendFramework": "vllm",
        "envs": [{"name": "A", "value": "b"}],
        "services": services,
        "pvcs": pvcs,
    }
    yard.until(lambda: state(yard, "old") == "successful")
    told = yard.api.get(V1ALPHA1, "old", namespace=yard.ns)["status"]
    assert told["services"]["VllmWorker"]["componentName"].startswith("old-vllmworker-")
    assert "components" not in told


def test_v1alpha1_can_be_applied_again_and_again(yard: Yard) -> None:
    services = {"Frontend": {"componentType": "frontend", "replicas": 1, "extraPodSpec": {"mainContainer": {"image": IMAGE}}}}
    manifest: Obj = {
        "apiVersion": "nvidia.com/v1alpha1",
        "kind": "DynamoGraphDeployment",
        "metadata": {"name": "old", "namespace": yard.ns},
        "spec": {"services": services},
    }
    yard.api.apply(V1ALPHA1, manifest, manager="someone")
    services["Frontend"]["replicas"] = 2
    yard.api.apply(V1ALPHA1, manifest, manager="someone")
    assert [each["replicas"] for each in yard.get(DGD, "old")["spec"]["components"]] == [2]


def test_the_dynamote_plans_top_level_keys_come_to_nothing(yard: Yard) -> None:
    """They are no fields of the spec, so they are dropped, and an empty graph is successful."""
    spec = {"Frontend": {"replicas": 1}, "VllmWorker": {"replicas": 1}}
    obj = {"metadata": {"name": "plan", "namespace": yard.ns}, "spec": spec}
    yard.api.create(V1ALPHA1, obj, manager="test")
    yard.passes(seconds=1)
    assert yard.get(DGD, "plan")["spec"] == {}
    assert state(yard, "plan") == "successful"
