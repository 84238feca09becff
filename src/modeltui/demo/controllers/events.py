"""Events as Kubernetes' own components write them: the same thing happening again raises the count of the one Event.

The controllers of modelfs and Dataset write none; what there is about their weights stands on Jobs, Pods and claims.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.kinds import EVENTS
from modeltui.demo.errors import Object

_kept_since: ContextVar[datetime | None] = ContextVar("events kept since", default=None)


@contextmanager
def kept_since(moment: datetime) -> Iterator[None]:
    """Inside, nothing is recorded of times before `moment`: those Events would have expired since."""
    token = _kept_since.set(moment)
    try:
        yield
    finally:
        _kept_since.reset(token)


def forgotten(moment: datetime) -> bool:
    """Is what happens at that moment of no interest any more, now that its history is being made?"""
    oldest = _kept_since.get()
    return oldest is not None and moment < oldest


def until_kept(moment: datetime) -> float:
    """Seconds until it is."""
    oldest = _kept_since.get()
    return 0.0 if oldest is None else max(0.0, (oldest - moment).total_seconds())


def record(
    api: Api,
    about: Object,
    *,
    type: str = "Normal",  # noqa: A002  the field's name
    reason: str,
    message: str,
    component: str,
    field_path: str = "",
    host: str = "",
) -> None:
    """One occurrence. `about` is the whole object; cluster-scoped ones have their Events in "default"."""
    oldest = _kept_since.get()
    if oldest is not None and clock.now() < oldest:
        return
    metadata = about["metadata"]
    namespace = metadata.get("namespace") or "default"
    same = "\0".join((metadata.get("uid", ""), type, reason, message, component, field_path))
    name = f"{metadata['name'][:230]}.{hashlib.sha256(same.encode()).hexdigest()[:16]}"
    now = clock.stamp(clock.now())
    known = api.find(EVENTS, name, namespace=namespace)
    if known is not None:
        api.update(EVENTS, {**known, "count": known.get("count", 1) + 1, "lastTimestamp": now}, manager=component)
        return
    involved = {
        "apiVersion": about["apiVersion"],
        "kind": about["kind"],
        "name": metadata["name"],
        "uid": metadata.get("uid", ""),
        "resourceVersion": metadata.get("resourceVersion", ""),
    }
    if metadata.get("namespace"):
        involved["namespace"] = namespace
    if field_path:
        involved["fieldPath"] = field_path
    event: Object = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name, "namespace": namespace},
        "involvedObject": involved,
        "type": type,
        "reason": reason,
        "message": message,
        "source": {"component": component} | ({"host": host} if host else {}),
        "reportingComponent": component,
        "reportingInstance": host,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }
    api.create(EVENTS, event, manager=component)
