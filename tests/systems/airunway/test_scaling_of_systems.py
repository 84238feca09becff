"""Scale, stop, start and restart of graphs, adapters and ModelDeployments."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.airunway import runway_samples as runways
from tests.systems.dynamo import graph_samples as graphs

from modeltui.systems.airunway import edits as runway_edits
from modeltui.systems.airunway.operations import of_deployment
from modeltui.systems.airunway.types import ModelDeployment
from modeltui.systems.dynamo import edits
from modeltui.systems.dynamo.consequences import of_graph as of_graph_changed
from modeltui.systems.dynamo.operations import of_adapter, of_graph
from modeltui.systems.dynamo.types import ADAPTERS, Adapter
from modeltui.systems.facts import FactTable
from modeltui.systems.operations import NotPossible, Operation
from modeltui.systems.serving import replicas

NOBODY = FactTable()


def by_word(operations: Any) -> dict[str, Operation]:
    return {operation.word: operation for operation in operations}


def carry_out(operation: Operation, live: Any, answer: str = "") -> Any:
    stages = operation.asks.stages(answer) if operation.asks is not None else operation.stages
    (stage,) = stages
    return stage.become(live)


def numbers(manifest: Any) -> dict[str, int]:
    return {one["name"]: one["replicas"] for one in manifest["spec"]["components"]}


def test_a_graph_is_scaled_by_component() -> None:
    live = graphs.aggregated(2)
    found = list(of_graph(graphs.graph(live), "VllmWorker", NOBODY))
    scale = found[0]
    assert scale.asks is not None
    assert (scale.asks.part, scale.asks.default, scale.word) == ("VllmWorker", "2", "scale")
    assert [scale.asks.problem(text) == "" for text in ("0", "7", "-1", "x", "²", "99999999")] == [True, True, False, False, False, False]
    assert numbers(carry_out(scale, live, "5")) == {"Frontend": 1, "VllmWorker": 5}
    assert sum(one.word == "scale" for one in of_graph(graphs.graph(live), "", NOBODY)) == 2


@given(workers=st.integers(1, 9))
def test_stopped_and_started_is_as_it_was(workers: int) -> None:
    live = graphs.aggregated(workers)
    stopped = carry_out(by_word(of_graph(graphs.graph(live), "", NOBODY))["stop"], live)
    assert numbers(stopped) == {"Frontend": 0, "VllmWorker": 0}
    assert by_word(of_graph(graphs.graph(stopped), "", NOBODY))["stop"].why_not
    start = by_word(of_graph(graphs.graph(stopped), "", NOBODY))["start"]
    assert not start.why_not
    assert carry_out(start, stopped) == live


def test_who_was_stopped_by_hand_starts_with_one_of_each() -> None:
    live = graphs.manifest(graphs.component("Frontend", "frontend", replicas=0), graphs.component("W", "worker", replicas=0))
    live["metadata"]["annotations"] = {replicas.REMEMBERED: "nonsense"}
    assert numbers(edits.started(live)) == {"Frontend": 1, "W": 1}
    with pytest.raises(NotPossible):
        edits.started(graphs.aggregated())
    with pytest.raises(NotPossible):
        edits.scaled(live, "gone", 1)


def test_the_older_version_keeps_its_shape() -> None:
    live = {"apiVersion": "nvidia.com/v1alpha1", "metadata": {"name": "q"}, "spec": {"services": {"W": {"replicas": 3}, "F": {}}}}
    stopped = edits.stopped(live)
    assert stopped["apiVersion"] == "nvidia.com/v1alpha1"
    assert {name: one["replicas"] for name, one in stopped["spec"]["services"].items()} == {"W": 0, "F": 0}
    assert {name: one["replicas"] for name, one in edits.started(stopped)["spec"]["services"].items()} == {"W": 3, "F": 1}


def test_a_restart_is_a_new_id_each_time() -> None:
    live = graphs.aggregated()
    told = graphs.status("successful", Frontend=graphs.told(1, 1), VllmWorker=graphs.told(1, 1))
    restart = by_word(of_graph(graphs.graph(live, told, generation=4), "", NOBODY))["restart"]
    once = carry_out(restart, live)
    assert once["spec"]["restart"] == {"id": "modeltui-4"}
    done = told | {"restart": {"observedID": "modeltui-4", "phase": "Completed"}}
    again = by_word(of_graph(graphs.graph(once, done, generation=5), "", NOBODY))["restart"]
    assert not again.why_not
    assert carry_out(again, once)["spec"]["restart"]["id"] == "modeltui-5"
    assert by_word(of_graph(graphs.graph(once, told, generation=5), "", NOBODY))["restart"].why_not == "restart modeltui-4 is under way"
    rolling = told | {"rollingUpdate": {"phase": "InProgress"}}
    assert "rolling update" in by_word(of_graph(graphs.graph(live, rolling), "", NOBODY))["restart"].why_not


def test_a_graph_that_a_deployment_had_made_is_changed_there() -> None:
    for made in ({"labels": {"airunway.ai/model-deployment": "qwen"}}, {"ownerReferences": [{"kind": "ModelDeployment", "name": "qwen"}]}):
        live = graphs.aggregated(2)
        live["metadata"] |= made
        found = list(of_graph(graphs.graph(live), "", NOBODY))
        assert {one.why_not for one in found if one.word != "start"} == {"ModelDeployment qwen made it and would set it back: do it there"}
        after = edits.scaled(live, "VllmWorker", 3)
        told = [one.reason for one in of_graph_changed(graphs.graph(live), graphs.graph(after), NOBODY, {})]
        assert told == ["ModelDeployment qwen had it made, and sets the change back."]
        assert of_graph_changed(graphs.graph(live), graphs.graph(live), NOBODY, {}) == ()


def test_what_an_adapter_owns_is_scaled_there() -> None:
    document = {"metadata": {"name": "ad", "namespace": "team"}, "spec": {"replicas": 2, "dgdRef": {"name": "qwen", "componentName": "W"}}}
    adapter = msgspec.convert(document, Adapter)
    live = graphs.manifest(graphs.component("Frontend", "frontend"), graphs.component("W", "worker", scalingAdapter={}))
    known = FactTable.of({ADAPTERS: [adapter]})
    found = by_word(of_graph(graphs.graph(live), "W", known))
    assert found["scale"].why_not == "adapter ad owns its replicas: scale that"
    assert "adapters own the replicas of W" in found["stop"].why_not
    (scale,) = of_adapter(adapter, "", known)
    assert carry_out(scale, document, "4")["spec"]["replicas"] == 4


def test_an_endpoint_picker_stays() -> None:
    live = graphs.manifest(graphs.component("Epp", "epp"), graphs.component("W", "worker"))
    assert numbers(edits.stopped(live)) == {"Epp": 1, "W": 0}
    assert next(iter(of_graph(graphs.graph(live), "Epp", NOBODY))).why_not


def seen(manifest: Any) -> ModelDeployment:
    return runways.deployment(manifest)


@given(prefill=st.integers(1, 5), decode=st.integers(1, 5))
def test_a_deployment_of_two_halves(prefill: int, decode: int) -> None:
    live = runways.disaggregated(prefill, decode)
    found = list(of_deployment(seen(live), "", NOBODY))
    assert [one.asks.part for one in found if one.asks is not None] == ["prefill", "decode"]
    assert carry_out(found[1], live, "7")["spec"]["scaling"]["decode"]["replicas"] == 7
    stopped = carry_out(by_word(found)["stop"], live)
    assert carry_out(by_word(of_deployment(seen(stopped), "", NOBODY))["start"], stopped) == live


def test_what_a_provider_makes_of_no_use() -> None:
    found = by_word(of_deployment(seen(runways.manifest(provider={"name": "dynamo"})), "", NOBODY))
    assert "takes 0 replicas for 1" in found["stop"].why_not
    assert "delete the pods of its graph" in found["restart"].why_not
    other = by_word(of_deployment(seen(runways.manifest(provider={"name": "llmd"})), "", NOBODY))
    assert not other["stop"].why_not
    restarted = carry_out(other["restart"], runways.manifest())
    assert restarted["spec"]["podTemplate"]["metadata"]["annotations"] == {runway_edits.RESTARTED: "generation-1"}
    assert other["start"].why_not == "it is not stopped"
