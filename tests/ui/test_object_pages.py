"""One object: its page, its parts, and its YAML."""

from __future__ import annotations

import world
from driving import Console, models, page, typed, until

from modeltui.kube.errors import Forbidden
from modeltui.systems.modelfs.types import MODELS
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.dataset_detail import DatasetDetail
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.source_detail import SourceDetail
from modeltui.ui.screens.yaml_view import YamlScreen
from modeltui.ui.sight import Kind


async def test_a_model_its_version_and_its_dataset(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        screen.table.move_to(("team-a", "mistral-7b"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail) and app.screen.table.counts.total == 1)
        detail = app.screen
        assert isinstance(detail, ModelDetail)
        await until(pilot, lambda: "BackoffLimitExceeded" in page(detail.version.text))
        assert "Failed" in page(detail.about.text)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, DatasetDetail) and "Sync rounds" in page(app.screen.text))
        assert isinstance(app.screen, DatasetDetail)
        assert "hf_very_secret_value" not in page(app.screen.text)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_a_page_that_lies_right_under_what_is_over_is_gone_back_to(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail))
        detail = app.screen
        assert isinstance(detail, ModelDetail)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen))
        await app.navigator.open_detail(detail.view, ("team-a", "another"), leaving=YamlScreen)
        await until(pilot, lambda: isinstance(app.screen, ModelDetail))
        assert app.screen is not detail
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen))
        await app.navigator.open_detail(detail.view, detail.key, leaving=YamlScreen)
        assert app.screen is detail


async def test_a_source_and_who_uses_it(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":sources")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == 2)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, SourceDetail) and "does not exist" in page(app.screen.text))
        assert isinstance(app.screen, SourceDetail)
        text = page(app.screen.text)
        assert "hf_very_secret_value" not in text
        assert "llama-3-8b" in text
        assert ("GET", "/api/v1/namespaces/team-a/secrets/hf-token") in session.requests
        await pilot.press("u")
        screen = await models(pilot, app)
        assert screen.place.filter == "source:=hub"


async def test_yaml_is_whole_masked_folded_and_live(console: Console) -> None:
    session = world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen.text.display)
        screen = app.screen
        assert isinstance(screen, YamlScreen)
        assert "managedFields: 1 entries folded" in page(screen.text)
        await pilot.press("m")
        await until(pilot, lambda: "manager: kubectl" in page(screen.text))
        await pilot.press("slash")
        await typed(pilot, "repo")
        await pilot.press("enter")
        await until(pilot, lambda: len(screen.text.matches) == 2)
        changed = world.model("llama-3-8b", {"v9": "READY"})
        changed["metadata"]["resourceVersion"] = "2"
        session.change(MODELS, changed)
        await until(pilot, lambda: "name: v9" in page(screen.text))


async def test_yaml_that_may_not_be_read_says_so(console: Console) -> None:
    session = world.session()
    session.answers[MODELS.path("team-a", "llama-3-8b")] = Forbidden("models is forbidden: no", status=403)
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, YamlScreen) and app.screen._pane.sight.kind is Kind.DENIED)
