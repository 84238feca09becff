"""`modeltui doctor` says why deployments do not run: their pods' words, and those of what cannot make pods."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.living import NS, Living, living

from modeltui.cli import main

ISVC = "inferenceservices.serving.kserve.io"


def serve(town: Living, name: str, *, image: str = "vllm/vllm-openai:v0.11.0", cpu: str = "1") -> None:
    amounts = {"limits": {"cpu": cpu}, "requests": {"cpu": cpu}}
    container = {"name": "kserve-container", "image": image, "command": ["sleep", "1d"], "resources": amounts}
    town.make(ISVC, name, spec={"predictor": {"containers": [container]}})


async def told(town: Living, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    words = ["--kubeconfig", str(town.kubeconfig), "--context", "admin", "-n", NS, "doctor"]
    code = await asyncio.to_thread(main, words)
    return code, " ".join(capsys.readouterr().out.split())


async def test_why_each_does_not_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with living(tmp_path) as town:
        serve(town, "typo", image="vllm/vllm-openai:v0.11.0-typo")
        serve(town, "greedy", cpu="999")
        serve(town, "well")
        await town.until(lambda: ready(town, "well"))
        await town.until(lambda: "ImagePullBackOff" in waiting(town) and unscheduled(town))
        code, out = await told(town, capsys)
        assert code == 1
        typo, greedy = section(out, "typo"), section(out, "greedy")
        assert "vllm/vllm-openai:v0.11.0-typo does not exist" in typo
        assert "-> Is the tag right?" in typo
        assert "No node has enough cpu free" in greedy
        assert "-> Ask for less of it, or add nodes with more." in greedy
        assert "/well" not in out


async def test_a_quota_that_allows_no_pods(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with living(tmp_path) as town:
        town.make("resourcequotas", "none", spec={"hard": {"requests.cpu": "0"}})
        serve(town, "llama")
        await town.until(lambda: refused(town))
        code, out = await told(town, capsys)
        assert code == 1
        assert "The namespace's quota is used up, so pods are refused" in section(out, "llama")
        assert "have the ResourceQuota raised" in section(out, "llama")


def section(out: str, name: str) -> str:
    """What is said of one object."""
    return out.partition(f"InferenceService {NS}/{name} ")[2].partition("InferenceService ")[0]


def conditions(obj: Any) -> dict[str, str]:
    return {one["type"]: one["status"] for one in ((obj or {}).get("status") or {}).get("conditions") or []}


def ready(town: Living, name: str) -> bool:
    return conditions(town.find(ISVC, name)).get("Ready") == "True"


def waiting(town: Living) -> str:
    found = [each for pod in town.api.list("pods", namespace=NS) for each in (pod.get("status") or {}).get("containerStatuses") or []]
    return " ".join(((each.get("state") or {}).get("waiting") or {}).get("reason", "") for each in found)


def unscheduled(town: Living) -> bool:
    return any(conditions(pod).get("PodScheduled") == "False" for pod in town.api.list("pods", namespace=NS))


def refused(town: Living) -> bool:
    return any(conditions(one).get("ReplicaFailure") == "True" for one in town.api.list("replicasets.apps", namespace=NS))
