"""Listening on this machine only: 127.0.0.1, and ::1 where there is one, at the same port."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from modeltui.kube.errors import KubeError

HOSTS: Final = ("127.0.0.1", "::1")
_TRIES: Final = 8
"""A port that the system gave for one address may be taken at the other."""
_PATIENCE: Final = 1.0
"""Seconds that the accepting sockets get to close."""

Accept = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class CannotListen(KubeError):
    """The local port cannot be had; `str()` is one sentence that says what to do."""


@dataclass(eq=False, slots=True)
class Listener:
    port: int
    _servers: list[asyncio.Server]

    async def aclose(self) -> None:
        """No more connections. Those that are open are the caller's to close, before."""
        for server in self._servers:
            server.close()
        for server in self._servers:
            try:
                async with asyncio.timeout(_PATIENCE):
                    await server.wait_closed()
            except TimeoutError:
                pass  # it has let go of its port; what it still waits for is a connection that is being closed


async def listen(port: int, accept: Accept) -> Listener:
    """At the port given, or at a free one for 0. Raises CannotListen."""
    for _ in range(1 if port else _TRIES):
        try:
            return await _listen(port, accept)
        except OSError as error:
            failure = error
    raise CannotListen(_why(port, failure)) from failure


async def _listen(port: int, accept: Accept) -> Listener:
    first = await asyncio.start_server(accept, HOSTS[0], port)
    number = first.sockets[0].getsockname()[1]
    servers = [first]
    if _has_ipv6():
        try:
            servers.append(await asyncio.start_server(accept, HOSTS[1], number))
        except OSError:
            first.close()
            raise
    return Listener(number, servers)


def _has_ipv6() -> bool:
    """Whether this machine has ::1 at all: inside containers it is often switched off."""
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind((HOSTS[1], 0))
    except OSError:
        return False
    return True


def _why(port: int, error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} of this machine is in use: choose another one, or 0 for a free one"
        case errno.EACCES:
            return f"port {port} needs rights that you do not have on this machine: choose one above 1023, or 0 for a free one"
    return f"cannot listen at {HOSTS[0]}:{port}: {error.strerror or error}"
