"""A WebSocket to the API server: aiohttp's client with our TLS context, proxy and credentials, its failures turned into errors of ours."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp
import httpx
from multidict import CIMultiDict

from modeltui import __version__
from modeltui.kube import errors
from modeltui.kube.credentials import Connection
from modeltui.kube.status_errors import error_from_answer
from modeltui.kube.unreachable import explain

OPEN_TIMEOUT: Final = 30.0
"""Seconds until the server has agreed: it asks the kubelet, and that one the container runtime."""
CLOSE_TIMEOUT: Final = 1.0
"""Seconds that the other side gets to say goodbye, too."""
LONGEST: Final = 16 * 1024 * 1024
"""Bytes of one message. Servers send 32 KB at a time."""
_QUIET, _BETWEEN, _PROBES = 30, 10, 3
"""TCP keep-alive, in seconds and times: a server that vanished is noticed after a minute. Not by pings: the answer to one waits behind data
that nobody reads at the moment, and what is merely slow would be cut."""


class _Refused(Exception):
    """The server answered the handshake with something else than 101."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers, body


class _Answer(aiohttp.ClientResponse):
    """Reads why, where aiohttp would keep only the number: the server's own words are in the body."""

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        await super().start(connection)
        if self.status != 101:
            raise _Refused(self.status, {name.lower(): value for name, value in self.headers.items()}, await self.read())
        return self


@dataclass(eq=False, slots=True)
class WebSocket:
    """One open connection. `receive` and `send` wait while the other side is slow."""

    socket: aiohttp.ClientWebSocketResponse
    _session: aiohttp.ClientSession
    _connection: Connection
    _during: str

    async def send(self, message: bytes) -> None:
        """Raises Unreachable when it has ended."""
        try:
            await self.socket.send_bytes(message)
        except (aiohttp.ClientError, OSError) as error:
            raise explain(_like_httpx(error), self._connection, during=self._during) from error

    async def receive(self) -> bytes | None:
        """The next message; None when the server has closed it properly. Raises Unreachable when it broke, BadAnswer for text."""
        message = await self.socket.receive()
        match message.type:
            case aiohttp.WSMsgType.BINARY:
                return bytes(message.data)
            case aiohttp.WSMsgType.CLOSE:
                return None
            case aiohttp.WSMsgType.TEXT:
                raise errors.BadAnswer(f"{self._connection.server} sent text where bytes were due ({self._during})")
            case aiohttp.WSMsgType.ERROR if isinstance(message.data, aiohttp.WebSocketError):
                raise errors.BadAnswer(f"{self._connection.server} sent what is no WebSocket message ({self._during}): {message.data}")
        raise explain(OSError("closed"), self._connection, during=self._during)

    async def aclose(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await self.socket.close()
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass  # whatever it would have said, the socket goes now
        finally:
            await self._session.close()


async def connect(connection: Connection, path: str, *, protocol: str) -> WebSocket:
    """`path` is percent-encoded, with its query. Raises what requests raise (Forbidden, NotFound, Unreachable), in the server's words."""
    during = f"GET {path}"
    if (connection.proxy or "").startswith("socks"):
        raise errors.Unreachable(
            f"a port-forward cannot go through the SOCKS proxy to {connection.server}: use an http proxy, or kubectl port-forward"
        )
    headers = CIMultiDict([("User-Agent", f"modeltui/{__version__}"), *connection.auth.headers()])
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True), trust_env=False, response_class=_Answer)
    try:
        async with asyncio.timeout(OPEN_TIMEOUT):
            socket = await session.ws_connect(
                connection.server + path,
                protocols=(protocol,),
                headers=headers,
                proxy=connection.proxy,
                ssl=connection.ssl if connection.ssl is not None else False,
                max_msg_size=LONGEST,
                timeout=aiohttp.ClientWSTimeout(ws_receive=None, ws_close=CLOSE_TIMEOUT),
            )
        if socket.protocol != protocol:
            await socket.close()
            raise errors.BadAnswer(f"{connection.server} does not speak {protocol} ({during}): is a proxy in between?")
    except _Refused as refused:
        await session.close()
        raise error_from_answer(refused.status, refused.headers, refused.body, method="GET", path=path.partition("?")[0]) from None
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        await session.close()
        raise explain(_like_httpx(error), connection, during=during) from error
    except BaseException:
        await session.close()
        raise
    _keep_alive(socket.get_extra_info("socket"))
    return WebSocket(socket, session, connection, during)


def _like_httpx(error: BaseException) -> BaseException:
    """The exception of httpx that says the same, so that one function words both."""
    found: BaseException
    match error:
        case TimeoutError():
            found = httpx.ReadTimeout("no answer")
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            found = httpx.ProxyError(str(error))
        case aiohttp.ClientConnectorError():
            found = httpx.ConnectError(str(error))
        case aiohttp.WSServerHandshakeError():
            found = httpx.RemoteProtocolError(error.message)
        case _:
            found = OSError(str(error))
    found.__cause__ = error
    return found


def _keep_alive(socket: sockets.socket | None) -> None:
    if socket is None:
        return
    socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", _QUIET), ("TCP_KEEPINTVL", _BETWEEN), ("TCP_KEEPCNT", _PROBES)):
        if (number := getattr(sockets, option, None)) is not None:  # not every system names them
            socket.setsockopt(sockets.IPPROTO_TCP, number, value)
