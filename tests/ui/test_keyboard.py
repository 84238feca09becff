"""Keys that arrive in one packet, and which context is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import world
from driving import Console, models, names, until
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.events import Key

from modeltui.options import ConsoleOptions
from modeltui.remembered import Remembered
from modeltui.settings import Settings
from modeltui.ui.console import ConsoleApp
from modeltui.ui.monochrome import NoColour
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.screens.model_detail import ModelDetail
from modeltui.ui.screens.yaml_view import YamlScreen

NAMED = {":": "colon", "/": "slash", "\r": "enter", "\x1b": "escape", " ": "space", "-": "minus"}


def at_once(app: ConsoleApp, text: str) -> None:
    """All keys before the first of them is read."""
    for char in text:
        app.post_message(Key(NAMED.get(char, char), char))


@pytest.mark.parametrize("text", [":models team-b /gem\r", ":sources\r:models team-b\r/gem\r", "y\x1b:models team-b /gem\r"])
async def test_keys_of_one_packet(console: Console, text: str) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        at_once(app, text)
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.place.filter == "gem")
        assert names(await models(pilot, app, 1)) == ["gemma-2b"]
        assert len(app.screen_stack) == 2


async def test_what_is_opened_takes_the_next_key(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        at_once(app, "y")
        at_once(app, "m\x1b\x1b")
        await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and not isinstance(app.screen, YamlScreen))
        at_once(app, ":q\r")
        await until(pilot, lambda: app._exit)
    assert app.return_value == 0


async def test_a_remembered_context_never_wins_over_the_kubeconfigs(tmp_path: Path) -> None:
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(
        "apiVersion: v1\nkind: Config\ncurrent-context: staging\nclusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        "users: [{name: u, user: {token: t}}]\n"
        "contexts: [{name: staging, context: {cluster: c, user: u}}, {name: prod, context: {cluster: c, user: u}}]\n"
    )
    app = ConsoleApp(ConsoleOptions(kubeconfig=str(kubeconfig)), settings=Settings(), memory=Remembered(context="prod"))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.cluster is not None)
        assert app.bar.context == "staging"


def test_without_colour_the_shape_of_the_screen_stays() -> None:
    plain = NoColour(page="#10131a", raised=frozenset({"#1d2330"}))
    given = [
        Segment("bar", Style.parse("bold #ffffff on #1d2330")),
        Segment("row", Style.parse("#ff0000 on #10131a")),
        Segment("cursor", Style.parse("#10131a on #6cb6ff")),
        Segment("control", None),
    ]
    bar, row, cursor, bare = plain.apply(given, Color.parse("#10131a"))
    assert (bar.style.bold, bar.style.reverse) == (True, True)
    assert not row.style.reverse
    assert cursor.style.reverse
    assert bare.style is None
    assert all(one.style is None or (one.style.color, one.style.bgcolor) == (None, None) for one in (bar, row, cursor))


async def test_the_row_that_a_filter_leaves_is_opened(console: Console) -> None:
    app = console(world.session())
    async with app.run_test(size=(120, 40)) as pilot:
        await models(pilot, app)
        at_once(app, "/llama\r\r")
        await until(pilot, lambda: isinstance(app.screen, ModelDetail), f"{app.focused} {app.screen.crumb}")
        assert ("enter", "send") not in app.screen.hints()
