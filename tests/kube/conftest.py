"""Fixtures of the client's tests: a clean environment, a CA, and a client of a scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from scripted_server import Authority, Connect, Handler, Server, serving, write_kubeconfig

from modeltui.kube.client import Client
from modeltui.kube.credentials import load

_OUTSIDE = (
    *("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)


@pytest.fixture(autouse=True)
def _nothing_from_outside(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No kubeconfig and no proxy of the machine that the tests run on, but where a real cluster is meant."""
    if "kubeconfig" in request.fixturenames:
        return
    for name in _OUTSIDE:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
async def connect(tmp_path: Path, authority: Authority) -> AsyncIterator[Connect]:
    """`client, server = await connect(handler, user={...})`: a client of a TLS server that answers by `handler`."""
    async with AsyncExitStack() as stack:

        async def open_client(
            handler: Handler, *, user: dict[str, Any] | None = None, read_only: bool = False, tls: Any = None, **cluster: Any
        ) -> tuple[Client, Server]:
            server = await stack.enter_async_context(serving(handler, tls=tls or authority.server()))
            path = write_kubeconfig(tmp_path / "config", server.url, ca=authority.pem, user=user or {"token": "s3cret-token"}, **cluster)
            client = Client(load(path, None), read_only=read_only)
            stack.push_async_callback(client.aclose)
            return client, server

        yield open_client
