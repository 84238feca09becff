"""Why LLMInferenceServices do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import MODES, Mode, Wish, annotations, container, judge, pod_spec

from modeltui.domain import Phase

UPSTREAM = ("kserve",)
LLM = "llminferenceservices.serving.kserve.io"
VIEW = view_of("LLMInferenceService")


def serve(yard: Yard, wish: Wish, **spec: Any) -> Obj:
    template = pod_spec(wish, container(wish, "main"))
    wanted = {"model": {"uri": f"hf://{wish.model}", "name": wish.model}, "replicas": 1, "template": template, **spec}
    return yard.make(LLM, "llama", annotations=annotations(wish), spec=wanted)


def worker() -> Obj:
    return pod_spec(Wish(), container(Wish(), "main"))


# its metadata's annotations are not its pods', and its weights are fetched before its engine begins
@pytest.mark.parametrize("mode", [mode for mode in MODES if not mode.wish.fail], ids=str)
def test_what_its_pods_die_of(yard: Yard, mode: Mode) -> None:
    mode.before(yard)
    serve(yard, mode.wish)
    judge(until_told(yard, VIEW, "llama", mode.says), mode)


def test_a_route_without_the_gateway_api(yard: Yard) -> None:
    serve(yard, Wish(), router={"route": {}, "gateway": {}})
    yard.passes(minutes=5)
    told = look(yard, VIEW, "llama")
    assert told.phase in (Phase.FAILED, Phase.DEGRADED)
    told.is_an_error("HTTPRoute", "CRDs of the Gateway API installed", "HTTPRoutesReady")


def test_a_scheduler_without_inference_pools(yard: Yard) -> None:
    serve(yard, Wish(), router={"scheduler": {}})
    yard.passes(minutes=5)
    look(yard, VIEW, "llama").is_an_error("InferencePool", "Gateway API Inference Extension installed", "SchedulerWorkloadReady")


def test_several_nodes_without_leader_worker_sets(yard: Yard) -> None:
    serve(yard, Wish(), worker=worker(), parallelism={"pipeline": 2, "tensor": 1})
    yard.passes(minutes=1)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("LWSNotAvailable", "Have LeaderWorkerSet installed", "WorkerWorkloadReady")


def test_a_config_that_is_not_there(yard: Yard) -> None:
    serve(yard, Wish(), baseRefs=[{"name": "ours"}])
    yard.passes(minutes=1)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.FAILED
    told.is_an_error("ours", "LLMInferenceServiceConfig made", "PresetsCombined")


def test_stopped_is_no_failure(yard: Yard) -> None:
    serve(yard, Wish())
    yard.change(LLM, "llama", {"metadata": {"annotations": {"serving.kserve.io/stop": "true"}}})
    yard.passes(minutes=1)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PAUSED
    assert told.causes == ()
