"""Which context and which namespaces: given, chosen, remembered, or typed where they may not be listed."""

from __future__ import annotations

import pytest
import world
from driving import ALL, Console, models, names, said, typed, until
from fake import FakeConnector, forbidden

from modeltui import remembered
from modeltui.remembered import Remembered
from modeltui.settings import ContextSettings, Settings
from modeltui.systems.core.types import NAMESPACES
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.context import ContextScreen
from modeltui.ui.screens.namespace import NamespaceScreen


async def test_models_of_the_namespace_given_are_shown(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        assert names(screen) == ALL
        assert screen.table.display
        assert not screen.pane.display
        await until(pilot, lambda: app.bar.identity == "alice@example.com")


async def test_a_namespace_must_be_chosen_first_and_is_remembered(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("down", "enter")
        screen = await models(pilot, app)
        assert screen.place.namespaces == ("team-a",)
    assert remembered.load()[0].namespaces == {"staging": ("team-a",)}


async def test_several_namespaces_are_marked_and_merged(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("down", "space", "down", "space", "enter")
        screen = await models(pilot, app, 5)
        assert screen.place.namespaces == ("team-a", "team-b")
        assert "namespace" in {column.key for column in screen.table.shown_columns}


async def test_without_the_right_to_list_namespaces_a_name_can_be_typed(console: Console) -> None:
    session = world.session()
    session.answers[NAMESPACES.path()] = forbidden("namespaces")
    session.answers[NAMESPACES.path(name="team-a")] = forbidden("namespaces")
    app = console(session, namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and "no obstacle" in str(app.screen.intro.content))
        await pilot.press("slash")
        await typed(pilot, "team-a")
        await pilot.press("enter")
        assert (await models(pilot, app)).place.namespaces == ("team-a",)


async def test_a_namespace_that_does_not_exist_is_said(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen))
        await pilot.press("slash")
        await typed(pilot, "tema-a")
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == "There is no namespace tema-a in this cluster.")
        assert isinstance(app.screen, NamespaceScreen)


@pytest.mark.parametrize("where", ["memory", "settings", "context"])
async def test_a_namespace_known_otherwise_is_not_asked_for(console: Console, where: str) -> None:
    app = console(
        world.session(),
        namespaces=(),
        memory=Remembered(namespaces={"staging": ("team-b",)}) if where == "memory" else None,
        settings=Settings(contexts={"stag*": ContextSettings(namespaces=("team-b",))}) if where == "settings" else None,
        default_namespace="team-b" if where == "context" else "",
    )
    async with app.run_test(size=(120, 40)) as pilot:
        assert (await models(pilot, app, 1)).place.namespaces == ("team-b",)


async def test_another_context(console: Console) -> None:
    app = console(world.session(), settings=Settings(contexts={"prod*": ContextSettings(theme="modeltui-danger", read_only=True)}))
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        await typed(pilot, ":ctx")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ContextScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("slash")
        await typed(pilot, "prod-eu")
        await pilot.press("enter")
        await until(pilot, lambda: app.bar.context == "prod-eu" and isinstance(app.screen, BrowseScreen | NamespaceScreen))
        assert app.theme == "modeltui-danger"
        assert app.bar.read_only
        connector = app.connecting._connector
        assert isinstance(connector, FakeConnector)
        assert connector.asked == [None, "prod-eu"]
