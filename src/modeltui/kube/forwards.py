"""The forwards that are open: made, listed, stopped, and all ended with the session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from modeltui.kube import errors
from modeltui.kube.clock import Clock, SystemClock
from modeltui.kube.forward import Forward
from modeltui.kube.forward_target import ForwardPod, Target
from modeltui.kube.port_forward import PODS, READ_ONLY
from modeltui.kube.session import Session
from modeltui.kube.store import Store


class Forwards:
    """Of one session. Close it before that."""

    def __init__(self, session: Session, *, clock: Clock | None = None) -> None:
        self._session = session
        self._clock = clock or SystemClock()
        self._open: dict[Forward, Store[ForwardPod]] = {}
        self.changed = asyncio.Event()
        """Set once something about some forward has changed, but for its bytes. Each time there is a new event: hold the one from
        before the look."""

    def __iter__(self) -> Iterator[Forward]:
        """In the order in which they were opened."""
        return iter(list(self._open))

    def __len__(self) -> int:
        return len(self._open)

    async def open(self, target: Target, port: int = 0) -> Forward:
        """Listens at the local port, a free one for 0. Raises ReadOnly, CannotListen. Its pods may not be known yet: `Forward.known`."""
        if self._session.client.read_only:
            raise errors.ReadOnly(READ_ONLY)
        store = self._session.watch(PODS, ForwardPod, (target.namespace,), target.selector)
        forward = Forward(self._session.client, target, store, self._clock, self._told)
        try:
            await forward.start(port)
        except BaseException:
            self._session.release(store)
            raise
        self._open[forward] = store
        self._told()
        return forward

    async def stop(self, forward: Forward) -> None:
        """Stopping twice does nothing."""
        store = self._open.pop(forward, None)
        if store is None:
            return
        self._session.release(store)
        await forward.aclose()

    async def aclose(self) -> None:
        """Every port is free again, and every connection ended."""
        await asyncio.gather(*(self.stop(forward) for forward in list(self._open)))

    def _told(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
