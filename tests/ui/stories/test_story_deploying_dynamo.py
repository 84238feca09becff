"""A graph of Dynamo made in the form by keyboard, seen to run, edited in the form, and kept from being made where it could not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import at_hand, complaints, expected, fill, holds, made, opened, sent
from driving import until
from serving_story import Living, deployments, upstream
from test_story_dynamo import older_definition
from tests.upstream import unfit

from modeltui.ui.wizards.deploy.model_step import CLAIM
from modeltui.ui.wizards.deploy.screen import DeployWizard

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
        wanted = await made(story, review, file="dynamo_aggregated", of=GRAPHS, name="qwen3-0-6b")
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


@pytest.mark.usefixtures("at_once")
async def test_halves_with_weights_of_a_claim_where_only_v1alpha1_is_served(tmp_path: Path) -> None:
    async with deployments(tmp_path, [older_definition(tmp_path)], prepare=claim) as story:
        wizard = await opened(story)
        answers = {
            "origin": CLAIM,
            "claim": "weights",
            "path": "llama/base",
            "dynamo.engine": "sglang",
            "dynamo.mode": "disaggregated",
            "dynamo.decode": "2",
        }
        review = await fill(story, wizard, answers)
        wanted = await made(story, review, file="dynamo_halves", of=GRAPHS, name="base")
        await story.shows("base", "/models/llama/base", "sglang", "Dynamo")

        await story.choose("base")
        await story.press("E")
        wizard = await at_hand(story)
        assert (wizard.answers.answer("model", "origin"), wizard.answers.answer("model", "path")) == (CLAIM, "llama/base")
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        review = await fill(story, wizard, {"dynamo.decode": "1"})
        wanted["spec"]["services"]["decode"]["replicas"] = 1
        assert holds(sent(review), wanted)
        await story.confirmed("spec.services.decode.replicas")
        assert holds(story.get(GRAPHS, "base"), wanted)


@pytest.mark.usefixtures("at_once")
async def test_a_gated_model_without_a_token_is_told_beside_the_question_for_it(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(DEFINITION)) as story:
        wizard = await opened(story)
        review = await fill(story, wizard, {"model": "meta-llama/Llama-3.2-1B-Instruct"})
        assert "There is no Secret hf-token-secret in namespace team-nlp" in story.told(review)
        await story.press("escape")
        wizard = await story.screen(DeployWizard)
        await until(story.pilot, lambda: "There is no Secret hf-token-secret" in complaints(wizard).get("token_secret", ""))
        assert wizard.step.key == "serving"
        assert story.names(GRAPHS) == []

        story.town.make("secrets", "hub", stringData={"HF_TOKEN": "hf_x"})
        review = await fill(story, wizard, {"token_secret": "hub"})
        await story.confirmed("DynamoGraphDeployment")
        components = story.get(GRAPHS, "llama-3-2-1b-instruct")["spec"]["components"]
        assert all(one["podTemplate"]["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "hub"}}] for one in components), (
            "the frontend fetches the tokenizer"
        )


async def test_a_request_for_a_goal(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream("dynamo")) as story:
        wizard = await opened(story)
        answers = {
            "model": "Qwen/Qwen3-0.6B",
            "system": "dynamo-request",
            "name": "fast",
            "dynamo-request.engine": "vllm",
            "dynamo-request.ttft": "300",
            "dynamo-request.itl": "12.5",
            "dynamo-request.input": "2000",
            "dynamo-request.output": "500",
            "dynamo-request.sku": "h100_sxm",
            "dynamo-request.per_node": "8",
            "dynamo-request.apply": "no",
        }
        review = await fill(story, wizard, answers)
        wanted = expected("dynamo_request")
        assert sent(review) == wanted
        assert unfit(wanted) == []
        await story.confirmed("DynamoGraphDeploymentRequest")
        assert holds(story.get("dynamographdeploymentrequests.nvidia.com", "fast"), wanted)


async def test_answers_of_a_file_and_a_name_that_is_too_long(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(DEFINITION)) as story:
        file = tmp_path / "answers.yaml"
        file.write_text(f"system: dynamo\nanswers: {{name: {'a' * 38}, model: Qwen/Qwen3-0.6B, replicas: 3}}\n")
        wizard = await opened(story, f":new deployment {file}")
        assert wizard.answers.answer("dynamo", "dynamo.replicas") == "3"
        await story.press("ctrl+n", "ctrl+n", "ctrl+n")
        await until(story.pilot, lambda: wizard.at == 3)
        await story.press("ctrl+b")
        await until(story.pilot, lambda: "At most 37 characters" in complaints(wizard).get("name", ""), str(complaints(wizard)))
