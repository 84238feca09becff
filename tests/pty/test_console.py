"""The console in a real pseudo-terminal, on the embedded cluster: what a person at a keyboard sees, and what is left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.cluster import MODELS, Cluster, of_kubeconfig
from benchmarks.pty_screen import PtyScreen

NAMESPACE = "pty"
LIMIT = 60.0
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;[0-9;]*)?m")
"""A sequence that sets some colour."""


class Served:
    """`modeltui demo --serve` in a process that can be killed and started again on its port."""

    def __init__(self, folder: Path) -> None:
        self.kubeconfig = folder / "kubeconfig"
        self._log = folder / "log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Cluster:
        self.kubeconfig.unlink(missing_ok=True)
        command = [sys.executable, "-m", "modeltui", "demo", "--serve", "--empty", "--port", str(self._port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([*command, "--write-kubeconfig", str(self.kubeconfig)], stdout=log, stderr=log)
        end = time.monotonic() + LIMIT
        while not self.kubeconfig.exists():
            assert self._process.poll() is None, self._log.read_text()
            assert time.monotonic() < end, "the embedded cluster did not get ready"
            time.sleep(0.05)
        cluster = of_kubeconfig(self.kubeconfig)
        cluster.call("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        return cluster

    def stop(self) -> None:
        """It is there and does not move; `kill` ends it all the same."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path)
    yield server
    server.kill()


def add_model(cluster: Cluster, name: str, *, source: str) -> None:
    versions = [{"name": "v1", "repo": "org/model"}]
    model = {
        "apiVersion": "model.samzong.dev/v1",
        "kind": "Model",
        "metadata": {"name": name},
        "spec": {"sourceRef": source, "versions": versions},
    }
    cluster.call("POST", MODELS.format(namespace=NAMESPACE), model)


def console(served: Served, tmp_path: Path, *arguments: str, columns: int = 120, lines: int = 40, **environment: str) -> PtyScreen:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [sys.executable, "-m", "modeltui", "--kubeconfig", str(served.kubeconfig), *arguments]
    return PtyScreen(command, columns=columns, lines=lines, environment=home | environment)


def ends(screen: PtyScreen) -> int:
    """The exit code, once the program has ended; its output is read to the end."""
    end = time.monotonic() + LIMIT
    while screen.process.poll() is None:
        assert time.monotonic() < end, "the console does not quit"
        screen.pump(0.05)
    while screen.pump(0.1):
        pass
    return screen.process.returncode


def test_a_changed_row_is_seen_and_the_terminal_is_given_back(served: Served, tmp_path: Path) -> None:
    cluster = served.start()
    add_model(cluster, "tiny-llama", source="before")
    with console(served, tmp_path, "-n", NAMESPACE) as screen:
        settings = screen.settings()
        screen.wait("tiny-llama")
        screen.wait("before")
        path = f"{MODELS.format(namespace=NAMESPACE)}/tiny-llama"
        cluster.call("PATCH", path, {"spec": {"sourceRef": "afterwards"}}, kind="application/merge-patch+json")
        shown = screen.wait("afterwards")
        assert "before" not in shown
        screen.send(b":q\r")
        assert ends(screen) == 0
        output = bytes(screen.output)
        assert screen.settings() == settings
    for given, taken in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l")):
        assert output.rfind(taken) > output.rfind(given) >= 0


def test_rows_outlive_the_server_and_it_comes_back_by_itself(served: Served, tmp_path: Path) -> None:
    cluster = served.start()
    add_model(cluster, "survivor", source="first-life")
    with console(served, tmp_path, "-n", NAMESPACE) as screen:
        screen.wait("first-life")
        served.kill()
        screen.wait(lambda text: "disconnected" in text and "survivor" in text and "first-life" in text)
        add_model(served.start(), "reborn", source="second-life")
        shown = screen.wait(lambda text: "second-life" in text and "disconnected" not in text, timeout=LIMIT)
        assert "survivor" not in shown
        screen.send(b":q\r")
        assert ends(screen) == 0


def test_ctrl_c_twice_quits_and_restores(served: Served, tmp_path: Path) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE, columns=80, lines=24) as screen:
        settings = screen.settings()
        screen.wait("No models")
        screen.send(b"\x03\x03")
        ends(screen)
        assert screen.settings() == settings
        assert b"\x1b[?1049l" in screen.output


def test_sigterm_gives_the_terminal_back(served: Served, tmp_path: Path) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE) as screen:
        settings = screen.settings()
        screen.wait("No models")
        os.kill(screen.process.pid, signal.SIGTERM)
        ends(screen)
        assert screen.settings() == settings
        assert b"\x1b[?1049l" in screen.output


def test_a_small_terminal_gets_a_sentence_and_no_colour_is_no_colour(served: Served, tmp_path: Path) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE, columns=40, lines=10) as screen:
        assert "too small" in screen.wait("too small")
    with console(served, tmp_path, "-n", NAMESPACE, NO_COLOR="1") as screen:
        screen.wait("No models")
        assert not COLOUR.search(screen.output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_an_orderly_end(served: Served, tmp_path: Path, number: signal.Signals) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE) as screen:
        settings = screen.settings()
        screen.wait("No models")
        os.kill(screen.process.pid, number)
        assert ends(screen) == 128 + number
        assert screen.settings() == settings
        assert b"Traceback" not in screen.output
        assert b"\x1b[?1049l" in screen.output


def test_keys_of_one_packet_do_what_they_do_when_typed_slowly(served: Served, tmp_path: Path) -> None:
    cluster = served.start()
    for name in ("tiny-llama", "big-qwen"):
        add_model(cluster, name, source="hub")
    with console(served, tmp_path, "-n", NAMESPACE) as screen:
        screen.wait("tiny-llama")
        screen.send(b"/llama\r")
        screen.wait(lambda text: "tiny-llama" in text and "big-qwen" not in text)
        screen.send(b":models\r/llama\r\r")  # the prompt goes while its last key is still on its way
        screen.wait("Model tiny-llama", timeout=1.5)
        screen.send(b":sources\r/hug\r")
        screen.wait(lambda text: "ModelSources" in text or "Sources 0" in text)
        screen.wait("hug")
        screen.send(f":models {NAMESPACE} /qwen\r".encode())
        screen.wait(lambda text: "big-qwen" in text and "tiny-llama" not in text)
        screen.send(b"y")
        screen.wait("sourceRef: hub")
        screen.send(b":models\r?")
        screen.wait("Help: Models")
        screen.send(b":q\r")
        assert ends(screen) == 0
