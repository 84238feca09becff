"""An InferenceSet of KAITO and a Workspace, from applied to deleted."""

from pathlib import Path

import pytest
from driving import said
from serving_story import deployments, upstream
from tests.serving_objects import inference_set, workspace

SETS, WORKSPACES = "inferencesets.kaito.sh", "workspaces.kaito.sh"


@pytest.mark.usefixtures("at_once")
async def test_an_inference_set(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("kaito")) as story:
        await story.apply(inference_set())
        await story.shows("many", "Ready", "1/1", "phi-4", "vllm", "KAITO")
        await story.scale("many", "2", "spec.replicas")
        await story.shows("many", "Ready", "2/2")
        assert len(story.names(WORKSPACES)) == 2

        await story.do(
            "many", "Stop (0 replicas: its Workspaces and their nodes go)", "All of its Workspaces and the nodes made for them go."
        )
        await story.shows("many", "Paused", "0/0")
        await story.comes(lambda: not story.pods(), "its pods never went")
        await story.do("many", "Start (as many replicas as before it was stopped)")
        await story.shows("many", "Ready", "2/2")
        assert story.get(SETS, "many")["spec"]["replicas"] == 2

        await story.choose("many")
        menu = await story.menu()
        assert "KAITO has no way to restart it" in next(offer.why_not for offer in menu._offers if offer.title == "Restart")
        await story.press("escape")

        await story.edit("many", "replicas: 2", "replicas: 3")
        await story.confirmed("spec.replicas")
        await story.shows("many", "Ready", "3/3")
        await story.roll_back("many", "spec.replicas")
        await story.shows("many", "Ready", "2/2")
        await story.edit("many", "replicas: 2", "replicas: 1")
        await story.undone("spec.replicas")
        await story.shows("many", "Ready", "2/2")
        assert story.get(SETS, "many")["spec"]["replicas"] == 2

        # one of its Workspaces is not its own master
        await story.choose("many")
        await story.press("x")
        kept, gone = story.names(WORKSPACES)
        await story.shows(f"└ {gone}", "Ready", "1/1", "KAITO")
        await story.delete(gone, "InferenceSet many made it and makes it again.")
        await story.comes(lambda: gone not in story.names(WORKSPACES) and len(story.names(WORKSPACES)) == 2, "it was never made again")
        assert kept in story.names(WORKSPACES)
        await story.shows("many", "Ready", "2/2")

        await story.delete("many", f"Workspaces {', '.join(story.names(WORKSPACES))} go with it", *story.pods())
        await story.vanishes("many")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(SETS) == story.names(WORKSPACES) == story.names("statefulsets.apps") == []


@pytest.mark.usefixtures("at_once")
async def test_a_workspace(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("kaito")) as story:
        await story.apply(workspace())
        await story.shows("phi", "Ready", "1/1", "1/1", "phi-4", "vllm", "KAITO")
        await story.choose("phi")
        await story.press("s")
        assert said(story.app) == "Scale: a Workspace has no replicas: delete it to free its nodes, or use an InferenceSet."
        await story.press("r")
        assert "KAITO has no way to restart it" in said(story.app)
        await story.edit("phi", "name: phi-4", "name: phi-3-mini-128k-instruct")
        await story.confirmed("inference.preset.name")
        await story.shows("phi", "Ready", "1/1", "1/1", "phi-3-mini-128k-instruct")
        await story.run(1, "microsoft/Phi-3-mini-128k-instruct")
        await story.roll_back("phi", "inference.preset.name")
        await story.run(1, "microsoft/phi-4")
        await story.shows("phi", "Ready", "1/1", "1/1", "phi-4")
        await story.delete("phi", "What it serves is not served any more.", *story.pods())
        await story.vanishes("phi")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(WORKSPACES) == story.names("statefulsets.apps") == story.names("services") == []
