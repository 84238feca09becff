"""What a change made from the console never does, as the server's own log of requests tells it: it writes nothing before it is
confirmed, never a status, and drops nothing that others own or that no question of a form is about."""

from __future__ import annotations

import copy
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from driving import until
from telling import Story
from tests.living import MODELS, NS, SOURCES, Living, living
from textual.pilot import Pilot

from modeltui.demo.faults import Fault
from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.edit import EditScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.review import ReviewScreen, State
from modeltui.ui.wizards.screen import WizardScreen

RICH: dict[str, Any] = {
    "sourceRef": "hub",
    "display": {"description": "before", "tags": ["chat"], "logoURL": "https://example.com/logo.png"},
    "versions": [
        {
            "name": "one",
            "repo": "Qwen/one",
            "revision": "main",
            "precision": "FP16",
            "state": "PRESENT",
            "metadata": {"licence": "apache-2.0"},
            "storage": {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "12Gi"}}, "storageClassName": "nfs"},
            "share": {"enabled": True, "namespaceSelector": {"matchLabels": {"team": "search"}}, "requireOptInLabel": "weights"},
        }
    ],
}
WEB_FIELDS = ("name", "repo", "revision", "precision", "state")
"""What the web wizard knows of a version, besides whether it is shared."""


@pytest.fixture
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    """One Model with everything that it can have, with marks of others on it, and no controllers that would change it meanwhile."""
    for name in ("MODELTUI_EDITOR", "KUBE_EDITOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("modeltui.ui.screens.review.BEFORE_DELETING", 0.05)
    async with living(tmp_path) as made:
        await made.rest()
        made.make(MODELS, "llama", manager="modeltui", spec=copy.deepcopy(RICH), metadata={"labels": {"app": "chat"}})
        marks = {
            "metadata": {
                "annotations": {"example.com/owner": "search"},
                "labels": {"cost-centre": "42"},
                "finalizers": ["example.com/bill"],
            }
        }
        made.api.patch(MODELS, "llama", marks, namespace=NS, manager="billing")
        synced = [{"name": "one", "phase": "READY", "pvcName": "mdl-llama-one", "observedState": "PRESENT"}]
        status = {"status": {"observedGeneration": 1, "syncedVersions": synced}}
        made.api.patch(MODELS, "llama", status, namespace=NS, manager="modelfs-controller", subresource="status")
        yield made


@asynccontextmanager
async def on(town: Living, view: str = "models") -> AsyncIterator[tuple[Pilot[int], Story, BrowseScreen]]:
    options = ConsoleOptions(kubeconfig=str(town.kubeconfig), context="admin", namespaces=(NS,), view=view)
    app = ConsoleApp(options, settings=Settings(), memory=Remembered())
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total > 0)
        assert isinstance(app.screen, BrowseScreen)
        yield pilot, Story(app, pilot), app.screen


def model(town: Living) -> dict[str, Any]:
    found = town.find(MODELS, "llama")
    assert found is not None
    return found


def owners(obj: dict[str, Any]) -> dict[str, str]:
    """What each manager but the console owns."""
    return {
        f"{entry['manager']} {entry.get('subresource', '')}": json.dumps(entry["fieldsV1"], sort_keys=True)
        for entry in obj["metadata"]["managedFields"]
        if entry["manager"] != "modeltui"
    }


BEGINNINGS = {
    "pause": "Pause version one (removes its weights)",
    "run the sync again": "Sync version one again (removes its weights first)",
    "stop sharing": "Stop sharing version one",
    "take out": "Take version one out",
    "delete": "Delete it",
}


@pytest.mark.parametrize("title", BEGINNINGS.values(), ids=BEGINNINGS.keys())
async def test_what_the_menu_begins_writes_nothing_before_it_is_confirmed(town: Living, title: str) -> None:
    before = model(town)
    async with on(town) as (pilot, story, _):
        await story.press("enter")
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 1 and detail.table.has_focus)
        await story.act(title)
        review = await story.reviewed()
        await story.press("v", "v", "v", "escape")
        await until(pilot, lambda: story.app.screen is not review)
    assert town.gate.writes == []
    assert any(sent.dry_run for sent in town.gate.requests), "the server was not even asked"
    assert model(town) == before


@pytest.mark.parametrize("title", ["Edit in a form", "Add a version", "Edit as YAML", "New Model", "New ModelSource"])
async def test_what_is_typed_writes_nothing_before_it_is_confirmed(town: Living, title: str) -> None:
    before = model(town)
    async with on(town) as (pilot, story, _):
        await story.act(title)
        await until(pilot, lambda: isinstance(story.app.screen, WizardScreen | EditScreen))
        match title:
            case "Edit as YAML":
                screen = await story.screen(EditScreen)
                await story.press("f7")
                await story.paste(screen.text.text.replace("before", "after"))
            case "Add a version":
                await story.fill("two", "Qwen/two", "", "", "1Gi")
            case "New Model":
                await story.fill("new", "", "hub")
                await story.press("ctrl+n")
                await story.fill("one", "Qwen/one", "", "", "1Gi")
            case "New ModelSource":
                await story.fill("new")
                await story.press("ctrl+n", "ctrl+n")
            case _:
                await story.fill("", "")
                await story.press("end", *" after", "ctrl+n")
        await story.press("ctrl+n")
        review = await story.reviewed()
        await story.press("escape")
        await until(pilot, lambda: story.app.screen is not review)
    assert town.gate.writes == []
    assert any(sent.dry_run for sent in town.gate.requests), "the server was not even asked"
    assert model(town) == before
    assert town.find(MODELS, "new") is None
    assert town.find(SOURCES, "new") is None


async def test_the_put_of_the_web_wizard_drops_what_it_does_not_know(town: Living) -> None:
    """The trap itself, so that what follows is seen to be about something."""
    live = model(town)
    versions = [
        {**{key: entry[key] for key in WEB_FIELDS}, "share": {"enabled": entry["share"]["enabled"]}} for entry in live["spec"]["versions"]
    ]
    live["spec"] = {"sourceRef": "hub", "display": {"description": "after", "tags": ["chat"]}, "versions": versions}
    town.api.update(MODELS, live, manager="modelfs-ui")
    (entry,) = model(town)["spec"]["versions"]
    assert "storage" not in entry
    assert "metadata" not in entry
    assert entry["share"] == {"enabled": True}


@pytest.mark.parametrize("way", ["form", "yaml"])
async def test_ours_changes_that_field_and_no_other(town: Living, way: str) -> None:
    before = model(town)
    async with on(town) as (_, story, _):
        if way == "form":
            await story.act("Edit in a form")
            await story.screen(WizardScreen)
            await story.fill("")  # name and namespace stand fast: the cursor begins with the source, then comes the description
            await story.press("end", *("backspace",) * len("before"), *"after", "ctrl+n", "ctrl+n")
        else:
            await story.press("e")
            screen = await story.screen(EditScreen)
            await story.press("f7")
            await story.paste(screen.text.text.replace("description: before", "description: after"))
            await story.press("ctrl+n")
        await story.confirm()
    after = model(town)
    wanted = copy.deepcopy(RICH)
    wanted["display"]["description"] = "after"
    assert after["spec"] == wanted
    assert after["status"] == before["status"]
    for kept in ("labels", "annotations", "finalizers", "uid", "creationTimestamp"):
        assert after["metadata"][kept] == before["metadata"][kept]
    assert owners(after) == owners(before)


async def test_status_is_never_touched(town: Living) -> None:
    """Over a change of every sort that there is in the menu."""
    before = model(town)
    async with on(town) as (pilot, story, _):
        await story.press("enter")
        detail = await story.screen(ModelDetail)
        await until(pilot, lambda: detail.table.counts.total == 1 and detail.table.has_focus)
        for title in ("Stop sharing version one", "Share version one", BEGINNINGS["pause"], "Resume version one (fetches it anew)"):
            await story.act(title)
            review = await story.confirm()
            await story.press("escape")
            await until(pilot, lambda review=review: story.app.screen is not review)  # type: ignore[misc]
            await until(pilot, lambda: story.app.screen is detail)
            await until(pilot, lambda: detail.live.obj(detail.key).metadata.resource_version == model(town)["metadata"]["resourceVersion"])
    assert len(town.gate.writes) >= 4
    for sent in town.gate.writes:
        assert sent.path.endswith("/models/llama")
        assert sent.body
        assert b"status" not in sent.body
    assert model(town)["status"] == before["status"]
    assert model(town)["spec"] == before["spec"]
    ours = [entry for entry in model(town)["metadata"]["managedFields"] if entry["manager"] == "modeltui"]
    assert ours
    assert not any("f:status" in entry["fieldsV1"] or entry.get("subresource") for entry in ours)


async def test_a_confirmation_before_the_server_has_answered_is_none(town: Living) -> None:
    """Keys that were typed ahead do not confirm what nobody has seen."""
    town.faults.add(Fault("delay", method="DELETE", seconds=0.3))
    async with on(town) as (pilot, story, table):
        table.table.move_to((NS, "llama"))
        await story.press("ctrl+d", "a", "a")
        review = await story.screen(ReviewScreen)
        assert review.state is State.CHECKING
        await until(pilot, lambda: review.state is State.DECIDING)
        await pilot.pause(0.2)  # longer than the seconds before a deletion are here
        assert review.state is State.DECIDING
    assert town.gate.writes == []
    assert model(town)["metadata"].get("deletionTimestamp") is None
