"""The channel protocol of port-forward over a WebSocket, `v4.channel.k8s.io`: one port, so two channels. Pure.

Each message begins with the number of its channel: 0 is data both ways, 1 the error, from the server only. The first message of
each channel is the port, in two bytes, little-endian (`pkg/kubelet/.../portforward/websocket.go`). There is no message for "no more
to come": a direction cannot be closed by itself, only the whole connection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

PROTOCOL: Final = "v4.channel.k8s.io"
DATA, ERROR = 0, 1


class NotThisProtocol(ValueError):
    """What came cannot be a message of it; `str()` says what, in a few words."""


@dataclass(slots=True)
class Channels:
    """The receiving side of one connection."""

    port: int
    error: str = ""
    """What the error channel said so far: it may come in pieces."""
    _begun: set[int] = field(default_factory=set)

    def feed(self, message: bytes) -> bytes:
        """The data in one message; empty when it holds none. Raises NotThisProtocol."""
        if not message:
            return b""
        channel, rest = message[0], message[1:]
        if channel not in (DATA, ERROR):
            raise NotThisProtocol(f"a message for channel {channel}, which nobody asked for")
        if channel not in self._begun:
            if len(rest) != 2 or int.from_bytes(rest, "little") != self.port:
                raise NotThisProtocol(f"channel {channel} does not begin with port {self.port}")
            self._begun.add(channel)
            return b""
        if channel == ERROR:
            self.error += rest.decode("utf-8", "replace")
            return b""
        return rest


def message(data: bytes) -> bytes:
    """`data` as a message to the pod."""
    return bytes((DATA,)) + data
