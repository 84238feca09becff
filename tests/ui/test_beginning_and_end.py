"""Where a console begins and how it ends: a cluster that cannot be used, a window too small, leaving."""

from __future__ import annotations

import world
from driving import ALL, Console, models, names, until
from fake import FakeConnector

from modeltui.kube.errors import ConfigError, Unreachable
from modeltui.ui.screens.start import StartScreen
from modeltui.ui.sight import Kind


async def test_an_unusable_cluster_is_a_sight_and_can_be_tried_again(console: Console) -> None:
    app = console(world.session(), error=Unreachable("10.0.0.1:6443 refused the connection: is the cluster up?"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, StartScreen) and app.screen.pane.sight.kind is Kind.ERROR)
        assert isinstance(app.screen, StartScreen)
        assert app.screen.pane.sight is not None
        assert "is the cluster up?" in app.screen.pane.sight.lines[0]
        connector = app.connecting._connector
        assert isinstance(connector, FakeConnector)
        connector.error = None
        await pilot.press("ctrl+r")
        await models(pilot, app)


async def test_a_broken_kubeconfig_at_the_start_ends_with_one_sentence(console: Console) -> None:
    app = console(world.session(), error=ConfigError("no kubeconfig found: tried /nowhere"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.failed_sentence)
    assert (app.failed_sentence, app.return_value) == ("no kubeconfig found: tried /nowhere", 1)


async def test_a_small_terminal_says_so_and_recovers(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        await pilot.resize_terminal(50, 12)
        await until(pilot, lambda: screen.query(".too-small"))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: not screen.query(".too-small"))
        assert names(screen) == ALL


async def test_quitting(console: Console) -> None:
    for keys in (["colon", "q", "enter"], ["ctrl+c", "ctrl+c"]):
        app = console(world.session())
        async with app.run_test(size=(120, 40)) as pilot:
            await models(pilot, app)
            await pilot.press(*keys)
            await until(pilot, lambda app=app: not app.is_running or app._exit)
        assert app.return_value == 0
