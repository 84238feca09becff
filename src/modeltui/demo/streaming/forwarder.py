"""One forwarded connection: bytes between a client's channel and a port of a pod, and what the kubelet says when that fails."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from modeltui.demo.errors import Object
from modeltui.demo.streaming.pods import PodNetwork, Refused, link

CHUNK = 32 * 1024
"""Bytes read from the pod at once, as upstream's copy loop has it."""
Send = Callable[[bytes], Awaitable[None]]


@dataclass(eq=False, slots=True)
class Forwarding:
    """`run()` brings what the pod says to `send`, and returns the error text when it ends badly; `give` and `end` are the other way."""

    network: PodNetwork
    pod: Object
    port: int
    send: Send
    _opened: asyncio.Event = field(default_factory=asyncio.Event)
    _writer: asyncio.StreamWriter | None = None

    async def run(self) -> str:
        try:
            try:
                endpoint = await self.network.connect(self.pod, self.port)
                reader, self._writer = await link(endpoint)
            except Refused as refusal:
                return self._told(_in_namespace(self.pod, self.port, str(refusal)))
            finally:
                self._opened.set()
            with contextlib.suppress(ConnectionError):
                while chunk := await reader.read(CHUNK):
                    await self.send(chunk)
            if endpoint.reset:
                return self._told(f"read tcp4 127.0.0.1:{_ephemeral(self.pod)}->127.0.0.1:{self.port}: read: connection reset by peer")
            return ""
        finally:
            if self._writer is not None:
                self._writer.transport.abort()

    async def give(self, data: bytes) -> None:
        """Waits while the pod does not take it."""
        await self._opened.wait()
        if self._writer is not None and not self._writer.is_closing():
            with contextlib.suppress(ConnectionError):
                self._writer.write(data)
                await self._writer.drain()

    async def end(self) -> None:
        """The client has no more to say."""
        await self._opened.wait()
        if self._writer is not None and not self._writer.is_closing():
            with contextlib.suppress(OSError):
                self._writer.write_eof()

    def _told(self, why: str) -> str:
        return f"error forwarding port {self.port} to pod {sandbox(self.pod)}, uid : {why}"


def sandbox(pod: Object) -> str:
    """The id of the pod's sandbox."""
    return hashlib.sha256(pod["metadata"]["uid"].encode()).hexdigest()


def _in_namespace(pod: Object, port: int, why: str) -> str:
    """A refused connection as containerd tells it."""
    space = f"/var/run/netns/cni-{pod['metadata']['uid']}"
    tried = f"IPv4: dial tcp4 127.0.0.1:{port}: {why} IPv6 dial tcp6 [::1]:{port}: {why}"
    inner = f'failed to connect to localhost:{port} inside namespace "{sandbox(pod)}", {tried} '
    return f'failed to execute portforward in network namespace "{space}": {inner}'


def _ephemeral(pod: Object) -> int:
    return 32768 + int(sandbox(pod)[:4], 16) % 28000
