"""That the connection is lost is said on every screen, also where nothing is watched."""

from __future__ import annotations

from typing import Any

import pytest
import serving_world
from driving import until
from fake import NOW
from test_snapshots import settled

from modeltui.kube.state import Sync, SyncState


@pytest.mark.parametrize("table", ["deployments", "models", "sources"])
async def test_screens_that_watch_nothing_say_that_the_connection_is_lost_and_back(console: Any, table: str) -> None:
    session = serving_world.session()
    app = console(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.cluster is not None and len(app.screen_stack) > 1)
        await settled(pilot)
        await app.navigator.run_line(table)
        await until(pilot, lambda: app.screen.crumb == table and app.screen.live.states)
        await app.navigator.run_line("messages")
        await until(pilot, lambda: app.screen.crumb != table)
        session.become("team-a", SyncState(Sync.STALE, NOW, "connection refused", data_from=NOW))
        await until(pilot, lambda: app.screen.bar().connection[1].startswith("disconnected"))
        session.become("team-a", SyncState(Sync.LIVE, NOW))
        await until(pilot, lambda: app.screen.bar().connection[1] == "connected")
