"""An InferenceService, from applied to deleted."""

from pathlib import Path

import pytest
from serving_story import deployments, upstream
from tests.serving_objects import CLAIM, Manifest, inference_service, serving_runtime

from modeltui.ui.screens.edit import EditScreen

KINDS = [f"kserve/serving.kserve.io_{kind}.yaml" for kind in ("inferenceservices", "servingruntimes", "clusterservingruntimes")]
SERVICES, RUNTIMES = "inferenceservices.serving.kserve.io", "servingruntimes.serving.kserve.io"


@pytest.mark.usefixtures("at_once")
async def test_an_inference_service(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:

        def spec() -> Manifest:
            found: Manifest = story.get(SERVICES, "chat")["spec"]["predictor"]
            return found

        def length() -> str:
            return str(spec()["model"]["args"])

        await story.apply(serving_runtime(), inference_service())
        await story.shows("chat", "Ready", "1/1", "1/1", "Qwen/Qwen3-0.6B", "vllm", "KServe", "http://chat-team-nlp.models.example.com")

        await story.scale("chat", "2", "spec.predictor.minReplicas", "1", "2")
        await story.shows("chat", "Ready", "2/2", "2/2")
        assert spec()["minReplicas"] == 2
        assert len(story.pods()) == 2

        await story.do("chat", "Stop (takes all of its pods away)", "what it serves is not served until it is started")
        await story.shows("chat", "Paused", "0/0")
        assert story.pods() == {}
        assert spec()["minReplicas"] == 2
        await story.do("chat", "Start (as many replicas as before)", "serving.kserve.io/stop")
        await story.shows("chat", "Ready", "2/2", "2/2")

        before = story.pods()
        await story.restart("chat", "GPUs for both are needed")
        await story.all_anew(before)
        await story.shows("chat", "Ready", "2/2", "2/2")

        await story.edit("chat", "--max-model-len=4096", "--max-model-len=8192")
        await story.confirmed("--max-model-len=8192", "GPUs for both are needed")
        await story.run(2, "--max-model-len=8192")
        await story.shows("chat", "Ready", "2/2")

        await story.roll_back("chat", "--max-model-len=4096")
        assert "4096" in length()
        await story.run(2, "--max-model-len=4096")
        await story.shows("chat", "Ready", "2/2")

        await story.edit("chat", "--max-model-len=4096", "--max-model-len=2048")
        await story.undone("--max-model-len=4096")
        assert "4096" in length()
        await story.run(2, "--max-model-len=4096")
        await story.shows("chat", "Ready", "2/2")

        await story.delete("chat", "What it serves is not served any more.", "Its 2 pods go", *story.pods())
        await story.vanishes("chat")
        await story.comes(lambda: not story.pods(), "its pods never went")
        assert story.names(SERVICES) == story.names("deployments.apps") == story.names("services") == []
        assert story.names(RUNTIMES) == ["vllm"]


@pytest.mark.usefixtures("at_once")
async def test_what_others_own_and_what_stays(tmp_path: Path) -> None:
    """Replicas that a pipeline applies, weights on a claim, and a stopped service that is deleted."""
    async with deployments(tmp_path, upstream(*KINDS)) as story:

        def replicas() -> int:
            found: int = story.get(SERVICES, "chat")["spec"]["predictor"]["minReplicas"]
            return found

        story.town.make("persistentvolumeclaims", "weights", spec=CLAIM)
        await story.apply(serving_runtime())
        story.applied_by(SERVICES, inference_service(uri="pvc://weights/qwen"), manager="argocd-controller")
        await story.shows("chat", "Ready", "1/1", "1/1", "vllm", "KServe")

        review = await story.edit("chat", "pvc://weights/qwen", "pvc://weights/other")
        assert "A change of what its pods are made of replaces them" in story.told(review)
        await story.press("l")
        assert "what its pods are made of" not in story.told(review), "theirs stays, and so do the pods"
        await story.press("backspace")
        assert "what its pods are made of" in story.told(review)
        await story.press("escape")
        await story.screen(EditScreen)
        await story.press("escape")

        review = await story.begin_scale("chat", "2")
        assert "Conflict: argocd-controller owns spec.predictor.minReplicas" in story.told(review)
        await story.press("a")
        assert review.account is None, "it is to be decided first"
        await story.press("l", "a")
        assert "Nothing changes." in story.told(review)
        assert (replicas(), review.account) == (1, None), "theirs is left as it is"
        await story.press("backspace", "t")
        await story.confirmed()
        assert replicas() == 2
        await story.shows("chat", "Ready", "2/2", "2/2")

        await story.do("chat", "Stop (takes all of its pods away)")
        await story.shows("chat", "Paused", "0/0")
        await story.delete("chat", "Claim weights stays, with the data.")
        await story.vanishes("chat")
        assert story.names(SERVICES) == []
        assert story.names("persistentvolumeclaims") == ["weights"]
