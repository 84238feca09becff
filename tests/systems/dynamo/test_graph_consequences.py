"""What hangs on Dynamo's objects, and what became of those that are there."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.systems.dynamo.graph_samples import aggregated, component, graph, manifest, status, told

from modeltui.domain import Finding, Severity
from modeltui.kube.errors import Forbidden
from modeltui.systems.core.types import CLAIMS, PODS, PersistentVolumeClaim, Pod
from modeltui.systems.dynamo import consequences, observed
from modeltui.systems.dynamo.request_types import Request
from modeltui.systems.dynamo.types import GRAPHS, Adapter, DynamoModel
from modeltui.systems.facts import FactTable

LABEL = "nvidia.com/dynamo-graph-deployment-name"


def pod(name: str, of: str = "qwen") -> Pod:
    return msgspec.convert({"metadata": {"name": name, "namespace": "team", "labels": {LABEL: of}}}, Pod)


def claim(name: str) -> PersistentVolumeClaim:
    return msgspec.convert({"metadata": {"name": name, "namespace": "team"}}, PersistentVolumeClaim)


def said(found: Any) -> list[str]:
    return [finding.reason for finding in found]


def deleted(facts: FactTable, unseen: Any = None, **meta: Any) -> list[str]:
    return said(consequences.of_graph(graph(aggregated(2), **meta), None, facts, unseen or {}))


def test_a_graph_that_goes_takes_its_pods_along_and_no_others() -> None:
    facts = FactTable.of({PODS: [pod("qwen-0"), pod("qwen-1"), pod("other-0", "other")]})
    assert deleted(facts) == ["Its 2 pods go, and with them Qwen/Qwen3-0.6B: qwen-0, qwen-1."]
    assert deleted(FactTable.of({PODS: []})) == ["It has no pods."]


def test_pods_that_may_not_be_seen_are_said_to_be_unknown() -> None:
    (one,) = deleted(FactTable(), {(PODS, "team"): Forbidden("no", status=403)})
    assert one == "Qwen/Qwen3-0.6B is not served any more. Which pods go with it is unknown: pods in namespace team may not be listed."


def test_what_made_a_graph_makes_it_again() -> None:
    owner = {"apiVersion": "airunway.ai/v1alpha1", "kind": "ModelDeployment", "name": "chat", "uid": "u", "controller": True}
    found = deleted(FactTable.of({PODS: []}), ownerReferences=[owner])
    assert "ModelDeployment chat had it made, and has it made again." in found
    assert not any("made again" in one for one in deleted(FactTable.of({PODS: []})))


def test_claims_that_it_only_mounts_stay_with_the_data() -> None:
    worker = component("Worker", "worker", args=("--model", "m/m"), gpus=1)
    worker["podTemplate"]["spec"]["volumes"] = [{"name": "w", "persistentVolumeClaim": {"claimName": "weights"}}]
    mounting = graph(manifest(component("Frontend", "frontend"), worker))
    there = FactTable.of({PODS: [], CLAIMS: [claim("weights")]})
    assert "Claim weights stays, with the data." in said(consequences.of_graph(mounting, None, there, {}))
    gone = FactTable.of({PODS: [], CLAIMS: []})
    assert not any("weights" in one for one in said(consequences.of_graph(mounting, None, gone, {})))


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (aggregated(1), ["2 of 3 replicas of VllmWorker go."]),
        (aggregated(4), []),
        (manifest(*({**one, "replicas": 0} for one in aggregated()["spec"]["components"])), ["All its pods go"]),
    ],
)
def test_fewer_replicas_are_told(after: Any, says: list[str]) -> None:
    found = said(consequences.of_graph(graph(aggregated(3)), graph(after), FactTable(), {}))
    assert len(found) == len(says)
    assert all(part in one for part, one in zip(says, found, strict=True))


def test_a_request_leaves_its_graph_behind() -> None:
    made = msgspec.convert({"metadata": {"name": "r", "namespace": "team"}, "status": {"phase": "Deployed", "dgdName": "r-dgd"}}, Request)
    (one,) = consequences.of_request(made, None, FactTable(), {})
    assert one.reason.startswith("Graph r-dgd, which was made of it, stays")
    assert "Delete DynamoGraphDeployment r-dgd" in one.remedy
    (other,) = consequences.of_request(msgspec.structs.replace(made, status=type(made.status)(phase="Profiling")), None, FactTable(), {})
    assert other.severity is Severity.WARNING
    assert consequences.of_request(made, made, FactTable(), {}) == ()


def test_a_model_and_an_adapter() -> None:
    spec = {"modelName": "acme/sql", "baseModelName": "m/m", "modelType": "lora"}
    model = msgspec.convert({"metadata": {"name": "sql"}, "spec": spec, "status": {"readyEndpoints": 2, "totalEndpoints": 2}}, DynamoModel)
    (one,) = consequences.of_model(model, None, FactTable(), {})
    assert one.reason == "acme/sql is unloaded from the 2 endpoints that have it: requests for it fail."
    ref = {"name": "qwen", "serviceName": "VllmWorker"}
    adapter = msgspec.convert({"metadata": {"name": "a", "namespace": "team"}, "spec": {"replicas": 2, "dgdRef": ref}}, Adapter)
    assert "Nothing scales VllmWorker of graph qwen any more" in consequences.of_adapter(adapter, None, FactTable(), {})[0].reason
    stopped = msgspec.structs.replace(adapter, spec=msgspec.structs.replace(adapter.spec, replicas=0))
    assert "All 2 replicas of VllmWorker" in consequences.of_adapter(adapter, stopped, FactTable(), {})[0].reason


# ---- what became of it ------------------------------------------------------------------------------------------------


def became(state: Any) -> list[Finding]:
    return list(observed.of_graph(graph(aggregated(2), state), FactTable()))


def test_a_graph_that_is_well_gives_no_finding() -> None:
    assert became(status("successful", Frontend=told(1, 1), VllmWorker=told(2, 2))) == []


@pytest.mark.parametrize(
    ("state", "says", "remedy"),
    [
        (
            status("failed", ready="False", reason="x", message="no multinode orchestrator available"),
            "no multinode",
            "Have Grove installed",
        ),
        (
            status("failed", ready="False", reason="x", message='no kind "InferencePool"'),
            "InferencePool",
            "Gateway API Inference Extension",
        ),
        (status("failed", ready="False", reason="x", message="the sky"), "the sky", "pods and events below"),
        (status("successful", Frontend=told(1, 1), VllmWorker=told(2, 1)), 'Its state is "successful", and that is not so', "Believe"),
        (status("successful", restart={"observedID": "7", "phase": "Failed"}), "Restart 7 failed", "restart again"),
        (status("pending", rolling_update={"phase": "Failed"}), "rolling update of its workers failed", "change the graph back"),
        (status("pending", VllmWorker=told(2, 0, scheduledReplicas=1)), "1 of 2 replicas found a place", "make room"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_became_of_a_graph(state: Any, says: str, remedy: str) -> None:
    found = [finding for finding in became(state) if says in finding.reason]
    assert found, became(state)
    assert remedy in found[0].remedy


@pytest.mark.parametrize(("told_", "says"), [("True", []), ("False", ["What it is to be placed by is not there: no level rack."])])
def test_a_topology_that_is_not_there(told_: str, says: list[str]) -> None:
    levels = {"type": "TopologyLevelsAvailable", "status": told_, "message": "no level rack"}
    state = status("pending", Frontend=told(1, 1), VllmWorker=told(1, 1))
    there = graph(aggregated(1), {**state, "conditions": [levels]})
    found = [one for one in observed.of_graph(there, FactTable()) if one.field == "spec.topologyConstraint"]
    assert said(found) == says
    assert all("ClusterTopology" in one.remedy for one in found)


def test_a_request_whose_graph_is_gone() -> None:
    status_ = {"phase": "Deployed", "dgdName": "r-dgd"}
    made = msgspec.convert({"metadata": {"name": "r", "namespace": "team"}, "status": status_}, Request)
    assert said(observed.of_request(made, FactTable.of({GRAPHS: []}))) == ["Graph r-dgd, which was made of it, does not exist any more."]
    assert said(observed.of_request(made, FactTable())) == []


def test_a_request_that_failed_names_the_log_to_read() -> None:
    status_ = {"phase": "Failed", "profilingJobName": "profile-r"}
    failed = msgspec.convert({"metadata": {"name": "r", "namespace": "team"}, "status": status_}, Request)
    (one,) = observed.of_request(failed, FactTable())
    assert one.severity is Severity.ERROR
    assert "Look at the log of Job profile-r" in one.remedy


def test_a_model_that_no_worker_serves_names_those_that_are() -> None:
    spec = {"modelName": "acme/sql", "baseModelName": "Qwen/Qwen3", "modelType": "lora"}
    document = {"metadata": {"name": "sql", "namespace": "team"}, "spec": spec, "status": {"readyEndpoints": 0, "totalEndpoints": 0}}
    model = msgspec.convert(document, DynamoModel)
    (one,) = observed.of_model(model, FactTable.of({GRAPHS: [graph(aggregated())]}))
    assert one.reason == "No worker serves its base model Qwen/Qwen3. Graphs of this namespace serve Qwen/Qwen3-0.6B."
    assert "modelRef" in one.remedy
