"""Why Dynamo's graphs do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import MODES, Mode, Wish, annotations, container, judge, pod_spec

from modeltui.domain import Phase, Severity

UPSTREAM = ("dynamo",)
DGD = "dynamographdeployments.nvidia.com"
VIEW = view_of("DynamoGraphDeployment")
FRONTEND = {
    "name": "Frontend",
    "type": "frontend",
    "replicas": 1,
    "podTemplate": {"spec": {"containers": [{"name": "main", "image": "x/y:1"}]}},
}


def worker(wish: Wish, **more: Any) -> Obj:
    spec = pod_spec(wish, container(wish, "main", command=("python3", "-m", "dynamo.vllm")))
    template = {"metadata": {"annotations": annotations(wish)}, "spec": spec}
    return {"name": "VllmWorker", "type": "worker", "replicas": 1, "podTemplate": template, **more}


def graph(yard: Yard, *components: Obj, **spec: Any) -> Obj:
    return yard.make(DGD, "llama", spec={"backendFramework": "vllm", "components": list(components), **spec})


def runs(yard: Yard) -> None:
    yard.until(lambda: yard.status(DGD, "llama").get("state") == "successful")


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_what_its_pods_die_of(yard: Yard, mode: Mode) -> None:
    mode.before(yard)
    graph(yard, FRONTEND, worker(mode.wish))
    judge(until_told(yard, VIEW, "llama", mode.says), mode)


def test_an_empty_spec_that_is_called_successful(yard: Yard) -> None:
    yard.make(DGD, "llama", spec={})
    yard.passes(seconds=5)
    assert yard.status(DGD, "llama")["state"] == "successful"
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("no components", "", "spec")


def test_a_rollout_that_is_called_successful(yard: Yard) -> None:
    graph(yard, FRONTEND, worker(Wish()))
    runs(yard)
    changed = worker(Wish(args=("--max-model-length", "9")))
    yard.change(DGD, "llama", {"spec": {"components": [FRONTEND, changed]}})
    yard.passes(seconds=3)
    assert yard.status(DGD, "llama")["state"] == "successful"
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PROCESSING
    lie = next(one for one in (*told.causes, *told.others) if 'Its state is "successful", and that is not so' in one.reason)
    assert (lie.severity, lie.remedy) == (Severity.WARNING, "Believe the replicas of the components, not that word.")
    until_told(yard, VIEW, "llama", "--max-model-length 9").is_an_error("--max-model-length 9", "version of its image", "Pod ")


def test_a_backend_that_is_not_what_its_worker_starts(yard: Yard) -> None:
    graph(yard, FRONTEND, worker(Wish()), backendFramework="sglang")
    yard.passes(seconds=60)
    told = look(yard, VIEW, "llama")
    (found,) = [one for one in (*told.causes, *told.others) if "backendFramework" in f"{one.field} {one.reason}"]
    assert "sglang" in found.reason
    assert "vllm" in found.reason
    assert found.remedy


def test_several_nodes_without_what_orchestrates_them(yard: Yard) -> None:
    graph(yard, FRONTEND, worker(Wish(), multinode={"nodeCount": 2}))
    yard.passes(seconds=5)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("multinode", "Grove", "")
