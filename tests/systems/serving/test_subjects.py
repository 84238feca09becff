"""What a pod's own words and a check of the spec say of one thing is known for one thing."""

from __future__ import annotations

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.conditions import MEANINGS, NO_TEMPLATE
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import NODES, Node, Pod
from modeltui.systems.facts import FactTable
from modeltui.systems.serving import needs
from modeltui.systems.serving.subjects import NO_TOKEN
from modeltui.systems.serving.told_once import subject
from modeltui.systems.serving.why import Evidence, why

GPU = "nvidia.com/gpu"
NODE = msgspec.convert({"metadata": {"name": "a"}, "status": {"allocatable": {GPU: "8"}}}, Node)


def knowing(*nodes: Node) -> FactTable:
    table = FactTable()
    table.set_known(SECRETS, "ml", known=True)
    table.set_known(NODES, "", known=True)
    for node in nodes:
        table.put(NODES, node)
    return table


def pod(gpus: str, **status: object) -> Pod:
    spec = {"containers": [{"name": "main", "resources": {"limits": {GPU: gpus}}}], **({"nodeName": "a"} if "phase" in status else {})}
    return msgspec.convert({"metadata": {"name": "llama-0", "namespace": "ml", "uid": "u"}, "spec": spec, "status": status}, Pod)


def unplaced(gpus: str) -> Evidence:
    message = "0/1 nodes are available: 1 Insufficient nvidia.com/gpu."
    conditions = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}]
    return Evidence(pods=[pod(gpus, conditions=conditions)], nodes=[NODE])


def test_more_gpus_than_any_node_has() -> None:
    (of_pod,) = why(unplaced("16"))
    (of_check,) = needs.nodes({GPU: 16}, knowing(NODE), "spec")
    assert subject(of_pod) == subject(of_check) is not None


def test_gpus_that_others_hold_are_nothing_that_a_check_of_the_spec_knows() -> None:
    (of_pod,) = why(unplaced("8"))
    assert subject(of_pod) is None


def test_a_secret_that_the_kubelet_misses() -> None:
    waiting = {"reason": "CreateContainerConfigError", "message": 'secret "hf-token" not found'}
    (of_pod,) = why(Evidence(pods=[pod("1", phase="Pending", containerStatuses=[{"name": "main", "state": {"waiting": waiting}}])]))
    (of_check,) = needs.secrets(["hf-token"], "ml", knowing(), "spec")
    of_system = Finding(Severity.ERROR, 'AI Runway says that it failed: secret "hf-token" not found.', field="status")
    assert subject(of_pod) == subject(of_check) == subject(of_system) is not None
    (another,) = needs.secrets(["ngc"], "ml", knowing(), "spec")
    assert subject(another) != subject(of_pod)


def test_a_gated_model_in_the_last_words() -> None:
    ended = {"terminated": {"exitCode": 1, "reason": "Error"}}
    statuses = [{"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": ended, "restartCount": 3}]
    tails = {("llama-0", "main"): ["GatedRepoError: 401 Client Error"]}
    (of_pod,) = why(Evidence(pods=[pod("1", phase="Running", containerStatuses=statuses)], tails=tails))
    assert subject(of_pod) == NO_TOKEN


def test_several_pods_keep_what_they_have_in_common() -> None:
    waiting = {"reason": "CreateContainerConfigError", "message": 'secret "hf-token" not found'}
    status = {"phase": "Pending", "containerStatuses": [{"name": "main", "state": {"waiting": waiting}}]}
    one = unplaced("16").pods[0]
    (of_pods,) = why(Evidence(pods=[one, one], nodes=[NODE]))
    assert of_pods.about == "Pod llama-0 and 1 more"
    assert subject(of_pods) == ("room", f"16 {GPU}")
    assert subject(why(Evidence(pods=[pod("1", **status)] * 2))[0]) == ("secret", "hf-token")


def test_no_template_that_can_be_used() -> None:
    assert MEANINGS["TemplateNotFound"].subject == NO_TEMPLATE
