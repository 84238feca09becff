"""Why requests for a graph of Dynamo come to nothing: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import FAIL, look, until_told, view_of

from modeltui.domain import Phase

UPSTREAM = ("dynamo",)
DGDR, DGD = "dynamographdeploymentrequests.nvidia.com", "dynamographdeployments.nvidia.com"
VIEW = view_of("DynamoGraphDeploymentRequest")
HARDWARE = {"gpuSku": "h100_sxm", "totalGpus": 1, "numGpusPerNode": 8}


@pytest.fixture
def token(yard: Yard) -> None:
    yard.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})


def ask(yard: Yard, *, fail: str = "", **spec: Any) -> Obj:
    wanted = {"model": "Qwen/Qwen3-0.6B", "backend": "vllm", "hardware": HARDWARE, **spec}
    return yard.make(DGDR, "llama", annotations={FAIL: fail} if fail else None, spec=wanted)


def deployed(yard: Yard) -> None:
    yard.until(lambda: yard.status(DGDR, "llama").get("phase") == "Deployed", step=5)


def test_the_profiler_gets_no_token(yard: Yard) -> None:
    """Its pod wants the Secret of that very name, also for models that need none."""
    ask(yard)
    told = until_told(yard, VIEW, "llama", "hf-token-secret", seconds=120)
    told.is_an_error("hf-token-secret", "", "")
    assert "Secret" in told.first.remedy
    assert told.phase in (Phase.PROCESSING, Phase.FAILED)


@pytest.mark.usefixtures("token")
def test_the_profiler_crashes(yard: Yard) -> None:
    ask(yard, fail="crash/profiler")
    yard.until(lambda: yard.status(DGDR, "llama").get("phase") == "Failed", step=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("a failure on demand", "Read its log", "container profiler")
    assert "profiling job failed" in told.causes[1].reason
    assert "the log of Job profile-llama; then delete the request and make it anew" in told.causes[1].remedy


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize(
    ("spec", "says", "remedy"),
    [
        ({"modelCache": {"pvcName": "nope"}}, "nope", "Create it"),
        ({"backend": "auto", "searchStrategy": "thorough"}, "thorough", "Set backend to one of"),
    ],
    ids=["a claim that is not there", "a search that needs an engine"],
)
def test_what_its_validation_turns_down(yard: Yard, spec: Obj, says: str, remedy: str) -> None:
    ask(yard, **spec)
    yard.passes(seconds=2)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error(says, remedy, "")


@pytest.mark.usefixtures("token")
def test_its_graph_was_deleted(yard: Yard) -> None:
    ask(yard)
    deployed(yard)
    yard.delete(DGD, "llama-dgd")
    yard.until(lambda: yard.status(DGDR, "llama").get("phase") == "Failed", step=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("was deleted", "make it anew", "")


@pytest.mark.usefixtures("token")
def test_the_pods_of_its_graph_are_its_own(yard: Yard) -> None:
    """On the page of the request it is told what they lack: more GPUs than there are."""
    ask(yard, hardware={**HARDWARE, "totalGpus": 64})
    told = until_told(yard, VIEW, "llama", "nvidia.com/gpu", seconds=1200)
    told.is_an_error("nvidia.com/gpu", "", "Pod ")


@pytest.mark.usefixtures("token")
def test_what_is_only_proposed_is_no_failure(yard: Yard) -> None:
    ask(yard, autoApply=False)
    yard.until(lambda: yard.status(DGDR, "llama").get("phase") == "Ready", step=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PENDING
    assert any("autoApply is off" in one.reason for one in (*told.causes, *told.others)), told
