"""KAITO's questions in the form that deploys, at 80x24 and 120x40: for nodes that are there, for nodes to be made, adapters, a set."""

from __future__ import annotations

from typing import Any

import pytest
from discovered import Served
from driving import Console, models, until
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.systems.kaito.answers import AdapterAnswers, SetAnswers, WorkspaceAnswers
from modeltui.systems.kaito.deployable import INFERENCE_SET, WORKSPACE
from modeltui.ui.wizards.deploy.kaito_form import SET_FORM, WORKSPACE_FORM
from modeltui.ui.wizards.deploy.screen import DeployWizard

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
FORMS = (WORKSPACE_FORM, SET_FORM)
COMMON: dict[str, Any] = {"name": "llama", "namespace": "team-a", "model": "llama-3.1-8b-instruct", "token_secret": "hf-token"}
ADAPTERS = (
    AdapterAnswers(name="sql", image="registry.example/adapters/sql:1.2", strength="0.5"),
    AdapterAnswers(name="chat", image="registry.example/adapters/chat:1.0", pull_secrets=("regcred",)),
)
THERE = WorkspaceAnswers(**COMMON, nodes={"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"}, mig_profile="3g.40gb", adapters=ADAPTERS)
MADE = WorkspaceAnswers(**COMMON, instance_type="Standard_NC24ads_A100_v4", config="llama-params", runtime="vllm")
SET = SetAnswers(**COMMON, nodes={"pool": "h100"}, gpus=2, replicas=3, node_limit=4)
PLACES: dict[str, tuple[Any, int, str]] = {
    "system": ((WORKSPACE, THERE), 1, ""),
    "nodes_that_are_there": ((WORKSPACE, THERE), 3, ""),
    "nodes_to_be_made": ((WORKSPACE, MADE), 3, ""),
    "adapters": ((WORKSPACE, THERE), 4, ""),
    "token": ((WORKSPACE, THERE), 5, ""),
    "a_set": ((INFERENCE_SET, SET), 3, ""),
    "wrong": ((WORKSPACE, WorkspaceAnswers(**{**COMMON, "model": "a/b"})), 3, "ctrl+n"),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_deploying_to_kaito(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    answers, steps, then = PLACES[place]
    made = session()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        made.discovery = Served(form.of.view.resource for form in FORMS)  # type: ignore[assignment]  # as much of it as the form asks
        wizard = DeployWizard(app.cluster, "team-a", FORMS, answers=answers)
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow") and wizard._asked)
        for number in range(1, steps + 1):
            await pilot.press("ctrl+n")
            await until(pilot, lambda number=number: wizard.at == number)
        if then:
            await pilot.press(then)
            await until(pilot, lambda: wizard.at == steps + 1)
            await pilot.press("ctrl+b")
            await until(pilot, lambda: wizard.at == steps)
        await settled(pilot)

    assert snap_compare(console(made), terminal_size=size, run_before=walk)
