"""`pods/portforward`: who may, to which pod, and in which of the protocols that clients speak."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import WSMsgType, web

from modeltui.demo import authorization, errors
from modeltui.demo.authorization import Authorizer
from modeltui.demo.columns import dig
from modeltui.demo.errors import Object, StatusError
from modeltui.demo.identities import Identity
from modeltui.demo.request_info import RequestInfo
from modeltui.demo.streaming import channels, spdy, tunnel
from modeltui.demo.streaming.pods import PodNetwork
from modeltui.demo.streaming.raw import Upgraded


async def serve(
    request: web.Request, network: PodNetwork, authorizer: Authorizer, identity: Identity, info: RequestInfo, stopping: asyncio.Event
) -> web.StreamResponse:
    """Raises StatusError. Whether the verb of the request itself is allowed was asked before."""
    pod = network.api.get("pods", info.name, namespace=info.namespace)
    if not dig(pod, "spec", "nodeName"):
        raise errors.bad_request(f"pod {info.name} does not have a host assigned")
    upgrade = request.headers.get("Upgrade", "").lower()
    if upgrade not in ("websocket", "spdy/3.1"):
        raise errors.bad_request("Upgrade request required")
    if upgrade == "websocket" and info.verb != "create":
        _check_create(authorizer, identity, info)
    if dig(pod, "status", "phase") in ("Succeeded", "Failed"):
        return web.Response(status=500, text="rpc error: code = Unknown desc = sandbox container is not running")
    if upgrade == "spdy/3.1":
        offered = _offered(request, "X-Stream-Protocol-Version")
        if tunnel.PROTOCOL not in offered:
            told = f"client supports [{' '.join(offered)}], server accepts [{tunnel.PROTOCOL}]"
            return web.Response(status=403, text=f"unable to upgrade: unable to negotiate protocol: {told}")
        return await _spdy(request, network, pod, stopping)
    offered = _offered(request, "Sec-WebSocket-Protocol")
    if tunnel.TUNNEL in offered:
        return await _tunnel(request, network, pod, stopping)
    if offered and channels.PROTOCOL not in offered:
        return web.Response(status=400, text=f"unable to upgrade websocket connection: none of {', '.join(offered)} is served")
    return await channels.serve(request, network, pod, _ports(request), stopping)


def _check_create(authorizer: Authorizer, identity: Identity, info: RequestInfo) -> None:
    """A WebSocket opens with GET, but what it does is the same as a POST: since 1.35 both rights are needed. Raises 403."""
    attributes = replace(info, verb="create").attributes
    if not authorizer.decide(identity, attributes).allowed:
        details = {"name": info.name, "kind": info.resource}
        raise StatusError(403, "Forbidden", authorization.refusal(identity, attributes), details=details)


def _offered(request: web.Request, header: str) -> list[str]:
    return [word.strip() for value in request.headers.getall(header, []) for word in value.split(",") if word.strip()]


def _ports(request: web.Request) -> list[int]:
    """Raises 400 in the kubelet's words."""
    given = request.query.getall("ports", [])
    if not given:
        raise errors.bad_request('query parameter "port" is required')
    found = []
    for text in ",".join(given).split(","):
        if not text.isdecimal() or not 0 < int(text) < 65536:
            raise errors.bad_request(f'unable to parse "{text}" as a port: strconv.ParseUint: parsing "{text}": invalid syntax')
        found.append(int(text))
    return found


async def _tunnel(request: web.Request, network: PodNetwork, pod: Object, stopping: asyncio.Event) -> web.StreamResponse:
    socket = web.WebSocketResponse(protocols=(tunnel.TUNNEL,), compress=False, max_msg_size=channels.LONGEST)
    await socket.prepare(request)

    async def chunks() -> AsyncIterator[bytes]:
        async for message in socket:
            if message.type is WSMsgType.BINARY:
                yield message.data

    await _until_stopped(tunnel.Tunnel(network, pod, socket.send_bytes), chunks(), stopping)
    await socket.close()
    return socket


async def _spdy(request: web.Request, network: PodNetwork, pod: Object, stopping: asyncio.Event) -> web.StreamResponse:
    headers = {"X-Stream-Protocol-Version": tunnel.PROTOCOL}
    async with Upgraded(request, "SPDY/3.1", headers) as raw:
        await _until_stopped(tunnel.Tunnel(network, pod, raw.write), raw.chunks(), stopping)
        return raw.response


async def _until_stopped(served: tunnel.Tunnel, chunks: AsyncIterator[bytes], stopping: asyncio.Event) -> None:
    work, stop = asyncio.ensure_future(served.run(chunks)), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (work, stop):
            task.cancel()
        await asyncio.wait({work, stop})
    if not work.cancelled():
        with contextlib.suppress(spdy.SpdyError, ConnectionError):
            work.result()
