"""Whether the rows of a table are all that there are. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.kube.state import Sync, SyncState

_COMPLETE: Final = frozenset({Sync.LIVE, Sync.POLLING, Sync.NO_NAMESPACE})
"""What has been listed to the end, or has nothing to be listed."""
_PARTIAL: Final = {Sync.SYNCING: "still loading", Sync.DENIED: "denied", Sync.UNAUTHORIZED: "unauthorized"}
"""What keeps rows from being known. Stale rows are old, which the bar says; a CRD that is missing hides none."""


def complete(states: Mapping[str, SyncState]) -> bool:
    """Whether no row means that there is none: what is loading, denied or lost is not known to be nothing."""
    return bool(states) and all(state.sync in _COMPLETE for state in states.values())


def missing(states: Mapping[str, SyncState], *, of: str = "namespaces") -> str:
    """Why there may be more, short enough for a title; empty when there is not. `of`: what a state is that of."""
    partial = [state.sync for state in states.values() if state.sync in _PARTIAL]
    if not partial:
        return ""
    words = " or ".join(word for sync, word in _PARTIAL.items() if sync in partial)
    if len(states) == 1:
        return words
    return f"{len(partial)} of {len(states)} {of} {words}"
