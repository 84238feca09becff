"""Bytes that the console writes to a real terminal at 160x45: at start, idle, for one changed cell, and in a storm.

The changed cell is counted until the terminal is quiet again: the cell drawn as changed, and drawn normally afterwards.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.pty_screen import PtyScreen

IDLE_SECONDS = 10.0
STORM_SECONDS = 10.0
FADED = 2.5
"""Seconds after which a changed cell has certainly been drawn normally again."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A console to be measured, and how to make things happen in it."""

    command: Sequence[str]
    ready: str
    """Text that is on the screen once the rows are."""
    change_one: Callable[[PtyScreen], None]
    start_storm: Callable[[PtyScreen], None]
    """40 changes a second to rows on the screen."""


TABLE = Scenario(
    command=(sys.executable, "-m", "benchmarks.table_app"),
    ready="llama-3-20-instruct",
    change_one=lambda screen: screen.send(b"1"),
    start_storm=lambda screen: screen.send(b"4"),
)


def run(scenario: Scenario = TABLE, *, idle: float = IDLE_SECONDS, storm: float = STORM_SECONDS) -> dict[str, float]:
    with PtyScreen(scenario.command) as screen:
        screen.wait(scenario.ready)
        screen.settle(1.0)
        start = len(screen.output)
        idle_bytes = screen.count(idle)
        scenario.change_one(screen)
        changed = screen.count(FADED)
        scenario.start_storm(screen)
        screen.count(1.0)
        stormed = screen.count(storm)
    return {
        "idle_bytes_10s": idle_bytes * 10 / idle,
        "changed_cell_bytes": changed,
        "bytes_per_second_at_40_updates": stormed / storm,
        "start_bytes": start,
    }
