"""What a watch knows about how fresh its data is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Sync(StrEnum):
    SYNCING = "syncing"
    """The first list is under way; what is there may be shown, but is not all."""
    LIVE = "live"
    POLLING = "polling"
    """The server allows list but not watch: listed anew every 30 s."""
    STALE = "stale"
    """Disconnected: old rows stay readable."""
    DENIED = "denied"
    """403; tried again slowly."""
    UNAUTHORIZED = "unauthorized"
    """401, or credentials that cannot be had any more; tried again, and at once when a file that they come from changes."""
    NOT_INSTALLED = "not installed"
    """The server does not know the resource (404)."""
    NO_NAMESPACE = "no namespace"
    """The namespace watched does not exist, as far as we may know."""


@dataclass(frozen=True, slots=True)
class SyncState:
    sync: Sync
    since: datetime
    """When this state began; of STALE and UNAUTHORIZED, the time of the last good data."""
    reason: str = ""
    """The server's own sentence, or what failed."""
    next_retry: datetime | None = None
    received: int = 0
    """While SYNCING: objects received so far."""
    data_from: datetime | None = None
    """While DENIED: the time of the last good data, when there was any before the right was taken away."""
