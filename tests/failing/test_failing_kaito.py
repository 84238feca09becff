"""Why KAITO's Workspaces and InferenceSets do not run: each failure with its cause first, and what helps."""

from __future__ import annotations

from typing import Any

import pytest
from tests.demo.serving.yard import Obj, Yard
from tests.failing.failing_world import look, until_told, view_of
from tests.failing.pod_failures import MODES, Mode, annotations, container, judge, pod_spec

from modeltui.domain import Phase

UPSTREAM = ("kaito",)
WORKSPACES, SETS = "workspaces.kaito.sh", "inferencesets.kaito.sh"
MISSING = 'secret "hf-token" not found'
VIEW, SETS_VIEW = view_of("Workspace"), view_of("InferenceSet")
H100 = {"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}}


def workspace(yard: Yard, inference: Obj, *, name: str = "llama", selector: Obj = H100, **resource: Any) -> Obj:
    return yard.make(WORKSPACES, name, resource={"labelSelector": selector, **resource}, inference=inference)


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_what_its_pods_die_of(yard: Yard, mode: Mode) -> None:
    mode.before(yard)
    template = {"metadata": {"annotations": annotations(mode.wish)}, "spec": pod_spec(mode.wish, container(mode.wish, "main"))}
    workspace(yard, {"template": template})
    judge(until_told(yard, VIEW, "llama", mode.says), mode)


def test_no_node_has_the_labels(yard: Yard) -> None:
    workspace(yard, {"preset": {"name": "phi-4"}}, selector={"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H200"}})
    yard.passes(minutes=2)
    told = look(yard, VIEW, "llama")
    assert told.phase is Phase.PENDING
    told.is_an_error("nvidia.com/gpu.product=NVIDIA-H200", "node", "resource.labelSelector")


def test_fewer_nodes_than_it_wants(yard: Yard) -> None:
    workspace(yard, {"preset": {"name": "phi-4"}}, count=4)
    yard.passes(minutes=2)
    look(yard, VIEW, "llama").is_an_error("1 of the 4 nodes", "node", "resource")


def test_a_preset_without_its_token(yard: Yard) -> None:
    workspace(yard, {"preset": {"name": "llama-3.1-8b-instruct", "presetOptions": {"modelAccessSecret": "hf-token"}}})
    until_told(yard, VIEW, "llama", 'secret "hf-token" not found').is_an_error(
        'secret "hf-token" not found', "Make the Secret here", "Pod "
    )


def test_a_config_map_that_it_names(yard: Yard) -> None:
    workspace(yard, {"preset": {"name": "phi-4"}, "config": "settings"}, selector={"matchLabels": {"pool": "none"}})
    yard.passes(minutes=1)
    told = look(yard, VIEW, "llama")
    assert any('no ConfigMap "settings"' in one.reason for one in told.causes)


def test_a_set_is_told_by_its_workspaces(yard: Yard) -> None:
    template = {"resource": {"instanceType": "any"}, "inference": {"preset": {"name": "phi-4"}}}
    yard.make(SETS, "many", spec={"replicas": 2, "labelSelector": {"matchLabels": {"pool": "none"}}, "template": template})
    yard.passes(minutes=2)
    told = look(yard, SETS_VIEW, "many").first
    assert told.reason.startswith("It waits for nodes of type any")
    assert "node provisioner" in told.remedy
    assert told.about.removeprefix("Workspace ") in [each["metadata"]["name"] for each in yard.list(WORKSPACES)]


def test_the_pods_of_a_set_are_its_own(yard: Yard) -> None:
    template = {
        "resource": {"instanceType": "any"},
        "inference": {"preset": {"name": "llama-3.1-8b-instruct", "presetOptions": {"modelAccessSecret": "hf-token"}}},
    }
    yard.make(SETS, "many", spec={"replicas": 1, "labelSelector": H100, "template": template})
    until_told(yard, SETS_VIEW, "many", 'secret "hf-token" not found').is_an_error(
        'secret "hf-token" not found', "Make the Secret here", "Pod "
    )
