"""A part of a name shows those that fit; what enter takes then is what is meant by it, never something else that is there."""

from __future__ import annotations

from typing import Any

import world
from driving import Console, models, said, typed, until
from fake import forbidden
from textual.pilot import Pilot

from modeltui.remembered import Remembered
from modeltui.systems.core.types import NAMESPACES
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.namespace import NamespaceScreen
from modeltui.ui.screens.picker import PickerScreen

SIZE = (120, 40)


async def menu(pilot: Pilot[Any], app: ConsoleApp) -> ActionsScreen:
    await models(pilot, app)
    await pilot.press("a")
    await until(pilot, lambda: isinstance(app.screen, ActionsScreen) and app.screen.table.counts.total > 3)
    assert isinstance(app.screen, ActionsScreen)
    return app.screen


def offered(screen: PickerScreen) -> list[str]:
    shown = screen.table.keys()
    return [str(row.values[0]) for key in shown if (row := screen.table.row(key))]


async def test_actions_are_found_by_what_they_are_called(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=SIZE) as pilot:
        screen = await menu(pilot, app)
        assert len(offered(screen)) > 3
        await pilot.press("slash")
        await typed(pilot, "new models")
        await until(pilot, lambda: offered(screen) == ["New ModelSource"])
        await pilot.press("enter")
        await until(pilot, lambda: type(app.screen).__name__ == "SourceWizard")


async def test_of_several_that_fit_the_cursor_chooses(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=SIZE) as pilot:
        screen = await menu(pilot, app)
        every = offered(screen)
        await pilot.press("slash")
        await typed(pilot, "new")
        await pilot.press("enter")
        narrowed = [name for name in every if "new" in name.lower()]
        assert 1 < len(narrowed) < len(every)
        await until(pilot, lambda: offered(screen) == narrowed)
        assert said(app) == f"{len(narrowed)} fit 'new': enter takes the one under the cursor, esc shows all again."
        bar = screen.bar()
        assert (bar.filter, bar.counts.total, bar.counts.shown) == ("new", len(every), len(narrowed))

        await pilot.press("escape")
        await until(pilot, lambda: offered(screen) == every)
        assert app.screen is screen, "the first escape shows all again"
        assert screen.bar().filter == ""
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen))


async def test_the_one_under_the_cursor_of_those_that_fit(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=SIZE) as pilot:
        screen = await menu(pilot, app)
        await pilot.press("slash")
        await typed(pilot, "new")
        await pilot.press("enter")
        await until(pilot, lambda: "New ModelSource" in offered(screen) and len(offered(screen)) < 4)
        place = offered(screen).index("New ModelSource")
        await pilot.press("home", *["down"] * place, "enter")
        await until(pilot, lambda: type(app.screen).__name__ == "SourceWizard")


async def test_what_fits_nothing_is_said_and_nothing_is_begun(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=SIZE) as pilot:
        screen = await menu(pilot, app)
        every = offered(screen)
        await pilot.press("slash")
        await typed(pilot, "explode")
        await until(pilot, lambda: offered(screen) == [])
        await pilot.press("enter")
        await until(pilot, lambda: said(app) == "There is no action 'explode' here.")
        assert offered(screen) == every
        assert app.screen is screen


async def test_a_part_of_a_namespace_is_enough_where_all_are_listed(console: Console) -> None:
    app = console(world.session(), namespaces=())
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and len(app.screen.table.keys()) == 3)
        await pilot.press("slash")
        await typed(pilot, "m-b")
        await pilot.press("enter")
        assert (await models(pilot, app, 1)).place.namespaces == ("team-b",)


async def test_a_part_of_a_namespace_is_a_name_of_its_own_where_they_may_not_be_listed(console: Console) -> None:
    """team-a is known from earlier; whoever types "team" may well mean another one."""
    session = world.session()
    session.answers[NAMESPACES.path()] = forbidden("namespaces")
    session.answers[NAMESPACES.path(name="team")] = forbidden("namespaces")
    app = console(session, namespaces=(), memory=Remembered(namespaces={"staging": ("team-a",)}))
    async with app.run_test(size=SIZE) as pilot:
        await models(pilot, app)
        await typed(pilot, ":ns")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, NamespaceScreen) and "no obstacle" in str(app.screen.intro.content))
        assert isinstance(app.screen, NamespaceScreen)
        assert offered(app.screen) == ["team-a"]
        await pilot.press("slash")
        await typed(pilot, "team")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.place.namespaces == ("team",))
