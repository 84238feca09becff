"""First frame against a bare Textual hello; first populated table of 10,000 objects against the end of `kubectl get`.

Each pair runs in turn, so that a slow moment of the machine meets both; the ratio is that of the medians.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.cluster import cluster
from benchmarks.pty_screen import PtyScreen

PAIRS = 7
OBJECTS = 10_000
NAMESPACE = "bulk"
ROW = re.compile(r"-\d{5} ")
"""The embedded cluster numbers its many Models so."""
LIST = ("kubectl", "get", "models.model.samzong.dev", "-n", NAMESPACE, "--context", "admin")


def run() -> dict[str, float]:
    with cluster("--empty", "--objects", str(OBJECTS)) as server, tempfile.TemporaryDirectory() as home:
        console = (sys.executable, "-m", "modeltui", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE)
        hello = (sys.executable, "-m", "benchmarks.hello_app")
        clean = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        anything = _pairs(lambda: _until(console, str.strip, clean), lambda: _until(hello, str.strip, clean))
        table = _pairs(lambda: _until(console, ROW.search, clean), lambda: _kubectl(server.kubeconfig))
    return {
        "first_frame_ratio": anything[0] / anything[1],
        "first_table_ratio": table[0] / table[1],
        "first_frame_seconds": anything[0],
        "hello_first_frame_seconds": anything[1],
        "first_table_seconds": table[0],
        "kubectl_get_seconds": table[1],
    }


def _pairs(ours: Callable[[], float], theirs: Callable[[], float]) -> tuple[float, float]:
    ours(), theirs()  # the first of each warms the file cache
    times = [(ours(), theirs()) for _ in range(PAIRS)]
    return median(time for time, _ in times), median(time for _, time in times)


def _until(command: Sequence[str], seen: Callable[[str], object], environment: dict[str, str]) -> float:
    """Seconds from the start of the process to the first screen that `seen` holds for."""
    with PtyScreen(command, environment=environment) as screen:
        screen.wait(lambda text: bool(seen(text)))
        return time.perf_counter() - screen.started


def _kubectl(kubeconfig: Path) -> float:
    """Seconds that `kubectl get` takes for the same list. Raises CalledProcessError."""
    started = time.perf_counter()
    subprocess.run(LIST, env={**os.environ, "KUBECONFIG": str(kubeconfig)}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started
