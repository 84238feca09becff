"""The namespaces of the cluster with their labels, watched while a form asks with which of them something is shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from modeltui import cells
from modeltui.document import Line, line
from modeltui.kube.state import Sync
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.modelfs.sharing import ShareTargets
from modeltui.ui.connection import Cluster

MOST_NAMED: Final = 6
"""Namespaces that the preview of a share names."""
_KNOWN: Final = frozenset({Sync.LIVE, Sync.STALE, Sync.POLLING})
_ON_THE_WAY: Final = frozenset({Sync.SYNCING})


class Reach:
    """`run` until cancelled; `changed` is called whenever what is known has changed."""

    def __init__(self, cluster: Cluster, changed: Callable[[], None]) -> None:
        self._cluster = cluster
        self._changed = changed
        self.namespaces: list[Namespace] | None = None
        """None while they are not known."""
        self.why_not = "they are being listed"
        """Why they are not known."""
        self.when = "now"
        """Of when they are known."""

    async def run(self) -> None:
        session = self._cluster.session
        store = session.watch(NAMESPACES, Namespace)
        news = store.subscribe()
        try:
            while True:
                await news.wait()
                news.take()
                state = next(iter(store.states.values()))
                known = state.sync in _KNOWN
                self.namespaces = [found for _, found in store.items() if isinstance(found, Namespace)] if known else None
                self.why_not = "they are being listed" if state.sync in _ON_THE_WAY else "they may not be listed"
                if state.sync not in (*_ON_THE_WAY, *_KNOWN, Sync.DENIED):
                    self.why_not = "they cannot be listed now"
                self.when = f"as of {cells.clock(state.since)}" if state.sync is Sync.STALE else "now"
                self._changed()
        finally:
            news.close()
            session.release(store)


def lines(targets: ShareTargets, *, why_not: str, when: str) -> list[Line]:
    """What a share with these targets reaches."""
    if targets.namespaces is None:
        return [line(f"Which namespaces that reaches is unknown: {why_not}.", "dim")]
    if not targets.namespaces:
        return [line(f"▲ No other namespace matches {when}.", "warn")]
    more = f" and {len(targets.namespaces) - MOST_NAMED} more" if len(targets.namespaces) > MOST_NAMED else ""
    several = f"{len(targets.namespaces)} namespaces" if len(targets.namespaces) > 1 else "1 namespace"
    return [line(f"Reaches {several} {when}: {', '.join(targets.namespaces[:MOST_NAMED])}{more}.", "good")]
