"""core/v1 Events: what controllers and kubelets have to say about an object."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Protocol

import msgspec

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource

EVENTS: Final = Resource("", "v1", "events", "Event")

_BEFORE_ALL: Final = datetime.min.replace(tzinfo=UTC)


class ObjectReference(msgspec.Struct, frozen=True, rename="camel"):
    kind: str = ""
    namespace: str = ""
    name: str = ""
    uid: str = ""
    field_path: str = ""


class EventSource(msgspec.Struct, frozen=True):
    component: str = ""
    host: str = ""


class EventSeries(msgspec.Struct, frozen=True, rename="camel"):
    count: int = 0
    last_observed_time: datetime | None = None


class Event(Object, frozen=True, rename="camel", kw_only=True):
    """Old recorders fill firstTimestamp, lastTimestamp and count; new ones eventTime and series, and leave the others null."""

    involved_object: ObjectReference = ObjectReference()
    type: str = ""
    """ "Normal" or "Warning"."""
    reason: str = ""
    message: str = ""
    count: int | None = None
    first_timestamp: datetime | None = None
    last_timestamp: datetime | None = None
    event_time: datetime | None = None
    series: EventSeries | None = None
    source: EventSource = EventSource()
    reporting_component: str = ""

    @property
    def last_seen(self) -> datetime | None:
        """The latest moment that its recorder names, else that of its creation; None when there is none at all."""
        last_in_series = self.series.last_observed_time if self.series else None
        moments = (last_in_series, self.last_timestamp, self.event_time, self.first_timestamp)
        return max((moment for moment in moments if moment is not None), default=self.metadata.creation_timestamp)

    @property
    def first_seen(self) -> datetime | None:
        return self.first_timestamp or self.event_time or self.metadata.creation_timestamp

    @property
    def times(self) -> int:
        """How often it happened, at least once."""
        return max(self.series.count if self.series else 0, self.count or 0, 1)

    @property
    def reporter(self) -> str:
        return self.source.component or self.reporting_component


class _Events(Protocol):
    """A store of events, as far as this file needs it."""

    def items(self) -> Iterable[tuple[tuple[str, str], Object]]: ...


def events_of(store: _Events, about: str | tuple[str, str]) -> list[Event]:
    """The events about one object, the last seen first. `about` is a uid, or (kind, name) where no uid is known.

    A name may be taken again by another object; prefer the uid.
    """
    return by_last_seen(event for _, event in store.items() if isinstance(event, Event) and is_about(event, about))


def is_about(event: Event, about: str | tuple[str, str]) -> bool:
    if isinstance(about, str):
        return event.involved_object.uid == about
    return (event.involved_object.kind, event.involved_object.name) == about


def by_last_seen(events: Iterable[Event]) -> list[Event]:
    """Newest first; those without any time last, and then by name, so that the order is stable."""
    ordered = sorted(events, key=lambda event: event.metadata.name)
    return sorted(ordered, key=lambda event: event.last_seen or _BEFORE_ALL, reverse=True)
