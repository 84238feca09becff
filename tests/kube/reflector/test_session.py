"""What several looks at one cluster share: watches, their end, waking up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from random import Random

import pytest
from fake_clock import FakeClock
from misbehaving import Misbehaving, Script, Stream, answer, bookmark, event, failure, listing, thing, watch
from rigging import THINGS, Thing, connection, until

from modeltui.kube.session import GRACE, Session
from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio


class Desk:
    """A session on a fake clock in front of a misbehaving server that offers no list by watch."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = Misbehaving(self.clock.monotonic)
        self.streams: dict[str, Stream] = {}

    def serve(self, namespace: str, *items: dict) -> Stream:  # type: ignore[type-arg]
        stream = self.streams[namespace] = Stream()
        self.server.by_namespace[namespace] = (Script(forever=listing(*items)), Script().then(stream))
        return stream

    def open(self) -> None:
        self.session = Session(connection(self.server.url), clock=self.clock, rng=Random(1))
        self.session._features.watch_list = False

    def asked(self, namespace: str, *, watch: bool = False) -> int:
        return len([request for request in self.server.asked(watch=watch) if f"/{namespace}/" in request.path])


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    await desk.server.start()
    before = asyncio.all_tasks()
    desk.open()
    yield desk
    await desk.session.aclose()
    assert desk.clock.pending == []
    await desk.server.stop()
    here = {asyncio.current_task()}
    await until(lambda: asyncio.all_tasks() - here <= before)


async def test_two_namespaces_one_denied(desk: Desk) -> None:
    stream = desk.serve("a", thing("one", 1, namespace="a"))
    desk.server.by_namespace["b"] = (Script(forever=failure(403, "Forbidden", "not in b")), Script())
    store = desk.session.watch(THINGS, Thing, ["a", "b"])
    await until(lambda: store.states["a"].sync is Sync.LIVE and store.states["b"].sync is Sync.DENIED)
    assert store.states["b"].reason == "not in b"
    assert [key for key, _ in store.items()] == [("a", "one")]
    await until(stream.opened.is_set)
    stream.send(event("ADDED", thing("two", 11, namespace="a")))
    await until(lambda: store.get(("a", "two")) is not None)
    assert store.last_heard == desk.clock.now()  # the denied one does not count


async def test_namespaces_are_merged_and_shared(desk: Desk) -> None:
    for namespace in ("a", "b"):
        desk.serve(namespace, thing("same", 1, namespace=namespace))
    both = desk.session.watch(THINGS, Thing, ["a", "b", "a"])
    one = desk.session.watch(THINGS, Thing, ["b"])
    await until(lambda: len(both) == 2 and len(one) == 1 and all(stream.opened.is_set() for stream in desk.streams.values()))
    assert (desk.asked("a"), desk.asked("b")) == (1, 1)
    assert (desk.asked("a", watch=True), desk.asked("b", watch=True)) == (1, 1)
    reader, other = both.subscribe(), one.subscribe()
    reader.take(), other.take()
    desk.streams["b"].send(event("MODIFIED", thing("same", 12, namespace="b")))
    await reader.wait()
    await other.wait()
    assert reader.take().keys == other.take().keys == {("b", "same")}


async def test_other_selectors_and_kinds_are_other_watches(desk: Desk) -> None:
    class Other(Thing, frozen=True, kw_only=True):
        pass

    desk.server.by_namespace["a"] = (Script(forever=listing()), Script(forever=failure(429, "TooManyRequests")))
    desk.session.watch(THINGS, Thing, ["a"])
    desk.session.watch(THINGS, Thing, ["a"], "app=x")
    desk.session.watch(THINGS, Other, ["a"])
    await until(lambda: desk.asked("a", watch=True) == 3)
    selectors = sorted(request.params.get("labelSelector", "") for request in desk.server.asked(watch=False))
    assert selectors == ["", "", "app=x"]


async def test_whether_all_namespaces_are_looked_at_already(desk: Desk) -> None:
    desk.server.by_namespace["a"] = (Script(forever=listing()), Script(forever=failure(429, "TooManyRequests")))
    desk.session.watch(THINGS, Thing, ["a"])
    assert not desk.session.watched(THINGS, Thing)
    desk.session.watch(THINGS, Thing, selector="app=x")
    assert not desk.session.watched(THINGS, Thing), "not all of them"
    every = desk.session.watch(THINGS, Thing)
    assert desk.session.watched(THINGS, Thing)
    desk.session.release(every)
    assert desk.session.watched(THINGS, Thing), "still, for the grace"
    desk.clock.advance(GRACE + 1)
    assert not desk.session.watched(THINGS, Thing)


async def test_a_released_watch_ends_after_a_grace(desk: Desk) -> None:
    stream = desk.serve("a", thing("one", 1, namespace="a"))
    store = desk.session.watch(THINGS, Thing, ["a"])
    await until(stream.opened.is_set)
    desk.session.release(store)
    desk.session.release(store)
    desk.clock.advance(GRACE - 1)
    again = desk.session.watch(THINGS, Thing, ["a"])
    assert len(again) == 1  # there at once
    desk.clock.advance(GRACE * 2)
    assert not stream.closed.is_set()
    desk.session.release(again)
    desk.clock.advance(GRACE + 1)
    await until(stream.closed.is_set)
    assert desk.asked("a") == 1


async def test_retry_now_wakes_who_waits(desk: Desk) -> None:
    desk.server.lists.then(failure(403, "Forbidden"), listing(thing("one")))
    desk.server.watches.then(Stream())
    store = desk.session.watch(THINGS, Thing)
    await until(lambda: store.states[""].sync is Sync.DENIED)
    desk.session.retry_now()
    await until(lambda: store.states[""].sync is Sync.LIVE)
    assert desk.clock.monotonic() == 1000  # no time has passed


async def test_suspended_laptop_reconnects_at_once(desk: Desk) -> None:
    """After an hour's sleep the socket is dead, but nothing says so: the monotonic clock stood still."""
    stream = desk.serve("a", thing("one", 1, namespace="a"))
    desk.server.by_namespace["a"][1].then(Stream(event("ADDED", thing("two", 11, namespace="a"))))
    store = desk.session.watch(THINGS, Thing, ["a"])
    await until(stream.opened.is_set)
    (shared,) = desk.session._shared.values()
    await until(lambda: store.states["a"].sync is Sync.LIVE and shared.reflector.watching)
    desk.clock.advance(20)
    assert desk.asked("a", watch=True) == 1
    desk.clock.suspend(3600)
    desk.clock.advance(5)
    await until(lambda: store.get(("a", "two")) is not None)
    await until(stream.closed.is_set)
    assert desk.asked("a", watch=True) == 2
    assert desk.asked("a") == 1


async def test_suspended_while_waiting_tries_at_once(desk: Desk) -> None:
    desk.server.lists.then(failure(403, "Forbidden"), listing(thing("one")))
    desk.server.watches.then(Stream())
    store = desk.session.watch(THINGS, Thing)
    await until(lambda: store.states[""].sync is Sync.DENIED)
    desk.clock.suspend(3600)
    desk.clock.advance(5)
    await until(lambda: len(store) == 1)


async def test_discovery_is_asked_anew_when_a_crd_comes_or_goes(desk: Desk) -> None:
    stream = desk.serve("a")
    lists, _ = desk.server.by_namespace["a"]
    lists.then(answer(404, b"404 page not found\n"))
    store = desk.session.watch(THINGS, Thing, ["a"])
    asked = 0

    async def refresh() -> None:
        nonlocal asked
        asked += 1

    desk.session.discovery.refresh = refresh  # type: ignore[assignment, method-assign]
    await until(lambda: store.states["a"].sync is Sync.NOT_INSTALLED and asked == 1)
    desk.clock.advance(31)
    await until(lambda: stream.opened.is_set() and asked == 2)


async def test_lists_are_bounded(desk: Desk) -> None:
    going, most, release = 0, 0, asyncio.Event()

    async def slow(request, wire):  # type: ignore[no-untyped-def]
        nonlocal going, most
        going += 1
        most = max(most, going)
        await release.wait()
        going -= 1
        await listing()(request, wire)

    desk.server.lists.always(slow)
    desk.server.watches.always(failure(429, "TooManyRequests"))
    names = [f"n{i}" for i in range(20)]
    store = desk.session.watch(THINGS, Thing, names)
    await until(lambda: going == 8)
    release.set()
    await until(lambda: all(state.sync is not Sync.SYNCING for state in store.states.values()))
    assert most == 8


async def test_initial_events_are_bounded_but_open_watches_are_not(desk: Desk) -> None:
    async def current(request, wire):  # type: ignore[no-untyped-def]
        await Stream(bookmark(10, end=True))(request, wire)

    desk.session._features.watch_list = True
    desk.server.watches.always(current)
    store = desk.session.watch(THINGS, Thing, [f"n{i}" for i in range(20)])
    await until(lambda: all(state.sync is Sync.LIVE for state in store.states.values()))
    assert len(desk.server.asked(watch=True)) == 20


async def test_only_the_first_ones_wait_for_initial_events_that_never_end(desk: Desk) -> None:
    async def old(request, wire):  # type: ignore[no-untyped-def]
        await Stream()(request, wire)

    desk.session._features.watch_list = True
    desk.server.lists.always(listing())
    desk.server.watches.always(old)
    store = desk.session.watch(THINGS, Thing, [f"n{i}" for i in range(20)])
    await until(lambda: len(desk.server.asked(watch=True)) == 8)
    opened = [shared.reflector for shared in desk.session._shared.values()]
    await until(lambda: sum(reflector.watching for reflector in opened) == 8)
    desk.clock.advance(11)
    await until(lambda: all(state.sync is Sync.LIVE for state in store.states.values()))


async def test_reconnecting_while_others_list_does_no_harm(desk: Desk) -> None:
    desk.session._features.watch_list = True
    desk.server.watches.always(Stream())
    desk.session.watch(THINGS, Thing, [f"n{i}" for i in range(20)])
    await until(lambda: len(desk.server.asked(watch=True)) == 8)
    desk.clock.suspend(3600)
    desk.clock.advance(5)
    assert not any(shared.task.done() for shared in desk.session._shared.values())


async def test_on_the_real_clock(desk: Desk) -> None:
    stream = desk.serve("a", thing("one", 1, namespace="a"))
    session = Session(connection(desk.server.url))
    session._features.watch_list = False
    store = session.watch(THINGS, Thing, ["a"])
    await until(stream.opened.is_set)
    stream.send(event("ADDED", thing("two", 11, namespace="a")))
    await until(lambda: len(store) == 2)
    assert store.states["a"].since.tzinfo is not None
    await session.aclose()
    await until(stream.closed.is_set)


async def test_a_storm_of_namespaces_is_no_storm(desk: Desk) -> None:
    """Ten watches at an always-closing server: about one request a second each, at most."""

    async def brief(request, wire):  # type: ignore[no-untyped-def]
        await watch()(request, wire)

    desk.server.lists.always(listing())
    desk.server.watches.always(brief)
    desk.session.watch(THINGS, Thing, [f"n{i}" for i in range(10)])
    started = desk.clock.monotonic()
    reflectors = [shared.reflector for shared in desk.session._shared.values()]
    for _ in range(40):
        await until(lambda: all(reflector.waiting for reflector in reflectors))
        desk.clock.advance(1)
    elapsed = desk.clock.monotonic() - started
    assert len(desk.server.asked(watch=True)) <= 10 * (elapsed + 2)


async def test_a_reflector_that_dies_is_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.server.lists.always(failure(500, "InternalError"))
    store = desk.session.watch(THINGS, Thing)
    (shared,) = desk.session._shared.values()

    async def defect(error: Exception) -> None:
        raise ZeroDivisionError("nobody saw this coming")

    shared.reflector._recover = defect  # type: ignore[method-assign]
    with caplog.at_level(logging.ERROR):
        await until(shared.task.done)
        await asyncio.sleep(0)
    assert "nobody saw this coming" in caplog.text
    desk.session.release(store)


async def test_what_is_released_after_the_end_is_gone_already(desk: Desk) -> None:
    """Another context: the session is closed before the screens that look at it have gone."""
    store = desk.session.watch(THINGS, Thing, ["ns"])
    await desk.session.aclose()
    desk.session.release(store)
