"""From an event sent to the API server until the cell is in the console's output, on a quiet screen.

The clock starts before the write is sent, so the API server's own work is counted against the console too.
"""

from __future__ import annotations

import sys
import tempfile
import time
from statistics import median, quantiles

from benchmarks.cluster import MODELS, Cluster, cluster
from benchmarks.pty_screen import PtyScreen

NAMESPACE = "latency"
ROWS = 20
EVENTS = 40
QUIET = 2.5
"""Seconds between events: longer than a changed cell stays marked, so that each event meets a quiet screen."""
LIMIT = 10.0


def run() -> dict[str, float]:
    with cluster("--empty") as server, tempfile.TemporaryDirectory() as home:
        _fill(server)
        command = (sys.executable, "-m", "modeltui", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE)
        with PtyScreen(command, environment={"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}) as screen:
            screen.wait(f"model-{ROWS - 1:02}")
            screen.settle(1.0)
            times = [_one(server, screen, number) for number in range(EVENTS)]
    return {"median_ms": median(times) * 1000, "p99_ms": quantiles(times, n=100)[98] * 1000}


def _fill(server: Cluster) -> None:
    server.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
    for number in range(ROWS):
        model = {
            "apiVersion": "model.samzong.dev/v1",
            "kind": "Model",
            "metadata": {"name": f"model-{number:02}"},
            "spec": {"sourceRef": "mark-0000", "versions": [{"name": "v1", "repo": "org/model"}]},
        }
        server.call("POST", MODELS.format(namespace=NAMESPACE), model)


def _one(server: Cluster, screen: PtyScreen, number: int) -> float:
    """Seconds until the source's new name, which nothing else on the screen says, was written to the terminal."""
    screen.count(QUIET)
    mark, before = f"mark-{number + 1:04}", len(screen.output)
    path = f"{MODELS.format(namespace=NAMESPACE)}/model-{number % ROWS:02}"
    started = time.perf_counter()
    server.call("PATCH", path, {"spec": {"sourceRef": mark}}, kind="application/merge-patch+json")
    while mark.encode() not in screen.output[before:]:
        screen.pump(0.5)
        if time.perf_counter() - started > LIMIT:
            raise TimeoutError(f"{mark} is not on the screen after {LIMIT} s:\n{screen.text()}")
    return time.perf_counter() - started
