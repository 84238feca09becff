"""Driving the console with a Pilot: waits for conditions, never for luck."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot

from modeltui.ui.console import ConsoleApp
from modeltui.ui.screens.browse import BrowseScreen

Console = Callable[..., ConsoleApp]


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
    return [name for _, name in shown]
