"""The status of a graph where Dynamo's own word is not the truth, and where it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.systems.dynamo import graph_samples as made

from modeltui.domain import Phase, Status
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.reading import read
from modeltui.systems.dynamo.types import Graph
from modeltui.systems.facts import FactTable


def seen(manifest: made.Manifest, status: made.Manifest | None, **meta: Any) -> Status:
    return read(made.graph(manifest, status, **meta), FactTable()).status


def ready(frontend: int = 1, workers: int = 2) -> made.Manifest:
    return {"Frontend": made.told(1, frontend), "VllmWorker": made.told(2, workers)}


def test_one_that_runs() -> None:
    found = seen(made.aggregated(2), made.status("successful", ready="True", **ready()))
    assert found == Status(Phase.READY, "successful", "")


@pytest.mark.parametrize("state", ["successful", "pending", "initializing", "failed", ""])
@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_one_without_components_is_never_healthy(state: str, version: str) -> None:
    empty = made.manifest() | {"apiVersion": f"nvidia.com/{version}", "spec": {}}
    found = seen(empty, made.status(state, ready="True"))
    assert found.phase is Phase.FAILED
    assert found.reason.startswith("It has no components, so that nothing serves.")
    assert ('Dynamo calls that "successful"' in found.reason) is (state == "successful")


def test_successful_of_the_generation_before() -> None:
    found = seen(made.aggregated(2), made.status("successful", observed=3, **ready()), generation=4)
    assert (found.phase, found.raw) == (Phase.PROCESSING, "successful")
    assert "generation 3" in found.reason


def test_successful_while_new_pods_are_not_there() -> None:
    told = {"Frontend": made.told(1, 1), "VllmWorker": made.told(2, 2, updated=1)}
    found = seen(made.aggregated(2), made.status("successful", ready="True", **told))
    assert found == Status(Phase.PROCESSING, "successful", "VllmWorker has 1 of 2 replicas updated.")


def test_successful_while_a_rolling_update_goes_on() -> None:
    update = {"phase": "InProgress", "updatedComponents": ["VllmWorker"]}
    found = seen(made.aggregated(2), made.status("successful", rolling_update=update, **ready()))
    assert found == Status(Phase.PROCESSING, "successful", "A rolling update of its workers is under way; done: VllmWorker.")
    failed = seen(made.aggregated(2), made.status("successful", rolling_update={"phase": "Failed"}, **ready()))
    assert failed.phase is Phase.DEGRADED


def test_successful_with_replicas_missing() -> None:
    found = seen(made.aggregated(2), made.status("successful", **ready(workers=1)))
    assert found == Status(Phase.DEGRADED, "successful", '"successful", but VllmWorker has 1 of 2 replicas ready.')


def test_a_scaling_group_is_measured_by_what_is_available() -> None:
    told = {"Frontend": made.told(1, 1), "VllmWorker": made.told(2, 1, kind="PodCliqueScalingGroup")}
    deployment = read(made.graph(made.aggregated(2), made.status("pending", **told)), FactTable())
    assert deployment.status.phase is Phase.PROCESSING
    assert (deployment.ready, deployment.desired) == (2, 3)


def test_successful_without_any_replicas_reported_is_not_known() -> None:
    assert seen(made.aggregated(2), made.status("successful")).phase is Phase.UNKNOWN


def test_successful_although_a_component_is_not_reported() -> None:
    found = seen(made.aggregated(2), made.status("successful", Frontend=made.told(1, 1)))
    assert found.phase is Phase.DEGRADED
    assert "VllmWorker is not reported yet" in found.reason


def test_successful_although_not_ready() -> None:
    found = seen(made.aggregated(2), made.status("successful", ready="False", reason="pods_not_ready", message="1 pod", **ready()))
    assert found.phase is Phase.DEGRADED
    assert "(1 pod)" in found.reason


def test_names_of_components_are_told_in_any_case() -> None:
    told = {"frontend": made.told(1, 1), "vllmworker": made.told(2, 2)}
    assert seen(made.aggregated(2), made.status("successful", **told)).phase is Phase.READY


def test_failed_with_the_reason_that_dynamo_gives() -> None:
    found = seen(made.aggregated(2), made.status("failed", ready="False", reason="x", message="quota exceeded", **ready(0, 0)))
    assert found == Status(Phase.FAILED, "failed", "quota exceeded")


def test_no_room() -> None:
    told = {"Frontend": made.told(1, 1), "VllmWorker": made.told(2, 0, scheduledReplicas=0)}
    status = made.status("pending", ready="False", reason="insufficient_capacity", message="0/3 nodes", **told)
    found = seen(made.aggregated(2), status)
    assert found.phase is Phase.PENDING
    assert found.reason == "VllmWorker has 0 of 2 replicas ready, 0 scheduled; 0/3 nodes."


def test_nobody_has_looked_yet() -> None:
    assert seen(made.aggregated(), None).phase is Phase.PENDING


@pytest.mark.parametrize(
    ("told", "phase"),
    [
        (None, Phase.PROCESSING),
        ({"observedID": "1", "phase": "Completed"}, Phase.PROCESSING),
        ({"observedID": "2", "phase": "Restarting", "inProgress": ["VllmWorker"]}, Phase.PROCESSING),
        ({"observedID": "2", "phase": "Failed"}, Phase.DEGRADED),
        ({"observedID": "2", "phase": "Completed"}, Phase.READY),
        ({"observedID": "2", "phase": "Superseded"}, Phase.READY),
    ],
)
def test_a_restart_that_was_asked_for(told: made.Manifest | None, phase: Phase) -> None:
    manifest = made.aggregated(2, restart={"id": "2"})
    assert seen(manifest, made.status("successful", restart=told, **ready())).phase is phase


def test_stopped() -> None:
    manifest = made.manifest(made.component("Frontend", "frontend", replicas=0), made.component("W", "worker", replicas=0, args=("-x",)))
    deployment = read(made.graph(manifest, made.status("successful")), FactTable())
    assert deployment.status.phase is Phase.PAUSED
    assert deployment.stopped
    assert (deployment.ready, deployment.desired) == (0, 0)


def test_a_frontend_alone_does_not_serve() -> None:
    manifest = made.manifest(made.component("Frontend", "frontend"), made.component("W", "worker", replicas=0, args=("--model", "m")))
    found = seen(manifest, made.status("successful", Frontend=made.told(1, 1), W=made.told(0, 0)))
    assert found.phase is Phase.DEGRADED
    assert "workers have 0 replicas" in found.reason


WORDS = st.text("aA-1 {$", max_size=5)
NUMBERS = st.none() | st.integers(0, 4)
COMPONENTS = st.fixed_dictionaries(
    {"name": WORDS},
    optional={
        "type": st.sampled_from(["frontend", "worker", "prefill", "decode", "planner", "epp", "new"]),
        "replicas": NUMBERS,
        "multinode": st.just({}) | st.fixed_dictionaries({"nodeCount": st.integers(2, 3)}),
        "scalingAdapter": st.just({}),
        "podTemplate": st.fixed_dictionaries(
            {},
            optional={
                "spec": st.fixed_dictionaries(
                    {},
                    optional={
                        "containers": st.lists(
                            st.fixed_dictionaries(
                                {"name": st.sampled_from(["main", "x"])},
                                optional={
                                    "image": WORDS,
                                    "command": st.lists(st.sampled_from(["sh", "-c", "python3", "-m"])),
                                    "args": st.lists(WORDS),
                                    "env": st.lists(st.fixed_dictionaries({"name": WORDS}, optional={"value": WORDS})),
                                    "resources": st.fixed_dictionaries(
                                        {}, optional={"limits": st.dictionaries(st.sampled_from(["nvidia.com/gpu", "cpu"]), WORDS)}
                                    ),
                                },
                            ),
                            max_size=2,
                        )
                    },
                )
            },
        ),
    },
)
TOLD = st.fixed_dictionaries(
    {}, optional={name: NUMBERS for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "scheduledReplicas")}
)
STATUSES = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(["successful", "pending", "failed", "initializing", "new"]),
        "observedGeneration": st.integers(0, 3),
        "components": st.dictionaries(WORDS, TOLD, max_size=3),
        "services": st.dictionaries(WORDS, TOLD, max_size=3),
        "restart": st.fixed_dictionaries({}, optional={"observedID": WORDS, "phase": WORDS}),
        "rollingUpdate": st.fixed_dictionaries({}, optional={"phase": st.sampled_from(["Pending", "InProgress", "Failed", ""])}),
    },
)


@given(components=st.lists(COMPONENTS, max_size=3), status=STATUSES, restart=st.none() | st.just({"id": "1"}))
def test_a_graph_of_any_shape_is_read(components: list[made.Manifest], status: made.Manifest, restart: made.Manifest | None) -> None:
    spec = {"components": components, "restart": restart}
    graph = msgspec.convert({"metadata": {"name": "q", "generation": 2}, "spec": spec, "status": status}, Graph)
    deployment = read(graph, FactTable())
    assert deployment.status.phase is not Phase.READY or components
    services = {str(place): {"componentType": one.get("type", ""), "replicas": one.get("replicas")} for place, one in enumerate(components)}
    older = msgspec.convert({"metadata": {"name": "q"}, "spec": {"services": services}, "status": status}, OlderGraph)
    assert len(read(older, FactTable()).components) == len(components)
