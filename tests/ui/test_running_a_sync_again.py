"""A sync run again from the menu, by keyboard, in a cluster whose controllers work; and whoever stops or leaves in between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from driving import until
from telling import Story
from tests.living import CLAIMS, DATASETS, MODELS, NS, Living, living, ready
from textual.pilot import Pilot

from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import ReviewScreen, State

AGAIN = "Sync version one again (removes its weights first)"


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.05)
    async with living(tmp_path) as made:
        await ready(made)
        yield made


@asynccontextmanager
async def on(town: Living, view: str = "models") -> AsyncIterator[tuple[ConsoleApp, Pilot[int], Story]]:
    app = ConsoleApp(ConsoleOptions(kubeconfig=str(town.kubeconfig), namespaces=(NS,), view=view), settings=Settings(), memory=Remembered())
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        story = Story(app, pilot)
        await story.press("enter")
        yield app, pilot, story


def state(town: Living) -> str:
    found = town.find(MODELS, "llama")
    assert found is not None
    return str(found["spec"]["versions"][0]["state"])


def hold(town: Living, *finalizers: str) -> None:
    town.api.patch(CLAIMS, "mdl-llama-one", {"metadata": {"finalizers": list(finalizers)}}, namespace=NS, manager="somebody")


def uid(town: Living) -> str:
    return str((town.find(DATASETS, "mdl-llama-one") or {}).get("metadata", {}).get("uid"))


async def test_the_weights_are_fetched_anew(town: Living) -> None:
    before = uid(town)
    async with on(town) as (_, pilot, story):
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 1 and detail.table.has_focus)
        await story.act(AGAIN)
        review = await story.reviewed()
        told = story.told(review)
        assert "the data on it is lost" in told
        assert f"2. Waits until Dataset {NS}/mdl-llama-one is gone, and for PersistentVolumeClaim {NS}/mdl-llama-one" in told
        assert state(town) == "PRESENT"
        await story.confirm()
        await until(pilot, lambda: town.phase("mdl-llama-one") == "READY")
        assert uid(town) != before
        await story.press("escape")
        await until(pilot, lambda: detail.selected is not None and detail.selected.status.raw == "READY")


async def test_esc_stops_the_wait_and_resuming_finishes_it(town: Living) -> None:
    hold(town, "example.com/held")
    async with on(town) as (app, pilot, story):
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 1 and detail.table.has_focus)
        await story.act(AGAIN)
        review = await story.reviewed()
        await story.press("a")
        await until(pilot, lambda: "held by finalizer example.com/held" in str(review.sentence.content))
        assert "esc stops waiting" in str(review.sentence.content)
        assert review.state is State.WAITING
        await story.press("escape")
        await until(pilot, lambda: review.state is State.DONE)
        assert app.screen is review
        assert review.account is not None
        assert not review.account.complete
        assert "version one is ABSENT and has no weights" in str(review.sentence.content)
        assert state(town) == "ABSENT"
        await story.press("escape")
        await until(pilot, lambda: app.screen is detail and detail.selected is not None and detail.selected.wanted == "ABSENT")
        await story.act("Resume version one (fetches it anew)")
        review = await story.reviewed()
        assert f"waits until PersistentVolumeClaim {NS}/mdl-llama-one is gone" in story.told(review)
        await story.press("a")
        await until(pilot, lambda: review.state is State.WAITING)
        assert state(town) == "ABSENT"
        hold(town)
        await until(pilot, lambda: review.state is State.DONE)
        assert review.account is not None
        assert review.account.complete
        assert state(town) == "PRESENT"


async def held_up(pilot: Pilot[int], story: Story) -> ReviewScreen:
    """The sync is asked for again, and waits for what somebody holds."""
    detail = await story.screen(ModelDetail)
    await until(pilot, lambda: detail.table.counts.total == 1 and detail.table.has_focus)
    await story.act(AGAIN)
    review = await story.reviewed()
    await story.press("a")
    await until(pilot, lambda: review.state is State.WAITING and "held by" in str(review.sentence.content))
    return review


async def test_it_goes_on_when_one_looks_elsewhere_meanwhile(town: Living) -> None:
    hold(town, "example.com/held")
    async with on(town) as (app, pilot, story):
        await held_up(pilot, story)
        await app.navigator.run_line("datasets")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))
        await until(pilot, lambda: any("goes on" in message.text for _, message in app.messages))
        hold(town)
        await until(pilot, lambda: any(message.text.startswith("Done: changed Model") for _, message in app.messages))
        assert state(town) == "PRESENT"
        assert not isinstance(app.screen, ReviewScreen)


async def test_leaving_the_console_says_what_was_left(town: Living) -> None:
    hold(town, "example.com/held")
    async with on(town) as (app, pilot, story):
        await held_up(pilot, story)
        await story.press("ctrl+c", "ctrl+c")
    assert "was not finished. Until that is done, version one is ABSENT" in app.failed_sentence
    assert state(town) == "ABSENT"
    async with on(town) as (app, pilot, story):  # and the next console finishes it
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.selected is not None and detail.selected.wanted == "ABSENT" and detail.table.has_focus)
        await story.act("Resume version one (fetches it anew)")
        review = await story.reviewed()
        assert f"waits until PersistentVolumeClaim {NS}/mdl-llama-one is gone" in story.told(review)
        await story.press("a")
        await until(pilot, lambda: review.state is State.WAITING)
        hold(town)
        await until(pilot, lambda: review.state is State.DONE)
        assert review.account is not None
        assert review.account.complete
    await town.until(lambda: town.phase("mdl-llama-one") == "READY")


async def test_a_dataset_of_nobodys_is_fetched_by_one_more_round(town: Living) -> None:
    source = {"type": "HUGGING_FACE", "uri": "huggingface://Qwen/own"}
    storage = {"spec": {"resources": {"requests": {"storage": "5Gi"}}}}
    town.make(DATASETS, "own", manager="modeltui", spec={"source": source, "volumeClaimTemplate": storage})
    await town.until(lambda: town.phase("own") == "READY")
    claim = town.find(CLAIMS, "own")
    async with on(town, "datasets") as (_, pilot, story):
        await story.press("escape")
        table = await story.screen(BrowseScreen)
        await until(pilot, lambda: table.table.row((NS, "own")) is not None)
        table.table.move_to((NS, "own"))
        await story.act("Sync it again (one more round)")
        assert "spec.dataSyncRound  1 → 2" in story.told(await story.reviewed())
        await story.confirm()
        await town.until(lambda: (town.find(DATASETS, "own") or {})["status"].get("lastSucceedRound") == 2)
    found = town.find(DATASETS, "own")
    assert found is not None
    assert (found["spec"]["dataSyncRound"], found["status"]["phase"]) == (2, "READY")
    assert claim is not None
    assert (town.find(CLAIMS, "own") or {})["metadata"]["uid"] == claim["metadata"]["uid"]  # the weights stayed meanwhile


async def test_a_dataset_of_modelfs_points_to_its_model_instead(town: Living) -> None:
    async with on(town, "datasets") as (app, pilot, story):
        menu = await story.menu()
        await until(pilot, lambda: bool(menu._why_not))
        await story.press("g", "enter")
        assert app.screen is menu
        assert "modelfs would set the round back; sync the version again from Model llama" in app.messages[-1][1].text
    found = town.find(DATASETS, "mdl-llama-one")
    assert found is not None
    assert found["spec"].get("dataSyncRound", 1) == 1
