"""`:isvc` and `:pods` have the keys of `:deployments`: what serves is operated and reached from whichever table it is in."""

from __future__ import annotations

from typing import Any

import pytest
import serving_world
from driving import said, until
from test_counted_and_filtered import app_on
from textual.pilot import Pilot
from textual.widgets import Input

from modeltui.ui.screens.actions import ActionsScreen
from modeltui.ui.screens.log import LogScreen
from modeltui.ui.screens.prompt import PromptScreen


async def on(pilot: Pilot[int], line: str, row: str) -> Any:
    app = await app_on(pilot)
    await app.navigator.run_line(line)
    await until(pilot, lambda: app.screen.crumb == line and app.screen.table.move_to(("team-a", row)))
    await until(pilot, lambda: app.screen.table.has_focus)
    return app


@pytest.mark.parametrize(
    ("line", "row", "named"),
    [("inferenceservices", "chat", "inferenceservices/chat"), ("pods", "reranker-worker-0", "pod/reranker-worker-0")],
)
async def test_it_is_prompted_by_its_key(console: Any, line: str, row: str, named: str) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, line, row)
        await pilot.press("t")
        await until(pilot, lambda: isinstance(app.screen, PromptScreen))
        assert app.screen.typed == named


@pytest.mark.parametrize(("line", "row"), [("inferenceservices", "chat"), ("pods", "reranker-worker-0")])
async def test_a_port_to_it_is_asked_for_and_both_are_among_the_actions(console: Any, line: str, row: str) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, line, row)
        await pilot.press("F")
        await until(pilot, lambda: app.screen.prompt_open)
        await pilot.press("escape", "a")
        await until(pilot, lambda: isinstance(app.screen, ActionsScreen))
        titles = {str(one.values[0]) for one in app.screen._rows}
        assert {"Prompt it", "Forward a port to it"} <= titles


async def test_it_is_scaled_by_its_key_but_only_one_at_a_time(console: Any) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, "inferenceservices", "chat")
        await pilot.press("s")
        await until(pilot, lambda: app.screen.prompt_open)
        assert app.screen.query_one(Input).value == "2", "as many as there are"
        await pilot.press("3")
        assert app.screen.query_one(Input).value == "3", "not 23: what is proposed is replaced by what is typed"
        await pilot.press("escape", "space", "down", "ctrl+@", "r")
        await until(pilot, lambda: "one row at a time" in said(app))


async def test_logs_of_several_rows_are_read_together(console: Any) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, "inferenceservices", "chat")
        await pilot.press("g", "space", "down", "ctrl+@", "l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen))
        assert app.screen.heading == "Logs of 2 deployments"


async def test_a_port_that_is_none_is_refused_however_long(console: Any) -> None:
    app = console(serving_world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await on(pilot, "inferenceservices", "chat")
        await pilot.press("F")
        await until(pilot, lambda: app.screen.prompt_open)
        app.screen.query_one(Input).value = "9" * 5_000
        await pilot.press("enter")
        await until(pilot, lambda: "is no port; give a number from 0 to 65535" in said(app))
