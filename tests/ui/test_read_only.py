"""Read-only: the refusal is in the transport, the mark on the screen, and write keys are known."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from driving import Console, models, until
from textual.binding import Binding
from world import session

from modeltui.kube.errors import ReadOnly
from modeltui.options import ConsoleOptions
from modeltui.settings import ContextSettings, Settings
from modeltui.ui import keys
from modeltui.ui.connection import connect
from modeltui.ui.read_only import WRITE_ACTIONS, WRITE_KEYS, writes
from modeltui.ui.screens.browse import BrowseScreen


def renamed(kubeconfig: str, folder: Path, name: str) -> str:
    """A copy of the kubeconfig whose current context has that name."""
    config = yaml.safe_load(Path(kubeconfig).read_text())
    current = next(entry for entry in config["contexts"] if entry["name"] == config["current-context"])
    current["name"] = config["current-context"] = name
    path = folder / name
    path.write_text(yaml.safe_dump(config))
    return str(path)


@pytest.mark.parametrize(("name", "refused"), [("eu-PROD-1", True), ("staging", False)])
async def test_the_transport_of_a_production_context_refuses_what_would_write(
    kubeconfig: str, tmp_path: Path, name: str, refused: bool
) -> None:
    """Whichever context the kubeconfig's current one turns out to be: nothing is asked of it before it is known."""
    path = renamed(kubeconfig, tmp_path, name)
    settings, options = Settings(), ConsoleOptions(kubeconfig=path)
    cluster = await connect(kubeconfig=path, context=None, read_only=lambda context: settings.writing(context, options).read_only)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"generateName": "read-only-"}}
    where = "/api/v1/namespaces/default/configmaps"
    try:
        assert cluster.context == name
        assert cluster.session.client.read_only is refused
        await cluster.session.client.request("POST", where, params={"dryRun": "All"}, body=body)
        if refused:
            with pytest.raises(ReadOnly, match="was not sent"):
                await cluster.session.client.request("POST", where, body=body)
    finally:
        await cluster.aclose()


def top(screen: BrowseScreen) -> str:
    """What the top bar says, as far as it is on the screen."""
    bar = screen.query_one("TopBar")
    return "".join(str(strip.text) for strip in bar.render_lines(bar.size.region)) if bar.display else ""


async def marked(app_of: Console, *, settings: Settings | None = None, **options: object) -> bool:
    """Whether the screen says READ-ONLY once it has come to a table."""
    app = app_of(session(), settings=settings, **options)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and bool(app.screen.table.keys()))
        assert isinstance(app.screen, BrowseScreen)
        assert ("READ-ONLY" in top(app.screen)) is app.bar.read_only
        return app.bar.read_only


async def test_the_mark_of_a_context_by_its_name_its_settings_and_the_command_line(console: Console) -> None:
    assert await marked(console, context="prod-eu")
    assert not await marked(console, context="prod-eu", read_write=True)
    assert not await marked(console, context="prod-eu", settings=Settings(contexts={"prod-eu": ContextSettings(read_only=False)}))
    assert not await marked(console, context="staging")
    assert await marked(console, context="staging", read_only=True)
    assert await marked(console, context="staging", settings=Settings(read_only_contexts=("STAG*",)))


@pytest.mark.parametrize("context", ["prod-eu", "staging"])
async def test_a_header_that_is_hidden_comes_back_for_the_mark(console: Console, context: str) -> None:
    app = console(session(), context=context)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and bool(app.screen.table.keys()))
        assert isinstance(app.screen, BrowseScreen)
        await pilot.press("ctrl+e")
        await pilot.pause()
        assert ("READ-ONLY" in top(app.screen)) is (context == "prod-eu")
        assert app.screen.query_one("TopBar").display is (context == "prod-eu")


def test_keys_that_write_are_known_by_their_ids() -> None:
    every = {
        binding.id
        for listed in vars(keys).values()
        if isinstance(listed, list)
        for binding in listed
        if isinstance(binding, Binding) and binding.id
    }
    assert {"edit", "delete", "kill", "review.apply", "review.undo"} <= every
    assert {name for name in every if writes(name)} == WRITE_KEYS & every
    assert not any(writes(name) for name in ("yaml", "describe", "filter", "copy.name", "review.view", None))


def test_what_is_not_offered_read_only_is_what_writes() -> None:
    bound = [binding for binding in (*keys.CHANGES, *keys.OPERATIONS, *keys.REVIEW, *keys.HISTORY) if isinstance(binding, Binding)]
    assert {binding.action.partition("(")[0] for binding in bound if writes(binding.id)} == WRITE_ACTIONS


async def test_a_read_only_console_binds_no_key_that_writes(console: Console) -> None:
    app = console(session(), read_only=True)
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await models(pilot, app)
        bound = {active.binding.id for active in app.screen.active_bindings.values() if active.enabled}
        assert "yaml" in bound
        assert not any(writes(one) for one in bound)
        await pilot.press("e", "E", "a", "ctrl+d", "ctrl+k")
        await pilot.press("colon", *"delete", "enter")
        assert app.screen is screen
