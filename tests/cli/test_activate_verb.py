"""`modeltui activate` and `deactivate` on an embedded cluster whose controllers work, on upstream's definitions."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Run
from tests.living import NS, Living, living

UPSTREAM = Path(__file__).resolve().parents[2].parent / "shared" / "crds" / "kserve"
KINDS = ("inferenceservices", "servingruntimes", "clusterservingruntimes")
SERVICES, RUNTIMES = "inferenceservices.serving.kserve.io", "servingruntimes.serving.kserve.io"
QWEN, PHI = "Qwen/Qwen3-0.6B", "microsoft/Phi-3-mini-4k-instruct"
GPU = {"nvidia.com/gpu": "1"}
MARK = "s3cr3t-m4rk3r"
Manifest = dict[str, Any]


class Place:
    """The cluster, and the command line on it, which runs in a thread of its own while the cluster lives in the test's loop."""

    def __init__(self, town: Living, modeltui: Run) -> None:
        self.town, self._modeltui = town, modeltui

    async def run(self, *words: str) -> tuple[int, str, str]:
        common = ("--kubeconfig", str(self.town.kubeconfig), "--context", "admin", "-n", NS)
        return await asyncio.to_thread(self._modeltui, *words, *common)

    def live(self, name: str = "active-llm") -> Manifest:
        found: Manifest = self.town.api.get(SERVICES, name, namespace=NS)
        return copy.deepcopy({"spec": found["spec"], "annotations": found["metadata"].get("annotations", {})})


def runtime(town: Living, name: str, image: str) -> None:
    container = {"name": "kserve-container", "image": image, "args": ["--model=/mnt/models"]}
    formats = [{"name": "huggingface", "autoSelect": False}, {"name": "custom", "autoSelect": False}]
    town.make(RUNTIMES, name, spec={"supportedModelFormats": formats, "containers": [container]})


@pytest.fixture
async def place(tmp_path: Path, modeltui: Run, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    crds = [UPSTREAM / f"serving.kserve.io_{kind}.yaml" for kind in KINDS]
    if not all(path.exists() for path in crds):
        pytest.skip("the upstream CRDs are not here")
    folder = tmp_path / "config" / "catalogs"
    folder.mkdir(parents=True)
    for id_, named in (("chat", "vllm"), ("no-image", "typo")):
        found = {"id": id_, "hfModelId": QWEN, "runtime": named, "resources": {"limits": GPU, "requests": GPU}}
        (folder / f"{id_}.json").write_text(json.dumps(found))
    monkeypatch.setattr("modeltui.systems.serving.arriving.EVERY", 0.1)
    monkeypatch.setattr("modeltui.systems.serving.arriving.CERTAIN", 0.3)
    async with living(tmp_path, crds=crds) as town:
        room = {"cpu": "256", "memory": "2Ti", "pods": "110", "nvidia.com/gpu": "8"}
        ready = [{"type": "Ready", "status": "True"}]
        labels = {"nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.memory": "81559"}
        node = {"metadata": {"name": "h100", "labels": labels}, "status": {"allocatable": room, "capacity": room, "conditions": ready}}
        town.api.create("nodes", node, manager="test", with_status=True)
        town.api.patch("nodes", "h100", [{"op": "remove", "path": "/spec/taints"}], manager="test", type="json")
        town.make("secrets", "hf-token", stringData={"HF_TOKEN": MARK})
        runtime(town, "vllm", "vllm/vllm-openai:v0.11.0")
        runtime(town, "typo", "vllm/vllm-openai:v0.11.0-typo")
        yield Place(town, modeltui)


def service(place: Place, name: str = "active-llm") -> Manifest:
    resources = {"limits": GPU, "requests": GPU}
    model = {"modelFormat": {"name": "huggingface"}, "runtime": "vllm", "storageUri": f"hf://{QWEN}", "resources": resources}
    place.town.make(SERVICES, name, manager="modeltui", spec={"predictor": {"minReplicas": 1, "model": model}})
    return place.live(name)


async def test_made_swapped_stopped_started_and_rolled_back(place: Place) -> None:
    code, out, err = await place.run("activate", "active-llm", PHI, "--yes")
    assert code == 2
    assert "there is no InferenceService active-llm in namespace team-nlp, and nothing says how" in err

    code, out, err = await place.run("activate", "active-llm", "chat", "--yes")
    assert code == 0, err
    assert err.splitlines()[-1] == "It serves."
    first = place.live()
    assert first["annotations"]["model-manager/model-id"] == "chat"

    code, out, err = await place.run("activate", "active-llm", PHI, "--dry-run")
    assert (code, err) == (0, "Nothing was written (--dry-run).\n")
    assert f"hf://{PHI}" in out
    assert place.live() == first

    code, out, err = await place.run("activate", "isvc/active-llm", PHI, "--yes", "-o", "json")
    assert code == 0, err
    assert json.loads(out)["steps"][0]["state"] == "done", out
    second = place.live()
    assert second["spec"]["predictor"]["model"]["storageUri"] == f"hf://{PHI}"
    code, out, err = await place.run("get", "deployments", "active-llm", "-o", "json")
    assert json.loads(out)[0]["model"] == PHI, out

    code, out, err = await place.run("activate", "active-llm", PHI, "--yes")
    assert (code, err) == (0, "There is nothing to do: the cluster is so already.\n")

    code, out, err = await place.run("deactivate", "active-llm", "--yes")
    assert (code, err.splitlines()[-1]) == (0, "It is stopped: none of its pods is left.")
    assert place.live()["spec"] == second["spec"]
    assert place.live()["annotations"] == {**second["annotations"], "serving.kserve.io/stop": "true"}
    code, out, err = await place.run("deactivate", "active-llm", "--yes")
    assert "cannot be told to deactivate: it is deactivated" in err

    code, out, err = await place.run("activate", "active-llm", "--yes")
    assert (code, err.splitlines()[-1]) == (0, "It serves.")
    assert place.live() == second

    code, out, err = await place.run("activate", "active-llm", "--rollback", "--yes")
    assert code == 0, err
    assert place.live() == first, "to the byte"
    assert MARK not in out + err


async def test_one_that_fails_is_explained_and_the_way_back_is_said(place: Place) -> None:
    before = service(place)
    await place.town.until(lambda: place.town.api.list("pods", namespace=NS))
    code, _, err = await place.run("activate", "active-llm", "no-image", "--yes", "--timeout", "60")
    assert code == 1
    assert "v0.11.0-typo" in err
    assert err.splitlines()[-1] == (
        "modeltui: what was changed stays, and it does not serve; `modeltui activate active-llm -n team-nlp --rollback` goes back to what "
        "it served before"
    )
    code, _, err = await place.run("activate", "active-llm", "--rollback", "--yes")
    assert code == 0, err
    assert place.live() == before


async def test_what_another_owns_is_not_taken_without_being_told_to(place: Place) -> None:
    service(place)
    theirs = {"metadata": {"name": "active-llm", "namespace": NS}, "spec": place.live()["spec"]}
    place.town.api.apply(SERVICES, theirs, manager="argocd-controller", force=True)
    before = place.live()
    code, out, err = await place.run("activate", "active-llm", PHI, "--yes")
    assert code == 1
    assert "argocd-controller" in out
    assert "spec.predictor.model.storageUri" in out
    assert "take them over with --force-conflicts" in err
    assert place.live() == before
    code, _, err = await place.run("activate", "active-llm", PHI, "--yes", "--no-wait", "--force-conflicts")
    assert (code, err) == (0, "")
    assert place.live()["spec"]["predictor"]["model"]["storageUri"] == f"hf://{PHI}"


WRONG = {
    ("activate", "active-llm", "Qwen/Qwen3-0.7B"): 'has "Qwen/Qwen3-0.7B": did you mean "Qwen/Qwen3-0.6B"?',
    ("activate", "active-llm", PHI, "--rollback"): "MODEL and --rollback contradict each other",
    ("activate", "active-llm", "--rollback"): "knows of nothing else that InferenceService team-nlp/active-llm has served",
    ("activate", "active-lm"): 'did you mean "active-llm"?',
    ("activate", "active-llm"): "cannot be told to activate: it is active",
    ("deactivate", "active-llm"): "no model was activated on InferenceService team-nlp/active-llm; `modeltui stop`",
    ("activate", "active-llm", PHI, "--timeout", "0"): "'0' is no number of seconds",
}


async def test_what_cannot_be_is_said_in_one_sentence(place: Place) -> None:
    before = service(place)
    for words, says in WRONG.items():
        code, out, err = await place.run(*words, "--yes")
        assert (code, out) == (2, ""), err
        assert says in err
        assert len(err.splitlines()) == 1
    assert place.live() == before
