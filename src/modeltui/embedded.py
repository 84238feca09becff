"""The console on the embedded cluster: a server process of its own, and its end in every case.

The server is another process so that the console talks to it through a real socket, and so that its work does not hold up the
screen. Its standard input is a pipe from us: when we die, however that happens, the pipe closes and the server ends.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from modeltui.kube.errors import KubeError
from modeltui.options import ConsoleOptions

READY_WITHIN: Final = 60.0
"""Seconds: compiling the CRDs' rules on a slow machine takes a while."""
ENDS_WITHIN: Final = 5.0
"""Seconds between asking the server to end and making it."""
_LOOK_EVERY: Final = 0.02


class DemoError(KubeError):
    """The embedded cluster did not start."""


def serve(arguments: argparse.Namespace) -> int:
    """`modeltui demo --serve`: until SIGINT or SIGTERM, or until standard input closes if a console started us."""
    from modeltui.demo.serve import main

    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return main(server_arguments(arguments))


def console(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """`modeltui demo`: the console on an embedded cluster that lives as long as the console."""
    from modeltui.ui.app import run

    with server(server_arguments(arguments)) as kubeconfig:
        return run(replace(options, kubeconfig=str(kubeconfig), context=options.context or "admin"))


def server_arguments(arguments: argparse.Namespace) -> list[str]:
    """The options that concern the server, as they are typed."""
    given = ["--port", str(arguments.port)]
    given += ["--write-kubeconfig", arguments.write_kubeconfig] if arguments.write_kubeconfig else []
    given += [part for folder in arguments.crds for part in ("--crds", folder)]
    given += ["--empty"] if arguments.empty else []
    given += ["--objects", str(arguments.objects)] if arguments.objects else []
    return given


@contextmanager
def server(given: Sequence[str]) -> Iterator[Path]:
    """A running embedded cluster: the path of its kubeconfig. Raises DemoError in one sentence."""
    with tempfile.TemporaryDirectory(prefix="modeltui-demo-") as folder:
        written = given[given.index("--write-kubeconfig") + 1] if "--write-kubeconfig" in given else ""
        kubeconfig = Path(written or Path(folder) / "kubeconfig")
        before = _stamp(kubeconfig)
        command = [sys.executable, "-m", "modeltui", "demo", "--serve", "--until-stdin-closes", *given]
        command += [] if written else ["--write-kubeconfig", str(kubeconfig)]
        with open(Path(folder) / "log", "w+b") as log:
            # a session of its own, so that Ctrl-C in the console is the console's alone
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
            try:
                _wait_until_ready(process, kubeconfig, before, Path(folder) / "log")
                yield kubeconfig
            finally:
                _end(process)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What changes when a file is written anew; None when it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _wait_until_ready(process: subprocess.Popen[bytes], kubeconfig: Path, before: tuple[int, int] | None, log: Path) -> None:
    """The server writes its kubeconfig when it is ready."""
    deadline = time.monotonic() + READY_WITHIN
    while _stamp(kubeconfig) in (None, before) or not kubeconfig.stat().st_size:
        if process.poll() is not None:
            raise DemoError(f"the embedded cluster did not start: {_last_line(log)}")
        if time.monotonic() > deadline:
            raise DemoError(f"the embedded cluster was not ready within {READY_WITHIN:.0f} s")
        time.sleep(_LOOK_EVERY)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].removeprefix("modeltui: ") if lines else "it said nothing"


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent() -> None:
    """Blocks until standard input closes, then ends this process as SIGTERM would."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
