"""What somebody types in a real terminal outlives the console and the server, whenever they die."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from benchmarks.pty_screen import PtyScreen
from test_console import NAMESPACE, Served, console, ends, served

__all__ = ["served"]
"""A fixture."""
ENTER, CTRL_N, ESC, DOWN = b"\r", b"\x0e", b"\x1b", b"\x1b[B"


def form(screen: PtyScreen) -> None:
    """From the empty table to the form of a new Model."""
    screen.wait("No models")
    screen.send(b"a")
    screen.wait(lambda text: "New Model " in text and "New ModelSource" in text)
    screen.send(b"/New Model" + ENTER)


def until_asked_again(screen: PtyScreen, seen: str) -> None:
    """As a person does it while the server comes up: credentials are read anew every few seconds only."""
    for _ in range(15):
        try:
            screen.wait(seen, timeout=2)
            return
        except TimeoutError:
            screen.send(b"r")
    screen.wait(seen, timeout=2)


def test_a_killed_console_offers_what_was_typed(served: Served, tmp_path: Path) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE, columns=80, lines=24) as screen:
        form(screen)
        screen.wait("1 Basics")
        screen.send(b"tiny-llama" + ENTER + ENTER + b"hub" + CTRL_N)
        screen.wait("version 1 of 1")
        screen.send(b"first" + ENTER + b"org/repo")
        drafts = tmp_path / "state" / "modeltui" / "drafts"
        screen.wait(lambda _: any("org/repo" in file.read_text() for file in drafts.glob("*.json")))
        os.kill(screen.process.pid, signal.SIGKILL)
        screen.process.wait()
    with console(served, tmp_path, "-n", NAMESPACE, columns=80, lines=24) as screen:
        form(screen)
        screen.wait(lambda text: "unfinished" in text and "Name: tiny-llama" in text and "Versions: first" in text)
        screen.send(ENTER)
        screen.wait(lambda text: "1 Basics" in text and "tiny-llama" in text)
        screen.send(CTRL_N)
        screen.wait(lambda text: "first" in text and "org/repo" in text)
        screen.send(ESC)
        screen.wait("No models")
        screen.send(b":q\r")
        assert ends(screen) == 0


def test_a_lost_terminal_loses_nothing(served: Served, tmp_path: Path) -> None:
    """SIGHUP in the second in which nothing is on disk yet."""
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE, columns=80, lines=24) as screen:
        form(screen)
        screen.wait("1 Basics")
        screen.send(b"tiny-llama")
        screen.wait("tiny-llama")
        os.kill(screen.process.pid, signal.SIGHUP)
        ends(screen)
    (file,) = (tmp_path / "state" / "modeltui" / "drafts").glob("*.json")
    assert "tiny-llama" in file.read_text()


def test_a_server_that_dies_under_the_form_and_under_the_review(served: Served, tmp_path: Path) -> None:
    served.start()
    with console(served, tmp_path, "-n", NAMESPACE, columns=120, lines=40) as screen:
        form(screen)
        screen.wait("1 Basics")
        screen.send(b"tiny-llama" + ENTER + ENTER + b"hub" + CTRL_N)
        screen.wait("version 1 of 1")
        screen.send(b"first" + ENTER + b"org/repo")
        screen.wait("org/repo")
        served.kill()
        screen.send(CTRL_N)
        screen.wait(lambda text: "nothing was written" in text and "esc goes back" in text)
        screen.send(ESC)
        screen.wait(lambda text: "version 1 of 1" in text and "org/repo" in text)
        served.start()
        screen.send(CTRL_N)
        until_asked_again(screen, "1. Make Model")

        served.stop()  # it takes questions, and answers none
        screen.send(b"r")
        screen.wait("Asking the server")
        screen.send(ESC)
        screen.wait(lambda text: "1 Basics" in text and 'ModelSource "hub" does not exist' in text)  # as was found before
        screen.send(CTRL_N)
        screen.wait(lambda text: "version 1 of 1" in text and "org/repo" in text)
        served.kill()
        screen.wait("disconnected")  # is said over the form, too
        screen.send(ESC)
        screen.wait(lambda text: "version 1 of 1" not in text and "disconnected" in text)
        screen.send(b":q\r")
        assert ends(screen) == 0
