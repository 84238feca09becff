"""What all tests share: the cluster that they may talk to, and a namespace of their own in it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.credentials import load
from modeltui.kube.resource import Resource

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

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


NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)


@pytest.fixture(scope="session")
def namespace(kubeconfig: str) -> Iterator[str]:
    """A namespace of the tests' own in the cluster given, gone when they are done."""

    async def create() -> str:
        client = Client(load(kubeconfig, None))
        try:
            body = {"metadata": {"generateName": "modeltui-test-", "labels": {"app.kubernetes.io/managed-by": "modeltui-tests"}}}
            answer = await client.request("POST", NAMESPACES.path(), body=body)
        finally:
            await client.aclose()
        return str(json.loads(answer)["metadata"]["name"])

    async def remove(name: str) -> None:
        client = Client(load(kubeconfig, None))
        try:
            await client.request("DELETE", NAMESPACES.path(name=name))
            async with asyncio.timeout(120):
                while True:
                    await client.request("GET", NAMESPACES.path(name=name))
                    await asyncio.sleep(0.2)
        except errors.NotFound:
            pass
        finally:
            await client.aclose()

    made = _outside_the_tests_loop(create())
    try:
        yield made
    finally:
        _outside_the_tests_loop(remove(made))


def _outside_the_tests_loop(work: Coroutine[Any, Any, Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture
async def cluster(kubeconfig: str, namespace: str) -> AsyncIterator[Client]:
    """A client of the cluster given by --kubeconfig, or of the embedded one."""
    client = Client(load(kubeconfig, None))
    yield client
    await client.aclose()
