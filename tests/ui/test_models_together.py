"""The table of models where AIM Engine is, where it is not, and where it comes later."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import world
from driving import Console, names, said, table, typed, until
from fake import NOW, FakeSession, forbidden, meta
from textual.pilot import Pilot

from modeltui.kube.errors import KubeError, Unreachable
from modeltui.kube.state import Sync, SyncState
from modeltui.systems.aim import types as aim
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.alone import AloneScreen
from modeltui.ui.screens.merged import MergedScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.yaml_view import YamlScreen

DENIED = SyncState(Sync.DENIED, NOW, 'aimmodels is forbidden: User "alice" cannot list resource "aimmodels"')


def with_aim(session: FakeSession | None = None) -> FakeSession:
    """The models of `world`, one of AIM Engine with two templates, and one that the whole cluster has."""
    session = session or world.session()
    session.objects |= objects()
    return FakeSession(session.objects, states=session.states, answers=session.answers, of_group=session.of_group)


def objects() -> dict[Any, list[dict[str, Any]]]:
    image = "ghcr.io/silogen/aim-qwen-qwen3-32b:0.8.4"
    shown = {"model": {"canonicalName": "Qwen/Qwen3-32B", "recommendedDeployments": [{"gpuModel": "MI300X", "gpuCount": 1}]}}
    cluster = {key: value for key, value in meta("llama-3-3-70b").items() if key != "namespace"}

    def template(name: str, metric: str, precision: str) -> dict[str, Any]:
        hardware = {"gpu": {"requests": 1, "model": "MI300X"}}
        spec = {"modelName": "qwen3-32b", "metric": metric, "precision": precision, "hardware": hardware}
        profile = {"metadata": {"engine": "vllm", "gpu": "MI300X", "gpuCount": 1, "type": "optimized"}}
        return {"metadata": meta(name), "spec": spec, "status": {"status": "Ready", "profile": profile}}

    return {
        aim.MODELS: [{"metadata": meta("qwen3-32b"), "spec": {"image": image}, "status": {"status": "Ready", "imageMetadata": shown}}],
        aim.CLUSTER_MODELS: [{"metadata": cluster, "spec": {"image": "ghcr.io/silogen/aim-llama:1"}, "status": {"status": "Progressing"}}],
        aim.TEMPLATES: [template("qwen3-32b-latency", "latency", "fp8"), template("qwen3-32b-throughput", "throughput", "fp16")],
        aim.CLUSTER_TEMPLATES: [],
    }


async def test_without_aim_the_table_is_that_of_models_and_nothing_else_is_watched(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, AloneScreen) and app.screen.table.counts.total == 4)
        assert "kind" not in {column.key for column in table(app).of.columns}
        assert {resource.group for resource, _, _ in session.scopes} == {"model.samzong.dev", "dataset.baizeai.io"}
        assert "unfold" not in {binding.id for _, binding, *_ in app.screen.active_bindings.values()}


async def test_aims_models_stand_beside_them_and_open_their_own_page(console: Console) -> None:
    app = console(with_aim())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and app.screen.table.counts.total == 6)
        screen = app.screen
        assert isinstance(screen, MergedScreen)
        assert names(screen) == ["llama-3-3-70b", "llama-3-8b", "mistral-7b", "phi-3-mini", "qwen3-32b", "qwen-2-7b"]
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen)
        await pilot.press("end", "up")
        await until(pilot, lambda: app.screen is screen and screen.table.cursor_key == ("team-a", "qwen3-32b", "aimmodels.aim.eai.amd.com"))
        await pilot.press("x")
        await until(pilot, lambda: names(screen)[4:7] == ["qwen3-32b", "qwen3-32b-latency", "qwen3-32b-throughput"])
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen.text.display)
        await pilot.press("escape")
        await typed(pilot, "/kind:=aimmodel")
        await pilot.press("enter")
        await until(pilot, lambda: names(screen) == ["qwen3-32b"])
        await pilot.press("escape")
        await typed(pilot, ":columns name,kind,metric")
        await pilot.press("enter")
        assert [column.key for column in screen.table.shown_columns] == ["name", "kind", "metric"]


async def offered(app: ConsoleApp, pilot: Pilot[int], kind: type, *keys: str) -> list[str]:
    """The menu of what can be done with llama-3-8b."""
    await until(pilot, lambda: isinstance(app.screen, kind) and "llama-3-8b" in names(table(app)))
    await pilot.press(*keys, "a")
    await until(pilot, lambda: isinstance(app.screen, ActionsScreen))
    assert isinstance(app.screen, ActionsScreen)
    return [offer.title for offer in app.screen._offers]


async def test_the_keys_of_a_model_do_what_they_did(console: Console) -> None:
    together, alone = console(with_aim()), console(world.session())
    async with together.run_test(size=(120, 40)) as pilot:
        found = await offered(together, pilot, MergedScreen, "down")
    async with alone.run_test(size=(120, 40)) as pilot:
        assert await offered(alone, pilot, AloneScreen) == found
    assert len(found) > 5


async def test_what_may_not_be_listed_and_what_is_not_there_is_named(console: Console) -> None:
    session = with_aim()
    session.of_group["aim.eai.amd.com"] = DENIED
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and app.screen.table.counts.total == 4)
        notes = str(app.screen.notes.render())  # type: ignore[attr-defined]
        kinds = "aimmodels, aimclustermodels, aimservicetemplates and aimclusterservicetemplates"
        told = f"⊘ denied to list {kinds}; you may list models; :messages has the server's words"
        assert notes.strip() == told, "one line, however many kinds"


async def test_aim_without_modelfs_has_the_table_to_itself(console: Console) -> None:
    session = FakeSession(objects(), of_group={"model.samzong.dev": SyncState(Sync.NOT_INSTALLED, NOW)})
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and app.screen.table.counts.total == 2)
        assert names(table(app)) == ["llama-3-3-70b", "qwen3-32b"]


async def test_when_aim_is_installed_later_the_table_grows_once_nobody_types(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, AloneScreen) and app.screen.table.counts.total == 4)
        first = app.screen
        await pilot.press("slash", "q")
        session.objects |= objects()
        session.discovery._groups = {"aim.eai.amd.com"}
        chance, session.chance = session.chance, asyncio.Event()  # as a session gives it: to those who wait now
        chance.set()
        await pilot.pause(0.3)
        assert app.screen is first
        await pilot.press("w", "enter")
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and set(names(app.screen)) == {"qwen-2-7b", "qwen3-32b"})
        assert said(app) == ""


@pytest.mark.parametrize(("error", "kind"), [(forbidden("apis"), MergedScreen), (Unreachable("no route"), AloneScreen)])
async def test_where_it_cannot_be_asked_what_is_there(console: Console, error: KubeError, kind: type) -> None:
    session = world.session()

    async def serves(group: str) -> bool:
        raise error

    session.discovery.serves = serves  # type: ignore[method-assign]
    session.discovery.heard = lambda group: None  # type: ignore[method-assign]
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, kind) and table(app).table.counts.total == 4)
