"""How fresh a reflector's data is, told to its sink whenever that changes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from modeltui.kube.clock import Clock
from modeltui.kube.sink import Sink
from modeltui.kube.state import Sync, SyncState


class Freshness:
    def __init__(self, sink: Sink[Any], clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._heard: datetime | None = None
        self.state: SyncState | None = None

    @property
    def sync(self) -> Sync | None:
        return self.state.sync if self.state is not None else None

    def heard(self) -> None:
        """The server sent something."""
        self._heard = self._clock.now()
        self._sink.heard(self._heard)

    def publish(self, sync: Sync, *, reason: str = "", retry_in: float | None = None, received: int = 0) -> None:
        """Tell the sink, if that is news. `retry_in` is in seconds."""
        now = self._clock.now()
        if sync in (Sync.STALE, Sync.UNAUTHORIZED):
            since = self._heard or now
        elif self.state is not None and self.state.sync is sync:
            since = self.state.since
        else:
            since = now
        next_retry = now + timedelta(seconds=retry_in) if retry_in is not None else None
        data_from = self._heard if sync is Sync.DENIED else None
        state = SyncState(sync, since, reason, next_retry, received, data_from)
        if state != self.state:
            self.state = state
            self._sink.state(state)

    def trying(self) -> None:
        """A new attempt begins: nothing is known to be better yet, but nobody waits any more."""
        if self.state is None:
            self.publish(Sync.SYNCING)
        elif self.state.sync in (Sync.STALE, Sync.UNAUTHORIZED):
            self.publish(self.state.sync, reason=self.state.reason)
