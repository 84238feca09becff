"""The end before there is a connection: nothing that hangs holds it up, and the terminal is as it was."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from benchmarks.pty_screen import PtyScreen

from processes import alive

LIMIT = 60.0
ENDS_WITHIN = 3.0
"""Seconds between the key and the end of the process. It takes a few tenths; a plugin that held it up would hold it for minutes."""
CTRL_C = b"\x03"


def kubeconfig(path: Path, user: dict[str, Any]) -> Path:
    document = {
        "current-context": "prod",
        "clusters": [{"name": "prod", "cluster": {"server": "https://127.0.0.1:1"}}],
        "users": [{"name": "me", "user": user}],
        "contexts": [{"name": "prod", "context": {"cluster": "prod", "user": "me"}}],
    }
    path.write_text(json.dumps(document))
    return path


def hanging(pid: Path) -> dict[str, Any]:
    spec = {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", "command": "/bin/sh"}
    return {"exec": {**spec, "args": ["-c", f"echo $$ > {pid}.new; mv {pid}.new {pid}; sleep 600"]}}


def console(tmp_path: Path, config: Path, *arguments: str) -> PtyScreen:
    home = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_STATE_HOME": str(tmp_path / "state")}
    command = [sys.executable, "-m", "modeltui", "--kubeconfig", str(config), *arguments]
    return PtyScreen(command, columns=80, lines=24, environment=home)


def ends(screen: PtyScreen) -> float:
    """Seconds until the program has ended; its output is read to the end."""
    start = time.monotonic()
    while screen.process.poll() is None:
        assert time.monotonic() - start < LIMIT, "the console does not quit"
        screen.pump(0.02)
    took = time.monotonic() - start
    while screen.pump(0.1):
        pass
    return took


def given_back(screen: PtyScreen, settings: Any) -> None:
    assert screen.settings() == settings
    for given, taken in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l")):
        assert screen.output.rfind(taken) > screen.output.rfind(given) >= 0
    assert b"Traceback" not in screen.output


@pytest.mark.parametrize("keys", [b":q\r", CTRL_C + CTRL_C], ids=["colon q", "ctrl-c twice"])
def test_with_a_plugin_that_hangs(tmp_path: Path, keys: bytes) -> None:
    pid = tmp_path / "pid"
    with console(tmp_path, kubeconfig(tmp_path / "kubeconfig", hanging(pid))) as screen:
        settings = screen.settings()
        screen.wait(lambda text: "Connecting to prod" in text and "/bin/sh" in text and pid.exists())
        screen.send(keys)
        assert ends(screen) < ENDS_WITHIN
        assert screen.process.returncode == 0
        given_back(screen, settings)
    end = time.monotonic() + LIMIT
    while alive(int(pid.read_text())):  # it goes with the console
        assert time.monotonic() < end, "the plugin outlives the console"
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("context", "text", "words"),
    [
        ("prodd", None, 'modeltui: there is no context "prodd" in '),
        ("prod", "users: [", "is not valid YAML: "),
    ],
)
def test_what_leaves_no_choice_is_one_sentence_on_the_users_own_screen(tmp_path: Path, context: str, text: str | None, words: str) -> None:
    config = kubeconfig(tmp_path / "kubeconfig", {"token": "x"})
    if text is not None:
        config.write_text(text)
    with console(tmp_path, config, "--context", context) as screen:
        settings = screen.settings()
        ends(screen)
        assert screen.process.returncode == 1
        given_back(screen, settings)
        left = bytes(screen.output).rpartition(b"\x1b[?1049l")[2].decode()
    assert words in left.replace("\r\n", "")
    assert left.count("modeltui: ") == 1
