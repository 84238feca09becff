"""One InferenceService whose model is swapped from a catalog by keyboard, forth and back, and what goes wrong on the way."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from driving import until
from serving_story import Manifest, ServingStory, deployments, upstream
from tests.living import NS

from modeltui.changes.plan import Choice
from modeltui.ui.screens.activate import ActivateScreen
from modeltui.ui.screens.activation import ActivationReview
from modeltui.ui.screens.review import State

KINDS = [f"kserve/serving.kserve.io_{kind}.yaml" for kind in ("inferenceservices", "servingruntimes", "clusterservingruntimes")]
SERVICES, RUNTIMES = "inferenceservices.serving.kserve.io", "servingruntimes.serving.kserve.io"
QWEN, PHI, LLAMA = "Qwen/Qwen3-0.6B", "microsoft/Phi-3-mini-4k-instruct", "meta-llama/Llama-3.2-1B-Instruct"
GPU = {"nvidia.com/gpu": "1"}


def runtime(name: str, *, image: str = "vllm/vllm-openai:v0.11.0", **more: Any) -> Manifest:
    container = {
        "name": "kserve-container",
        "image": image,
        "args": ["--model=/mnt/models"],
        "ports": [{"containerPort": 8080, "protocol": "TCP"}],
    }
    formats = [{"name": "huggingface", "autoSelect": False}, {"name": "custom", "autoSelect": False}]
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": {"name": name},
        "spec": {"supportedModelFormats": formats, "containers": [container], **more},
    }


SERVICE: Manifest = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {"name": "active-llm", "annotations": {"serving.kserve.io/deploymentMode": "Standard"}},
    "spec": {
        "predictor": {
            "minReplicas": 1,
            "model": {
                "modelFormat": {"name": "huggingface"},
                "runtime": "vllm",
                "storageUri": f"hf://{QWEN}",
                "args": ["--served-model-name", QWEN, "--max-model-len", "8192"],
                "resources": {"limits": GPU, "requests": GPU},
            },
        }
    },
}


def entry(id_: str, *, runtime: str) -> Manifest:
    return {
        "id": id_,
        "hfModelId": QWEN,
        "runtime": runtime,
        "vllm": {"maxModelLen": 4096},
        "resources": {"limits": GPU, "requests": GPU},
    }


@pytest.fixture(autouse=True)
def own_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three entries of the Model Manager's kind: one that works, one whose image is not there, one that gets no memory."""
    monkeypatch.setenv("MODELTUI_CONFIG_DIR", str(tmp_path / "config"))
    folder = tmp_path / "config" / "catalogs" / "models"
    folder.mkdir(parents=True)
    for id_, name in (("chat", "vllm"), ("no-image", "typo"), ("no-memory", "hungry")):
        (folder / f"{id_}.json").write_text(json.dumps(entry(id_, runtime=name)))
    monkeypatch.setattr("modeltui.systems.serving.arriving.EVERY", 0.1)
    monkeypatch.setattr("modeltui.systems.serving.arriving.CERTAIN", 0.3)


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[ServingStory]:
    async with deployments(tmp_path, upstream(*KINDS)) as story:
        story.town.make("secrets", "hf-token", stringData={"HF_TOKEN": "x"})
        broken = runtime("typo", image="vllm/vllm-openai:v0.11.0-typo")
        hungry = runtime("hungry", annotations={"demo.modeltui.dev/fail": "oom"})
        await story.apply(runtime("vllm"), broken, hungry, SERVICE)
        await story.shows("active-llm", "Ready", "1/1", "1/1", QWEN)
        yield story


def spec(story: ServingStory) -> Manifest:
    found: Manifest = copy.deepcopy(story.get(SERVICES, "active-llm")["spec"])
    return found


def noted(story: ServingStory) -> Manifest:
    return dict(story.get(SERVICES, "active-llm")["metadata"]["annotations"])


async def reviewed(story: ServingStory, id_: str, *, by: str = "menu") -> ActivationReview:
    """The chooser, by the menu or by its command; a name is typed."""
    await story.choose("active-llm")
    if by == "menu":
        await story.act("Activate another model ...")
    else:
        await story.fill(":activate")
    chooser = await story.screen(ActivateScreen)
    await until(story.pilot, lambda: chooser.table.counts.total > 10)
    await story.fill(f"/{id_}")
    review: ActivationReview = await story.screen(ActivationReview)
    await story.reviewed()
    return review


async def followed(story: ServingStory, review: ActivationReview, *words: str) -> str:
    """Applied, and followed to its end: all that is told then."""
    await story.press("a")
    await story.comes(lambda: review.state is State.DONE, str(review.sentence.content))
    await story.comes(lambda: review.look is not None and review.look.over, f"it never came to an end: {review.look}")
    told = story.told(review)
    for word in words:
        assert word in told, told
    return told


async def test_swapped_and_rolled_back_to_the_byte(story: ServingStory) -> None:
    before, notes = spec(story), noted(story)
    review = await reviewed(story, PHI)
    told = story.told(review)
    for sentence in (f"hf://{QWEN}", f"hf://{PHI}", "model-manager/model-id", "4096"):
        assert sentence in told, told
    assert spec(story) == before, "a review is a dry run: nothing lasts of it"
    assert review.review is not None
    (step,) = review.review.steps
    assert step.outcome is not None
    assert step.result is not None
    preview = step.result["spec"]
    await followed(story, review, "It serves.")
    after = spec(story)
    assert after == preview, "what was shown is what was done"
    assert after["predictor"]["model"] == {
        **before["predictor"]["model"],
        "storageUri": f"hf://{PHI}",
        "args": ["--served-model-name", PHI, "--max-model-len", "4096"],
    }
    assert noted(story) == {**notes, "model-manager/model-id": PHI}
    await story.back()
    await story.shows("active-llm", "Ready", PHI)

    await story.roll_back("active-llm", f"hf://{QWEN}")
    assert (spec(story), noted(story)) == (before, notes), "to the byte"
    await story.shows("active-llm", "Ready", QWEN)


async def test_an_entry_brings_its_settings_and_what_is_active_is_seen(story: ServingStory) -> None:
    await followed(story, await reviewed(story, "chat", by="command"), "It serves.")
    model = spec(story)["predictor"]["model"]
    assert model["args"] == ["--max-model-len", "4096", "--served-model-name", QWEN]
    assert model["modelFormat"] == {"name": "custom"}
    await story.back()
    await story.choose("active-llm")
    await story.press("enter")
    await story.comes(lambda: any("Activated as" in one and "chat" in one for one in story.lines), "\n".join(story.lines))
    await story.back()
    await story.choose("active-llm")
    await story.act("Activate another model ...")
    chooser = await story.screen(ActivateScreen)
    await until(story.pilot, lambda: chooser.table.counts.total > 10)
    assert any("chat" in one and "active now" in one for one in story.lines), "\n".join(story.lines)


@pytest.mark.parametrize(
    ("id_", "says"),
    [("no-image", "v0.11.0-typo"), ("no-memory", "and was killed")],
)
async def test_one_that_fails_is_explained_and_taken_back(story: ServingStory, id_: str, says: str) -> None:
    before, notes = spec(story), noted(story)
    review = await reviewed(story, id_)
    await followed(story, review, says, "u shows how to go back")
    assert spec(story)["predictor"]["model"]["runtime"] in ("typo", "hungry")
    await story.town.rest()  # at this pace a pod that falls changes the status with every breath
    await story.press("u")
    await until(story.pilot, lambda: story.app.screen is not review)
    await story.confirmed()
    story.town.work()
    assert (spec(story), noted(story)) == (before, notes)
    await story.shows("active-llm", "Ready", "1/1", QWEN)


async def test_what_another_owns_is_a_conflict_that_names_its_owner(story: ServingStory) -> None:
    theirs = copy.deepcopy(SERVICE)
    theirs["metadata"]["namespace"] = NS
    story.town.api.apply(SERVICES, theirs, manager="argocd-controller", force=True)
    before = spec(story)
    review = await reviewed(story, PHI)
    assert "argocd-controller" in story.told(review)
    assert "spec.predictor.model.storageUri" in story.told(review)
    await story.press("a")
    assert review.state is State.DECIDING
    assert spec(story) == before
    await story.press("t")
    assert review._choices == {0: Choice.TAKE_OVER}
    await followed(story, review, "It serves.")
    assert spec(story)["predictor"]["model"]["storageUri"] == f"hf://{PHI}"


async def test_a_gated_model_without_a_token_is_an_error_before_anything_is_sent(story: ServingStory) -> None:
    before = spec(story)
    review = await reviewed(story, LLAMA)
    assert f"{LLAMA} is gated on the Hub" in story.told(review)
    await story.press("a")
    assert review.state is State.DECIDING
    assert spec(story) == before


async def test_deactivated_and_active_again(story: ServingStory) -> None:
    await followed(story, await reviewed(story, PHI), "It serves.")
    await story.back()
    active = spec(story), noted(story)
    await story.choose("active-llm")
    await story.fill(":deactivate")
    await story.confirmed("what it serves is not served until it is started")
    await story.shows("active-llm", "Paused", "0/0")
    await story.comes(lambda: not story.pods())
    assert spec(story) == active[0]
    await followed(story, await reviewed(story, PHI), "It serves.")
    assert (spec(story), noted(story)) == active
    await story.back()
    await story.shows("active-llm", "Ready", "1/1", PHI)
