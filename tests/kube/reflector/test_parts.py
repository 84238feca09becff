"""The parts of the loop that need no server: backoff, remedies, decoding, the deadline."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from random import Random

import msgspec
import pytest
from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from misbehaving import bookmark, event, thing
from rigging import Thing, until

from modeltui.kube import errors
from modeltui.kube.backoff import Backoff
from modeltui.kube.clock import Alarm, Deadline
from modeltui.kube.decode import Decoder, salvage
from modeltui.kube.objects import ObjectMeta, Undecodable
from modeltui.kube.remedy import remedy
from modeltui.kube.sharing import CAPACITY, Sharing
from modeltui.kube.state import Sync


@given(st.integers(), st.lists(st.floats(0, 100), max_size=40))
def test_backoff_doubles_within_its_bounds(seed: int, pauses: list[float]) -> None:
    clock = FakeClock()
    backoff, step = Backoff(clock, Random(seed)), 0.8
    for pause in pauses:
        delay = backoff.next()
        assert step <= delay <= 2 * step
        step = min(15.0, step * 2)
        clock.advance(delay + pause)


def test_backoff_starts_over_after_a_healthy_time() -> None:
    clock = FakeClock()
    backoff = Backoff(clock, Random(1))
    for _ in range(10):
        last = backoff.next()
        clock.advance(last)  # waiting is not health
    assert 15 <= last <= 30
    clock.advance(119)
    assert backoff.next() >= 15
    clock.advance(200)
    assert backoff.next() <= 1.6


def api(kind: type[errors.ApiError], status: int, **more: object) -> errors.ApiError:
    return kind("no", status=status, **more)  # type: ignore[arg-type]


def missing(resource: bool) -> errors.NotFound:
    error = errors.NotFound("no", status=404)
    error.missing_resource = resource
    return error


@pytest.mark.parametrize(
    ("error", "sync", "delay", "relist"),
    [
        (api(errors.Unauthorized, 401), Sync.UNAUTHORIZED, None, False),
        (errors.ConfigError("plugin"), Sync.UNAUTHORIZED, None, False),
        (api(errors.Forbidden, 403), Sync.DENIED, 60, False),
        (missing(True), Sync.NOT_INSTALLED, 30, True),
        (missing(False), Sync.NO_NAMESPACE, 30, True),
        (api(errors.Gone, 410), Sync.STALE, None, True),
        (api(errors.TooManyRequests, 429, retry_after=7.0), Sync.STALE, 7, False),
        (api(errors.TooManyRequests, 429, retry_after=0.0), Sync.STALE, 1, False),
        (api(errors.TooManyRequests, 429), Sync.STALE, None, False),
        (api(errors.ServerError, 503, retry_after=5.0), Sync.STALE, 5, False),
        (api(errors.ServerError, 500), Sync.STALE, None, False),
        (api(errors.ApiError, 0), Sync.STALE, None, True),
        (errors.Unreachable("refused"), Sync.STALE, None, False),
        (errors.Timeout("slow"), Sync.STALE, None, False),
        (errors.BadAnswer("html"), Sync.STALE, None, False),
        (KeyError("defect"), Sync.STALE, None, True),
    ],
)
def test_remedies(error: Exception, sync: Sync, delay: float | None, relist: bool) -> None:
    plan = remedy(error)
    assert (plan.sync, plan.delay, plan.relist) == (sync, delay, relist)


def test_only_what_ends_by_itself_is_tried_again_at_once() -> None:
    assert remedy(errors.Unreachable("cut")).at_once
    assert remedy(api(errors.Gone, 410)).at_once
    for error in (api(errors.TooManyRequests, 429), api(errors.ServerError, 500), api(errors.Unauthorized, 401), KeyError("x")):
        assert not remedy(error).at_once


def test_a_page_is_decoded_in_slices() -> None:
    items = [thing(f"t{i}", i, size=i) for i in range(1201)]
    page = Decoder(Thing).page(json.dumps({"metadata": {"resourceVersion": "9", "continue": "x"}, "items": items}).encode())
    assert (len(page), page.resource_version, page.continue_token) == (1201, "9", "x")
    slices = list(page.slices())
    assert [len(part) for part in slices] == [500, 500, 201]
    assert [obj.spec.size for part in slices for obj in part] == list(range(1201))


def test_items_without_any_name_become_rows_of_their_own() -> None:
    page = Decoder(Thing, namespace="ns").page(
        json.dumps({"metadata": {}, "items": [1, None, {"metadata": []}, "x", {}, {"spec": {}}]}).encode()
    )
    (objects,) = page.slices()
    assert all(isinstance(obj, Undecodable) and obj.problem for obj in objects)
    assert len({obj.metadata.key for obj in objects}) == 6
    assert {obj.metadata.namespace for obj in objects} == {"ns"}


def test_what_many_objects_say_alike_is_held_once() -> None:
    items = [thing(f"t{i}", i) for i in range(3)]
    for item, team in zip(items, ("x", "x", "y"), strict=True):
        item["metadata"] |= {"labels": {"team": team}, "finalizers": ["a/b"]}
    (objects,) = Decoder(Thing).page(json.dumps({"items": items}).encode()).slices()
    one, two, three = (obj.metadata for obj in objects)
    assert one.labels is two.labels
    assert (one.labels, three.labels) == ({"team": "x"}, {"team": "y"})
    assert one.finalizers is three.finalizers
    assert one.namespace is three.namespace


def test_values_that_are_never_alike_do_not_pile_up() -> None:
    sharing = Sharing()
    for i in range(3 * CAPACITY):
        sharing.share(ObjectMeta(name=f"t{i}", labels={"only": str(i)}))
        assert len(sharing._known) <= CAPACITY + 2


def test_unreadable_text_spoils_only_its_object() -> None:
    line = event("ADDED", thing("a", 1, text="TEXT")).replace(b"TEXT", b"\xff\xfe")
    found = Decoder(Thing).event(line)
    assert isinstance(found.object, Undecodable)


def test_salvage_reads_what_can_be_read() -> None:
    raw = msgspec.Raw(json.dumps({"metadata": {"name": "a", "uid": "u", "labels": {"x": 1}, "generation": "no"}}).encode())
    metadata = salvage(raw, name="?", namespace="ns")
    assert (metadata.name, metadata.namespace, metadata.uid, metadata.labels, metadata.generation) == ("a", "ns", "u", {}, 0)


def test_bookmarks() -> None:
    decoder = Decoder(Thing)
    plain, end = decoder.event(bookmark(5)).bookmark, decoder.event(bookmark(6, end=True)).bookmark
    assert plain is not None
    assert end is not None
    assert (plain.metadata.resource_version, plain.ends_initial_events) == ("5", False)
    assert (end.metadata.resource_version, end.ends_initial_events) == ("6", True)


lines = st.binary(max_size=200) | st.text(max_size=80).map(str.encode)
odd_events = st.from_regex(rb'\{"type":"(ADDED|ERROR|BOOKMARK)","object":.{0,40}\}')


@given(lines | odd_events)
def test_no_line_is_too_odd(line: bytes) -> None:
    with suppress(errors.BadAnswer):
        found = Decoder(Thing).event(line)
        assert found.type in {"ADDED", "ERROR", "BOOKMARK"} or found.object is found.bookmark is found.error is None


keys = st.sampled_from(["metadata", "spec", "name", "size", "labels"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(json_values, max_size=5))
def test_no_object_is_too_odd(items: list[object]) -> None:
    page = Decoder(Thing, namespace="ns").page(json.dumps({"items": items, "metadata": {"resourceVersion": "1"}}).encode())
    assert sum(len(part) for part in page.slices()) == len(items)


async def test_a_deadline_is_renewed_by_touching() -> None:
    clock, ended = FakeClock(), asyncio.Event()

    async def wait() -> None:
        with pytest.raises(errors.Timeout, match="too quiet"), Deadline(clock, 70, "too quiet") as wait.deadline:  # type: ignore[attr-defined]
            await asyncio.Event().wait()
        ended.set()

    task = asyncio.create_task(wait())
    await until(lambda: bool(clock.pending))
    clock.advance(60)
    wait.deadline.touch()  # type: ignore[attr-defined]
    clock.advance(60)
    await asyncio.sleep(0)
    assert not ended.is_set()
    clock.advance(11)
    await ended.wait()
    await task
    assert clock.pending == []
    assert not task.cancelled()


async def test_a_cancellation_from_outside_is_not_taken_for_a_timeout() -> None:
    clock = FakeClock()

    async def wait() -> None:
        with Deadline(clock, 70, "too quiet") as deadline:
            deadline.expire()
            await asyncio.Event().wait()

    task = asyncio.create_task(wait())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()


async def test_an_alarm_wakes_early_and_cleans_up() -> None:
    clock = FakeClock()
    alarm = Alarm(clock)
    task = asyncio.create_task(alarm.sleep(100))
    await until(lambda: alarm.sleeping)
    alarm.ring()
    alarm.ring()
    await task
    assert not alarm.sleeping
    assert clock.pending == []
