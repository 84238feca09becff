"""Port-forward over SPDY/3.1: each forwarded connection is a pair of streams that the client opens, one for data, one for the error.

The frames travel in the binary messages of a WebSocket (kubectl 1.31 and newer), or on the connection itself (older ones).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from modeltui.demo.errors import Object
from modeltui.demo.streaming import spdy
from modeltui.demo.streaming.forwarder import Forwarding
from modeltui.demo.streaming.pods import PodNetwork

PROTOCOL = "portforward.k8s.io"
TUNNEL = f"SPDY/3.1+{PROTOCOL}"
"""The WebSocket's subprotocol."""
_TYPES = ("data", "error")


@dataclass(slots=True)
class _Pair:
    """The streams of one connection, by their type."""

    streams: dict[str, int] = field(default_factory=dict)
    port: int = 0


@dataclass(eq=False, slots=True)
class Tunnel:
    """`run(chunks)` serves until the client goes; `write` sends bytes to it, and waits while it does not take them."""

    network: PodNetwork
    pod: Object
    write: Callable[[bytes], Awaitable[None]]
    _reader: spdy.Reader = field(default_factory=spdy.Reader)
    _writer: spdy.Writer = field(default_factory=spdy.Writer)
    _pairs: dict[str, _Pair] = field(default_factory=dict)
    _forwardings: dict[int, Forwarding] = field(default_factory=dict)
    """By data stream."""

    async def run(self, chunks: AsyncIterator[bytes]) -> None:
        """Raises SpdyError."""
        async with asyncio.TaskGroup() as group:
            async for chunk in chunks:
                for frame in self._reader.feed(chunk):
                    if isinstance(frame, spdy.Data):
                        await self._take(frame)
                    elif frame.type == spdy.SYN_STREAM:
                        await self._open(frame, group)
                    elif frame.type == spdy.PING and frame.stream % 2 == 1:
                        await self.write(spdy.ping(frame.stream))
                    elif frame.type == spdy.RST_STREAM and (forwarding := self._forwardings.pop(frame.stream, None)) is not None:
                        await forwarding.end()
                    elif frame.type == spdy.GOAWAY:
                        break
            for task in list(group._tasks):  # the client is gone, and so is whatever it had open
                task.cancel()

    async def _take(self, frame: spdy.Data) -> None:
        forwarding = self._forwardings.get(frame.stream)
        if forwarding is None:
            return
        if frame.data:
            await forwarding.give(frame.data)
        if frame.ends:
            await forwarding.end()

    async def _open(self, frame: spdy.Control, group: asyncio.TaskGroup) -> None:
        headers, stream = self._reader.headers(frame), frame.stream
        kind, port = headers.get("streamtype", ""), headers.get("port", "")
        if kind not in _TYPES or not port.isdecimal() or not 0 < int(port) < 65536:
            await self.write(spdy.reset(stream, spdy.REFUSED_STREAM))
            return
        # Clients from before the request id number their pairs one after the other: the error stream first.
        request = headers.get("requestid") or str(stream if kind == "error" else stream - 2)
        pair = self._pairs.setdefault(request, _Pair())
        pair.streams[kind], pair.port = stream, int(port)
        await self.write(self._writer.syn_reply(stream))
        if len(pair.streams) == len(_TYPES):
            del self._pairs[request]
            data = pair.streams["data"]
            forwarding = Forwarding(self.network, self.pod, pair.port, self._sender(data))
            self._forwardings[data] = forwarding
            group.create_task(self._forward(forwarding, data, pair.streams["error"]))

    def _sender(self, stream: int) -> Callable[[bytes], Awaitable[None]]:
        async def send(data: bytes) -> None:
            await self.write(spdy.data(stream, data))

        return send

    async def _forward(self, forwarding: Forwarding, data: int, error: int) -> None:
        try:
            if problem := await forwarding.run():
                await self.write(spdy.data(error, problem.encode()))
            await self.write(spdy.data(error, b"", ends=True))
            await self.write(spdy.data(data, b"", ends=True))
        except ConnectionError:
            return  # the client has gone meanwhile; the reading side notices by itself
        finally:
            self._forwardings.pop(data, None)
