"""Bytes that the console writes to a real terminal at 160x45: at start, idle, for one changed cell, and in a storm.

The changed cell is counted until the terminal is quiet again: the cell drawn as changed, and drawn normally afterwards.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field

from benchmarks.cluster import cluster
from benchmarks.fleet import NAMESPACE, Fleet
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
    change_one: Callable[[PtyScreen], object]
    storm: Callable[[PtyScreen], AbstractContextManager[None]]
    """40 changes a second to rows on the screen, until left."""
    environment: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def _table_storm(screen: PtyScreen) -> Iterator[None]:
    screen.send(b"4")
    yield


TABLE = Scenario(  # the table alone, for tests of its byte budget
    command=(sys.executable, "-m", "benchmarks.table_app"),
    ready="llama-3-20-instruct",
    change_one=lambda screen: screen.send(b"1"),
    storm=_table_storm,
)


ROWS = 30
"""All of them on the screen."""


def run() -> dict[str, float]:
    """The whole console, on an embedded cluster whose objects change only when told to."""
    with cluster("--empty") as server, tempfile.TemporaryDirectory() as home:
        fleet = Fleet(server, ROWS)
        fleet.fill()
        scenario = Scenario(
            command=(sys.executable, "-m", "modeltui", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE),
            ready=fleet.name(ROWS - 1),
            change_one=lambda _: fleet.change(1),
            storm=lambda _: fleet.storm(per_second=40),
            environment={"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home},
        )
        return measure(scenario)


def measure(scenario: Scenario, *, idle: float = IDLE_SECONDS, storm: float = STORM_SECONDS) -> dict[str, float]:
    with PtyScreen(scenario.command, environment=scenario.environment) as screen:
        screen.wait(scenario.ready)
        screen.settle(1.0)
        start = len(screen.output)
        idle_bytes = screen.count(idle)
        scenario.change_one(screen)
        changed = screen.count(FADED)
        with scenario.storm(screen):
            screen.count(1.0)
            stormed = screen.count(storm)
    return {
        "idle_bytes_10s": idle_bytes * 10 / idle,
        "changed_cell_bytes": changed,
        "bytes_per_second_at_40_updates": stormed / storm,
        "start_bytes": start,
    }
