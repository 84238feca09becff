"""What a watch does about an error: which state it shows, when it tries again, and whether it must list anew. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.kube import errors
from modeltui.kube.listing import newer_than_server
from modeltui.kube.state import Sync

DENIED_RETRY: Final = 60.0
"""Seconds: rights change seldom, and a refusal is an answer, not a failure."""
NOT_INSTALLED_RETRY: Final = 30.0
"""Seconds between looks for a resource that may be installed later; a 404 is the cheapest answer a server has."""
SOONEST: Final = 1.0
"""Seconds: the least that a server's Retry-After is taken for."""


@dataclass(frozen=True, slots=True)
class Remedy:
    sync: Sync = Sync.STALE
    delay: float | None = None
    """Seconds until the next try; None leaves it to the backoff."""
    relist: bool = False
    """Whether the resourceVersion held is of no more use."""
    at_once: bool = False
    """Whether the first try need not wait if all was well before: connections end, versions expire."""
    newest: bool = False
    """Whether the next list must ask for the newest version instead of one not older than ours."""


def remedy(error: Exception) -> Remedy:
    """For an error of a list or a watch, wherever it came from: as an HTTP answer, as an ERROR event, or none at all."""
    match error:
        case errors.KubeError() if newer_than_server(error):
            return Remedy(relist=True, newest=True, at_once=True)
        case errors.Gone():
            return Remedy(relist=True, at_once=True)
        case errors.Unauthorized() | errors.ConfigError():
            return Remedy(Sync.UNAUTHORIZED)
        case errors.Forbidden():
            return Remedy(Sync.DENIED, delay=DENIED_RETRY)
        case errors.NotFound(missing_resource=False):
            return Remedy(Sync.NO_NAMESPACE, delay=NOT_INSTALLED_RETRY, relist=True)
        case errors.NotFound():
            return Remedy(Sync.NOT_INSTALLED, delay=NOT_INSTALLED_RETRY, relist=True)
        case errors.TooManyRequests() | errors.ServerError():
            wait = error.retry_after
            return Remedy(delay=max(SOONEST, wait) if wait is not None else None)
        case errors.ApiError():
            return Remedy(relist=True)
        case errors.Unreachable() | errors.BadAnswer():
            return Remedy(at_once=True)
        case _:
            return Remedy(relist=True)
