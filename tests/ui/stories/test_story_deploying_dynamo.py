"""A graph of Dynamo made in the form by keyboard, seen to run, edited in the form, and kept from being made where it could not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import at_hand, complaints, expected, fill, fit, holds, opened, sent
from serving_story import NS, Living, deployments, upstream

GRAPHS = "dynamographdeployments.nvidia.com"
DEFINITION = "dynamo/nvidia.com_dynamographdeployments.yaml"


def claim(town: Living) -> None:
    spec = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "20Gi"}}}
    town.make("persistentvolumeclaims", "weights", spec=spec)


@pytest.mark.usefixtures("at_once")
async def test_made_run_and_edited(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(DEFINITION), prepare=claim) as story:
        wizard = await opened(story)
        answers = {
            "model": "Qwen/Qwen3-0.6B",
            "dynamo.replicas": "2",
            "dynamo.router": "kv",
            "dynamo.cache": "weights",
            "served_name": "chat",
            "context_length": "4096",
            "prefix_caching": "on",
            "eager": "yes",
            "extra_args": "--max-num-seqs 64",
            "gpus": "2",
            "node_selector": "nvidia.com/gpu.product=NVIDIA-H100-80GB-HBM3",
            "tolerations": "nvidia.com/gpu:NoSchedule",
            "env": "VLLM_LOGGING_LEVEL=INFO",
        }
        review = await fill(story, wizard, answers)
        wanted = expected("dynamo_aggregated")
        assert sent(review) == wanted
        assert fit(wanted) == []
        await story.confirmed("DynamoGraphDeployment")
        assert holds(story.get(GRAPHS, "qwen3-0-6b"), wanted)
        await story.shows("qwen3-0-6b", "Ready", "3/3", "4/4", "Qwen/Qwen3-0.6B", "vllm", "Dynamo")

        await story.choose("qwen3-0-6b")
        await story.press("E")
        wizard = await at_hand(story)
        assert wizard.answers.answer("dynamo", "dynamo.cache") == "weights"
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"dynamo.replicas": "1", "context_length": "8192"})
        worker = wanted["spec"]["components"][1]
        worker["replicas"] = 1
        args = worker["podTemplate"]["spec"]["containers"][0]["args"]
        args[args.index("4096")] = "8192"
        assert holds(sent(review), wanted)
        await story.confirmed("4096", "8192")
        assert holds(story.get(GRAPHS, "qwen3-0-6b"), wanted)
        await story.shows("qwen3-0-6b", "Ready", "2/2", "2/2")
