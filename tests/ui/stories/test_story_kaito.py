"""KAITO by keyboard: made through the form, seen to run, scaled, stopped, started, edited, rolled back, deleted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from driving import until
from serving_story import Manifest, ServingStory, deployments, node, upstream
from tests.living import Living

from modeltui.ui.wizards.deploy.screen import DeployWizard

KINDS = [f"kaito/kaito.sh_{kind}.yaml" for kind in ("workspaces", "inferencesets")]
WORKSPACES, SETS = "workspaces.kaito.sh", "inferencesets.kaito.sh"
LABEL = "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3"


def second_node(town: Living) -> None:
    node(town, "h100-2", {"nvidia.com/gpu": "8"}, {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3"})


async def begun(story: ServingStory, model: str, system: str) -> DeployWizard:
    """The form, with the model typed and the system chosen, at its own step."""
    await story.press(":")
    await story.type("new deployment")
    await story.press("enter")
    wizard: DeployWizard = await story.screen(DeployWizard)
    await until(story.pilot, lambda: wizard.query("FieldRow") and wizard._asked)
    await story.press("down")
    await story.type(model)
    await story.press("ctrl+n")
    await at(story, wizard, "system")
    while wizard.answers.answer("system", "system") != system:
        await story.press("k")
    await story.press("ctrl+n")
    await at(story, wizard, "basics")
    await story.press("ctrl+n")
    await at(story, wizard, system)
    return wizard


async def at(story: ServingStory, wizard: DeployWizard, step: str) -> None:
    await until(story.pilot, lambda: wizard.step.key == step, f"never at {step}: {wizard.step.key}")


async def on(story: ServingStory, wizard: DeployWizard, *steps: str) -> None:
    for step in steps:
        await story.press("ctrl+n")
        await at(story, wizard, step)


async def goes_to(story: ServingStory, wizard: DeployWizard, key: str) -> None:
    """Down, field by field, to that one."""
    for _ in range(20):
        row = wizard._row_in_focus()
        if row is not None and row.field.key == key:
            return
        await story.press("tab" if row is not None and row.field.kind == "lines" else "down")
    raise AssertionError(f"never at {key}")


def said(manifest: Manifest, *keys: str) -> Manifest:
    return {key: manifest[key] for key in keys}


@pytest.mark.usefixtures("at_once")
async def test_a_workspace(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:
        wizard = await begun(story, "microsoft/phi-4", "kaito")
        assert wizard.answers.answer("basics", "name") == "phi-4"
        await goes_to(story, wizard, "kaito.nodes")
        await story.type(LABEL)
        await on(story, wizard, "kaito.adapters", "serving")
        await story.press("ctrl+n")
        await story.confirmed("inference.preset.name", "phi-4")
        assert said(story.get(WORKSPACES, "phi-4"), "apiVersion", "kind", "resource", "inference") == yaml.safe_load("""
            apiVersion: kaito.sh/v1beta1
            kind: Workspace
            resource:
              count: 1
              labelSelector: {matchLabels: {nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3}}
            inference: {preset: {name: phi-4, accessMode: public}}
        """), "what was answered, and the API server's own defaults"
        await story.shows("phi-4", "Ready", "1/1", "1/1", "phi-4", "vllm", "KAITO")

        await story.choose("phi-4")
        told = await refused(story, "s")
        assert "a Workspace has no replicas" in told

        await story.edit("phi-4", "name: phi-4\nresource", "name: phi-2\nresource")
        review: Any = await story.reviewed()
        assert "The preset cannot be changed: KAITO's webhook refuses it." in story.told(review)
        await story.back()

        await story.delete("phi-4", "phi-4")
        await story.vanishes("phi-4")
        await story.comes(lambda: story.pods() == {})


async def refused(story: ServingStory, key: str) -> str:
    before = len(story.app.messages)
    await story.press(key)
    await until(story.pilot, lambda: len(story.app.messages) > before, "nothing was said")
    return story.app.messages[-1][1].text


@pytest.mark.usefixtures("at_once")
async def test_a_set_of_workspaces(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS), prepare=second_node) as story:
        wizard = await begun(story, "Qwen/Qwen3-0.6B", "kaito-set")
        await goes_to(story, wizard, "kaito-set.nodes")
        await story.type(LABEL)
        await on(story, wizard, "kaito-set.adapters", "serving")
        await story.press("ctrl+n")
        await story.confirmed("spec.template.inference.preset.name", "Qwen/Qwen3-0.6B")
        await story.shows("qwen3-0-6b", "Ready", "1/1", "1/1", "Qwen/Qwen3-0.6B", "vllm", "KAITO")

        await story.scale("qwen3-0-6b", "2", "spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "2/2", "2/2")
        assert story.names(WORKSPACES) == ["qwen3-0-6b-0", "qwen3-0-6b-1"]

        await story.do("qwen3-0-6b", "Stop (0 replicas: its Workspaces and their nodes go)", "spec.replicas")
        await story.shows("qwen3-0-6b", "Paused", "0/0")
        await story.comes(lambda: story.names(WORKSPACES) == [] and story.pods() == {})
        await story.do("qwen3-0-6b", "Start (as many replicas as before it was stopped)", "spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "2/2", "2/2")

        await story.edit("qwen3-0-6b", "replicas: 2", "replicas: 1")
        await story.confirmed("spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "1/1")
        await story.roll_back("qwen3-0-6b", "spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "2/2")

        await story.choose("qwen3-0-6b")
        await story.act("Edit in a form")
        wizard = await story.screen(DeployWizard)
        await on(story, wizard, "system", "basics", "kaito-set")
        await goes_to(story, wizard, "kaito-set.replicas")
        await story.press("backspace", "1")
        await on(story, wizard, "kaito-set.adapters", "serving")
        await story.press("ctrl+n")
        await story.confirmed("spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "1/1")

        await story.delete("qwen3-0-6b", "qwen3-0-6b")
        await story.vanishes("qwen3-0-6b")
        await story.comes(lambda: story.names(WORKSPACES) == [] and story.pods() == {})
