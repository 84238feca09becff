"""`modeltui logs` against an embedded cluster: whose logs, which part, in what form, and how it exits."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Run

from modeltui.demo.cluster import EmbeddedCluster

NAMESPACE = "team-logs"
BEGIN = datetime(2026, 7, 1, 12, 0, 0, tzinfo=UTC)


class World:
    """An embedded cluster in a thread of its own, with pods whose logs are written by hand."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.cluster: EmbeddedCluster = self.call(self._start)

    async def _start(self) -> EmbeddedCluster:
        cluster = EmbeddedCluster()
        await cluster.start()
        cluster.write_kubeconfig(self.kubeconfig)
        return cluster

    def call(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Runs it in the cluster's own thread."""

        async def run() -> Any:
            found = work(*arguments)
            return await found if asyncio.iscoroutine(found) else found

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)

    def stop(self) -> None:
        self.call(self.cluster.stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def pod(self, name: str, *containers: str, labels: dict[str, str] | None = None, phase: str = "Succeeded") -> None:
        spec = {"nodeName": "n1", "restartPolicy": "Never", "containers": [{"name": one, "image": "i"} for one in containers or ("main",)]}
        pod = {"metadata": {"name": name, "namespace": NAMESPACE, "labels": labels or {}}, "spec": spec, "status": {"phase": phase}}
        self.call(lambda: self.cluster.api.create("pods", pod, manager="test", with_status=True))

    def write(self, pod: str, *texts: str, container: str = "main", second: int = 0) -> None:
        def append() -> None:
            for number, text in enumerate(texts):
                moment = BEGIN + timedelta(seconds=second + number)
                self.cluster.api.logs.append(NAMESPACE, pod, container, text, at=moment)

        self.call(append)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("logs"))
    made = {"metadata": {"name": NAMESPACE}}
    world.call(lambda: world.cluster.api.create("namespaces", made, manager="test"))
    world.pod("web-1", labels={"app": "web"})
    world.pod("web-2", labels={"app": "web"})
    world.pod("two", "a", "b")
    world.pod("quiet")
    world.write("web-1", "INFO ready", "ERROR \x1b[31mboom\x1b[0m", "password=hunter2hunter2", second=0)
    world.write("web-2", "INFO second pod", "WARNING slow", second=1)
    world.write("two", "of a", container="a")
    world.write("two", "of b", container="b", second=1)
    workload = {
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "gone", "operator": "DoesNotExist"}]},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "main", "image": "i"}]}},
        },
    }
    world.call(lambda: world.cluster.api.create("deployments.apps", workload, manager="test"))
    yield world
    world.stop()


@pytest.fixture
def logs(world: World, modeltui: Run) -> Run:
    def run(*argv: str) -> tuple[int, str, str]:
        return modeltui("logs", *argv, "--kubeconfig", str(world.kubeconfig), "--context", "admin", "-n", NAMESPACE)

    return run


def test_a_pod(logs: Run) -> None:
    wanted = "INFO ready\nERROR boom\npassword=<masked>\n"
    assert logs("pod/web-1") == (0, wanted, "")
    assert logs("web-1") == (0, wanted, "")
    assert logs("web-1", "--tail", "1") == (0, "password=<masked>\n", "")
    assert logs("web-1", "--tail", "0") == (0, "", "")
    assert logs("web-1", "--timestamps", "--tail=-1")[1].splitlines()[0] == "2026-07-01T12:00:00.000000000Z INFO ready"
    assert logs("web-1", "--since", "5m") == (0, "", "")
    assert logs("web-1", "--since-time", "2026-07-01T12:00:01Z") == (0, "ERROR boom\npassword=<masked>\n", "")
    assert logs("web-1", "--since-time", "2026-07-01T14:00:02+02:00") == (0, "password=<masked>\n", "")
    assert logs("web-1", "--grep", "error|ready")[1] == "INFO ready\nERROR boom\n"
    assert logs("quiet") == (0, "", "")


def test_several_pods_are_merged_by_time_and_named(logs: Run) -> None:
    lines = [
        "[pod/web-1/main] INFO ready",
        "[pod/web-1/main] ERROR boom",
        "[pod/web-2/main] INFO second pod",
        "[pod/web-1/main] password=<masked>",
        "[pod/web-2/main] WARNING slow",
    ]
    for target in (("-l", "app=web"), ("deploy/web",), ("deployments.apps/web",)):
        code, out, err = logs(*target)
        assert (code, err) == (0, "")
        assert sorted(out.splitlines()) == sorted(lines)
        seconds = [line.split("] ")[1] for line in out.splitlines()]
        assert seconds[0] == "INFO ready"
        assert set(seconds[1:3]) == {"ERROR boom", "INFO second pod"}, "lines of the same second"
    assert logs("-l", "app=web", "--tail", "1")[1].count("\n") == 2


def test_json(logs: Run) -> None:
    code, out, _ = logs("web-1", "-o", "json", "--grep", "boom")
    assert code == 0
    assert json.loads(out) == {
        "time": "2026-07-01T12:00:01.000000001Z",
        "namespace": NAMESPACE,
        "pod": "web-1",
        "container": "main",
        "level": "error",
        "line": "ERROR boom",
    }


def test_containers(logs: Run) -> None:
    assert sorted(logs("two")[1].splitlines()) == ["[pod/two/a] of a", "[pod/two/b] of b"]
    assert logs("two", "-c", "b") == (0, "of b\n", "")
    code, out, err = logs("two", "-c", "nope")
    assert (code, out) == (2, "")
    assert "none of the pods has a container nope: there are a, b" in err


def test_the_log_before_a_restart(world: World, logs: Run) -> None:
    code, out, err = logs("web-2", "-p")
    assert (code, out) == (1, "")
    assert 'previous terminated container "main" in pod "web-2" not found' in err
    world.pod("fallen")
    world.write("fallen", "died")
    world.call(lambda: world.cluster.api.logs.restart(NAMESPACE, "fallen", "main"))
    world.write("fallen", "lives")
    assert logs("fallen", "-p") == (0, "died\n", "")
    assert logs("fallen") == (0, "lives\n", "")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ((), "give a TARGET"),
        (("web-1", "-l", "app=web"), "contradict"),
        (("web-1", "-c", "a", "--all-containers"), "contradict"),
        (("web-1", "-f", "-p"), "contradict"),
        (("web-1", "--tail", "few"), "no number of lines"),
        (("web-1", "--since", "yesterday"), "no time such as"),
        (("web-1", "--since-time", "yesterday"), "no time of RFC 3339"),
        (("web-1", "--since-time", "2026-07-01T12:00:00"), "no time of RFC 3339"),
        (("web-1", "--since", "5m", "--since-time", "2026-07-01T12:00:00Z"), "contradict"),
        (("web-1", "--grep", "("), "no regular expression"),
        (("nothing-of-that-name",), "no deployment nothing-of-that-name"),
        (("fridge/web",), "no kind that serves models"),
    ],
)
def test_bad_input(logs: Run, argv: tuple[str, ...], said: str) -> None:
    code, out, err = logs(*argv)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_what_is_not_there(logs: Run) -> None:
    assert logs("pod/gone") == (1, "", 'modeltui: pods "gone" not found\n')
    code, out, err = logs("deploy/gone")
    assert (code, out) == (1, "")
    assert '"gone" not found' in err
    assert logs("-l", "app=none") == (0, "", f"No pods found in {NAMESPACE} namespace.\n")


def test_who_may_not(world: World, modeltui: Run) -> None:
    code, out, err = modeltui("logs", "pod/web-1", "--kubeconfig", str(world.kubeconfig), "--context", "nobody", "-n", NAMESPACE)
    assert (code, out) == (3, "")
    assert "pods/log" in err


def test_following_until_interrupted_and_until_the_reader_has_enough(world: World, tmp_path: Path) -> None:
    world.pod("live", phase="Running")
    world.write("live", "first")
    command = [
        sys.executable,
        "-m",
        "modeltui",
        "logs",
        "live",
        "-f",
        "--kubeconfig",
        str(world.kubeconfig),
        "--context",
        "admin",
        "-n",
        NAMESPACE,
    ]
    environment = {**os.environ, "MODELTUI_STATE_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "first\n"
        world.write("live", "second", second=5)
        assert process.stdout.readline() == "second\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
        assert process.returncode == 130
        assert "Traceback" not in err
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "first\n"
        process.stdout.close()
        end = time.monotonic() + 20
        number = 0
        while process.poll() is None and time.monotonic() < end:
            world.write("live", f"more {number}", second=10 + number)
            number += 1
            time.sleep(0.1)
        assert process.returncode == 0
        assert "Traceback" not in process.stderr.read()
