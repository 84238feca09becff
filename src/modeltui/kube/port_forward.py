"""One connection into a pod, through the API server: bytes both ways, and what the kubelet says when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from modeltui.kube import errors
from modeltui.kube.channels import PROTOCOL, Channels, NotThisProtocol, message
from modeltui.kube.client import Client
from modeltui.kube.forward_words import plainly
from modeltui.kube.resource import Resource
from modeltui.kube.sentences import sentence

if TYPE_CHECKING:
    from modeltui.kube.websocket import WebSocket

PODS = Resource(group="", version="v1", plural="pods", kind="Pod")
READ_ONLY = "read-only mode: no port is forwarded, since what goes through it may change anything"


NEEDED = "a port-forward over a WebSocket takes the rights to get and to create pods/portforward"
"""Who may create only can still use clients that ask by POST."""


class Refused(errors.KubeError):
    """The connection was made and the pod's side ended it: `str()` says why, `said` is the kubelet's own text."""

    def __init__(self, said: str, port: int) -> None:
        self.said = sentence(said)
        super().__init__(plainly(self.said, port))


@dataclass(eq=False, slots=True)
class PodStream:
    """Use it from one task for each direction, and close it."""

    _socket: WebSocket
    _channels: Channels

    async def send(self, data: bytes) -> None:
        """Waits while the pod does not take it. Raises Unreachable when the connection has ended."""
        await self._socket.send(message(data))

    async def receive(self) -> bytes:
        """What the pod says next, b"" at its proper end. Raises Refused in the kubelet's words, Unreachable when it broke."""
        try:
            while (received := await self._socket.receive()) is not None:
                if data := self._channels.feed(received):
                    return data
        except NotThisProtocol as error:
            raise errors.BadAnswer(f"the answer to port-forward cannot be read: {error}") from error
        except errors.Unreachable:
            self._raise_told()
            raise
        self._raise_told()
        return b""

    async def aclose(self) -> None:
        await self._socket.aclose()

    def _raise_told(self) -> None:
        if self._channels.error:
            raise Refused(self._channels.error, self._channels.port)


async def open_stream(client: Client, namespace: str, pod: str, port: int) -> PodStream:
    """Raises ReadOnly, Forbidden, NotFound, BadRequest (a pod without a node), ServerError, Unreachable."""
    if client.read_only:
        raise errors.ReadOnly(READ_ONLY)
    from modeltui.kube.websocket import connect  # aiohttp costs a third of a second, and most never forward anything

    path = f"{PODS.path(namespace, pod, 'portforward')}?{urlencode({'ports': port})}"
    try:
        socket = await client.over_connection(lambda connection: connect(connection, path, protocol=PROTOCOL))
    except errors.Forbidden as error:
        error.args = (f"{error}: {NEEDED}",)
        raise
    return PodStream(socket, Channels(port))
