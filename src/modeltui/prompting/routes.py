"""The ways to a model server: a forward's local port, or the API server's proxy of a service or a pod."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import quote

import httpx
import msgspec

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.forward import Forward, State

CONNECT_TIMEOUT: Final = 10.0
READ_ONLY: Final = "read-only mode: no prompt is sent, since it makes the cluster's GPUs work"
_LAST_WORDS: Final = 1.0
"""Seconds in which a forward says why it closed a connection."""


class Route(Protocol):
    @property
    def base(self) -> str:
        """URL of the model server, as far as this machine can use it."""

    def open(self, method: str, path: str, *, body: object = None, stall: float) -> AbstractAsyncContextManager[httpx.Response]:
        """An answer of the model server, of whatever status; read if it is no success. `stall`: seconds without a byte."""

    async def why(self, error: Exception) -> str:
        """What is known of a connection that broke."""


@dataclass(frozen=True, slots=True)
class ProxyRoute:
    """Through `services/proxy` or `pods/proxy`: nothing listens on this machine, and any proxy in between is the API server's."""

    client: Client
    namespace: str
    name: str
    port: int | str = ""
    plural: str = "services"

    @property
    def path(self) -> str:
        port = f":{self.port}" if self.port else ""
        return f"/api/v1/namespaces/{quote(self.namespace, safe='')}/{self.plural}/{quote(self.name, safe='')}{port}/proxy"

    @property
    def base(self) -> str:
        return self.client.connection.server + self.path

    @asynccontextmanager
    async def open(self, method: str, path: str, *, body: object = None, stall: float) -> AsyncIterator[httpx.Response]:
        if self.client.read_only and method != "GET":
            raise errors.ReadOnly(READ_ONLY)
        async with self.client.behind(method, self.path + path, body=body, timeout=stall) as response:
            yield response

    async def why(self, error: Exception) -> str:
        return "the API server's proxy closed it, as it does when the pod goes or its server ends"


@dataclass(eq=False, slots=True)
class ForwardRoute:
    """Through the local port of a forward, which somebody else has opened and will close."""

    forward: Forward

    @property
    def base(self) -> str:
        return f"http://{self.forward.address}"

    @asynccontextmanager
    async def open(self, method: str, path: str, *, body: object = None, stall: float) -> AsyncIterator[httpx.Response]:
        await self._ready()
        limits = httpx.Timeout(stall, connect=CONNECT_TIMEOUT)
        content = msgspec.json.encode(body) if body is not None else None
        headers = {"Content-Type": "application/json"} if body is not None else {}
        async with (
            httpx.AsyncClient(trust_env=False, timeout=limits) as http,
            http.stream(method, self.base + path, content=content, headers=headers) as response,
        ):
            if response.status_code >= 300:
                await response.aread()
            yield response

    async def why(self, error: Exception) -> str:
        """The forward hears it from the kubelet, maybe a moment after the local connection has ended."""
        before = self.forward.problem
        try:
            async with asyncio.timeout(_LAST_WORDS):
                while self.forward.connections and self.forward.problem is before:
                    await self.forward.news()
        except TimeoutError:
            pass
        return self.forward.problem.text if self.forward.problem is not None else str(error) or "the pod closed it"

    async def _ready(self) -> None:
        """Raises KubeError with what the forward says of its pods."""
        await self.forward.known()
        if self.forward.state is not State.LISTENING:
            raise errors.KubeError(self.forward.reason or f"the forward is {self.forward.state}")
