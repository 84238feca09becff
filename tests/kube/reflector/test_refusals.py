"""401, 403 and 404: who may not, what is not there, and how it comes back."""

from __future__ import annotations

import pytest
from misbehaving import Stream, answer, bookmark, error, event, failure, listing, thing
from rigging import Rig, until

from modeltui.kube.auth import Credentials
from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio


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
    assert rig.sync is Sync.UNAUTHORIZED
    await rig.next_try()
    await rig.holds(a="11")
    await rig.reached(Sync.LIVE)
    assert rig.server.requests[-1].headers["authorization"] == "Bearer token-2"


async def test_401_for_good_is_no_storm(rig: Rig) -> None:
    rig.server.lists.always(failure(401, "Unauthorized"))
    rig.start()
    delays = [await rig.next_try() for _ in range(6)]
    assert rig.sync is Sync.UNAUTHORIZED
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
    assert rig.scope.sync.data_from is None
    assert await rig.next_try() == 60
    await rig.live()


async def test_rights_lost_while_watching(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), failure(403, "Forbidden", "cannot list any more"))
    rig.server.watches.then(stream, failure(403, "Forbidden", "cannot watch any more"))
    rig.start()
    await rig.live()
    good = rig.clock.now()
    rig.clock.advance(30)
    stream.end()
    await rig.reached(Sync.DENIED)
    assert rig.scope.sync.reason == "cannot list any more"
    assert rig.names == {"a": "1"}
    assert rig.scope.sync.data_from == good


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
