"""ModelDeployments of AI Runway: on Deployments of their own, and on Dynamo, whose graph is theirs to decide."""

from pathlib import Path

import pytest
from serving_story import deployments, upstream
from tests.serving_objects import HUB_MODEL, Manifest, model_deployment, providers

from modeltui.ui.screens.actions import ActionsScreen

DEPLOYMENTS = "modeldeployments.airunway.ai"
GRAPHS, WORKERS = "dynamographdeployments.nvidia.com", {"labels": "nvidia.com/dynamo-component=VllmWorker"}


def crds() -> list[Path]:
    return upstream("airunway", "dynamo/nvidia.com_dynamographdeployments.yaml")


@pytest.mark.usefixtures("at_once")
async def test_a_deployment_of_its_own(tmp_path: Path) -> None:
    async with deployments(tmp_path, crds(), prepare=providers) as story:

        def spec() -> Manifest:
            found: Manifest = story.get(DEPLOYMENTS, "qwen")["spec"]
            return found

        volume = {"name": "cache", "purpose": "modelCache", "size": "20Gi"}
        await story.apply(model_deployment(provider="llmd", model={"id": HUB_MODEL, "storage": {"volumes": [volume]}}))
        await story.shows("qwen", "Ready", "1/1", "1/1", HUB_MODEL, "vllm", "AI Runway")

        await story.scale("qwen", "2", "spec.scaling.replicas")
        await story.shows("qwen", "Ready", "2/2", "2/2")
        assert spec()["scaling"]["replicas"] == 2

        await story.do("qwen", "Stop (0 replicas)", f"All its pods go: {HUB_MODEL} does not answer")
        await story.shows("qwen", "Paused", "0/0")
        await story.comes(lambda: not story.pods(), "its pods never went")
        await story.do("qwen", "Start (as many replicas as before it was stopped)")
        await story.shows("qwen", "Ready", "2/2", "2/2")
        assert spec()["scaling"]["replicas"] == 2

        before = story.pods()
        await story.restart("qwen", "spec.podTemplate")
        await story.all_anew(before)
        await story.shows("qwen", "Ready", "2/2", "2/2")

        await story.edit("qwen", "contextLength: 4096", "contextLength: 8192")
        await story.confirmed("spec.engine.contextLength")
        await story.run(2, "8192")
        await story.roll_back("qwen", "spec.engine.contextLength")
        await story.run(2, "4096")
        await story.edit("qwen", "contextLength: 4096", "contextLength: 2048")
        await story.undone("spec.engine.contextLength")
        await story.run(2, "4096")
        await story.shows("qwen", "Ready", "2/2", "2/2")

        review = await story.edit("qwen", f"id: {HUB_MODEL}", "id: Qwen/Qwen3-8B")
        assert "model.id cannot be changed" in story.told(review)
        await story.press("a")
        assert review.account is None, "what never changes cannot be applied"
        await story.back()

        await story.delete("qwen", "Its 2 pods go", "made, qwen-cache, goes with the data: it has to be fetched again")
        await story.vanishes("qwen")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(DEPLOYMENTS) == story.names("deployments.apps") == story.names("services") == []
        await story.comes(lambda: not story.names("persistentvolumeclaims"), "its claim never went")


@pytest.mark.usefixtures("at_once")
async def test_on_dynamo(tmp_path: Path) -> None:
    async with deployments(tmp_path, crds(), prepare=providers) as story:
        await story.apply(model_deployment(provider="dynamo"))
        await story.shows("qwen", "Ready", "2/2", "1/1", HUB_MODEL, "vllm", "AI Runway")
        await story.scale("qwen", "2", "spec.scaling.replicas")
        await story.shows("qwen", "Ready", "3/3", "2/2")
        assert len(story.pods(**WORKERS)) == 2

        # what Dynamo cannot do is said, and by the graph it cannot be done either: it is not its own master
        await story.choose("qwen")
        menu = await story.menu()
        why_not = {offer.title: offer.why_not for offer in menu._offers}
        assert "takes 0 replicas for 1" in why_not["Stop (0 replicas)"]
        assert "delete the pods of its graph qwen" in why_not["Restart (its pods are made anew)"]
        assert "takes 0 replicas for 1" in "\n".join(story.lines)
        await story.press("escape", "x")
        await story.shows("└ qwen", "Ready", "3/3", "2/2", HUB_MODEL, "vllm", "Dynamo")
        await story.choose("qwen", kind="DynamoGraphDeployment")
        await story.press("s")
        menu = await story.screen(ActionsScreen)
        assert {offer.why_not for offer in menu._offers} == {"ModelDeployment qwen made it and would set it back: do it there"}
        await story.press("escape")

        await story.edit("qwen", "replicas: 2", "replicas: 4", kind="DynamoGraphDeployment")
        await story.confirmed("ModelDeployment qwen had it made, and sets the change back.", "Change ModelDeployment qwen instead.")
        graph = story.get(GRAPHS, "qwen")["metadata"]["uid"]
        await story.comes(lambda: "4" not in str([each["replicas"] for each in story.get(GRAPHS, "qwen")["spec"]["components"]]))
        await story.shows("└ qwen", "Ready", "3/3", "2/2")

        await story.delete("qwen", "ModelDeployment qwen had it made, and has it made again.", kind="DynamoGraphDeployment")
        await story.comes(lambda: story.get(GRAPHS, "qwen")["metadata"]["uid"] != graph, "its graph was never made again")
        await story.shows("└ qwen", "Ready", "3/3", "2/2")

        await story.delete("qwen", "DynamoGraphDeployment qwen goes with it", "Its 3 pods go", kind="ModelDeployment")
        await story.vanishes("qwen")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(DEPLOYMENTS) == story.names(GRAPHS) == []
