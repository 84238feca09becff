"""What time it is in the embedded cluster: the real time, or a chosen one while the world's history is being made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_chosen: ContextVar[datetime | None] = ContextVar("chosen time", default=None)


def now() -> datetime:
    return _chosen.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything done inside happens at `moment`: creationTimestamps, conditions and events carry it."""
    token = _chosen.set(moment)
    try:
        yield
    finally:
        _chosen.reset(token)


def stamp(moment: datetime) -> str:
    """As metadata and conditions write it: RFC 3339, whole seconds, UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    return datetime.fromisoformat(text)
