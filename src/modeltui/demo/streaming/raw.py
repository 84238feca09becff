"""A connection that has been upgraded to something that aiohttp does not know: its bytes, in both directions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType

from aiohttp import web

_HIGH, _LOW = 256 * 1024, 64 * 1024
"""Bytes that may wait to be read before the client is held up, and from which on it is let go on."""


class Upgraded:
    """`async with Upgraded(request, "SPDY/3.1", headers) as raw`: answers 101, then `chunks()` reads and `write` sends."""

    def __init__(self, request: web.Request, protocol: str, headers: Mapping[str, str]) -> None:
        self._request = request
        self.response = web.StreamResponse(status=101, headers={**headers, "Upgrade": protocol, "Connection": "Upgrade"})
        self._waiting: list[bytes] = []
        self._size = 0
        self._news = asyncio.Event()
        self._ended = False

    async def __aenter__(self) -> Upgraded:
        await self.response.prepare(self._request)
        self._request.protocol.set_parser(self)  # type: ignore[arg-type]  # annotated for WebSockets only; what it calls is here
        self._request.protocol.keep_alive(False)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._request.transport is not None:
            self._request.transport.close()

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Called by aiohttp, which asks its parser whether it is done, and what it leaves over."""
        self._waiting.append(bytes(data))
        self._size += len(data)
        if self._size > _HIGH and self._request.transport is not None:
            self._request.transport.pause_reading()
        self._news.set()
        return False, b""

    def feed_eof(self) -> None:
        self._ended = True
        self._news.set()

    def set_exception(self, error: BaseException, cause: BaseException | None = None) -> None:
        self.feed_eof()

    async def chunks(self) -> AsyncIterator[bytes]:
        while True:
            await self._news.wait()
            self._news.clear()
            waiting, self._waiting = self._waiting, []
            for data in waiting:
                yield data
                self._size -= len(data)
                if self._size < _LOW and self._request.transport is not None:
                    self._request.transport.resume_reading()
            if self._ended:
                return

    async def write(self, data: bytes) -> None:
        """Raises ConnectionError when the client has gone."""
        await self.response.write(data)
