"""Port-forward over a WebSocket in the channel protocol `v4.channel.k8s.io`, as kubelets and container runtimes serve it.

For the n-th port of `?ports=`, channel 2n carries data both ways and channel 2n+1 the error to the client. The first message of
each channel is the port, little-endian. There is no word for "no more": when all ports are done the WebSocket is closed.
"""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import WSMsgType, web

from modeltui.demo.errors import Object
from modeltui.demo.streaming.forwarder import Forwarding, Send
from modeltui.demo.streaming.pods import PodNetwork

PROTOCOL = "v4.channel.k8s.io"
LONGEST = 16 * 1024 * 1024
"""Bytes of one message."""


async def serve(
    request: web.Request, network: PodNetwork, pod: Object, ports: list[int], until_stopped: asyncio.Event
) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=(PROTOCOL,), compress=False, max_msg_size=LONGEST)
    await socket.prepare(request)
    forwardings = []
    for index, port in enumerate(ports):
        for channel in (2 * index, 2 * index + 1):
            await socket.send_bytes(bytes([channel]) + port.to_bytes(2, "little"))
        forwardings.append(Forwarding(network, pod, port, _sender(socket, 2 * index)))
    outward = asyncio.ensure_future(_all(socket, forwardings))
    inward = asyncio.ensure_future(_deliver(socket, forwardings))
    stop = asyncio.ensure_future(until_stopped.wait())
    try:
        await asyncio.wait({outward, inward, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (outward, inward, stop):
            task.cancel()
        await asyncio.wait({outward, inward, stop})
    await socket.close()
    for task in (outward, inward):
        if not task.cancelled():
            task.result()
    return socket


def _sender(socket: web.WebSocketResponse, channel: int) -> Send:
    async def send(data: bytes) -> None:
        await socket.send_bytes(bytes([channel]) + data)

    return send


async def _all(socket: web.WebSocketResponse, forwardings: list[Forwarding]) -> None:
    """Until every port is done."""

    async def one(index: int, forwarding: Forwarding) -> None:
        with contextlib.suppress(ConnectionError):
            if problem := await forwarding.run():
                await socket.send_bytes(bytes([2 * index + 1]) + problem.encode())

    async with asyncio.TaskGroup() as group:
        for index, forwarding in enumerate(forwardings):
            group.create_task(one(index, forwarding))


async def _deliver(socket: web.WebSocketResponse, forwardings: list[Forwarding]) -> None:
    """What the client sends, until it closes. Waits for a pod that does not take it."""
    async for message in socket:
        if message.type is not WSMsgType.BINARY or not message.data:
            continue
        channel = message.data[0]
        if channel % 2 == 0 and channel // 2 < len(forwardings):
            await forwardings[channel // 2].give(message.data[1:])
