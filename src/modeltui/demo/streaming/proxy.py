"""`pods/proxy` and `services/proxy`: HTTP through the API server to what listens in a pod, streamed.

The name is [SCHEME:]NAME[:PORT]; the port of a service by its name or number. What cannot be reached is a 503 with a Status.
"""

from __future__ import annotations

import random
import re
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from modeltui.demo import errors
from modeltui.demo.columns import dig
from modeltui.demo.errors import Object, StatusError
from modeltui.demo.inference.server import Endpoint
from modeltui.demo.request_info import RequestInfo
from modeltui.demo.streaming.pods import PodNetwork, Refused, ready

_HOP_BY_HOP = frozenset(
    (
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade"),
        *("content-length", "host"),
    )
)
_NEVER_SENT = frozenset(("authorization", "impersonate-user", "impersonate-group", "impersonate-uid"))
"""Who the caller is, is the API server's business."""


class Place(NamedTuple):
    pod: Object
    port: int
    address: str
    """As dial errors name it."""


async def serve(request: web.Request, network: PodNetwork, info: RequestInfo) -> web.StreamResponse:
    """Raises StatusError."""
    prefix, _, rest = request.raw_path.partition("/proxy")
    if not rest.partition("?")[0] and request.method in ("GET", "HEAD"):
        query = f"?{request.query_string}" if request.query_string else ""
        return web.Response(status=301, headers={"Location": f"{prefix}/proxy/{query}"})
    scheme, name, port = _parts(info.name)
    place = (
        _of_service(network, info.namespace, name, port) if info.resource == "services" else _of_pod(network, info.namespace, name, port)
    )
    try:
        endpoint = await network.connect(place.pod, place.port)
    except Refused as refusal:
        raise _unreachable(f"dial tcp {place.address}: {refusal}") from None
    if scheme == "https":
        endpoint.socket.close()
        raise _unreachable("tls: first record does not look like a TLS handshake")
    return await _passed_on(request, endpoint, rest or "/", place)


def _parts(name: str) -> tuple[str, str, str]:
    """Scheme, name, port. Raises 400."""
    parts = name.split(":")
    match len(parts):
        case 1:
            return "", parts[0], ""
        case 2:
            return "", parts[0], parts[1]
        case 3 if parts[0] in ("", "http", "https"):
            return parts[0], parts[1], parts[2]
    raise errors.bad_request(f'invalid service request "{name}"')


def _of_pod(network: PodNetwork, namespace: str, name: str, port: str) -> Place:
    pod = network.api.get("pods", name, namespace=namespace)
    address = str(dig(pod, "status", "podIP") or "")
    if not address:
        raise errors.bad_request("address not allowed")
    number = int(port) if port.isdecimal() else _container_port(pod, port)
    return Place(pod, number, f"{address}:{number}")


def _container_port(pod: Object, name: str) -> int:
    """The port of that name, or the first one when it is empty; 80 when there is none."""
    ports = [port for container in pod["spec"]["containers"] for port in container.get("ports") or []]
    return next((port["containerPort"] for port in ports if name in ("", port.get("name"))), 80)


def _of_service(network: PodNetwork, namespace: str, name: str, port: str) -> Place:
    service = network.api.get("services", name, namespace=namespace)
    ports = dig(service, "spec", "ports") or []
    chosen = [each for each in ports if port in (each.get("name", ""), str(each["port"]))] if port or len(ports) > 1 else ports
    if not chosen:
        raise StatusError(503, "ServiceUnavailable", f'no service port "{port}" found for service "{name}"')
    selector = dig(service, "spec", "selector") or {}
    labels = ",".join(f"{key}={value}" for key, value in selector.items())
    pods = [pod for pod in network.api.list("pods", namespace=namespace, labels=labels) if ready(pod)] if selector else []
    if not pods:
        raise StatusError(503, "ServiceUnavailable", f'no endpoints available for service "{name}"')
    pod = random.choice(pods)
    target = chosen[0].get("targetPort", chosen[0]["port"])
    number = target if isinstance(target, int) else _container_port(pod, target)
    return Place(pod, number, f"{dig(pod, 'status', 'podIP')}:{number}")


def _unreachable(why: str) -> StatusError:
    return StatusError(503, "ServiceUnavailable", f"error trying to reach service: {why}")


async def _passed_on(request: web.Request, endpoint: Endpoint, path: str, place: Place) -> web.StreamResponse:
    headers = [(name, value) for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP | _NEVER_SENT]
    headers += [("Host", place.address), ("X-Forwarded-Uri", request.raw_path.partition("?")[0])]
    body = await request.read()
    response: web.StreamResponse | None = None
    async with aiohttp.ClientSession(connector=_To(endpoint), auto_decompress=False, timeout=aiohttp.ClientTimeout(total=None)) as session:
        try:
            url = f"http://{place.address}{path}"
            async with session.request(request.method, _encoded(url), headers=headers, data=body or None, allow_redirects=False) as answer:
                kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP - {"content-length"}]
                response = web.StreamResponse(status=answer.status, headers=kept)
                await response.prepare(request)
                async for chunk in answer.content.iter_any():
                    await response.write(chunk)
        except aiohttp.ClientError as error:
            if response is None:
                raise _unreachable("read: connection reset by peer" if endpoint.reset else "EOF") from error
            # What was begun cannot be taken back: as upstream, the client's connection is broken off.
            if request.transport is not None:
                request.transport.abort()
            return response
        await response.write_eof()
        return response


def _encoded(url: str) -> URL:
    return URL(re.sub(r"^(http://[^/]+)(/+)", r"\1/", url), encoded=True)


class _To(aiohttp.BaseConnector):
    """Leads to one endpoint, whatever the address says."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(force_close=True)
        self._endpoint = endpoint

    async def _create_connection(self, req: Any, traces: Any, timeout: Any) -> ResponseHandler:
        _, protocol = await self._loop.create_connection(self._factory, sock=self._endpoint.socket)
        return protocol
