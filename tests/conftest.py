"""What all tests share: the cluster that they may talk to."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

READY_WITHIN = 60.0
"""Seconds for the embedded cluster to write its kubeconfig, on a busy machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kubeconfig", metavar="FILE", help="run the client's tests against the current context of FILE (default: the embedded cluster)"
    )


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The path of a kubeconfig whose current context may do everything: the one given, or that of an embedded cluster without a world."""
    given = request.config.getoption("--kubeconfig")
    if given:
        if not Path(given).expanduser().is_file():
            raise pytest.UsageError(f"--kubeconfig {given}: there is no such file")
        yield str(given)
        return
    folder = tmp_path_factory.mktemp("cluster")
    path = folder / "kubeconfig"
    command = [sys.executable, "-m", "modeltui.demo", "--serve", "--empty", "--write-kubeconfig", str(path)]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            end = time.monotonic() + READY_WITHIN
            while not path.exists():
                if server.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"the embedded cluster does not start: {(folder / 'log').read_text()}")
                time.sleep(0.05)
            yield str(path)
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
