"""DynamoGraphDeploymentRequests: profiling, and the graph that comes of it."""

import json
from typing import Any

import pytest
from yard import Obj, Yard

from modeltui.demo.controllers.failures import FAIL

DGDR, DGD = "dynamographdeploymentrequests.nvidia.com", "dynamographdeployments.nvidia.com"
HARDWARE = {"gpuSku": "h100_sxm", "totalGpus": 2, "numGpusPerNode": 8}


@pytest.fixture(autouse=True)
def token(yard: Yard) -> None:
    yard.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})


def ask(yard: Yard, name: str = "qwen", *, annotations: Any = None, **spec: Any) -> Obj:
    wanted = {"model": "Qwen/Qwen3-0.6B", "backend": "vllm", "hardware": HARDWARE, **spec}
    return yard.make(DGDR, name, annotations=annotations, spec=wanted)


def phase(yard: Yard, name: str = "qwen") -> str:
    return str(yard.status(DGDR, name).get("phase", ""))


def test_from_asked_to_profiled_to_deployed_to_deleted(yard: Yard) -> None:
    ask(yard)
    yard.passes(seconds=1)
    status = yard.status(DGDR, "qwen")
    assert (status["phase"], status["profilingPhase"], status["profilingJobName"]) == ("Profiling", "Initializing", "profile-qwen")
    seen: list[str] = []
    yard.until(lambda: seen.append(yard.status(DGDR, "qwen").get("profilingPhase", "")) or phase(yard) != "Profiling")
    assert list(dict.fromkeys(filter(None, seen))) == [
        *("Initializing", "SweepingPrefill", "SweepingDecode", "SelectingConfig", "BuildingCurves", "GeneratingDGD")
    ]
    yard.until(lambda: phase(yard) == "Deployed")
    told = yard.told(DGDR, "qwen")
    assert told["Profiling"] == ("True", "ProfilingCompleted")
    assert told["SpecGenerated"] == ("True", "SpecGenerated")
    assert told["DeploymentReady"] == ("True", "DeploymentReady")
    assert told["Succeeded"] == ("True", "Deployed")
    status = yard.status(DGDR, "qwen")
    assert status["dgdName"] == "qwen-dgd"
    assert status["deploymentInfo"] == {"replicas": 3, "availableReplicas": 3}
    assert "profilingPhase" not in status
    graph = yard.get(DGD, "qwen-dgd")
    assert [each["type"] for each in graph["spec"]["components"]] == ["frontend", "prefill", "decode"]
    assert graph["metadata"]["labels"]["dgdr.nvidia.com/name"] == "qwen"
    assert "ownerReferences" not in graph["metadata"]

    yard.delete(DGDR, "qwen")
    yard.passes(seconds=60)
    assert yard.find("jobs.batch", "profile-qwen") is None
    assert yard.find(DGD, "qwen-dgd") is not None, "the graph stays, it may serve somebody"
    assert yard.find("configmaps", "dgdr-output-qwen") is not None


def test_without_auto_apply_it_ends_with_a_spec_that_can_be_applied(yard: Yard) -> None:
    ask(yard, autoApply=False, hardware={**HARDWARE, "totalGpus": 1})
    yard.until(lambda: phase(yard) == "Ready")
    assert yard.told(DGDR, "qwen")["Succeeded"] == ("True", "SpecGenerated")
    assert "dgdName" not in yard.status(DGDR, "qwen")
    assert yard.list(DGD) == []
    found = json.loads(yard.get(DGDR, "qwen")["metadata"]["annotations"]["nvidia.com/generated-dgd-spec"])
    assert [each["name"] for each in found["spec"]["components"]] == ["Frontend", "Worker"]
    assert yard.status(DGDR, "qwen")["profilingResults"]["selectedConfig"] == found
    with_namespace = {**found, "metadata": {**found["metadata"], "namespace": yard.ns}}
    yard.api.create(DGD, with_namespace, manager="test", dry_run=True, validation="Strict")


def test_changes_are_turned_down_once_profiling_has_begun(yard: Yard) -> None:
    ask(yard)
    yard.passes(seconds=5)
    yard.change(DGDR, "qwen", {"spec": {"model": "Qwen/Qwen3-4B"}})
    yard.passes(seconds=5)
    assert any(reason == "SpecChangeRejected" for reason, _ in yard.events("qwen"))
    assert yard.status(DGDR, "qwen")["observedGeneration"] == 1


def test_profiling_that_fails_says_which_pod_and_why(yard: Yard) -> None:
    ask(yard, annotations={FAIL: "crash/profiler"})
    yard.until(lambda: phase(yard) == "Failed", step=5)
    assert yard.told(DGDR, "qwen")["Profiling"] == ("False", "ProfilingFailed")
    message = yard.condition(DGDR, "qwen", "Profiling")["message"]
    assert message.startswith("profiling job failed: ")
    assert "Container: profiler, ExitCode: 1" in message


def test_without_the_secret_of_that_very_name_profiling_does_not_start(yard: Yard) -> None:
    yard.delete("secrets", "hf-token-secret")
    ask(yard)
    yard.passes(minutes=2)
    assert yard.status(DGDR, "qwen")["profilingPhase"] == "Initializing"
    waiting = yard.list("pods")[0]["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting["message"] == 'secret "hf-token-secret" not found'


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ({"backend": "auto", "searchStrategy": "thorough"}, 'spec.searchStrategy "thorough" is incompatible with spec.backend "auto"'),
        ({"modelCache": {"pvcName": "nope"}}, "model cache PVC nope not found in namespace"),
    ],
)
def test_what_validation_turns_down(yard: Yard, spec: Obj, problem: str) -> None:
    ask(yard, **spec)
    yard.passes(seconds=1)
    assert phase(yard) == "Failed"
    assert problem in yard.condition(DGDR, "qwen", "Validation")["message"]
    assert yard.list("jobs.batch") == []


def test_a_graph_that_somebody_deletes_is_not_made_again(yard: Yard) -> None:
    ask(yard)
    yard.until(lambda: phase(yard) == "Deployed", step=5)
    yard.delete(DGD, "qwen-dgd")
    yard.until(lambda: phase(yard) == "Failed")
    assert yard.told(DGDR, "qwen")["DeploymentReady"] == ("False", "DeploymentDeleted")
    assert yard.find(DGD, "qwen-dgd") is None
