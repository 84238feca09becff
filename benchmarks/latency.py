"""From an event sent to the API server until the cell is in the console's output, on a quiet screen.

The clock starts before the write is sent, so the API server's own work is counted against the console too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from statistics import median, quantiles

from benchmarks.cluster import cluster
from benchmarks.fleet import NAMESPACE, Fleet
from benchmarks.pty_screen import PtyScreen

ROWS = 20
EVENTS = 40
QUIET = 2.5
"""Seconds between events: longer than a changed cell stays marked, so that each event meets a quiet screen."""
LIMIT = 10.0


def run() -> dict[str, float]:
    with cluster("--empty") as server, tempfile.TemporaryDirectory() as home:
        fleet = Fleet(server, ROWS)
        fleet.fill()
        command = (sys.executable, "-m", "modeltui", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE)
        with PtyScreen(command, environment={"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}) as screen:
            screen.wait(fleet.name(ROWS - 1))
            screen.settle(1.0)
            times = [_one(fleet, screen, number) for number in range(1, EVENTS + 1)]
    return {"median_ms": median(times) * 1000, "p99_ms": quantiles(times, n=100)[98] * 1000}


def _one(fleet: Fleet, screen: PtyScreen, number: int) -> float:
    """Seconds until the source's new name, which nothing else on the screen says, was written to the terminal."""
    screen.count(QUIET)
    before = len(screen.output)
    started = time.perf_counter()
    source = fleet.change(number).encode()
    while source not in screen.output[before:]:
        screen.pump(0.5)
        if time.perf_counter() - started > LIMIT:
            raise TimeoutError(f"change {number} is not on the screen after {LIMIT} s:\n{screen.text()}")
    return time.perf_counter() - started
