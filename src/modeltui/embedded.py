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

from modeltui import paths, remembered
from modeltui.kube.errors import KubeError
from modeltui.options import ConsoleOptions

READY_WITHIN: Final = 60.0
"""Seconds: compiling the CRDs' rules on a slow machine takes a while."""
ENDS_WITHIN: Final = 5.0
"""Seconds between asking the server to end and making it."""
_LOOK_EVERY: Final = 0.02
LIVELY: Final = "team-nlp"
"""The namespace of the embedded world in which most happens."""
BULK: Final = "bulk"
"""Where `--objects` go."""


class DemoError(KubeError):
    """The embedded cluster did not start."""


def serve(arguments: argparse.Namespace) -> int:
    """`modeltui demo --serve`: until SIGINT or SIGTERM, or until standard input closes if a console started us."""
    from modeltui.demo import serve as demo

    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return demo.serve(arguments)


def console(options: ConsoleOptions, arguments: argparse.Namespace) -> int:
    """`modeltui demo`: the console on an embedded cluster that lives as long as the console."""
    from modeltui.ui.app import run

    # what is remembered of the demo's contexts must not turn up on a real cluster
    os.environ["MODELTUI_STATE_DIR"] = str(paths.state_dir() / "demo")
    print("Starting the embedded cluster: a few seconds ...", file=sys.stderr, flush=True)
    context = options.context or "admin"
    with server(server_arguments(arguments), kubeconfig=arguments.write_kubeconfig) as kubeconfig:
        return run(replace(options, kubeconfig=str(kubeconfig), context=context, namespaces=opened(options, arguments, context)))


def opened(options: ConsoleOptions, arguments: argparse.Namespace, context: str) -> tuple[str, ...]:
    """The namespaces to begin with: a first look at the demo is one at rows, not at a list of namespaces to choose from."""
    if options.namespaces or options.all_namespaces or remembered.load()[0].namespaces.get(context):
        return options.namespaces
    if arguments.objects:
        return (BULK,)
    return () if arguments.empty else (LIVELY,)


def server_arguments(arguments: argparse.Namespace) -> list[str]:
    """The options that concern the server, as they are typed; but for its kubeconfig."""
    given = ["--port", str(arguments.port), "--objects", str(arguments.objects), "--pace", str(arguments.pace)]
    given += ["--crds", *map(str, arguments.crds)] if arguments.crds else []
    return [*given, *(["--empty"] if arguments.empty else []), *(["--steady"] if arguments.steady else [])]


@contextmanager
def server(given: Sequence[str], *, kubeconfig: Path | None = None) -> Iterator[Path]:
    """A running embedded cluster: the path of its kubeconfig, a temporary one if None. Raises DemoError in one sentence."""
    with tempfile.TemporaryDirectory(prefix="modeltui-demo-") as folder:
        path, log = kubeconfig or Path(folder) / "kubeconfig", Path(folder) / "log"
        before = _stamp(path)
        command = [sys.executable, "-m", "modeltui", "demo", "--serve", "--until-stdin-closes", "--write-kubeconfig", str(path), *given]
        with log.open("wb") as output:
            # a session of its own, so that Ctrl-C in the console is the console's alone
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True)
            try:
                _wait_until_ready(process, path, before, log)
                yield path
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
