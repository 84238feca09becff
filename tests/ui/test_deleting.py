"""What hangs on an object is told before it is deleted, whatever it is; and what became of it, kubectl says afterwards."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import until
from telling import Story
from tests.living import DATASETS, MODELS, NS, PODS, Living, living, ready, version
from textual.pilot import Pilot

from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import State

KUBECTL = shutil.which("kubectl")
pytestmark = pytest.mark.skipif(KUBECTL is None, reason="there is no kubectl")
DATA = "mdl-llama-one"


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    """A Model whose version is fetched and mounted, and a Dataset of nobody's that two others refer to, one of them rightly."""
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.05)
    async with living(tmp_path) as made:
        await ready(made)
        made.make(PODS, "vllm-0", spec=pod(DATA))
        source = {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/shared"}
        storage = {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}
        selector = {"matchLabels": {"kubernetes.io/metadata.name": "other"}}
        made.make(
            DATASETS,
            "shared",
            spec={"source": source, "share": True, "shareToNamespaceSelector": selector, "volumeClaimTemplate": storage},
        )
        await made.until(lambda: made.phase("shared") == "READY", "the shared weights never came")
        for name, of in (("right", f"{NS}/shared"), ("barred", f"{NS}/{DATA}"), ("orphan", f"{NS}/never")):
            made.make(DATASETS, name, namespace="other", spec={"source": {"type": "REFERENCE", "uri": f"dataset://{of}"}})
        await made.until(lambda: made.phase("right", namespace="other") == "READY", "the reference never came")
        yield made


def pod(claim: str) -> dict[str, Any]:
    container = {"name": "server", "image": "vllm/vllm-openai:v0.11.0", "volumeMounts": [{"name": "weights", "mountPath": "/models"}]}
    return {"containers": [container], "volumes": [{"name": "weights", "persistentVolumeClaim": {"claimName": claim}}]}


@asynccontextmanager
async def on(town: Living, view: str, *, context: str = "admin", everywhere: bool = False) -> AsyncIterator[tuple[Pilot[int], Story, Any]]:
    namespaces = () if everywhere else (NS,)
    options = ConsoleOptions(kubeconfig=str(town.kubeconfig), context=context, namespaces=namespaces, all_namespaces=everywhere, view=view)
    app = ConsoleApp(options, settings=Settings(), memory=Remembered())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        await until(pilot, lambda: app.screen.live.joined)  # type: ignore[attr-defined]  # a BrowseScreen by now
        yield pilot, Story(app, pilot), app.screen


async def kubectl(town: Living, *words: str) -> list[dict[str, Any]]:
    """What it lists."""
    assert KUBECTL is not None
    command = (KUBECTL, "--kubeconfig", str(town.kubeconfig), "--context", "admin", "get", *words, "-o", "json")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    found: list[dict[str, Any]] = json.loads(out)["items"]
    return found


async def names(town: Living, what: str, namespace: str = NS) -> list[str]:
    return [found["metadata"]["name"] for found in await kubectl(town, what, "-n", namespace)]


async def override(story: Story, name: str) -> None:
    await story.press("a")
    review = await story.reviewed()
    assert review._stopped_by, "nothing speaks against it"
    await story.fill(f"o{name}")


async def test_a_model(town: Living) -> None:
    async with on(town, "models") as (pilot, story, table):
        table.table.move_to((NS, "llama"))
        await story.press("ctrl+d")
        told = story.told(await story.reviewed())
        assert f"Its Dataset {DATA} goes with it." in told
        assert f"Claim {DATA} (capacity 20Gi) is deleted with it, and the data on it is lost." in told
        assert "has reclaim policy Delete" in told
        assert f"Claim {DATA} is mounted right now by pod vllm-0" in told
        assert "Dataset other/barred refers to it" in told
        assert "unknown" not in told
        assert "llama" in await names(town, MODELS)
        await override(story, "llama")
        review = await story.reviewed()
        await story.press("a")
        await until(pilot, lambda: review.state is State.DONE)
        await until(pilot, lambda: town.find(DATASETS, DATA) is None)
    assert await names(town, MODELS) == []
    assert await names(town, DATASETS) == ["shared"]
    assert sorted(await names(town, DATASETS, "other")) == ["barred", "orphan", "right"]


async def test_esc_in_the_seconds_before_deletes_nothing(town: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 30)
    async with on(town, "datasets") as (pilot, story, table):
        table.table.move_to((NS, "shared"))
        await story.press("ctrl+d")
        review = await story.reviewed()
        assert "Claim shared (capacity 5Gi) is deleted with it, and the data on it is lost." in story.told(review)
        assert "No running pod mounts claim shared" in story.told(review)
        assert "Dataset other/right refers to it, and would have nothing to refer to: namespaces other" in story.told(review)
        await story.press("a")
        await until(pilot, lambda: "Deleting in" in str(review.sentence.content))
        await story.press("escape")
        await until(pilot, lambda: review.state is State.DECIDING)
    assert "shared" in await names(town, DATASETS)


async def test_a_dataset(town: Living) -> None:
    async with on(town, "datasets") as (pilot, story, table):
        table.table.move_to((NS, "shared"))
        await story.press("ctrl+d")
        await story.confirm()
        await until(pilot, lambda: town.find(DATASETS, "shared") is None)
    assert await names(town, DATASETS) == [DATA]
    assert await names(town, "persistentvolumeclaims") == [DATA]


async def test_a_source_that_models_refer_to_is_held_up_and_that_is_said(town: Living) -> None:
    async with on(town, "sources") as (_, story, table):
        table.table.move_to((NS, "hub"))
        await story.press("ctrl+d")
        assert "Model llama refers to it: its finalizer holds the deletion up" in story.told(await story.reviewed())
        await override(story, "hub")
        review = await story.confirm()
        assert "it goes when its finalizers are done" in story.told(review)
    (hub,) = await kubectl(town, "modelsources", "-n", NS)
    assert hub["metadata"]["deletionTimestamp"]


async def test_a_version_taken_out_leaves_its_data_and_that_is_said(town: Living) -> None:
    model = town.find(MODELS, "llama")
    assert model is not None
    model["spec"]["versions"].append(version("two"))
    town.api.update(MODELS, model, manager="modeltui")
    async with on(town, "models") as (pilot, story, table):
        table.table.move_to((NS, "llama"))
        await story.press("enter")
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 2 and detail.table.has_focus)
        assert detail.part == "one"
        await story.act("Take version one out")
        assert f"Dataset {DATA} stays, with its claim and data" in story.told(await story.reviewed())
        await story.confirm()
    (model,) = await kubectl(town, MODELS, "-n", NS)
    assert [entry["name"] for entry in model["spec"]["versions"]] == ["two"]
    assert DATA in await names(town, DATASETS)


async def test_marked_shares_go_together_and_each_says_whether_it_is_stale(town: Living) -> None:
    async with on(town, "shares", everywhere=True) as (pilot, story, table):
        await until(pilot, lambda: table.table.counts.total == 3)
        await story.type("/stale:yes")
        await story.press("enter")
        await until(pilot, lambda: table.table.counts.shown == 2)
        await story.press("g", "space", "G", "ctrl+@")
        await until(pilot, lambda: table.table.counts.marked == 2)
        await story.press("ctrl+d")
        review = await story.reviewed()
        told = story.told(review)
        assert f"It is stale: Dataset {NS}/{DATA} is not shared." in told
        assert f"It is stale: Dataset {NS}/never does not exist (any more)." in told
        assert "Delete 2 datasets" in review.heading
        await story.confirm()
        await until(pilot, lambda: town.find(DATASETS, "orphan", namespace="other") is None)
    assert await names(town, DATASETS, "other") == ["right"]


async def test_a_share_that_is_in_use_says_so(town: Living) -> None:
    town.make(PODS, "reader-0", namespace="other", spec=pod("right"))
    async with on(town, "shares", everywhere=True) as (pilot, story, table):
        await until(pilot, lambda: table.table.counts.total == 3)
        table.table.move_to(("other", "right"))
        await story.press("ctrl+d")
        told = story.told(await story.reviewed())
        assert f"It is not stale: Dataset {NS}/shared is there, and shared with namespace other." in told
        assert "Claim right is mounted right now by pod reader-0" in told
        assert f"the data stays where it is, with Dataset {NS}/shared" in told
    assert "right" in await names(town, DATASETS, "other")


async def test_what_a_model_asks_for_would_be_made_again(town: Living) -> None:
    model = town.find(MODELS, "llama")
    assert model is not None
    model["spec"]["versions"][0]["share"] = {
        "enabled": True,
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}},
    }
    town.api.update(MODELS, model, manager="modeltui")
    made = f"share-{NS}-llama-one"
    town.make(DATASETS, made, namespace="other", spec={"source": {"type": "REFERENCE", "uri": f"dataset://{NS}/{DATA}"}})
    async with on(town, "shares", everywhere=True) as (pilot, story, table):
        await until(pilot, lambda: table.table.row(("other", made)) is not None)
        table.table.move_to(("other", made))
        await story.press("enter")
        await until(pilot, lambda: table.app.screen is not table)
        page = table.app.screen
        await until(pilot, lambda: "does not last" in "\n".join(str(one) for one in page.text.whole))
        await story.press("ctrl+d")
        told = story.told(await story.reviewed())
        assert f"Its deletion does not last: version one of Model {NS}/llama is shared with namespace other" in told
        assert "Change the Model first: stop sharing version one" in told


async def test_who_may_not_look_is_told_what_is_unknown(town: Living) -> None:
    async with on(town, "models", context="editor") as (_, story, table):
        table.table.move_to((NS, "llama"))
        await story.press("ctrl+d")
        told = story.told(await story.reviewed())
        assert f"Claim {DATA} is mounted right now by pod vllm-0" in told
        assert "Whether the volume is retained is unknown: persistentvolumes may not be listed" in told
        assert "Whether Datasets of other namespaces refer to it is unknown: datasets in all namespaces may not be listed" in told
    assert "llama" in await names(town, MODELS)
