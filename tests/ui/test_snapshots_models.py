"""Models of several systems in one table, at both sizes. After a look: pytest with --snapshot-update."""

from __future__ import annotations

from typing import Any

from driving import Console, until
from test_models_together import with_aim
from test_snapshots import settled, sizes
from textual.pilot import Pilot

from modeltui.ui.screens.merged import MergedScreen


@sizes
def test_models_unfolded(size: tuple[int, int], console: Console, snap_compare: Any) -> None:
    async def walk(pilot: Pilot[int]) -> None:
        app: Any = pilot.app
        await until(pilot, lambda: isinstance(app.screen, MergedScreen) and app.screen.table.counts.total == 6)
        await pilot.press("X")
        await until(pilot, lambda: app.screen.table.counts.total == 8)
        await settled(pilot)

    assert snap_compare(console(with_aim()), terminal_size=size, run_before=walk)
