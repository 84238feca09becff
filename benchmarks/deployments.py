"""500 deployments of four systems and their 5,000 pods in one table: first rows, a changed pod, bytes on the wire.

The console runs whole, in a real terminal of 160x45, on an embedded cluster in a process of its own. What a changed pod costs is measured
without either: objects go straight into the stores that the table is made of.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from benchmarks import serving_cluster
from benchmarks.cluster import Cluster, cluster
from benchmarks.logs import cpu_seconds
from benchmarks.pty_screen import PtyScreen
from benchmarks.serving_cluster import DEPLOYMENTS, KINDS, NAMESPACE, PODS, PODS_OF_ONE
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store
from modeltui.systems import registry
from modeltui.systems.core.types import PODS as POD_RESOURCE
from modeltui.systems.core.types import Pod
from modeltui.systems.merged import LiveMerged

RUNS = 5
IDLE_SECONDS = STORM_SECONDS = 10.0
EVENTS = 15
FADED = 2.5
"""Seconds after which a changed cell has certainly been drawn normally again."""
LATEST = 10.0
VISIBLE = 30
"""Deployments that are certainly on the screen."""
WHOLE = re.compile(rf"\b{DEPLOYMENTS}\b")


def run() -> dict[str, float]:
    return {**changed_pods(), **_console()}


# ---- the console, whole ---------------------------------------------------------------------------------------------


def _console() -> dict[str, float]:
    with cluster(program="benchmarks.serving_cluster") as server, tempfile.TemporaryDirectory() as home:
        command = (
            sys.executable,
            "-m",
            "modeltui",
            "deployments",
            "--kubeconfig",
            str(server.kubeconfig),
            "--context",
            "admin",
            "-n",
            NAMESPACE,
        )
        clean = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        first, whole, theirs = _starts(command, clean, server.kubeconfig)
        with PtyScreen(command, environment=clean) as screen:
            screen.wait(_all_there)
            screen.settle(FADED)  # GPUs held come with the pods, drawn as changed
            start, memory = len(screen.output), _resident(screen)
            idle = min(screen.count(IDLE_SECONDS) for _ in range(2))  # ages change once a minute, in one of the two
            _fails(server, 1, failed=True)
            changed = screen.count(FADED)
            _fails(server, 1, failed=False)
            screen.count(FADED)
            times = [_latency(server, screen, number) for number in range(EVENTS)]
            with _storm(server, per_second=40):
                screen.count(1.0)
                cpu = cpu_seconds(screen)
                stormed = screen.count(STORM_SECONDS)
                cpu = cpu_seconds(screen) - cpu
    return {
        "first_rows_seconds": first,
        "whole_table_seconds": whole,
        "kubectl_get_seconds": theirs,
        "whole_table_ratio": whole / theirs,
        "start_bytes": start,
        "memory_mb": memory,
        "idle_bytes_10s": idle * 10 / IDLE_SECONDS,
        "changed_cell_bytes": changed,
        "event_median_ms": median(times) * 1000,
        "event_worst_ms": max(times) * 1000,
        "bytes_per_second_at_40_updates": stormed / STORM_SECONDS,
        "cpu_percent_at_40_updates": 100 * cpu / STORM_SECONDS,
    }


def _all_there(screen: str) -> bool:
    return serving_cluster.name(0) in screen and WHOLE.search(screen) is not None and "10/10" in screen


def _starts(command: Sequence[str], clean: dict[str, str], kubeconfig: Path) -> tuple[float, float, float]:
    """Medians, taken in turn: the first row, all of them with what their pods hold, and `kubectl get` of the same lists."""
    times: list[tuple[float, float, float]] = []
    for _ in range(RUNS + 1):
        with PtyScreen(command, environment=clean) as screen:
            screen.wait(serving_cluster.name(0))
            first = time.perf_counter() - screen.started
            screen.wait(_all_there)
            whole = time.perf_counter() - screen.started
        times.append((first, whole, _kubectl(kubeconfig)))
    first_, whole_, theirs = zip(*times[1:], strict=True)  # the first of each warms the file cache
    return median(first_), median(whole_), median(theirs)


def _kubectl(kubeconfig: Path) -> float:
    """Seconds for the same lists, one after another. Raises CalledProcessError."""
    kinds = ",".join([*(kind for kind, _, _ in KINDS), "pods"])
    started = time.perf_counter()
    command = ["kubectl", "get", kinds, "-n", NAMESPACE, "--context", "admin"]
    subprocess.run(command, env={**os.environ, "KUBECONFIG": str(kubeconfig)}, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def _resident(screen: PtyScreen) -> float:
    """Megabytes."""
    pages = int(Path(f"/proc/{screen.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _fails(server: Cluster, number: int, *, failed: bool, place: int = 0) -> None:
    """A pod fails, and gives its GPU back; or runs again. One cell of one row says so."""
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{serving_cluster.pod_name(number, place)}/status"
    server.call("PATCH", path, {"status": {"phase": "Failed" if failed else "Running"}}, kind="application/merge-patch+json")


def _latency(server: Cluster, screen: PtyScreen, number: int) -> float:
    """Seconds until the cell is in the output, on a quiet screen; the write itself is counted."""
    failed = number % 2 == 0
    wanted = f"{PODS_OF_ONE - failed}/{PODS_OF_ONE}".encode()
    before, started = len(screen.output), time.perf_counter()
    _fails(server, 4 + number // 2, failed=failed)
    while not _written(screen.output[before:], wanted):
        screen.pump(0.5)
        if time.perf_counter() - started > LATEST:
            raise TimeoutError(f"change {number} is not on the screen after {LATEST} s:\n{screen.text()}")
    took = time.perf_counter() - started
    screen.count(FADED)
    return took


def _written(output: bytearray, wanted: bytes) -> bool:
    """Whether the cell was written, all of it or the digits that differ."""
    return wanted in output or wanted.partition(b"/")[0] in re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b" ", output)


@contextmanager
def _storm(server: Cluster, *, per_second: float) -> Iterator[None]:
    """Pods of rows on the screen that fail and run again, at that rate, from a thread of its own, until left."""
    over, dice = threading.Event(), random.Random(1)

    def storm() -> None:
        begun, number = time.monotonic(), 0
        while not over.wait(max(begun + number / per_second - time.monotonic(), 0)):
            number += 1
            _fails(server, dice.randrange(VISIBLE), failed=dice.random() < 0.5, place=dice.randrange(PODS_OF_ONE))

    thread = threading.Thread(target=storm)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


# ---- what a changed pod costs ---------------------------------------------------------------------------------------


class _Scopes:
    """Stands for a session: what a reflector fills, filled by hand."""

    def __init__(self) -> None:
        self.scopes: dict[Resource, Scope[Any]] = {}

    def scope(self, resource: Resource) -> Scope[Any]:
        begun = SyncState(Sync.SYNCING, datetime.now(UTC))
        return self.scopes.setdefault(resource, Scope(NAMESPACE if resource.namespaced else "", state=begun))

    def watch(self, resource: Resource, kind: Any, namespaces: Sequence[str] = (), selector: str = "") -> Store[Any]:
        return Store(resource, kind, [self.scope(resource)])

    def release(self, store: Store[Any]) -> None:
        """Nothing to give back."""


def changed_pods() -> dict[str, float]:
    """The rows of all, made for the first time, and anew for changed pods: seconds of the table's own work."""
    scopes, merged = _Scopes(), registry.deployments()
    live = LiveMerged(scopes, merged, (NAMESPACE,))
    live.start()
    by_kind = {view.resource.group_resource: view for view in merged.parts}
    for number in range(DEPLOYMENTS):
        kind, made = serving_cluster.deployment(number)
        view = by_kind[kind]
        scopes.scope(view.resource).upsert(msgspec.convert(made, view.type))
    for number in range(PODS):
        scopes.scope(POD_RESOURCE).upsert(_pod(number, 0))
    for scope in scopes.scopes.values():
        scope.state(SyncState(Sync.LIVE, datetime.now(UTC)))
    filled, longest, rows = _taken(live)
    assert rows == DEPLOYMENTS, rows
    one = median(_changes(scopes, live, [number * 37 % PODS], restarts=number + 1) for number in range(200))
    dice = random.Random(1)
    storm = [_changes(scopes, live, [dice.randrange(PODS) for _ in range(100)], restarts=1000 + tick) for tick in range(50)]
    return {
        "deployments": DEPLOYMENTS,
        "pods": PODS,
        "rows_made_seconds": filled,
        "longest_batch_ms": longest * 1000,
        "changed_pod_ms": one * 1000,
        "cpu_percent_at_1000_changed_pods": 100 * sum(storm) / len(storm) / (100 / 1000),
    }


def _pod(number: int, restarts: int) -> Pod:
    made = serving_cluster.pod(number % DEPLOYMENTS, number // DEPLOYMENTS)
    made["metadata"]["resourceVersion"] = f"{number}-{restarts}"
    made["status"]["containerStatuses"][0]["restartCount"] = restarts
    return msgspec.convert(made, Pod)


def _taken(live: LiveMerged) -> tuple[float, float, int]:
    """Seconds in all, the longest of one batch, and how many rows there are."""
    total = longest = 0.0
    while True:
        took = _timed(live.take)
        total, longest = total + took, max(longest, took)
        if not live._due:
            return total, longest, len(live.rows())


def _changes(scopes: _Scopes, live: LiveMerged, pods: Sequence[int], *, restarts: int) -> float:
    changed = [_pod(number, restarts) for number in pods]
    for one in changed:
        scopes.scope(POD_RESOURCE).upsert(one)
    return _timed(lambda: live.take(limit=None))


def _timed(work: Callable[[], object]) -> float:
    """Seconds of processor: others on the machine do not count."""
    started = time.process_time()
    work()
    return time.process_time() - started
