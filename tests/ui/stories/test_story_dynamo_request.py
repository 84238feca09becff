"""A request for a graph, made in the form of what it proposes: profiled, its graph seen to run, and what may not be changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from deploying_story import fill, made, opened
from driving import said
from serving_story import Living, deployments, upstream

REQUESTS, GRAPHS = "dynamographdeploymentrequests.nvidia.com", "dynamographdeployments.nvidia.com"
KINDS = tuple(f"dynamo/nvidia.com_{kind}.yaml" for kind in ("dynamographdeploymentrequests", "dynamographdeployments"))
NAME, GRAPH = "qwen3-0-6b", "qwen3-0-6b-dgd"


def token(town: Living) -> None:
    """Where the profiler takes it from, whether the model is gated or not."""
    town.make("secrets", "hf-token-secret", stringData={"HF_TOKEN": "hf_notReal"})


@pytest.mark.usefixtures("at_once")
async def test_profiled_and_deployed(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS), prepare=token) as story:
        review = await fill(story, await opened(story), {"model": "Qwen/Qwen3-0.6B", "system": "dynamo-request"})
        await made(story, review, file="dynamo_request_proposed", of=REQUESTS, name=NAME)
        await story.shows(NAME, "Ready", "2/2", "1/1", "Qwen/Qwen3-0.6B", "vllm", "Dynamo")

        # what it has made is changed by itself: it lets go of it
        await story.choose(NAME)
        await story.press("s")
        why_not = f"a request lets go of what it made: do it to DynamoGraphDeployment {GRAPH}, which stands under it"
        assert said(story.app) == f"Scale: {why_not}."
        await story.press("x")
        await story.shows(f"└ {GRAPH}", "Ready", "2/2", "1/1")
        review = await story.begin_scale(GRAPH, "2", component="Worker")
        assert "Conflict: dynamographdeploymentrequest owns" in story.told(review), "the request's controller has made it"
        await story.press("t")
        await story.confirmed("replicas")
        await story.shows(NAME, "Ready", "3/3", "2/2")

        review = await story.edit(NAME, "searchStrategy: rapid", "searchStrategy: thorough")
        assert 'It is "Deployed" already, and a request cannot be changed once it is being profiled' in story.told(review)
        assert "Delete it and make it anew; the graph that came of it stays." in story.told(review)
        await story.press("a")
        assert review.account is None, "it would be turned down by an event, and by nothing else"
        await story.back()
        assert story.get(REQUESTS, NAME)["spec"]["searchStrategy"] == "rapid"

        await story.delete(NAME, GRAPH, "stays")
        await story.comes(lambda: story.names(REQUESTS) == [], "it never went")
        await story.shows(GRAPH, "Ready", "3/3", "2/2")
        assert story.names(GRAPHS) == [GRAPH], "it may serve somebody"
        assert len(story.pods()) == 3


@pytest.mark.usefixtures("at_once")
async def test_without_its_secret_it_is_stopped_before_it_is_sent(tmp_path: Path) -> None:
    async with deployments(tmp_path, upstream(*KINDS)) as story:
        review = await fill(story, await opened(story), {"model": "Qwen/Qwen3-0.6B", "system": "dynamo-request"})
        assert "no Secret hf-token-secret with key HF_TOKEN" in story.told(review)
        assert "Create Secret hf-token-secret with key HF_TOKEN." in story.told(review)
        await story.press("a")
        assert review.account is None
        assert story.names(REQUESTS) == []
