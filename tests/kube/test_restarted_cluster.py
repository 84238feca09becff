"""The embedded cluster killed and started again at its port, with a new CA and new tokens: rows are live again by themselves."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from modeltui.kube.credentials import load
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.kube.session import Session
from modeltui.kube.stamps import changed, stamps
from modeltui.kube.state import Sync

NAMESPACES = Resource("", "v1", "namespaces", "Namespace", namespaced=False)
CONFIGMAPS = Resource("", "v1", "configmaps", "ConfigMap")
READY_WITHIN = 60.0
OUTAGE = 5.0
"""Seconds that the cluster is away for: a restarted API server is ready after three to five."""
BACK_WITHIN = 5.0
"""Seconds, after the server is ready, until everything is live: a probe each second, a watch that lives for one, and a slow machine."""


async def holds(condition: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


@asynccontextmanager
async def cluster(port: int, path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`modeltui demo --serve`, ready; killed at the end, without a goodbye."""
    before = stamps([path])
    arguments = ["-m", "modeltui.demo", "--serve", "--empty", "--port", str(port), "--write-kubeconfig", str(path)]
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL)
    try:
        await holds(lambda: process.returncode is not None or (stamps([path])[path] and changed(before)), READY_WITHIN)
        assert process.returncode is None
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


async def test_killed_and_started_again_with_another_authority(tmp_path: Path, port: int) -> None:
    path = tmp_path / "kubeconfig"
    async with cluster(port, path):
        session = Session(load(str(path), None))
        stores = [session.watch(NAMESPACES, Object), session.watch(CONFIGMAPS, Object, ["default", "kube-system"])]

        def states() -> set[Sync]:
            return {state.sync for store in stores for state in store.states.values()}

        await holds(lambda: states() == {Sync.LIVE}, 20)
        rows = len(stores[0])
        assert rows
        # The new cluster will not have reached this resourceVersion when the watches come back.
        for number in range(50):
            await session.client.request("POST", CONFIGMAPS.path("default"), body={"metadata": {"name": f"lost-{number}"}})
        await holds(lambda: stores[1].get(("default", "lost-49")) is not None, 5)
        before = session.client.connection
    try:
        gone = time.monotonic()
        await holds(lambda: states() == {Sync.STALE}, 5)
        assert len(stores[0]) == rows
        await asyncio.sleep(max(0.0, gone + OUTAGE - time.monotonic()))  # the outage itself
        async with cluster(port, path):
            ready = time.monotonic()
            await holds(lambda: states() == {Sync.LIVE}, 30)
            took = time.monotonic() - ready
            now = session.client.connection
            assert now.server == before.server
            assert now.ssl is not before.ssl
            assert now.auth != before.auth
            assert len(stores[0]) == rows
            print(f"live again {took:.2f} s after the server was ready, {time.monotonic() - gone:.2f} s after it was killed")
            assert took < BACK_WITHIN
            await session.client.request("POST", CONFIGMAPS.path("default"), body={"metadata": {"name": "after"}})
            await holds(lambda: stores[1].get(("default", "after")) is not None, 5)
            assert stores[1].get(("default", "lost-49")) is None
    finally:
        await session.aclose()
