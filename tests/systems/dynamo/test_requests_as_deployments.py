"""A request for a graph is a deployment from the start: on its way while it is profiled, then what its graph is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.systems.builders import meta

from modeltui.domain import Phase, Status
from modeltui.systems import registry
from modeltui.systems.core.types import PODS, Pod
from modeltui.systems.doctor import diagnose
from modeltui.systems.dynamo.request_reading import of_request, pods_by, read_request, requests_touched
from modeltui.systems.dynamo.request_types import OlderRequest, Request
from modeltui.systems.dynamo.types import GRAPHS, OLDER_REQUESTS, REQUESTS, Graph
from modeltui.systems.facts import FactTable
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.views import among_deployments

WORKER = {"name": "W", "type": "worker", "replicas": 2, "podTemplate": {"spec": {"containers": [{"name": "main"}]}}}


def request(phase: str, **status: Any) -> Request:
    document = {
        "metadata": {**meta("qwen"), "uid": "r"},
        "spec": {"model": "Qwen/Qwen3-8B", "backend": "vllm"},
        "status": {"phase": phase, **status},
    }
    return msgspec.convert(document, Request)


def graph(state: str, *, ready: int = 2, labelled: bool = True) -> Graph:
    about = {**meta("qwen-dgd"), "uid": "g", "labels": {"dgdr.nvidia.com/name": "qwen"} if labelled else {}}
    told = {"W": {"replicas": 2, "readyReplicas": ready, "updatedReplicas": 2}}
    return msgspec.convert({"metadata": about, "spec": {"components": [WORKER]}, "status": {"state": state, "components": told}}, Graph)


def pod(name: str, **labels: str) -> Pod:
    return msgspec.convert({"metadata": {**meta(name), "labels": labels}}, Pod)


def facts(**lists: Any) -> FactTable:
    kinds = {"requests": REQUESTS, "graphs": GRAPHS, "pods": PODS}
    return FactTable.of({resource: lists.get(name, []) for name, resource in kinds.items()})


@pytest.mark.parametrize(
    ("phase", "shown"),
    [
        ("", Phase.PENDING),
        ("Pending", Phase.PENDING),
        ("Profiling", Phase.PROCESSING),
        ("Deploying", Phase.PROCESSING),
        ("Failed", Phase.FAILED),
    ],
)
def test_before_there_is_a_graph_its_own_phase_counts(phase: str, shown: Phase) -> None:
    found = read_request(request(phase), facts())
    assert (found.status.phase, found.status.raw) == (shown, phase)
    assert (found.models, found.engine, found.ready) == (("Qwen/Qwen3-8B",), "vllm", None)


def test_then_it_is_what_its_graph_is_and_its_own_word_stays_at_hand() -> None:
    asked = request("Deployed", dgdName="qwen-dgd")
    well = read_request(asked, facts(graphs=[graph("successful")]))
    assert (well.status.phase, well.status.raw, well.ready, well.desired) == (Phase.READY, "Deployed", 2, 2)
    ill = read_request(asked, facts(graphs=[graph("successful", ready=1)]))
    assert ill.status.phase is Phase.DEGRADED
    assert ill.status.reason.startswith("The graph qwen-dgd: ")
    gone = read_request(asked, facts())
    assert (gone.status.phase, gone.status.reason) == (Phase.FAILED, "The graph qwen-dgd, which was made of it, does not exist any more.")
    unseen = read_request(asked, FactTable())
    assert unseen.status.phase is Phase.UNKNOWN


def test_what_is_only_proposed_serves_nobody() -> None:
    found = read_request(
        msgspec.structs.replace(request("Ready"), spec=msgspec.structs.replace(request("").spec, auto_apply=False)), facts()
    )
    assert found.status.phase is Phase.PENDING
    assert "autoApply is off" in found.status.reason


def test_its_pods_are_those_that_profile_and_then_those_of_the_graph() -> None:
    profiling, serving = (
        pod("profile-qwen-x", **{"job-name": "profile-qwen"}),
        pod("w-0", **{"nvidia.com/dynamo-graph-deployment-name": "qwen-dgd"}),
    )
    asked = request("Profiling", profilingJobName="profile-qwen")
    before = facts(requests=[asked], pods=[profiling])
    assert pods_of(before, lambda one: (), asked, pods_by(asked, before)) == [profiling]
    assert list(requests_touched(PODS, profiling, before)) == [("team", "qwen")]
    made = graph("pending")
    after = facts(requests=[asked], graphs=[made], pods=[profiling, serving])
    assert pods_of(after, lambda one: (), asked, pods_by(asked, after)) == [serving]
    assert ("team", "qwen") in set(requests_touched(PODS, serving, after))
    assert ("team", "qwen") in set(requests_touched(GRAPHS, made, after))


def test_it_is_one_row_among_deployments_with_the_graph_under_it() -> None:
    parts = {part.resource: part for part in registry.deployments().parts}
    columns = [column.key for column in registry.deployments().columns]
    known = facts(requests=[request("Deployed", dgdName="qwen-dgd")], graphs=[graph("successful")])
    row = parts[REQUESTS].row(known.get(REQUESTS, "team", "qwen"), known)
    told = dict(zip(columns, row.values, strict=True))
    assert isinstance(told["status"], Status)
    assert (told["ready"], told["raw"], told["kind"], told["system"]) == ("2/2", "Deployed", "DynamoGraphDeploymentRequest", "Dynamo")
    under = parts[GRAPHS].row(known.get(GRAPHS, "team", "qwen-dgd"), known)
    assert dict(zip(columns, under.values, strict=True))["parent"] == "DynamoGraphDeploymentRequest qwen"
    own = registry.find("dgdr")
    assert own is not None
    assert [column.key for column in own.columns] != columns, "its own table says what was asked for"
    assert all(one.columns == registry.deployments().columns for one in among_deployments(own).older)


def test_an_older_request_is_read_too() -> None:
    older = msgspec.convert(
        {
            "metadata": meta("old"),
            "spec": {"model": "m", "backend": "sglang"},
            "status": {"state": "Ready", "deployment": {"name": "qwen-dgd"}},
        },
        OlderRequest,
    )
    found = read_request(older, facts(graphs=[graph("successful", labelled=False)]))
    assert (found.status.phase, found.status.raw) == (Phase.READY, "Ready")
    table = FactTable.of({OLDER_REQUESTS: [older], GRAPHS: [graph("successful", labelled=False)]})
    assert ("team", "old") in set(requests_touched(GRAPHS, graph("successful", labelled=False), table))


def test_what_to_do_is_said_to_be_done_to_the_graph() -> None:
    known = facts(graphs=[graph("successful")])
    offered = list(of_request(request("Deployed", dgdName="qwen-dgd"), "", known))
    assert [one.word for one in offered] == ["scale", "stop", "start", "restart"]
    assert all("DynamoGraphDeployment qwen-dgd, which stands under it" in one.why_not for one in offered)
    assert all(one.why_not == "nothing has been made of this request yet" for one in of_request(request("Profiling"), "", facts()))


def test_why_is_told_once_of_the_request_and_of_the_graph_when_the_request_is_gone() -> None:
    """The label stays when the request is deleted."""
    condition = {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/3 nodes are available.",
    }
    labels = {"nvidia.com/dynamo-graph-deployment-name": "qwen-dgd"}
    stuck = msgspec.convert({"metadata": {**meta("w-0"), "labels": labels}, "status": {"phase": "Pending", "conditions": [condition]}}, Pod)
    made = graph("pending", ready=0)

    def told(known: FactTable) -> list[str]:
        return [one.name for one in diagnose(known, ["team"]) if one.finding.about == "Pod w-0"]

    assert told(facts(graphs=[made], pods=[stuck])) == ["qwen-dgd"]
    assert told(facts(requests=[request("Deploying", dgdName="qwen-dgd")], graphs=[made], pods=[stuck])) == ["qwen"]
