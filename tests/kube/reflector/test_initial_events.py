"""The list as a watch (sendInitialEvents): right, refused, ignored, broken off."""

from __future__ import annotations

import pytest
from misbehaving import Stream, bookmark, error, event, failure, listing, thing, watch
from rigging import Rig, until

from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio


def initial(*objects: dict, version: int = 10) -> list[bytes]:  # type: ignore[type-arg]
    return [*(event("ADDED", obj) for obj in objects), bookmark(version, end=True)]


async def test_watch_list(rig: Rig) -> None:
    stream = Stream(*initial(thing("a", 1), thing("b", 2)))
    rig.server.watches.then(stream, Stream())
    rig.start(watch_list=True)
    await rig.live()
    stream.send(event("MODIFIED", thing("a", 11)))
    await rig.holds(a="11", b="2")
    request = rig.server.asked(watch=True)[0]
    assert (request.params["sendInitialEvents"], request.params["resourceVersionMatch"]) == ("true", "NotOlderThan")
    assert request.params["allowWatchBookmarks"] == "true"
    rig.clock.advance(65)  # the short patience for initial events is over once they ended
    assert len(rig.watches) == 1
    stream.end()
    await until(lambda: rig.watches == ["", "11"])
    assert "sendInitialEvents" not in rig.server.asked(watch=True)[1].params
    assert rig.lists == []


async def test_watch_list_takes_no_version_from_initial_events(rig: Rig) -> None:
    """They come in no order; a stream that breaks among them is begun anew."""
    rig.server.watches.then(Stream(event("ADDED", thing("a", 99))).end(), Stream(*initial(thing("b", 2), version=20)))
    rig.start(watch_list=True)
    await rig.next_try()
    await rig.live()
    assert rig.names == {"b": "2"}  # what the broken one had shown is gone by absence
    assert rig.watches == ["", ""]


async def test_watch_list_replaces_only_when_it_is_whole(rig: Rig) -> None:
    first, second = Stream(*initial(thing("a", 1), thing("b", 2))), Stream(event("ADDED", thing("a", 30)))
    rig.server.watches.then(first, second)
    rig.start(watch_list=True)
    await rig.live()
    rig.clock.advance(60)
    first.send(error(410, "Expired"))
    await until(second.opened.is_set)
    second.send(event("ADDED", thing("c", 31)), event("DELETED", thing("c", 32)))
    assert rig.names == {"a": "1", "b": "2"}
    second.send(bookmark(40, end=True))
    await rig.holds(a="30")
    assert rig.watches == ["", "10"]


async def test_a_plain_bookmark_does_not_end_initial_events(rig: Rig) -> None:
    stream = Stream(event("ADDED", thing("a", 1)), bookmark(5))
    rig.server.watches.then(stream)
    rig.start(watch_list=True)
    await until(lambda: rig.scope.last_heard is not None)
    stream.send(event("ADDED", thing("b", 2)), bookmark(10, end=True))
    await rig.live()
    assert rig.names == {"a": "1", "b": "2"}
    assert len([state for state in rig.scope.told if state.sync is Sync.LIVE]) == 1
    assert rig.scope.pages[-1] == 2  # both came with the one replacement


@pytest.mark.parametrize("code", [400, 422])
async def test_watch_list_refused(rig: Rig, code: int) -> None:
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(failure(code, "Invalid", "sendInitialEvents is forbidden for watch"), Stream())
    rig.start(watch_list=True)
    await rig.live()
    assert rig.names == {"a": "1"}
    assert not rig.features.watch_list  # remembered: the next list does not ask again
    assert rig.lists == ["0"]


async def test_initial_events_end_missing(rig: Rig) -> None:
    """An old server ignores sendInitialEvents: all objects come, the bookmark never does."""
    stream = Stream(event("ADDED", thing("a", 1)), event("ADDED", thing("b", 2)))
    rig.server.lists.then(listing(thing("a", 1), thing("b", 2)))
    rig.server.watches.then(stream, Stream())
    rig.start(watch_list=True)
    await until(lambda: rig.scope.last_heard is not None)
    rig.clock.advance(11)
    await rig.live()
    assert rig.names == {"a": "1", "b": "2"}
    assert rig.watches == ["", "10"]
    assert not rig.features.watch_list
    await until(stream.closed.is_set)


async def test_initial_events_end_missing_on_a_busy_server(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream())
    rig.start(watch_list=True)
    for i in range(40):
        if stream.closed.is_set():
            break
        rig.clock.advance(5)
        stream.send(event("ADDED", thing(f"new-{i}", i)))
        await until(lambda: rig.scope.last_heard == rig.clock.now() or stream.closed.is_set())
    await rig.live()
    assert rig.lists == ["0"]


async def test_watch_list_forbidden_falls_back_to_list_and_polls(rig: Rig) -> None:
    rig.server.lists.always(listing(thing("a", 1)))
    rig.server.watches.always(failure(403, "Forbidden", "cannot watch"))
    rig.start(watch_list=True)
    await rig.reached(Sync.POLLING)
    assert (len(rig.lists), len(rig.watches)) == (1, 1)
    assert rig.features.watch_list


async def test_watch_list_too_large_version(rig: Rig) -> None:
    first = Stream(*initial(thing("a", 1)))
    rig.server.watches.then(first, failure(504, "Timeout", "Too large resource version: 10, current: 4"))
    rig.server.watches.then(Stream(*initial(thing("b", 2), version=4)))
    rig.start(watch_list=True)
    await rig.live()
    rig.clock.advance(60)
    first.send(error(410, "Expired"))
    await rig.holds(b="2")
    assert rig.watches == ["", "10", ""]


async def test_always_closing_server_during_initial_events(rig: Rig) -> None:
    async def brief(request, wire):  # type: ignore[no-untyped-def]
        await watch(event("ADDED", thing("a", 1)))(request, wire)

    rig.server.watches.always(brief)
    rig.start(watch_list=True)
    started = rig.clock.monotonic()
    for _ in range(20):
        await rig.next_try()
    assert len(rig.watches) <= (rig.clock.monotonic() - started) / 0.8 + 2
