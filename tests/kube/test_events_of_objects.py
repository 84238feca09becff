"""Events: every recorder's way to say when and how often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from modeltui.kube.events import EVENTS, Event, by_last_seen, events_of
from modeltui.kube.objects import Undecodable


def event(name: str = "e", **fields: Any) -> Event:
    return msgspec.convert({"metadata": {"name": name}, **fields}, Event)


def at(minute: int) -> str:
    return f"2026-01-01T00:{minute:02}:00Z"


def test_path() -> None:
    assert EVENTS.path("team-a") == "/api/v1/namespaces/team-a/events"


def test_an_old_recorders_event() -> None:
    body = b"""{"kind":"Event","metadata":{"name":"m.17","namespace":"a","creationTimestamp":"2026-01-01T00:00:00Z"},
      "involvedObject":{"kind":"Model","namespace":"a","name":"m","uid":"u1","apiVersion":"x/v1","fieldPath":"spec"},
      "reason":"SyncFailed","message":"no such repo","source":{"component":"modelfs"},"firstTimestamp":"2026-01-01T00:00:00Z",
      "lastTimestamp":"2026-01-01T00:09:00Z","count":7,"type":"Warning","eventTime":null,"reportingComponent":"","reportingInstance":""}"""
    found = msgspec.json.decode(body, type=Event)
    assert (found.reason, found.type, found.times, found.reporter) == ("SyncFailed", "Warning", 7, "modelfs")
    assert found.last_seen == datetime(2026, 1, 1, 0, 9, tzinfo=UTC)
    assert found.first_seen == datetime(2026, 1, 1, tzinfo=UTC)
    assert (found.involved_object.kind, found.involved_object.uid, found.involved_object.field_path) == ("Model", "u1", "spec")


def test_a_new_recorders_event() -> None:
    found = event(
        eventTime="2026-01-01T00:01:00.123456Z",
        series={"count": 5, "lastObservedTime": "2026-01-01T00:07:00.000001Z"},
        firstTimestamp=None,
        lastTimestamp=None,
        count=None,
        reportingComponent="kubelet",
    )
    assert (found.times, found.reporter) == (5, "kubelet")
    assert found.last_seen == datetime(2026, 1, 1, 0, 7, 0, 1, tzinfo=UTC)
    assert found.first_seen == datetime(2026, 1, 1, 0, 1, 0, 123456, tzinfo=UTC)


def test_an_event_that_says_nothing_of_time() -> None:
    assert (event().last_seen, event().first_seen, event().times) == (None, None, 1)


class Store:
    def __init__(self, *objects: Any) -> None:
        self.objects = objects

    def items(self) -> Any:
        return [(item.metadata.key, item) for item in self.objects]


def test_events_of_one_object_newest_first() -> None:
    mine = {"kind": "Model", "name": "m", "uid": "u1"}
    before = {"kind": "Model", "name": "m", "uid": "u0"}  # an earlier object of the same name
    store = Store(
        event("old", involvedObject=mine, lastTimestamp=at(1)),
        event("new", involvedObject=mine, lastTimestamp=at(5)),
        event("timeless", involvedObject=mine),
        event("former", involvedObject=before, lastTimestamp=at(3)),
        event("other", involvedObject={"kind": "Pod", "name": "m", "uid": "u2"}),
        Undecodable(problem="broken"),
    )
    assert [found.metadata.name for found in events_of(store, "u1")] == ["new", "old", "timeless"]
    assert [found.metadata.name for found in events_of(store, ("Model", "m"))] == ["new", "former", "old", "timeless"]
    assert events_of(store, "nobody") == []


@given(st.lists(st.tuples(st.integers(0, 59) | st.none(), st.text("abc", max_size=3)), max_size=20))
def test_the_order_does_not_depend_on_where_it_started(seeds: list[tuple[int | None, str]]) -> None:
    events = [event(name, **({} if minute is None else {"lastTimestamp": at(minute)})) for minute, name in seeds]
    names = [(found.last_seen, found.metadata.name) for found in by_last_seen(events)]
    assert names == [(found.last_seen, found.metadata.name) for found in by_last_seen(reversed(events))]
