"""What can be done with KServe's services, and what it costs to delete or change them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.systems.kserve.kserving import Manifest, decoded, facts, live, model, pod, runtime, service
from tests.systems.kserve.test_llm_and_other_checks import C, L, T

from modeltui.systems.facts import FactTable
from modeltui.systems.kserve import consequences, edits, operations
from modeltui.systems.kserve.cache_types import LocalModelCache
from modeltui.systems.kserve.llm_types import LLM_SERVICES, LLMInferenceService
from modeltui.systems.kserve.types import SERVICES, STOP
from modeltui.systems.operations import NotPossible, Operation

OWNER = {"ownerReferences": [{"kind": "AIMService", "name": "a", "controller": True}]}


def offered(obj: Any) -> dict[str, Operation]:
    found = operations.of_service if not isinstance(obj, LLMInferenceService) else operations.of_llm(LLM_SERVICES)
    return {one.title.partition(" (")[0]: one for one in found(obj, "", facts())}


def done(one: Operation, manifest: Manifest, answer: str = "") -> Manifest:
    (stage,) = one.asks.stages(answer) if one.asks else one.stages
    return stage.become(manifest)


@pytest.mark.parametrize(
    ("before", "number", "after"),
    [
        ({"minReplicas": 1, "maxReplicas": 1}, "3", (3, 3)),
        ({"minReplicas": 1, "maxReplicas": 5}, "3", (3, 5)),
        ({"minReplicas": 1, "maxReplicas": 2}, "3", (3, 3)),
        ({"maxReplicas": 0}, "2", (2, 0)),
        ({}, "2", (2, None)),
    ],
)
def test_scaling_keeps_what_is_fixed_fixed_and_leaves_an_autoscaler_its_room(before: Manifest, number: str, after: Any) -> None:
    manifest = service(model(**before), annotations={STOP: "true"})
    written = done(offered(live(manifest))["Scale"], manifest, number)
    predictor = written["spec"]["predictor"]
    assert (predictor["minReplicas"], predictor.get("maxReplicas")) == after
    assert "annotations" not in written["metadata"], "who scales it wants it to run"


def test_none_at_all_is_the_annotation_and_leaves_the_replicas_as_they_are() -> None:
    manifest = service(model(minReplicas=2))
    for one, answer in ((offered(live(manifest))["Stop"], ""), (offered(live(manifest))["Scale"], "0")):
        written = done(one, manifest, answer)
        assert written["metadata"]["annotations"] == {STOP: "true"}
        assert written["spec"] == manifest["spec"]
        assert done(offered(live(written))["Start"], written) == manifest


def test_a_restart_is_a_mark_that_the_pods_have_not() -> None:
    manifest = service()
    written = done(offered(live(manifest, generation=7))["Restart"], manifest)
    assert written["spec"]["predictor"]["annotations"] == {edits.RESTARTED: "generation-7"}


def test_what_somebody_else_made_is_not_changed_here() -> None:
    for obj in (live(None, None, **OWNER), decoded(LLMInferenceService, L(), **OWNER)):
        for title, one in offered(obj).items():
            assert one.why_not == ("it is not stopped" if title == "Start" else "AIMService a made it and would set it back: do it there")


def test_what_is_of_no_use_says_why() -> None:
    stopped = offered(live(service(annotations={STOP: "true"})))
    assert (stopped["Stop"].why_not, stopped["Start"].why_not, stopped["Restart"].why_not) == ("it is stopped", "", "it is stopped")
    running = offered(live())
    assert (running["Stop"].why_not, running["Start"].why_not, running["Restart"].why_not) == ("", "it is not stopped", "")
    several = offered(live(service({**model(uri="pvc://w"), "workerSpec": {}})))
    assert several["Scale"].why_not == "one of several nodes has one replica"


def test_an_llm_service_is_scaled_by_its_parts() -> None:
    manifest = L(replicas=1, prefill={"replicas": 2, "template": T()})
    found = offered(decoded(LLMInferenceService, manifest))
    assert done(found["Scale main"], manifest, "3")["spec"]["replicas"] == 3
    assert done(found["Scale prefill"], manifest, "4")["spec"]["prefill"]["replicas"] == 4
    marked = done(found["Restart"], manifest)["spec"]
    assert marked["annotations"] == marked["prefill"]["annotations"] == {edits.RESTARTED: "generation-1"}
    scaled = L(scaling={"maxReplicas": 2, "keda": {}})
    assert offered(decoded(LLMInferenceService, scaled))["Scale"].why_not == "an autoscaler decides: edit its bounds"
    with pytest.raises(NotPossible):
        done(found["Scale main"], scaled, "2")


# ---- consequences ---------------------------------------------------------------------------------------------------


def reasons(found: Any) -> str:
    return "\n".join(finding.reason for finding in found)


def test_a_deleted_service_takes_its_pods_and_leaves_its_claims() -> None:
    obj = live(service(model(uri="pvc://weights/x")), None, **OWNER)
    pods = [pod("p1", {"serving.kserve.io/inferenceservice": "llama"})]
    told = reasons(consequences.of_service(obj, None, facts(pods=pods), {}))
    assert "Its pod goes: p1." in told
    assert "Claim weights stays, with the data." in told
    assert "AIMService a made it and makes it again." in told
    assert "Which pods go with it is unknown" in reasons(consequences.of_service(obj, None, FactTable(), {}))


def test_a_change_says_what_it_costs() -> None:
    before = live()
    stopped = live(service(annotations={STOP: "true"}))
    assert "All of its pods are taken away" in reasons(consequences.of_service(before, stopped, facts(), {}))
    assert "replaces them" in reasons(consequences.of_service(before, live(service(model(gpus=2))), facts(), {}))
    assert consequences.of_service(before, before, facts(), {}) == ()
    restarted = live(service({**model(), "annotations": {"modeltui/restarted": "generation-2"}}))
    assert "replaces them" in reasons(consequences.of_service(before, restarted, facts(), {}))
    two = live(service({**model(), "minReplicas": 2}))
    assert consequences.of_service(before, two, facts(), {}) == (), "more of the same pods replace none"
    assert reasons(consequences.of_service(two, before, facts(), {})) == "1 of 2 replicas go."
    assert consequences.of_service(stopped, live(service(model(gpus=2), annotations={STOP: "true"})), facts(), {}) == ()
    many, few = (decoded(LLMInferenceService, L(replicas=number, prefill={"replicas": number})) for number in (3, 1))
    assert reasons(consequences.of_llm(many, few, facts(), {})) == "2 of 3 replicas go.\n2 of 3 replicas of prefill go."
    assert consequences.of_llm(few, many, facts(), {}) == ()
    one = decoded(LLMInferenceService, L(model={"uri": "pvc://w"}))
    assert "Claim w stays" in reasons(consequences.of_llm(one, None, facts(), {}))


def test_a_runtime_and_a_cache_say_who_uses_them() -> None:
    user = live(service(model(runtime="vllm-runtime")))
    known = facts(runtime(), (SERVICES, user), known=(SERVICES,))
    assert "InferenceService team/llama cannot be started anew" in reasons(consequences.of_runtime(runtime(), None, known, {}))
    assert "is unknown" in reasons(consequences.of_runtime(runtime(), None, facts(), {}))
    used = decoded(LocalModelCache, C(), {"nodeStatus": {"n": "NodeDownloaded"}, "inferenceServices": [{"name": "x", "namespace": "team"}]})
    told = reasons(consequences.of_cache(used, None, facts(), {}))
    assert "deleted from 1 nodes" in told
    assert "team/x run from it" in told
