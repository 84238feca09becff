"""Driving the console with a Pilot: waits for conditions, never for luck."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen
from modeltui.ui.widgets.line_view import LineView

Console = Callable[..., ConsoleApp]

ALL = ["llama-3-8b", "mistral-7b", "phi-3-mini", "qwen-2-7b"]
"""The models of team-a in `world`, by name."""
_KEYS = {"/": "slash", ":": "colon", " ": "space", "-": "minus"}


async def until(pilot: Pilot[int], true: Callable[[], object], what: str = "") -> None:
    """Waits for a condition, five seconds at most."""
    for _ in range(250):
        if true():
            return
        await pilot.pause(0.02)
    raise AssertionError(what or f"never came true: {true}")


def table(app: ConsoleApp) -> BrowseScreen:
    assert isinstance(app.screen, BrowseScreen), app.screen
    return app.screen


async def models(pilot: Pilot[int], app: ConsoleApp, count: int = 4) -> BrowseScreen:
    await until(pilot, lambda: isinstance(app.screen, BrowseScreen) and app.screen.table.counts.total == count)
    return table(app)


def names(screen: BrowseScreen) -> list[str]:
    """What the table shows, in order."""
    shown = screen.table.keys()
    return [key[1] for key in shown]


def page(view: LineView) -> str:
    """All of its text, also what is scrolled away."""
    return "\n".join(text_of(one) for one in view.lines)


def said(app: ConsoleApp) -> str:
    """The last message."""
    return app.messages[-1][1].text if app.messages else ""


async def typed(pilot: Pilot[int], text: str) -> None:
    await pilot.press(*(_KEYS.get(char, char) for char in text))
