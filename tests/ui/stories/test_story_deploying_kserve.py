"""An InferenceService made in the form by keyboard, seen to run, edited in the form; and what the review says of one that could not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import at_hand, expected, fill, holds, made, opened, sent
from serving_story import NS, Living, Manifest, ServingStory, deployments, upstream

KINDS = [f"kserve/serving.kserve.io_{kind}.yaml" for kind in ("inferenceservices", "servingruntimes", "clusterservingruntimes")]
SERVICES, RUNTIMES = "inferenceservices.serving.kserve.io", "servingruntimes.serving.kserve.io"
CONTAINER: Manifest = {
    "name": "kserve-container",
    "image": "vllm/vllm-openai:v0.11.0",
    "args": ["--model=/mnt/models", "--port=8080"],
    "ports": [{"containerPort": 8080, "protocol": "TCP"}],
}
ANSWERS = {
    "origin": "claim in the cluster",
    "claim": "weights",
    "path": "llama/base",
    "system": "kserve",
    "kserve.format": "vLLM",
    "kserve.runtime": "vllm",
    "kserve.mode": "Standard",
    "kserve.min": "2",
    "kserve.max": "2",
    "served_name": "chat",
    "context_length": "4096",
    "prefix_caching": "on",
    "eager": "yes",
    "extra_args": "--max-num-seqs 64",
    "gpus": "2",
    "cpu": "8",
    "cpu_limit": "8",
    "memory": "32Gi",
    "memory_limit": "32Gi",
    "node_selector": "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3",
    "tolerations": "nvidia.com/gpu:NoSchedule",
    "env": "VLLM_LOGGING_LEVEL=INFO",
}


def with_runtime(town: Living) -> None:
    town.make(RUNTIMES, "vllm", spec={"supportedModelFormats": [{"name": "vLLM", "autoSelect": True}], "containers": [CONTAINER]})
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}}
    town.make("persistentvolumeclaims", "weights", spec=spec)


async def begun(story: ServingStory) -> None:
    """Named after the folder, unless that is typed."""
    review = await fill(story, await opened(story), ANSWERS)
    await made(story, review, file="kserve_claim", of=SERVICES, name="base")


@pytest.mark.usefixtures("at_once")
async def test_made_run_and_edited(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS), prepare=with_runtime) as story:
        await begun(story)
        await story.shows(
            "base", "Ready", "2/2", "4/4", "pvc://weights/llama/base", "vllm", "KServe", f"http://base-{NS}.models.example.com"
        )
        for word in ("--model=/mnt/models", "--served-model-name", "4096"):  # the runtime's, and those of the form
            await story.run(2, word)

        await story.choose("base")
        await story.press("E")
        wizard = await at_hand(story)
        assert wizard.answers.answer("model", "path") == "llama/base"
        assert wizard.answers.answer("kserve", "kserve.tensor") == "2"
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"kserve.min": "1", "kserve.max": "1", "context_length": "8192"})
        wanted = expected("kserve_claim")
        predictor = wanted["spec"]["predictor"]
        predictor |= {"minReplicas": 1, "maxReplicas": 1}
        predictor["model"]["args"][3] = "8192"
        assert holds(sent(review), wanted)
        await story.confirmed("4096", "8192", "GPUs for both are needed")
        assert holds(story.get(SERVICES, "base"), wanted)
        await story.run(1, "8192")
        await story.shows("base", "Ready", "1/1", "2/2")


@pytest.mark.usefixtures("at_once")
async def test_what_could_not_run_is_told_beside_its_answer_and_put_right(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:
        wizard = await opened(story)
        answers = {"model": "meta-llama/Llama-3.2-1B-Instruct", "system": "kserve", "kserve.runtime": "vlm"}
        review = await fill(story, wizard, answers)
        told = story.told(review)
        assert 'There is no ServingRuntime "vlm" in namespace team-nlp' in told
        assert 'There is no Secret "hf-token-secret" in namespace team-nlp' in told
        assert story.names(SERVICES) == []
        await story.press("escape")
        wizard = await at_hand(story)
        assert wizard.answers.answer("kserve", "kserve.runtime") == "vlm", "nothing that was typed is lost"


LLMS = "llminferenceservices.serving.kserve.io"
OF_LLM = {
    "model": "Qwen/Qwen3-8B",
    "system": "llm",
    "llm.replicas": "2",
    "llm.prefill": "yes",
    "llm.router": "none",
    "served_name": "chat",
    "context_length": "8192",
    "trust_remote_code": "yes",
    "extra_args": "--max-num-seqs 64",
    "gpus": "2",
    "memory": "64Gi",
    "node_selector": "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3",
}


@pytest.mark.usefixtures("at_once")
async def test_prefill_apart_made_run_and_edited(tmp_path: Path) -> None:
    kinds = [f"kserve/serving.kserve.io_{kind}.yaml" for kind in ("llminferenceservices", "llminferenceserviceconfigs")]
    async with deployments(tmp_path, upstream(*kinds)) as story:
        review = await fill(story, await opened(story), OF_LLM)
        wanted = await made(story, review, file="kserve_llm_prefill", of=LLMS, name="qwen3-8b")
        await story.shows("qwen3-8b", "Ready", "3/3", "5/5", "Qwen/Qwen3-8B", "vllm", "KServe")

        await story.choose("qwen3-8b")
        await story.press("E")
        wizard = await at_hand(story)
        assert wizard.answers.answer("llm-prefill", "prefill.replicas") == "1"
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"llm.replicas": "1", "prefill.replicas": "2"})
        wanted["spec"]["replicas"], wanted["spec"]["prefill"]["replicas"] = 1, 2
        assert holds(sent(review), wanted)
        await story.confirmed("spec.replicas", "spec.prefill.replicas")
        assert holds(story.get(LLMS, "qwen3-8b"), wanted)
        await story.shows("qwen3-8b", "Ready", "3/3", "4/4")
