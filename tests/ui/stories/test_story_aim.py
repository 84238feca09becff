"""An AIMService, from applied to deleted, with what AIM Engine makes for it: an InferenceService that is its own, a model that stays."""

from pathlib import Path

import pytest
from driving import said, until
from serving_story import deployments, upstream
from tests.serving_objects import AIM_MODEL, aim_service

SERVICES, MODELS, TEMPLATES = "aimservices.aim.eai.amd.com", "aimmodels.aim.eai.amd.com", "aimservicetemplates.aim.eai.amd.com"
CACHES, ARTIFACTS, CHILDREN = "aimtemplatecaches.aim.eai.amd.com", "aimartifacts.aim.eai.amd.com", "inferenceservices.serving.kserve.io"
PREDICTOR = {"labels": "component=predictor"}


@pytest.mark.usefixtures("at_once")
async def test_an_aim_service(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("aim-engine", "kserve/serving.kserve.io_inferenceservices.yaml")) as story:

        def level() -> str:
            env: list[dict[str, str]] = story.get(SERVICES, "chat")["spec"]["env"]
            return next(each["value"] for each in env if each["name"] == "VLLM_LOGGING_LEVEL")

        def levels() -> set[str]:
            found = story.town.api.list("pods", **PREDICTOR)
            env = [each["spec"]["containers"][0]["env"] for each in found]
            return {each["value"] for of in env for each in of if each["name"] == "VLLM_LOGGING_LEVEL"}

        await story.apply(aim_service())
        await story.shows("chat", "Ready", "1/1", "1/1", AIM_MODEL, "vllm", "AIM")

        await story.scale("chat", "2", "spec.replicas")
        await story.shows("chat", "Ready", "2/2", "2/2")
        assert len(story.pods(**PREDICTOR)) == 2

        await story.do("chat", "Stop (0 replicas)", f"All its pods go: {AIM_MODEL} does not answer")
        await story.shows("chat", "Paused", "0/0")
        await story.comes(lambda: not story.pods(**PREDICTOR), "its pods never went")
        await story.do("chat", "Start (as many replicas as before it was stopped)")
        await story.shows("chat", "Ready", "2/2", "2/2")
        assert story.get(SERVICES, "chat")["spec"]["replicas"] == 2

        before = story.pods(**PREDICTOR)
        await story.restart("chat", "MODELTUI_RESTARTS", "Its pods are replaced one after another")
        await story.all_anew(before, **PREDICTOR)
        await story.shows("chat", "Ready", "2/2", "2/2")

        await story.edit("chat", "value: INFO", "value: DEBUG")
        await story.confirmed("DEBUG", "Its pods are replaced one after another")
        await story.comes(lambda: levels() == {"DEBUG"})
        await story.roll_back("chat", "INFO")
        await story.comes(lambda: levels() == {"INFO"})
        await story.edit("chat", "value: INFO", "value: ERROR")
        await story.undone("INFO")
        await story.comes(lambda: levels() == {"INFO"})
        assert level() == "INFO"
        await story.shows("chat", "Ready", "2/2", "2/2")

        # its InferenceService is not its own master
        (child,) = story.names(CHILDREN)
        await story.choose("chat")
        await story.press("x")
        await story.shows(f"└ {child}", "Ready", "2/2", "KServe")
        await story.choose(child)
        await story.press("s")
        assert said(story.app) == "Scale: AIMService chat made it and would set it back: do it there."
        review = await story.edit(child, "minReplicas: 2", "minReplicas: 1")
        assert "Conflict: aimservice-controller owns spec.predictor.minReplicas" in story.told(review)
        await story.press("a")
        assert review.account is None, "it is to be decided first"
        await story.press("t")
        await story.confirmed("AIMService chat made it and sets the change back.", "Change AIMService chat instead.")
        await story.comes(lambda: story.get(CHILDREN, child)["spec"]["predictor"]["minReplicas"] == 2, "it was never set back")
        await story.shows(f"└ {child}", "Ready", "2/2", "KServe")

        (model,), (template,), (cache,), (artifact,) = (story.names(each) for each in (MODELS, TEMPLATES, CACHES, ARTIFACTS))
        await story.delete(
            "chat", "Its InferenceService goes with it", *story.pods(**PREDICTOR), f"AIMModel {model}", "stays", cache, artifact
        )
        await story.vanishes("chat")
        await story.comes(lambda: not story.pods(**PREDICTOR), "its pods never went")
        assert story.names(SERVICES) == story.names(CHILDREN) == story.names("deployments.apps") == []
        assert (story.names(MODELS), story.names(TEMPLATES)) == ([model], [template])
        assert (story.names(CACHES), story.names(ARTIFACTS)) == ([cache], [artifact])
        assert story.names("persistentvolumeclaims"), "the weights stay"


@pytest.mark.usefixtures("at_once")
async def test_what_never_changes_is_replaced(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("aim-engine", "kserve/serving.kserve.io_inferenceservices.yaml")) as story:
        await story.apply(aim_service())
        await story.shows("chat", "Ready", "1/1", "1/1", AIM_MODEL, "vllm", "AIM")
        before = story.get(SERVICES, "chat")["metadata"]["uid"]
        review = await story.edit("chat", f"sourceUri: hf://{AIM_MODEL}", "sourceUri: hf://Qwen/Qwen2-1.5B")
        assert "never changes" in str(review.sentence.content), story.told(review)
        await story.press("a")
        assert review.account is None, "what never changes cannot be applied"
        await story.press("R")
        await until(story.pilot, lambda: story.app.screen is not review)
        (model,) = story.names(MODELS)
        await story.confirmed("Delete AIMService team-nlp/chat", "Make AIMService team-nlp/chat", f"AIMModel {model}", "stays")
        after = story.get(SERVICES, "chat")
        assert after["metadata"]["uid"] != before
        assert after["spec"]["model"]["custom"]["modelSources"][0]["sourceUri"] == "hf://Qwen/Qwen2-1.5B"
        await story.comes(lambda: len(story.names(MODELS)) == 2, "no model is made for other weights")
        await story.shows("chat", "Ready", "1/1", "1/1", "vllm", "AIM")
