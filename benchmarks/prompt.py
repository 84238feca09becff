"""An answer of 10,000 tokens that streams into the console at 120x40, 200 a second: bytes on the wire, keys, CPU.

The pace is that of a fast engine for one user. A key counts from when it is sent until its letter is on the screen.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from statistics import median

from benchmarks.cluster import Cluster, cluster
from benchmarks.logs import cpu_seconds
from benchmarks.long_answers import TOKENS
from benchmarks.pty_screen import PtyScreen

NAMESPACE, POD = "default", "llm-0"
COLUMNS, LINES = 120, 40
PACE = 4
"""Times the 50 tokens a second of the embedded cluster's models."""
KEY_EVERY = 5.0
LATEST = 10.0
LIMIT = 300.0
_ENDED = re.compile(rf"{TOKENS:,} tokens")


def run() -> dict[str, float]:
    return {**_measured(""), **{f"thin_{key}": value for key, value in _measured("--low-bandwidth").items()}}


def _measured(option: str) -> dict[str, float]:
    arguments = ("--empty", "--pace", str(PACE))
    with cluster(*arguments, program="benchmarks.long_answers") as server, tempfile.TemporaryDirectory() as home:
        _make_pod(server)
        command = [sys.executable, "-m", "modeltui", "pods", "--kubeconfig", str(server.kubeconfig), "--context", "admin", "-n", NAMESPACE]
        environment = {"XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        with PtyScreen([*command, *filter(None, [option])], columns=COLUMNS, lines=LINES, environment=environment) as screen:
            screen.wait(POD)
            screen.settle(1.0)
            screen.send(b"\r")
            screen.wait("running, ready")
            screen.settle(1.0)
            screen.send(b"P")
            screen.wait("Model llm")
            screen.settle(1.0)
            screen.send(b"hello\r")
            screen.wait("tokens")
            return _stream(screen)


def _make_pod(server: Cluster) -> None:
    conditions = [{"type": each, "status": "True"} for each in ("PodScheduled", "Initialized", "ContainersReady", "Ready")]
    command = ["vllm", "serve", "org/llm", "--served-model-name", "llm", "--max-model-len", "32768"]
    container = {"name": "main", "image": "vllm/vllm-openai:v0.11.0", "command": command, "ports": [{"containerPort": 8000}]}
    running = {"name": "main", "ready": True, "restartCount": 0, "image": container["image"], "imageID": "", "state": {"running": {}}}
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": POD, "labels": {"app": "llm"}},
        "spec": {"nodeName": "node-1", "containers": [container]},
    }
    path = f"/api/v1/namespaces/{NAMESPACE}/pods"
    server.call("POST", path, pod)
    status = {"phase": "Running", "podIP": "10.42.0.7", "conditions": conditions, "containerStatuses": [running]}
    server.call("PATCH", f"{path}/{POD}/status", {"status": status}, kind="application/merge-patch+json")


def _stream(screen: PtyScreen) -> dict[str, float]:
    """Until the answer is there; the letters typed meanwhile go into the next question."""
    began, before, cpu = time.monotonic(), len(screen.output), cpu_seconds(screen)
    keys: list[float] = []
    worst = 0
    while not _ENDED.search(screen.text()):
        worst = max(worst, screen.count(1.0))
        if time.monotonic() - began > (len(keys) + 1) * KEY_EVERY:
            keys.append(_key(screen, len(keys)))
        if time.monotonic() - began > LIMIT:
            raise TimeoutError(f"the answer has not ended after {LIMIT} s:\n{screen.text()}")
    took = time.monotonic() - began
    return {
        "seconds": took,
        "bytes": len(screen.output) - before,
        "bytes_per_second": (len(screen.output) - before) / took,
        "worst_second_bytes": worst,
        "key_median_ms": median(keys) * 1000,
        "key_worst_ms": max(keys) * 1000,
        "cpu_percent": 100 * (cpu_seconds(screen) - cpu) / took,
    }


def _key(screen: PtyScreen, number: int) -> float:
    """Seconds until a letter that is typed stands in the question, which no word of the answer begins with."""
    typed = "qzxj"[number % 4] * (number // 4 + 1)
    started = time.perf_counter()
    screen.send(b"\x15" + typed.encode())
    while not re.search(rf"^\s*{typed}\s*$", screen.text(), re.MULTILINE):
        screen.pump(0.2)
        if time.perf_counter() - started > LATEST:
            raise TimeoutError(f"{typed!r} is not on the screen after {LATEST} s:\n{screen.text()}")
    return time.perf_counter() - started
