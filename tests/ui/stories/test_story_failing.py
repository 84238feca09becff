"""A deployment that does not run, of each system, opened by keyboard: its page begins with the cause, and what helps stands below it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from serving_story import Manifest, ServingStory, deployments, upstream
from tests.living import NS, Living

from modeltui.ui.screens.deployment_detail import DeploymentDetail

GPU = {"limits": {"nvidia.com/gpu": "1"}}


def vllm(name: str, *args: str, **more: Any) -> Manifest:
    command = more.pop("command", ["vllm", "serve"])
    return {"name": name, "image": "vllm/vllm-openai:v0.11.0", "command": command, "args": [*args], "resources": GPU, **more}


def kserve(town: Living) -> None:
    """Its arguments are not those of the engine."""
    container = vllm("kserve-container", "Qwen/Qwen3-0.6B", "--max-model-length", "4096")
    town.make("inferenceservices.serving.kserve.io", "llama", spec={"predictor": {"containers": [container]}})


def dynamo(town: Living) -> None:
    """A gated model, and no token."""
    worker = vllm("main", "--model", "meta-llama/Llama-3.1-8B-Instruct", command=["python3", "-m", "dynamo.vllm"])
    parts = [
        {"name": "Frontend", "type": "frontend", "podTemplate": {"spec": {"containers": [{"name": "main", "image": "x/y:1"}]}}},
        {"name": "VllmWorker", "type": "worker", "podTemplate": {"spec": {"containers": [worker]}}},
    ]
    town.make("dynamographdeployments.nvidia.com", "llama", spec={"backendFramework": "vllm", "components": parts})


def airunway(town: Living) -> None:
    """No provider is registered."""
    town.make("modeldeployments.airunway.ai", "llama", spec={"model": {"id": "Qwen/Qwen3-0.6B"}, "resources": {"gpu": {"count": 1}}})


def aim(town: Living) -> None:
    """Custom models have unoptimized templates only, which have to be allowed."""
    source = {"modelId": "Qwen/Qwen2-0.5B", "sourceUri": "hf://Qwen/Qwen2-0.5B"}
    custom = {"baseImage": "amdenterpriseai/aim-base:0.9", "modelSources": [source], "hardware": {"gpu": {"requests": 1}}}
    town.make("aimservices.aim.eai.amd.com", "llama", spec={"model": {"custom": custom}})


def kaito(town: Living) -> None:
    """No node has such GPUs, and none is made."""
    workspace = {
        "metadata": {"name": "llama", "namespace": NS},
        "resource": {"labelSelector": {"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H200"}}},
        "inference": {"preset": {"name": "phi-4"}},
    }
    town.api.create("workspaces.kaito.sh", workspace, manager="somebody", validation="Strict")


def kaito_set(town: Living) -> None:
    """Its Workspaces wait for nodes."""
    template = {"resource": {"instanceType": ""}, "inference": {"preset": {"name": "phi-4"}}}
    labels = {"matchLabels": {"nvidia.com/gpu.product": "NVIDIA-H200"}}
    town.make("inferencesets.kaito.sh", "llama", spec={"replicas": 1, "labelSelector": labels, "template": template})


def llm(town: Living) -> None:
    """It wants a route, and there is no Gateway API."""
    container = {"name": "main", "resources": GPU}
    model = {"uri": "hf://Qwen/Qwen3-0.6B", "name": "Qwen/Qwen3-0.6B"}
    spec = {"model": model, "replicas": 1, "template": {"containers": [container]}, "router": {"route": {}, "gateway": {}}}
    town.make("llminferenceservices.serving.kserve.io", "llama", spec=spec)


def dynamo_request(town: Living) -> None:
    """Nobody made the Secret that its profiler looks for."""
    town.make("dynamographdeploymentrequests.nvidia.com", "llama", spec={"model": "Qwen/Qwen3-0.6B", "backend": "vllm"})


def quota(town: Living) -> None:
    """The namespace may have no GPUs."""
    town.make("resourcequotas", "gpus", spec={"hard": {"requests.nvidia.com/gpu": "0"}})
    container = vllm("kserve-container", "Qwen/Qwen3-0.6B")
    town.make("inferenceservices.serving.kserve.io", "llama", spec={"predictor": {"containers": [container]}})


CASES = [
    (
        kserve,
        "kserve/serving.kserve.io_inferenceservices.yaml",
        "does not know an argument: --max-model-length 4096",
        "this version of its image",
    ),
    (quota, "kserve/serving.kserve.io_inferenceservices.yaml", "The namespace's quota is used up", "have the ResourceQuota raised"),
    (
        dynamo,
        "dynamo/nvidia.com_dynamographdeployments.yaml",
        "The model is gated on Hugging Face",
        "put a token as HF_TOKEN into a Secret of this namespace",
    ),
    (airunway, "airunway", "No provider is registered", "Install one of AI Runway's providers"),
    (aim, "aim-engine", "unoptimized template(s) filtered out", "Set spec.template.allowUnoptimized: true, which can still be added"),
    (kaito, "kaito", "No node has the labels nvidia.com/gpu.product=NVIDIA-H200", "Label the nodes that it shall run on"),
    (kaito_set, "kaito", "No node has the labels nvidia.com/gpu.product=NVIDIA-H200", "Label the nodes that it shall run on"),
    (
        llm,
        "kserve/serving.kserve.io_llminferenceservices.yaml",
        "HTTPRoute",
        "Have the CRDs of the Gateway API installed",
    ),
    (
        dynamo_request,
        "dynamo/nvidia.com_dynamographdeploymentrequests.yaml",
        "hf-token-secret",
        "Make the Secret here",
    ),
]


@pytest.mark.parametrize(("fails", "crds", "says", "remedy"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_the_page_begins_with_the_cause(tmp_path: Path, fails: Any, crds: str, says: str, remedy: str) -> None:
    async with deployments(tmp_path, upstream(crds), prepare=fails) as story:
        await story.comes(lambda: story.line("llama"), "it was never shown")
        await story.choose("llama")
        await story.press("enter")
        page: DeploymentDetail = await story.screen(DeploymentDetail)
        await story.comes(lambda: says in first(page) and remedy in first(page), f"never said {says} -> {remedy}")
        assert first(page).startswith("✕"), first(page)
        assert_painted(story, says[:24])


def first(page: DeploymentDetail) -> str:
    """The first finding of the page: its sentence, an arrow and what helps."""
    lines = [" ".join(text for text, _ in line) for line in page.about.text.whole]
    told = [line.strip() for line in lines[:2]]
    return re.sub(r"\s+", " ", " ".join(told))


def assert_painted(story: ServingStory, words: str) -> None:
    assert words in re.sub(r"[│\s]+", " ", " ".join(story.lines)), "\n".join(story.lines)
