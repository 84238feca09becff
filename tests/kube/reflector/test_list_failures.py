"""Every way in which a list, or a watch that begins with the list, is known to fail; denied, missing, polled."""

from __future__ import annotations

import pytest
from misbehaving import Stream, answer, bookmark, error, event, failure, listing, thing, watch
from rigging import Rig, until

from modeltui.kube.auth import Credentials
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


class Tokens:
    """An exec plugin: a new token each time it runs."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self) -> Credentials:
        self.runs += 1
        return Credentials(f"Bearer token-{self.runs}")


async def test_401_in_list(rig: Rig) -> None:
    plugin = Tokens()
    rig.server.lists.then(failure(401, "Unauthorized"), listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start(source=plugin)
    await rig.live()
    assert [request.headers["authorization"] for request in rig.server.asked(watch=False)] == ["Bearer token-1", "Bearer token-2"]


async def test_401_in_watch_open(rig: Rig) -> None:
    plugin = Tokens()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(failure(401, "Unauthorized"), Stream(event("MODIFIED", thing("a", 11))))
    rig.start(source=plugin)
    await rig.holds(a="11")
    assert rig.watches == ["10", "10"]
    assert plugin.runs == 2


async def test_401_mid_stream(rig: Rig) -> None:
    """The token expires while a watch is open: the server ends it, refuses the next, and the plugin runs again."""
    plugin, stream = Tokens(), Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, failure(401, "Unauthorized"), Stream(event("MODIFIED", thing("a", 11))))
    rig.start(source=plugin)
    await rig.live()
    rig.clock.advance(60)
    stream.send(error(401, "Unauthorized", "token expired"))
    await rig.waits()
    assert rig.sync is Sync.DENIED
    await rig.next_try()
    await rig.holds(a="11")
    await rig.reached(Sync.LIVE)
    assert rig.server.requests[-1].headers["authorization"] == "Bearer token-2"


async def test_401_for_good_is_denied_and_no_storm(rig: Rig) -> None:
    rig.server.lists.always(failure(401, "Unauthorized"))
    rig.start()
    delays = [await rig.next_try() for _ in range(6)]
    assert rig.sync is Sync.DENIED
    assert sum(delays) > 20
    assert len(rig.lists) <= 14  # two for each try at most: refused, refreshed, refused


async def test_403_on_watch_but_not_on_list(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 2), version=11), listing(thing("a", 3), version=12))
    rig.server.lists.always(listing(thing("b", 4), version=20))
    rig.server.watches.then(failure(403, "Forbidden", "cannot watch"))
    rig.server.watches.always(Stream())
    rig.start()
    await rig.reached(Sync.POLLING)
    assert await rig.next_try() == 30
    await until(lambda: rig.names == {"a": "3"})
    assert rig.sync is Sync.POLLING
    assert len(rig.watches) == 1
    for _ in range(9):
        await rig.next_try()
    await rig.live()  # after five minutes the watch was asked for again
    assert len(rig.watches) == 2
    assert rig.names == {"b": "4"}
    told = [state.sync for state in rig.scope.told]
    assert set(told[told.index(Sync.POLLING) : -1]) == {Sync.POLLING}


async def test_403_on_list(rig: Rig) -> None:
    rig.server.lists.then(failure(403, "Forbidden", 'things is forbidden: User "u" cannot list'), listing(thing("a", 1)))
    rig.server.watches.then(Stream())
    rig.start()
    await rig.reached(Sync.DENIED)
    assert rig.scope.sync.reason == 'things is forbidden: User "u" cannot list'
    assert await rig.next_try() == 60
    await rig.live()


async def test_rights_lost_while_watching(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), failure(403, "Forbidden", "cannot list any more"))
    rig.server.watches.then(stream, failure(403, "Forbidden", "cannot watch any more"))
    rig.start()
    await rig.live()
    rig.clock.advance(30)
    stream.end()
    await rig.reached(Sync.DENIED)
    assert rig.scope.sync.reason == "cannot list any more"
    assert rig.names == {"a": "1"}


async def test_namespace_deleted_while_watched(rig: Rig) -> None:
    stream = Stream()
    rig.server.namespaces.always(answer(200, {"kind": "Namespace", "metadata": {"name": "ns"}}))
    rig.server.lists.then(listing(thing("a", 1), thing("b", 2)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    stream.send(event("DELETED", thing("a", 11)), event("DELETED", thing("b", 12)))
    await rig.holds()
    rig.server.namespaces.always(failure(404, "NotFound", 'namespaces "ns" not found', name="ns", kind="namespaces"))
    stream.send(bookmark(20))
    await rig.reached(Sync.NO_NAMESPACE)
    stream.send(event("ADDED", thing("c", 30)))
    await rig.reached(Sync.LIVE)
    assert rig.names == {"c": "30"}
    assert len(rig.watches) == 1


async def test_namespace_that_does_not_exist(rig: Rig) -> None:
    stream = Stream()
    rig.server.namespaces.always(failure(404, "NotFound", 'namespaces "ns" not found', name="ns", kind="namespaces"))
    rig.server.lists.then(listing())
    rig.server.watches.then(stream)
    rig.start()
    await rig.reached(Sync.NO_NAMESPACE)
    rig.server.namespaces.always(answer(200, {"kind": "Namespace", "metadata": {"name": "ns"}}))
    stream.send(bookmark(20))
    await rig.reached(Sync.LIVE)


async def test_without_the_right_to_get_namespaces_empty_is_just_empty(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing())
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    stream.send(bookmark(20), bookmark(21), event("ADDED", thing("a", 22)))
    await rig.holds(a="22")
    assert len([request for request in rig.server.requests if request.path == "/api/v1/namespaces/ns"]) == 1  # asked once


async def test_crd_removed_and_installed_later(rig: Rig) -> None:
    stream = Stream()
    missing = answer(404, b"404 page not found\n")
    rig.server.lists.then(listing(thing("a", 1)), missing, missing, missing, listing(thing("b", 50), version=60))
    rig.server.watches.then(stream, missing, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)
    stream.end()
    await rig.waits()
    assert rig.sync is Sync.STALE  # a restarting server says 404 too: rows are kept on its first word
    assert rig.names == {"a": "1"}
    await rig.next_try()
    await rig.reached(Sync.NOT_INSTALLED)
    assert rig.names == {}
    assert await rig.next_try() == 30
    await rig.waits()
    assert await rig.next_try() == 30
    await rig.waits()
    assert await rig.next_try() == 30
    await rig.live()
    assert rig.names == {"b": "50"}


async def test_not_installed_from_the_start(rig: Rig) -> None:
    rig.server.lists.then(answer(404, b"404 page not found\n"))
    rig.server.watches.then(answer(404, b"404 page not found\n"))
    rig.start(watch_list=True)
    await rig.reached(Sync.NOT_INSTALLED)


async def test_404_of_a_restarting_server_costs_no_rows(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 1), version=20))
    rig.server.watches.then(stream, answer(404, b"404 page not found\n"), Stream())
    rig.start()
    await rig.live()
    reader = rig.store.subscribe()
    reader.take()
    rig.clock.advance(60)
    stream.end()
    await rig.next_try()
    await until(lambda: rig.watches == ["10", "10", "20"])
    assert not reader.take().keys


# The list as a watch


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


# Ending


async def test_cancel_during_backoff(rig: Rig) -> None:
    rig.server.lists.always(failure(500, "InternalError"))
    rig.start()
    await rig.waits()
    rig.task.cancel()
    await until(rig.task.done)
    assert rig.task.cancelled()
    assert rig.clock.pending == []


async def test_cancel_during_read(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    rig.task.cancel()
    await until(stream.closed.is_set)  # the response was closed: the server saw the connection end
    await until(rig.task.cancelled)
    assert rig.clock.pending == []


async def test_cancel_during_list(rig: Rig) -> None:
    taken, gone = Stream(), Stream()

    async def silent(request, wire):  # type: ignore[no-untyped-def]
        taken.opened.set()
        await wire.reader.read()
        gone.closed.set()

    rig.server.lists.then(silent)
    rig.start()
    await until(taken.opened.is_set)
    rig.task.cancel()
    await until(gone.closed.is_set)
    assert rig.clock.pending == []
