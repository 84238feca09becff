"""No secret of what serves models is shown or kept: as `test_no_secret_anywhere`, of every system that serves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import planting
import planting_serving
import pytest
from planting import found_in, marker, said
from serving_walk import console, through
from test_no_secret_anywhere import read_everything
from walking import Walk

from modeltui.demo.cluster import EmbeddedCluster
from modeltui.systems.registry import views
from modeltui.ui.screens.browse import BrowseScreen


@pytest.fixture
async def cluster() -> AsyncIterator[EmbeddedCluster]:
    async with EmbeddedCluster() as served:
        yield served


def test_no_table_is_left_out() -> None:
    """Of those that are not walked here the other two walks go through."""
    assert {view.name for view in views()} == {*planting_serving.ELSEWHERE, *(view.name for view in planting_serving.tables())}


@pytest.mark.usefixtures("at_once")
async def test_no_secret_of_what_serves(cluster: EmbeddedCluster, tmp_path: Path) -> None:
    planting.plant(cluster.api)
    planting_serving.plant(cluster.api, value=marker, sentence=said)
    app = console(cluster, tmp_path)
    async with app.run_test(size=(160, 48)) as pilot:
        walk = Walk(app, pilot, found_in, found_in)
        await walk.screen(BrowseScreen, lambda screen: screen.table.counts.total)
        await through(walk, "load-x")
    read_everything(walk, tmp_path)
    walk.nothing_wrong()
    walk.proves(*(f"YAML of {view.name}" for view in planting_serving.tables()), "log of a pod")
