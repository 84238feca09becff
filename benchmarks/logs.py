"""A container that writes 2,000 lines a second for a minute, followed at 120x40: bytes on the wire, keys, CPU.

Every line differs from the one before in most of its columns, so that each frame is a screenful. A key counts from when it is sent until
what it changes is on the screen.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.cluster import Cluster, cluster
from benchmarks.pty_screen import PtyScreen

NAMESPACE, POD, CONTAINER = "default", "chatty-0", "server"
PER_SECOND = 2_000
SECONDS = 60.0
WIDTH = 118
"""Characters of a line: a full row."""
KEY_EVERY = 2.0
COLUMNS, LINES = 120, 40
LATEST = 10.0


def run(*, per_second: int = PER_SECOND, seconds: float = SECONDS) -> dict[str, float]:
    return {
        **_measured("", per_second=per_second, seconds=seconds),
        **{f"thin_{key}": value for key, value in _measured("--low-bandwidth", per_second=per_second, seconds=min(seconds, 15.0)).items()},
    }


def _measured(option: str, *, per_second: int, seconds: float) -> dict[str, float]:
    with cluster("--empty") as server, tempfile.TemporaryDirectory() as home:
        _make_pod(server)
        command = [sys.executable, "-m", "modeltui", "pods", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE]
        environment = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        with PtyScreen([*command, *filter(None, [option])], columns=COLUMNS, lines=LINES, environment=environment) as screen:
            screen.wait(POD)
            screen.settle(1.0)
            screen.send(b"l")
            screen.wait("following")
            screen.settle(1.0)
            _produce(server, per_second=per_second, seconds=seconds + 5)
            screen.wait("Added request")
            screen.count(1.0)
            return _storm(screen, seconds)


def _make_pod(server: Cluster) -> None:
    container = {"name": CONTAINER, "image": "example.com/server:1"}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": POD}, "spec": {"nodeName": "node-1", "containers": [container]}}
    server.call("POST", f"/api/v1/namespaces/{NAMESPACE}/pods", pod)


def _produce(server: Cluster, *, per_second: int, seconds: float) -> None:
    wanted = {"namespace": NAMESPACE, "pod": POD, "container": CONTAINER, "perSecond": per_second, "seconds": seconds, "width": WIDTH}
    server.call("POST", "/-/logs", wanted)


def _storm(screen: PtyScreen, seconds: float) -> dict[str, float]:
    """Bytes and CPU of so many seconds, with a key every two of them."""
    began, before, cpu = time.monotonic(), len(screen.output), cpu_seconds(screen)
    keys: list[float] = []
    worst = 0
    while time.monotonic() - began < seconds:
        worst = max(worst, screen.count(1.0))
        screen.count(KEY_EVERY - 1.0)
        keys += [_key(screen, b"s", b"paused"), _key(screen, b"s", b"following")]
    took = time.monotonic() - began
    return {
        "bytes_per_second": (len(screen.output) - before) / took,
        "worst_second_bytes": worst,
        "key_median_ms": median(keys) * 1000,
        "key_worst_ms": max(keys) * 1000,
        "cpu_percent": 100 * (cpu_seconds(screen) - cpu) / took,
    }


def _key(screen: PtyScreen, key: bytes, shown: bytes) -> float:
    """Seconds until what `s` changes, pausing or following, is seen in the top bar."""
    before, started = len(screen.output), time.perf_counter()
    screen.send(key)
    while shown not in screen.output[before:]:
        screen.pump(0.2)
        if time.perf_counter() - started > LATEST:
            raise TimeoutError(f"{shown.decode()!r} is not on the screen after {LATEST} s:\n{screen.text()}")
    return time.perf_counter() - started


def cpu_seconds(screen: PtyScreen) -> float:
    """Seconds of processor that the console has used."""
    fields = Path(f"/proc/{screen.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
