"""What the collector is spared (the modules), and what it is not: consoles and clusters that somebody has left."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest
import world
from driving import Console, models

from modeltui.ui.console import ConsoleApp


@pytest.fixture
def _as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


async def shown(console: Console) -> weakref.ref[ConsoleApp]:
    """A console that has shown its rows and was left."""
    app = console(world.session())
    async with app.run_test(size=(80, 24)) as pilot:
        await models(pilot, app)
    return weakref.ref(app)


@pytest.mark.usefixtures("_as_before")
async def test_what_was_imported_with_the_collector_off_is_set_aside(console: Console) -> None:
    gc.unfreeze()
    gc.disable()
    await shown(console)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


@pytest.mark.usefixtures("_as_before")
def test_the_way_to_another_cluster_sets_nothing_aside(console: Console) -> None:
    """What a first cluster left behind would be kept for ever."""
    gc.unfreeze()
    left = asyncio.run(shown(console))  # the threads of a loop keep the standard error that they began with, which is the app's
    assert gc.get_freeze_count() == 0
    gc.collect()
    assert left() is None
