"""A Workspace and an InferenceSet of KAITO made in the form by keyboard, seen to run, and edited as far as KAITO lets one."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import at_hand, fill, holds, made, opened, sent
from serving_story import Living, deployments, upstream

SETS, WORKSPACES = "inferencesets.kaito.sh", "workspaces.kaito.sh"
ANSWERS = {
    "model": "meta-llama/Llama-3.1-8B-Instruct",
    "system": "kaito",
    "name": "llama",
    "kaito.runtime": "vllm",
    "kaito.config": "engine",
    "kaito.nodes": "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3",
    "token_secret": "hub",
}


def prepared(town: Living) -> None:
    """A token, and what the engine is told."""
    town.make("secrets", "hub", stringData={"HF_TOKEN": "hf_notReal"})
    town.make("configmaps", "engine", data={"inference_config.yaml": "vllm:\n  max-model-len: 4096\n"})


@pytest.mark.usefixtures("at_once")
async def test_a_workspace_made_run_and_edited(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("kaito"), prepare=prepared) as story:
        review = await fill(story, await opened(story), ANSWERS)
        wanted = await made(story, review, file="kaito_workspace", of=WORKSPACES, name="llama")
        await story.shows("llama", "Ready", "1/1", "1/1", "llama-3.1-8b-instruct", "vllm", "KAITO")

        await story.choose("llama")
        await story.press("E")
        wizard = await at_hand(story)
        assert (wizard.answers.answer("kaito", "kaito.config"), wizard.answers.answer("serving", "token_secret")) == ("engine", "hub")
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"kaito.config": ""})
        del wanted["inference"]["config"]
        assert holds(sent(review), wanted)
        assert "config" not in sent(review)["inference"]
        await story.confirmed("inference.config")
        assert "config" not in story.get(WORKSPACES, "llama")["inference"]
        await story.shows("llama", "Ready", "1/1", "1/1")


@pytest.mark.usefixtures("at_once")
async def test_a_set_of_what_the_form_proposes(tmp_path: Path) -> None:
    """Nothing is said but the model and the system: the form knows by which labels nodes with GPUs are found here."""
    async with deployments(tmp_path, upstream("kaito")) as story:
        review = await fill(story, await opened(story), {"model": "Qwen/Qwen3-0.6B", "system": "kaito-set"})
        wanted = await made(story, review, file="kaito_set", of=SETS, name="qwen3-0-6b")
        await story.shows("qwen3-0-6b", "Ready", "1/1", "1/1", "Qwen/Qwen3-0.6B", "vllm", "KAITO")

        await story.choose("qwen3-0-6b")
        await story.press("E")
        wizard = await at_hand(story)
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"kaito-set.replicas": "2"})
        wanted["spec"]["replicas"] = 2
        assert holds(sent(review), wanted)
        await story.confirmed("spec.replicas")
        await story.shows("qwen3-0-6b", "Ready", "2/2", "2/2")
        assert len(story.names(WORKSPACES)) == 2
