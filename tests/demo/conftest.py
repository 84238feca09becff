"""Fixtures of the embedded cluster's tests: one in this process, and one as its users start it, with the upstream CRDs."""

from __future__ import annotations

import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from served import Serve, Served

from modeltui.demo.cluster import EmbeddedCluster

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the reference material is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def reference_kubeconfig(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`--serve --empty` with every upstream CRD, as a process of its own."""
    folder = tmp_path_factory.mktemp("reference")
    path = folder / "kubeconfig"
    command = [sys.executable, "-m", "modeltui.demo", "--serve", "--empty", "--write-kubeconfig", str(path)]
    command += ["--crds", str(shared / "crds"), str(shared / "reference" / "apiserver" / "widget-crd.yaml")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            end = time.monotonic() + 60
            while not path.exists():
                if server.poll() is not None or time.monotonic() > end:
                    pytest.fail(f"the embedded cluster does not start: {(folder / 'log').read_text()}")
                time.sleep(0.05)
            yield path
        finally:
            server.terminate()
            server.wait(20)
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`served = await serve(history=100, ...)`: an embedded cluster in this event loop, and a client that trusts it."""
    async with AsyncExitStack() as stack:

        async def start(**options: Any) -> Served:
            cluster = await stack.enter_async_context(EmbeddedCluster(**options))
            trust = ssl.create_default_context(cadata=cluster.certificates.ca.decode())
            connector = aiohttp.TCPConnector(ssl=trust)
            session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)))
            return Served(cluster, session)

        yield start
