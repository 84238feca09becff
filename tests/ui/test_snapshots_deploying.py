"""The form that deploys at 80x24 and 120x40: the model, the system, each of Dynamo's steps, AI Runway's, and what is wrong with answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from discovered import Served
from driving import Console, models, until
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.systems.airunway.answers import DeploymentAnswers, VolumeAnswers
from modeltui.systems.airunway.deployable import DEPLOYMENT
from modeltui.systems.dynamo.answers import GraphAnswers, RequestAnswers
from modeltui.systems.dynamo.deployable import GRAPH, REQUEST
from modeltui.systems.serving.answers import EnvAnswers, MountAnswers, PlacementAnswers, TolerationAnswers
from modeltui.ui.wizards.deploy import airunway_form, dynamo_form, dynamo_request_form
from modeltui.ui.wizards.deploy.screen import DeployWizard

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
FORMS = (dynamo_form.FORM, dynamo_request_form.FORM, airunway_form.FORM)
LLAMA = "meta-llama/Llama-3.2-1B-Instruct"
HALVES = GraphAnswers(
    name="llama",
    namespace="team-a",
    model=LLAMA,
    engine="sglang",
    mode="disaggregated",
    prefill_replicas=2,
    decode_replicas=4,
    gpus=2,
    router_mode="kv",
    served_name="chat",
    context_length=8192,
    extra_args=("--max-running-requests", "64"),
    token_secret="hf-token-secret",
    cache=MountAnswers(claim="weights", path="/models"),
    env=(EnvAnswers(name="LOG_LEVEL", value="info"),),
    placement=PlacementAnswers(
        node_selector={"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"},
        tolerations=(TolerationAnswers(key="nvidia.com/gpu", operator="Exists", effect="NoSchedule"),),
    ),
)
GOAL = RequestAnswers(name="fast", namespace="team-a", model=LLAMA, ttft=300.0, itl=12.5, gpu_sku="h100_sxm", gpus_per_node=8)
RUNWAY = DeploymentAnswers(
    name="llama",
    namespace="team-a",
    model=LLAMA,
    provider="dynamo",
    mode="disaggregated",
    volumes=(VolumeAnswers(name="cache", size="50Gi"), VolumeAnswers(name="kernels", purpose="compilationCache", claim="kernels")),
)


@dataclass(frozen=True)
class Place:
    begun: dict[str, Any]
    steps: int
    """How many steps on."""
    keys: tuple[str, ...] = ()


def of(system: Any, answers: Any) -> dict[str, Any]:
    return {"answers": (system, answers)}


PLACES = {
    "empty": Place({}, 0),
    "model": Place({"model": LLAMA}, 0),
    "claim": Place({}, 0, ("right",)),
    "system": Place({"model": LLAMA}, 1),
    "system_not_installed": Place({"model": LLAMA}, 1, ("right", "right")),
    "name": Place({"model": LLAMA}, 2),
    "dynamo": Place({"model": LLAMA}, 3),
    "dynamo_halves": Place(of(GRAPH, HALVES), 3),
    "serving": Place(of(GRAPH, HALVES), 4),
    "resources": Place(of(GRAPH, HALVES), 5),
    "wrong": Place({"model": LLAMA}, 3, ("ctrl+n", "down", *"none", "ctrl+n", "ctrl+b")),
    "goal": Place(of(REQUEST, GOAL), 3),
    "runway": Place(of(DEPLOYMENT, RUNWAY), 3),
    "volumes": Place(of(DEPLOYMENT, RUNWAY), 4),
    "no_volumes": Place(of(DEPLOYMENT, DeploymentAnswers(name="q", namespace="team-a", model=LLAMA)), 4),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_deploying(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    there, made = PLACES[place], session()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        made.discovery = Served((GRAPH.view.resource, REQUEST.view.resource))  # type: ignore[assignment]  # as much of it as the form asks
        wizard = DeployWizard(app.cluster, "team-a", FORMS, **there.begun)
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow") and wizard._asked)
        for number in range(1, there.steps + 1):
            await pilot.press("ctrl+n")
            await until(pilot, lambda number=number: wizard.at == number)
        await pilot.press(*there.keys)
        await settled(pilot)

    assert snap_compare(console(made), terminal_size=size, run_before=walk)
