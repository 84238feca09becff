"""A local port that leads to whichever pod of a target is ready: connections of a pod that goes end, new ones find the next pod."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from modeltui.kube import errors
from modeltui.kube.client import Client
from modeltui.kube.clock import Clock
from modeltui.kube.departure import has_gone
from modeltui.kube.forward_target import ForwardPod, NoPort, Target, choose, port_of, why_none
from modeltui.kube.loopback import HOSTS, Listener, listen
from modeltui.kube.port_forward import PodStream, Refused, open_stream
from modeltui.kube.state import Sync
from modeltui.kube.store import Store

CHUNK: Final = 64 * 1024
"""Bytes read from a local program at once."""
PATIENCE: Final = 2.0
"""Seconds that a new connection waits for a ready pod: between two pods there may be a moment without one."""
LAST_WORDS: Final = 1.0
"""Seconds in which the pod's side may say why it does not take any more."""
LOOK: Final = 0.5
"""Seconds between two looks whether a local program that has no more to say is still there."""
SILENCE: Final = 60.0
"""Seconds without a byte from the pod after which it is taken to have gone, where the system does not tell."""
_BLIND: Final = (Sync.DENIED, Sync.UNAUTHORIZED, Sync.NOT_INSTALLED, Sync.NO_NAMESPACE)


class State(StrEnum):
    LOOKING = "looking for a pod"
    """Its pods are not known yet."""
    WAITING = "waiting for a ready pod"
    LISTENING = "listening"
    BROKEN = "broken"
    """It cannot be known which pods there are."""
    CLOSED = "closed"


class NoPod(errors.KubeError):
    """No pod of the target is ready."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What ended, or prevented, a connection."""

    text: str
    at: datetime
    said: str = ""
    """The kubelet's own words, where it was the one that said so."""


class Forward:
    """One of `Forwards`, which makes it. What it says of itself is true now; `told` is called whenever it changes, but for the bytes."""

    def __init__(self, client: Client, target: Target, store: Store[ForwardPod], clock: Clock, told: Callable[[], None]) -> None:
        self.target = target
        self.state = State.LOOKING
        self.reason = ""
        """Of WAITING and BROKEN, one sentence."""
        self.pod = ""
        """The name of the pod that new connections go to; "" when there is none."""
        self.problem: Problem | None = None
        """The last connection that failed, until one succeeds."""
        self.accepted = 0
        self.sent = 0
        """Bytes to pods."""
        self.received = 0
        """Bytes from pods."""
        self.opened = clock.now()
        self._uid = ""
        self._client = client
        self._store = store
        self._clock = clock
        self._told = told
        self._listener: Listener | None = None
        self._connections: dict[asyncio.Task[None], str] = {}
        """With the uid of the pod that it leads to, once it does."""
        self._lost: set[asyncio.Task[None]] = set()
        """Those that are ended since their pod is gone."""
        self._changed = asyncio.Event()
        self._watching: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The local one."""
        return self._listener.port if self._listener is not None else 0

    @property
    def address(self) -> str:
        return f"{HOSTS[0]}:{self.port}"

    @property
    def connections(self) -> int:
        return len(self._connections)

    async def start(self, port: int) -> None:
        """Raises CannotListen."""
        self._listener = await listen(port, self._accept)
        self._watching = asyncio.create_task(self._watch(), name=f"pods of {self.target.title}")

    async def known(self) -> None:
        """Until it is known which pods there are, or why that cannot be known."""
        while self.state is State.LOOKING:
            await self._changed.wait()

    async def news(self) -> None:
        """Until something about it has changed, but for the bytes."""
        await self._changed.wait()

    async def aclose(self) -> None:
        """The port is free again, and every connection ended."""
        tasks = [*self._connections, *([self._watching] if self._watching is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listener is not None:
            await self._listener.aclose()
        self._tell(State.CLOSED)

    # which pod --------------------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        subscription = self._store.subscribe()
        try:
            while True:
                await subscription.wait()
                subscription.take()
                self._choose()
        finally:
            subscription.close()

    def _choose(self) -> None:
        state = self._store.states[self.target.namespace]
        pods = self.target.mine(pod for _, pod in self._store.items() if isinstance(pod, ForwardPod))
        chosen = choose(pods, self._uid)
        self.pod, self._uid = (chosen.metadata.name, chosen.metadata.uid) if chosen is not None else ("", "")
        if state.sync in _BLIND:
            self.pod = self._uid = ""
            self._tell(State.BROKEN, state.reason or f"pods cannot be watched: {state.sync}")
        elif chosen is not None:
            self._tell(State.LISTENING)
        elif state.sync is not Sync.SYNCING:
            self._tell(State.WAITING, why_none(self.target, pods))
        if state.sync in (Sync.LIVE, Sync.POLLING):
            self._end_lost({pod.metadata.uid for pod in pods})

    def _end_lost(self, there: set[str]) -> None:
        """A pod that is not there any more answers nobody: its node may be gone, and nothing would ever say so."""
        for task, uid in list(self._connections.items()):
            if uid and uid not in there:
                self._lost.add(task)
                task.cancel()

    def _tell(self, state: State, reason: str = "") -> None:
        self.state, self.reason = state, reason
        self._notify()

    def _notify(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        self._told()

    # connections ------------------------------------------------------------------------------------------------------

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = ""
        self.accepted += 1
        self._notify()
        clean = False
        try:
            clean = await self._serve(reader, writer, task)
        except errors.KubeError as error:
            self.problem = Problem(str(error), self._clock.now(), error.said if isinstance(error, Refused) else "")
        except asyncio.CancelledError:
            if task in self._lost:
                self.problem = Problem("the pod that the connection led to is gone", self._clock.now())
        finally:
            if clean:
                await _finish(writer)
            else:
                _reset(writer)
            del self._connections[task]
            self._lost.discard(task)
            self._notify()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, task: asyncio.Task[None]) -> bool:
        """Whether it ended as the pod wanted it to."""
        pod, port = await self._pod()
        self._connections[task] = pod.metadata.uid
        stream = await open_stream(self._client, self.target.namespace, pod.metadata.name, port)
        self.problem = None
        up = asyncio.create_task(self._up(reader, stream), name="to the pod")
        down = asyncio.create_task(self._down(stream, writer), name="from the pod")
        try:
            await asyncio.wait({up, down}, return_when=asyncio.FIRST_COMPLETED)
            if not down.done() and isinstance(up.exception(), errors.KubeError):
                await asyncio.wait({down}, timeout=LAST_WORDS)
            if not down.done():
                up.result()
                await self._hear_out(writer, down)
            if not down.done():
                return False
            down.result()
            return True
        except ConnectionError:
            return False  # the local side broke it off: nothing is wrong
        finally:
            for direction in (up, down):
                direction.cancel()
            try:
                await asyncio.gather(up, down, return_exceptions=True)
            finally:
                await stream.aclose()

    async def _hear_out(self, writer: asyncio.StreamWriter, down: asyncio.Task[None]) -> None:
        """The local side has no more to say. The protocol has no word for that, so the pod is not told and goes on, for as long as
        the local program is there to listen."""
        here, there = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
        quiet, received = 0.0, self.received
        while not down.done():
            gone = has_gone(here, there) if here and there else None
            if gone or (gone is None and quiet > SILENCE):
                return
            await asyncio.wait({down}, timeout=LOOK)
            quiet, received = quiet + LOOK if self.received == received else 0.0, self.received

    async def _pod(self) -> tuple[ForwardPod, int]:
        """Raises NoPod."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                while self.state in (State.LOOKING, State.WAITING):
                    await self._changed.wait()
        pod = self._store.get((self.target.namespace, self.pod)) if self.pod else None
        if not isinstance(pod, ForwardPod):
            raise NoPod(self.reason or f"{self.target.title} has no pod that is known to be ready")
        try:
            return pod, port_of(pod, self.target.port)
        except NoPort as error:
            raise NoPod(str(error)) from error

    async def _up(self, reader: asyncio.StreamReader, stream: PodStream) -> None:
        while data := await reader.read(CHUNK):
            await stream.send(data)
            self.sent += len(data)

    async def _down(self, stream: PodStream, writer: asyncio.StreamWriter) -> None:
        while data := await stream.receive():
            writer.write(data)
            await writer.drain()
            self.received += len(data)


async def _finish(writer: asyncio.StreamWriter) -> None:
    """The local program gets what is still to be sent, however slowly it reads, and then the end of file."""
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass  # it did not want the rest
    except asyncio.CancelledError:
        writer.transport.abort()


def _reset(writer: asyncio.StreamWriter) -> None:
    """What was cut off must not look as if it had ended: the local program sees a reset, not an end of file."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
