"""An API server that dies when a test says so: a proxy in front of a real one, which cuts connections at chosen requests."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from urllib.parse import urlencode

import httpx
from tests.kube.scripted_server import Reply, Request, Server, serving, write_kubeconfig

from modeltui.kube.client import Client
from modeltui.kube.credentials import Connection, load


class Death(Enum):
    BEFORE = "before the request reaches the server"
    AFTER = "after the server has done it, before it answers"
    HALFWAY = "in the middle of the answer"


@dataclass
class Mortal:
    """`strikes` is asked of each request, by its number from 0: how, if at all, the connection dies there."""

    client: Client
    server: Server
    strikes: Callable[[int, Request], Death | None] = lambda number, request: None
    meanwhile: Callable[[Request], Awaitable[None]] | None = None
    """Done before a request is passed on."""
    stays_dead: bool = False
    dead: bool = False
    requests: list[Request] = field(default_factory=list)

    @property
    def writes(self) -> list[Request]:
        return [request for request in self.requests if request.method != "GET" and request.query.get("dryRun") != "All"]

    def revive(self) -> None:
        self.strikes = lambda number, request: None
        self.dead = False
        self.requests.clear()


@asynccontextmanager
async def mortal(kubeconfig: str, folder: Path) -> AsyncIterator[Mortal]:
    """A client whose every request goes through the proxy to the cluster of `kubeconfig`, as the user of that."""
    connection = load(kubeconfig, None)
    verify = connection.ssl if connection.ssl is not None else ssl.create_default_context()
    async with httpx.AsyncClient(verify=verify, trust_env=False) as upstream:

        async def handle(request: Request, reply: Reply) -> None:
            await _handle(proxy, upstream, connection, request, reply)

        async with serving(handle) as server:
            client = Client(load(write_kubeconfig(folder / "mortal.kubeconfig", server.url), None))
            proxy = Mortal(client, server)
            try:
                yield proxy
            finally:
                await client.aclose()


async def _handle(proxy: Mortal, upstream: httpx.AsyncClient, connection: Connection, request: Request, reply: Reply) -> None:
    if proxy.dead:
        reply.drop()
        return
    number = len(proxy.requests)
    proxy.requests.append(request)
    death = proxy.strikes(number, request)
    if death is not None:
        proxy.dead = proxy.stays_dead
    if death == Death.BEFORE:
        reply.drop()
        return
    if proxy.meanwhile is not None:
        await proxy.meanwhile(request)
    headers = [(name, value) for name, value in request.headers if name in ("content-type", "accept")] + list(connection.auth.headers())
    url = f"{connection.server}{request.path}?{urlencode(request.query)}"
    answer = await upstream.request(request.method, url, headers=headers, content=request.body)
    if death == Death.AFTER:
        reply.drop()
        return
    if death == Death.HALFWAY:
        await reply.raw(f"HTTP/1.1 {answer.status_code} X\r\nContent-Length: {len(answer.content)}\r\n\r\n".encode() + answer.content[:20])
        reply.drop()
        return
    passed = {name: value for name, value in answer.headers.items() if name in ("content-type", "warning", "retry-after")}
    await reply.send(answer.content, code=answer.status_code, headers=passed)
