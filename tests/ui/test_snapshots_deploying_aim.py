"""AIM Engine's questions in the form that deploys, at 80x24 and 120x40: a model that is there, weights of one's own, autoscaling, traps."""

from __future__ import annotations

from typing import Any

import pytest
from discovered import Served
from driving import Console, models, until
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.systems.aim.answers import HardwareAnswers, MetricAnswers, ServiceAnswers, WeightsAnswers
from modeltui.systems.serving.answers import EnvAnswers, KeyAnswers
from modeltui.ui.wizards.deploy.aim_form import FORM
from modeltui.ui.wizards.deploy.screen import DeployWizard

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
COMMON: dict[str, Any] = {"name": "qwen3-32b", "namespace": "team-a"}
NAMED = ServiceAnswers(**COMMON, model="qwen3-32b", metric="latency", precision="fp8", replicas=2, caching="Shared")
HARDWARE = HardwareAnswers(gpus=2, gpu_model="MI300X")
KEY = EnvAnswers(name="AWS_ACCESS_KEY_ID", secret=KeyAnswers(name="minio", key="id"))
WEIGHTS = WeightsAnswers(
    base_image="amdenterpriseai/aim-base:0.9", model_id="llama/base", source_uri="s3://bucket/llama/base", env=(KEY,), hardware=HARDWARE
)
CUSTOM = ServiceAnswers(**COMMON, weights=WEIGHTS, max_replicas=3, metrics=(MetricAnswers(name="vllm:num_requests_running", value="8"),))
BOTH = ServiceAnswers(
    **COMMON, weights=WeightsAnswers(source_uri="hf://Qwen/Qwen3-8B", hardware=HardwareAnswers(gpu_model="MI300X", min_vram="64Gi"))
)
PLACES: dict[str, tuple[ServiceAnswers, int, str]] = {
    "model": (NAMED, 0, ""),
    "a_model_that_is_there": (NAMED, 3, ""),
    "replicas_and_more": (NAMED, 4, ""),
    "weights_of_ones_own": (CUSTOM, 3, ""),
    "autoscaling": (CUSTOM, 5, ""),
    "wrong": (BOTH, 3, "ctrl+n"),
}


@sizes
@pytest.mark.parametrize("place", PLACES)
def test_deploying_to_aim(place: str, size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    answers, steps, then = PLACES[place]
    made = session()

    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await models(pilot, app)
        made.discovery = Served([FORM.of.view.resource])  # type: ignore[assignment]  # as much of it as the form asks
        wizard = DeployWizard(app.cluster, "team-a", (FORM,), answers=(FORM.of, answers))
        await app.push_screen(wizard)
        await until(pilot, lambda: wizard.query("FieldRow") and wizard._asked)
        for number in range(1, steps + 1):
            await pilot.press("ctrl+n")
            await until(pilot, lambda number=number: wizard.at == number)
        if then:
            await pilot.press(then)
            await until(pilot, lambda: any(row.sentence for row in wizard._rows()) or wizard.at == steps + 1)
            if wizard.at == steps + 1:
                await pilot.press("ctrl+b")
                await until(pilot, lambda: wizard.at == steps)
        await settled(pilot)

    assert snap_compare(console(made), terminal_size=size, run_before=walk)
