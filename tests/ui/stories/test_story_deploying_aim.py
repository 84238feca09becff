"""AIMServices made in the form by keyboard, in each of the three ways to say a model, seen to run, and edited; and the traps."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import at_hand, complaints, expected, fill, holds, opened, sent
from serving_story import Living, deployments, upstream
from tests.upstream import unfit

SERVICES, CLUSTER_MODELS = "aimservices.aim.eai.amd.com", "aimclustermodels.aim.eai.amd.com"
KINDS = ("aim-engine", "kserve/serving.kserve.io_inferenceservices.yaml")
IMAGE = "amdenterpriseai/aim-qwen-qwen3-32b:0.8.4"
NAMED = {
    "origin": "AIM model",
    "aim_model": "qwen3-32b",
    "system": "aim",
    "aim.metric": "latency",
    "aim.precision": "fp16",
    "aim.min": "1",
    "aim.max": "3",
    "aim.caching": "Shared",
    "aim.class": "nfs",
    "aim.headroom": "20",
}
OF_IMAGE = {"origin": "AIM model", "aim_model": IMAGE, "system": "aim", "aim.replicas": "2", "env": "VLLM_LOGGING_LEVEL=INFO"}
CUSTOM = {
    "origin": "URI",
    "uri": "s3://bucket/llama/base",
    "system": "aim",
    "aim.size": "20Gi",
    "aim.fetch": "AWS_ENDPOINT_URL=http://minio:9000\nAWS_ACCESS_KEY_ID <- secret minio/id\nAWS_SECRET_ACCESS_KEY <- secret minio/secret",
    "aim.gpus": "2",
    "aim.gpu_model": "MI300X",
}


def prepared(town: Living) -> None:
    """A model of the whole cluster, and the Secret of an object store."""
    town.make(CLUSTER_MODELS, "qwen3-32b", namespace="", spec={"image": IMAGE})
    town.make("secrets", "minio", stringData={"id": "team", "secret": "not-to-be-shown"})


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(
    ("way", "answers", "row"),
    [
        ("named", NAMED, ("qwen3-32b", "Ready", "1/1", "AIM")),
        ("image", OF_IMAGE, ("qwen-qwen3-32b", "Ready", "2/2", "AIM")),
        ("custom", CUSTOM, ("base", "Ready", "1/1", "2/2", "llama/base", "AIM")),
    ],
)
async def test_made_and_run(tmp_path: Path, way: str, answers: dict[str, str], row: tuple[str, ...]) -> None:
    async with deployments(tmp_path, upstream(*KINDS), prepare=prepared) as story:
        review = await fill(story, await opened(story), answers)
        wanted = expected(f"aim_{way}")
        assert sent(review) == wanted
        assert unfit(wanted) == []
        told = await story.confirmed("AIMService")
        assert "not-to-be-shown" not in told
        assert holds(story.get(SERVICES, row[0]), wanted)
        await story.shows(*row)


@pytest.mark.usefixtures("at_once")
async def test_edited_but_for_what_never_changes(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS), prepare=prepared) as story:
        await fill(story, await opened(story), OF_IMAGE)
        await story.confirmed("AIMService")
        await story.shows("qwen-qwen3-32b", "Ready", "2/2")

        await story.choose("qwen-qwen3-32b")
        await story.press("E")
        wizard = await at_hand(story)
        assert (wizard.answers.answer("model", "aim_model"), wizard.answers.answer("aim.more", "aim.replicas")) == (IMAGE, "2")
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"aim.replicas": "1", "env": "VLLM_LOGGING_LEVEL=DEBUG"})
        wanted = expected("aim_image")
        wanted["spec"] |= {"replicas": 1, "env": [{"name": "VLLM_LOGGING_LEVEL", "value": "DEBUG"}]}
        assert holds(sent(review), wanted)
        await story.confirmed("spec.replicas", "DEBUG")
        assert holds(story.get(SERVICES, "qwen-qwen3-32b"), wanted)
        await story.shows("qwen-qwen3-32b", "Ready", "1/1")

        await story.choose("qwen-qwen3-32b")
        await story.press("E")
        wizard = await at_hand(story)
        review = await fill(story, wizard, {"aim_model": "amdenterpriseai/aim-qwen-qwen3-32b:0.9.0", "aim.caching": "Dedicated"})
        assert "never changes" in story.told(review) or "never changes" in str(review.sentence.content)
        await story.press("a")
        assert review.account is None, "what never changes cannot be applied"
        assert holds(story.get(SERVICES, "qwen-qwen3-32b"), wanted)


@pytest.mark.usefixtures("at_once")
async def test_traps_are_told_beside_their_answers(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:
        wizard = await opened(story)
        answers = {
            "model": "Qwen/Qwen3-8B",
            "system": "aim",
            "aim.gpu_model": "MI300X",
            "aim.unoptimized": "off",
        }
        review = await fill(story, wizard, answers)
        assert "allowUnoptimized" in story.told(review)
        await story.press("escape")
        wizard = await at_hand(story)
        while wizard.step.key != "aim":
            before = wizard.at
            await story.press("ctrl+b")
            await story.comes(lambda before=before: wizard.at != before)
        assert "optimized" in complaints(wizard)["aim.unoptimized"]
        row = next(row for row in wizard._rows() if row.field.key == "aim.min_vram")
        while wizard._row_in_focus() is not row:
            await story.press("tab")
        at = wizard.at
        await story.press(*"64Gi", "ctrl+n")
        await story.comes(lambda: wizard.at == at + 1)
        await story.press("ctrl+b")
        await story.comes(lambda: "takes one of the two" in complaints(wizard).get("aim.min_vram", ""))
        assert story.names(SERVICES) == []
