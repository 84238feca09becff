"""What serves models in the world: something of every system, most of it well, every documented way to fail at least once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from modeltui.demo import controllers, world
from modeltui.demo.api import Api
from modeltui.demo.controllers.manager import Manager
from modeltui.demo.controllers.serving_pods import served

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISVC, LLM, DGD = "inferenceservices.serving.kserve.io", "llminferenceservices.serving.kserve.io", "dynamographdeployments.nvidia.com"
AIM, RUNWAY, KAITO = "aimservices.aim.eai.amd.com", "modeldeployments.airunway.ai", "workspaces.kaito.sh"
NIM, DGDR = "nimservices.apps.nvidia.com", "dynamographdeploymentrequests.nvidia.com"
Obj = dict[str, Any]


@pytest.fixture(scope="module")
def before() -> Api:
    api = Api()
    world.populate(api, seed=7, now=NOW)
    return api


@pytest.fixture(scope="module")
def pods_before(before: Api) -> dict[str, Any]:
    return {each["metadata"]["uid"]: each.get("status") for each in before.list("pods")}


@pytest.fixture(scope="module")
def api(before: Api, pods_before: dict[str, Any]) -> Api:
    """Tests only read it."""
    for _ in world.deploy(before, seed=7, now=NOW):
        pass
    return before


def condition(obj: Obj, type_: str) -> Obj:
    return next((each for each in (obj.get("status") or {}).get("conditions") or [] if each["type"] == type_), {})


def running(api: Api, resource: str) -> set[str]:
    def well(obj: Obj) -> bool:
        status = obj.get("status") or {}
        words = {status.get("state"), status.get("phase"), status.get("status")}
        return bool(words & {"successful", "Running", "Ready"}) or (not words - {None} and condition(obj, "Ready").get("status") == "True")

    return {each["metadata"]["name"] for each in api.list(resource) if well(each)}


def pods(api: Api, namespace: str, prefix: str) -> list[Obj]:
    return [each for each in api.list("pods", namespace=namespace) if each["metadata"]["name"].startswith(prefix)]


def waiting(pod: Obj) -> dict[str, str]:
    """Reason -> message of all of its containers that wait."""
    status = pod["status"]
    every = [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]
    return {each["state"]["waiting"]["reason"]: each["state"]["waiting"].get("message", "") for each in every if "waiting" in each["state"]}


def messages(api: Api, namespace: str, prefix: str) -> str:
    found = [each for each in api.list("events", namespace=namespace) if each["involvedObject"]["name"].startswith(prefix)]
    return "\n".join(each["message"] for each in found)


@pytest.mark.parametrize(
    ("resource", "names"),
    [
        (ISVC, {"qwen2-5-7b-chat", "qwen2-5-vl"}),
        (LLM, {"qwen3-30b-a3b"}),
        (DGD, {"qwen3-32b-disagg", "qwen3-0-6b-agg", "phi-4"}),
        (AIM, {"qwen3-32b"}),
        (RUNWAY, {"phi-4", "llama-3-2-1b-cpu"}),
        (KAITO, {"phi-3-mini", "llama-3-2-1b-cpu"}),
        (NIM, {"nv-embedqa-e5"}),
    ],
)
def test_of_every_system_something_runs(api: Api, resource: str, names: set[str]) -> None:
    assert names <= running(api, resource)


def test_what_runs_has_pods_that_answer_and_hold_gpus(api: Api) -> None:
    answering = [pod for pod in api.list("pods") if (found := served(pod)) is not None and found.ready and found.models]
    assert {"team-nlp", "team-vision", "ml-platform", "sandbox"} <= {pod["metadata"]["namespace"] for pod in answering}
    held = sum(
        int((container.get("resources") or {}).get("limits", {}).get("nvidia.com/gpu", 0))
        for pod in api.list("pods")
        if pod["spec"].get("nodeName", "").startswith("gpu-h200")
        for container in pod["spec"]["containers"]
    )
    assert 8 <= held <= 14, "some are left for what a visitor wants to deploy"


def test_parents_have_their_children(api: Api) -> None:
    assert condition(api.get(RUNWAY, "phi-4", namespace="team-nlp"), "ResourceCreated")["status"] == "True"
    assert api.get(DGD, "phi-4", namespace="team-nlp")["metadata"]["ownerReferences"][0]["kind"] == "ModelDeployment"
    children = [each for each in api.list(ISVC, namespace="ml-platform") if each["metadata"].get("ownerReferences")]
    assert [each["metadata"]["ownerReferences"][0]["kind"] for each in children].count("AIMService") >= 1


@pytest.mark.parametrize(
    ("namespace", "prefix", "reason", "said"),
    [
        ("ml-platform", "deepseek-distill-32b-", "ImagePullBackOff", "403 Forbidden"),
        ("sandbox", "llama-3-1-8b-nim-", "ImagePullBackOff", "401 Unauthorized"),
        ("ml-platform", "qwen3-coder-agg-vllmworker-", "CreateContainerConfigError", 'secret "hf-token-secret" not found'),
        ("team-nlp", "gemma-3-12b-", "CrashLoopBackOff", "storage-initializer"),
        ("team-nlp", "qwen3-8b-long-vllmworker-", "CrashLoopBackOff", "main"),
    ],
)
def test_pods_that_do_not_start(api: Api, namespace: str, prefix: str, reason: str, said: str) -> None:
    found = waiting(pods(api, namespace, prefix)[0])
    assert said in found.get(reason, "")


@pytest.mark.parametrize(
    ("namespace", "prefix", "line"),
    [
        ("team-nlp", "gemma-3-12b-", "OSError: You are trying to access a gated repo."),
        ("team-nlp", "qwen3-8b-long-vllmworker-", "is greater than the derived max_model_len"),
    ],
)
def test_crashes_have_last_words(api: Api, namespace: str, prefix: str, line: str) -> None:
    pod = pods(api, namespace, prefix)[0]["metadata"]["name"]
    containers = ("storage-initializer", "main")
    said = [each.text for name in containers for each in api.logs.read(namespace, pod, name, previous=True)]
    assert any(line in each for each in said)


@pytest.mark.parametrize(
    ("namespace", "prefix", "why"),
    [
        ("ml-platform", "llama-3-1-405b-", "Insufficient nvidia.com/gpu"),
        ("team-vision", "siglip2-embeddings-", "pod has unbound immediate PersistentVolumeClaims"),
    ],
)
def test_pods_that_find_no_node(api: Api, namespace: str, prefix: str, why: str) -> None:
    pod = pods(api, namespace, prefix)[0]
    assert "nodeName" not in pod["spec"]
    assert why in condition(pod, "PodScheduled")["message"]


def test_what_only_the_systems_themselves_say(api: Api) -> None:
    assert (
        "exceeded quota: gpus-of-staging"
        in condition(api.get("deployments.apps", "smollm3-predictor", namespace="staging"), "ReplicaFailure")["message"]
    )
    granite = api.get(AIM, "granite-3-3-8b", namespace="ml-platform")
    assert granite["status"]["status"] == "Failed"
    assert "unoptimized template(s) filtered out" in condition(granite, "TemplateReady")["message"]
    assert "InferencePool" in api.get(RUNWAY, "granite-8b", namespace="staging")["status"]["message"]
    assert api.get(ISVC, "phi-4-gguf", namespace="staging")["status"]["modelStatus"]["lastFailureInfo"]["reason"] == "RuntimeNotRecognized"
    assert api.get(KAITO, "deepseek-14b", namespace="sandbox")["status"]["state"] == "Pending"
    assert condition(api.get(LLM, "gpt-oss-20b", namespace="ml-platform"), "SchedulerWorkloadReady")["reason"] == "SchedulerReconcileError"


def test_one_is_stopped_one_rolls_and_one_is_profiled(api: Api) -> None:
    assert condition(api.get(ISVC, "llama-guard", namespace="team-nlp"), "Stopped")["status"] == "True"
    assert pods(api, "team-nlp", "llama-guard-") == []
    rolling = pods(api, "team-nlp", "mistral-small-predictor-")
    assert len({pod["metadata"]["labels"]["pod-template-hash"] for pod in rolling}) == 2
    assert api.get(DGDR, "qwen3-14b-sla", namespace="team-nlp")["status"]["phase"] == "Profiling"


def test_the_nodes_tell_of_their_gpus_one_by_one(api: Api) -> None:
    slices = {each["spec"]["nodeName"]: each["spec"] for each in api.list("resourceslices.resource.k8s.io")}
    assert {name: len(each["devices"]) for name, each in slices.items()} == {
        "gpu-h100-1": 8,
        "gpu-h100-2": 7,
        "gpu-h200-1": 8,
        "gpu-h200-2": 8,
        "gpu-l40s-1": 4,
        "gpu-mi300x-1": 8,
    }
    assert slices["gpu-mi300x-1"]["driver"] == "gpu.amd.com"
    labels = api.get("nodes", "gpu-mi300x-1")["metadata"]["labels"]
    assert labels["amd.com/gpu.device-id"] == "74a1"


def test_nothing_is_from_the_future_and_what_was_there_is_as_it_was(api: Api, pods_before: dict[str, Any]) -> None:
    times = [
        each["metadata"]["creationTimestamp"]
        for resource in (ISVC, LLM, DGD, AIM, RUNWAY, KAITO, NIM, "pods")
        for each in api.list(resource)
    ]
    assert datetime.fromisoformat(max(times)) <= NOW
    assert datetime.fromisoformat(min(times)) < NOW - timedelta(days=50)
    after = {each["metadata"]["uid"]: each.get("status") for each in api.list("pods")}
    changed = [uid for uid, status in pods_before.items() if after.get(uid) != status]
    # What waits for GPUs is looked at again with every Pod that comes, and its sentence names more nodes or fewer.
    assert all(not pods_before[uid].get("startTime") for uid in changed)


def test_it_lives_on_from_there(api: Api) -> None:
    """The last one, since it changes the world: other controllers, which remember nothing, take over. What was rolling ends."""
    manager = Manager(api, controllers.every(seed=7, pace=1.0))
    manager.advance(NOW, NOW + timedelta(minutes=8))
    for resource, namespace, name in (
        (ISVC, "team-nlp", "mistral-small"),
        (ISVC, "team-nlp", "qwen2-5-7b-chat"),
        (LLM, "team-nlp", "qwen3-30b-a3b"),
    ):
        assert condition(api.get(resource, name, namespace=namespace), "Ready").get("status") == "True", name
    assert len(pods(api, "team-nlp", "mistral-small-predictor-")) == 1
    assert api.get(AIM, "qwen2-5-coder-14b", namespace="ml-platform")["status"]["status"] == "Running"
    assert api.get(DGDR, "qwen3-14b-sla", namespace="team-nlp")["status"]["phase"] == "Ready"
    assert api.get(DGD, "qwen3-32b-disagg", namespace="team-nlp")["status"]["state"] == "successful"
