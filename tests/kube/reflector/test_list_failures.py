"""Every way in which a list is known to fail."""

from __future__ import annotations

import pytest
from misbehaving import Stream, answer, error, event, failure, listing, thing
from rigging import Rig, until

from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio

GONE = failure(410, "Expired", "The provided continue parameter is too old")


async def test_pages_are_shown_as_they_arrive(rig: Rig) -> None:
    stream = Stream()

    async def slow(request, wire):  # type: ignore[no-untyped-def]
        await stream.opened.wait()
        await listing(thing("c", 3), version=11)(request, wire)

    rig.server.lists.then(listing(thing("a", 1), thing("b", 2), token="next"), slow)
    rig.server.watches.then(Stream())
    rig.start()
    await rig.holds(a="1", b="2")
    assert (rig.sync, rig.scope.sync.received) == (Sync.SYNCING, 2)
    stream.opened.set()
    await rig.live()
    assert rig.names == {"a": "1", "b": "2", "c": "3"}
    first, second = rig.server.asked(watch=False)
    assert (first.params["limit"], first.version) == ("500", "0")
    assert (second.params["limit"], second.params["continue"], second.version) == ("500", "next", None)
    assert rig.watches == ["10"]  # the first page's version: nothing in between is missed


async def test_a_new_list_is_not_shown_before_it_is_whole(rig: Rig) -> None:
    first, hold = Stream(), Stream()

    async def slow(request, wire):  # type: ignore[no-untyped-def]
        hold.opened.set()
        await hold.closed.wait()
        await listing(thing("c", 3))(request, wire)

    rig.server.lists.then(listing(thing("a", 1), thing("b", 1)), listing(thing("a", 9), version=50, token="next"), slow)
    rig.server.watches.then(first, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)
    first.send(error(410, "Expired"))
    await until(hold.opened.is_set)
    assert rig.names == {"a": "1", "b": "1"}
    assert rig.sync is Sync.STALE
    hold.closed.set()
    await rig.holds(a="9", c="3")


async def test_410_in_list(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), GONE, listing(thing("b", 30), version=40))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)
    stream.send(error(410, "Expired"))
    await rig.holds(b="30")
    assert rig.lists == ["0", "10", None]  # at ours, then at the newest


async def test_410_in_list_for_ever_is_no_storm(rig: Rig) -> None:
    rig.server.lists.always(GONE)
    rig.start()
    started = rig.clock.monotonic()
    for _ in range(10):
        await rig.next_try()
    assert len(rig.lists) <= (rig.clock.monotonic() - started) / 0.8 + 2
    assert rig.lists[:2] == ["0", None]


async def test_continue_token_expires_on_page_3(rig: Rig) -> None:
    rig.server.lists.then(
        listing(thing("a", 1), version=10, token="p2"),
        listing(thing("b", 2), version=10, token="p3"),
        GONE,
        listing(thing("b", 2), thing("c", 3), version=20),
    )
    rig.server.watches.then(Stream())
    rig.start()
    await rig.live()
    assert rig.names == {"b": "2", "c": "3"}  # "a" was deleted meanwhile
    assert "limit" not in rig.server.asked(watch=False)[3].params
    assert "continue" not in rig.server.asked(watch=False)[3].params
    assert rig.watches == ["20"]


@pytest.mark.parametrize(
    "refusal",
    [
        failure(504, "Timeout", "Too large resource version: 10, current: 4"),
        failure(504, "Timeout", "Timeout", causes=[{"reason": "ResourceVersionTooLarge", "message": "Too large"}], retryAfterSeconds=1),
    ],
    ids=["old server", "new server"],
)
async def test_too_large_resource_version(rig: Rig, refusal) -> None:  # type: ignore[no-untyped-def]
    """The server was restored from a backup and has never heard of our version."""
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), refusal, listing(thing("a", 3), version=4))
    rig.server.watches.then(stream, failure(410, "Expired"), Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)
    stream.end()
    await rig.holds(a="3")
    assert rig.lists == ["0", "10", None]
    await until(lambda: rig.watches == ["10", "10", "4"])


async def test_too_large_resource_version_on_opening_a_watch(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 3), version=4))
    rig.server.watches.then(stream, failure(504, "Timeout", "Too large resource version: 10, current: 4"), Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)
    stream.end()
    await rig.holds(a="3")
    assert rig.lists == ["0", None]


async def test_too_large_resource_version_for_ever_is_no_storm(rig: Rig) -> None:
    rig.server.lists.always(listing(thing("a", 1)))
    rig.server.watches.always(failure(504, "Timeout", "Too large resource version: 10, current: 4"))
    rig.start()
    started = rig.clock.monotonic()
    for _ in range(10):
        await rig.next_try()
    assert len(rig.lists) <= (rig.clock.monotonic() - started) / 0.8 + 2


async def test_server_restart(rig: Rig) -> None:
    """Refused for a minute: old rows stay, tries get rarer, the watch goes on where it stopped."""
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(Stream(event("MODIFIED", thing("a", 11))), Stream(event("MODIFIED", thing("a", 12))))
    rig.start()
    await rig.holds(a="11")
    last = rig.clock.now()
    rig.clock.advance(5)
    await rig.server.stop()
    down, tries = rig.clock.monotonic(), 0
    while rig.clock.monotonic() - down < 60:
        assert tries <= 8
        await rig.waits()
        assert rig.names == {"a": "11"}
        assert (rig.sync, rig.scope.sync.since) == (Sync.STALE, last)
        assert rig.scope.sync.next_retry is not None
        assert rig.scope.sync.reason
        await rig.next_try()
        tries += 1
    await rig.waits()
    await rig.server.start()
    rig.reflector.retry_now()
    await rig.holds(a="12")
    await rig.reached(Sync.LIVE)
    assert rig.watches == ["10", "11"]
    assert len(rig.lists) == 1


async def test_unreachable_at_start(rig: Rig) -> None:
    await rig.server.stop()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start(watch_list=True)
    await rig.waits()
    assert rig.sync is Sync.STALE
    rig.features.watch_list = False
    await rig.server.start()
    await rig.next_try()
    await rig.live()


@pytest.mark.parametrize(("header", "least", "most"), [("7", 7, 7), (None, 0.8, 1.6)], ids=["with", "without"])
async def test_429_on_list(rig: Rig, header: str | None, least: float, most: float) -> None:
    rig.server.lists.then(failure(429, "TooManyRequests", headers={"Retry-After": header} if header else None), listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start()
    assert least <= await rig.next_try() <= most
    await rig.live()


async def test_list_answered_by_a_login_page(rig: Rig) -> None:
    rig.server.lists.then(answer(200, b"<html>log in</html>"), answer(200, {"kind": "Status"}), listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start()
    await rig.waits()
    assert "not a list" in rig.scope.sync.reason
    await rig.next_try()
    await rig.waits()  # what has no items is not an empty list
    await rig.next_try()
    await rig.live()


async def test_list_without_a_version_is_not_watched_from_nowhere(rig: Rig) -> None:
    rig.server.lists.then(answer(200, {"items": [thing("a", 1)], "metadata": {}}), listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start()
    await rig.next_try()
    await rig.live()
    assert rig.watches == ["10"]


async def test_null_items_are_an_empty_list(rig: Rig) -> None:
    rig.server.lists.then(answer(200, {"items": None, "metadata": {"resourceVersion": "3"}}))
    rig.server.watches.then(Stream())
    rig.start()
    await rig.live()
    assert rig.names == {}
