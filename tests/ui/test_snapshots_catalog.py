"""The catalog at 80x24 and 120x40: the table, with a mistake of one's own above it, and one entry."""

from __future__ import annotations

from typing import Any

import pytest
from driving import Console, until
from test_catalog_screen import opened
from test_snapshots import settled
from textual.pilot import Pilot
from world import session

from modeltui.ui.screens.catalog import CatalogScreen
from modeltui.ui.screens.text import TextScreen

sizes = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def _table(pilot: Pilot[int]) -> None:
    await opened(pilot)
    await settled(pilot)


async def _entry(pilot: Pilot[int]) -> None:
    app: Any = pilot.app
    screen: CatalogScreen = await opened(pilot)
    assert screen.catalogs.problems == ()
    screen.table.move_to(("", "meta-llama/Llama-3.2-3B-Instruct"))
    await pilot.press("d")
    await until(pilot, lambda: isinstance(app.screen, TextScreen))
    await settled(pilot)


@sizes
def test_catalog(snap_compare: Any, console: Console, size: tuple[int, int]) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=_table)


@sizes
def test_catalog_entry(snap_compare: Any, console: Console, size: tuple[int, int]) -> None:
    assert snap_compare(console(session()), terminal_size=size, run_before=_entry)
