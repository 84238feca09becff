"""Whatever stands in what serves models is text: as `test_hostile_text`, of every system that serves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import hostile
import planting_serving
import pytest
from serving_walk import console, through
from test_hostile_text import Hostile

from modeltui.demo.cluster import EmbeddedCluster
from modeltui.ui.screens.browse import BrowseScreen


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        yield served


@pytest.mark.usefixtures("at_once")
async def test_whatever_serves_is_text(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    hostile.fill(cluster.api)
    everywhere: Callable[[str], str] = lambda place: hostile.HOSTILE  # noqa: E731
    planting_serving.plant(cluster.api, value=everywhere, sentence=everywhere)
    app = console(cluster, tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        walk = Hostile(app, pilot, hostile.harm, lambda written: set())
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        await through(walk, "load-x")
    walk.nothing_wrong()
