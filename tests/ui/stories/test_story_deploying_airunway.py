"""A ModelDeployment made in the form by keyboard, seen to run, and edited in the form as far as AI Runway lets one."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import answer, at_hand, complaints, fill, holds, made, opened
from driving import until
from serving_story import Living, deployments, upstream

from modeltui.ui.wizards.deploy.airunway_volumes import MADE
from modeltui.ui.wizards.deploy.screen import DeployWizard

DEPLOYMENTS, PROVIDERS = "modeldeployments.airunway.ai", "inferenceproviderconfigs.airunway.ai"
ANSWERS = {
    "model": "Qwen/Qwen3-0.6B",
    "system": "airunway",
    "name": "qwen",
    "airunway.provider": "dynamo",
    "airunway.mode": "disaggregated",
    "airunway.decode": "2",
}
VOLUME = {"volume.name": "cache", "volume.from": MADE, "volume.size": "20Gi"}
REST = {
    "served_name": "chat",
    "context_length": "4096",
    "eager": "yes",
    "extra_args": "--max-num-seqs 64",
    "memory": "24Gi",
    "node_selector": "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3",
}


def providers(town: Living) -> None:
    gpu = {"gpuSupport": True, "servingModes": ["aggregated", "disaggregated"]}
    engines = [{"name": name, "requiresCRD": True, **gpu} for name in ("vllm", "sglang")]
    town.make(PROVIDERS, "dynamo", namespace="", spec={"capabilities": {"engines": engines}, "selectionRules": []})


@pytest.mark.usefixtures("at_once")
async def test_made_run_and_edited(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("airunway", "dynamo/nvidia.com_dynamographdeployments.yaml"), prepare=providers) as story:
        wizard = await opened(story)
        left = dict(ANSWERS)
        while wizard.step.title != "Volumes":
            here = {key: left.pop(key) for key in [field.key for field in wizard.step.fields] if key in left}
            for key, text in here.items():
                await answer(story, wizard, key, text)
            at = wizard.at
            await story.press("ctrl+n")
            await until(story.pilot, lambda at=at: wizard.at == at + 1, str(complaints(wizard)))  # type: ignore[misc]  # at
        assert not left
        assert not wizard._rows(), "none is needed"
        await story.press("ctrl+o")
        await until(story.pilot, lambda: wizard._row_in_focus() is not None)
        review = await fill(story, wizard, {**VOLUME, **REST})
        wanted = await made(story, review, file="airunway_halves", of=DEPLOYMENTS, name="qwen")
        await story.shows("qwen", "Ready", "4/4", "3/3", "Qwen/Qwen3-0.6B", "vllm", "AI Runway")

        await story.choose("qwen", "ModelDeployment")
        await story.press("E")
        wizard = await at_hand(story)
        review = await fill(story, wizard, {"airunway.engine": "sglang", "context_length": "8192"})
        assert "engine.type cannot be changed" in story.told(review)
        await story.press("escape")
        wizard = await story.screen(DeployWizard)
        await until(story.pilot, lambda: "engine.type cannot be changed" in complaints(wizard).get("airunway.engine", ""))
        await fill(story, wizard, {"airunway.engine": "vllm"})
        await story.confirmed("4096", "8192")
        wanted["spec"]["engine"]["contextLength"] = 8192
        assert holds(story.get(DEPLOYMENTS, "qwen"), wanted)
