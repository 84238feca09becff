"""However fast a server fails, it sees about one request a second of a watch, and fewer as it goes on."""

from __future__ import annotations

import pytest
from misbehaving import Stream, error, event, failure, listing, thing, watch
from rigging import Rig, until

from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio


async def test_410_again_and_again_lists_ever_more_seldom(rig: Rig) -> None:
    rig.server.lists.always(listing(thing("a", 1)))
    rig.server.watches.always(watch(error(410, "Expired")))
    rig.start()
    started = rig.clock.monotonic()
    for _ in range(12):
        rig.server.watches.always(watch(error(410, "Expired")))
        await rig.next_try()
    elapsed = rig.clock.monotonic() - started
    assert len(rig.lists) <= 14
    assert elapsed > 100


async def test_error_500_for_too_long_lists_anew(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("b", 50), version=60))
    rig.server.watches.always(failure(500, "InternalError", "etcd is busy"))
    rig.start()
    waited = 0.0
    for _ in range(12):
        waited += await rig.waits()
        if len(rig.lists) == 2:
            break
        await rig.next_try()
    assert 60 < waited < 200
    assert rig.names == {"b": "50"}


@pytest.mark.parametrize("lines", [[], [event("MODIFIED", thing("a", 11))]], ids=["nothing", "one event"])
async def test_eof_at_once_repeated(rig: Rig, lines: list[bytes]) -> None:
    rig.server.lists.then(listing(thing("a", 1)))

    async def brief(request, wire):  # type: ignore[no-untyped-def]
        await watch(*lines)(request, wire)

    rig.server.watches.always(brief)
    rig.start()
    started = rig.clock.monotonic()
    for _ in range(30):
        await rig.next_try()
    elapsed = rig.clock.monotonic() - started
    assert len(rig.lists) == 1
    assert len(rig.watches) <= elapsed / 0.8 + 2
    assert set(rig.watches) == {"10"} | ({"11"} if lines else set())


async def test_connection_dropped_at_once_repeated(rig: Rig) -> None:
    async def brief(request, wire):  # type: ignore[no-untyped-def]
        wire.drop()

    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.always(brief)
    rig.start()
    started = rig.clock.monotonic()
    for _ in range(30):
        await rig.next_try()
    assert len(rig.watches) <= (rig.clock.monotonic() - started) / 0.8 + 2
    assert rig.sync is Sync.STALE
    assert rig.names == {"a": "1"}


async def test_a_flapping_server_is_not_called_live(rig: Rig) -> None:
    async def brief(request, wire):  # type: ignore[no-untyped-def]
        await watch()(request, wire)

    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.always(brief)
    rig.start()
    await rig.waits()
    del rig.scope.told[:]
    for _ in range(5):
        await rig.next_try()
        await rig.waits()
    assert {state.sync for state in rig.scope.told} == {Sync.STALE}


async def test_a_quiet_watch_becomes_live_again(rig: Rig) -> None:
    """After a failure nothing may happen for a long time: an open watch is proof enough after a second."""
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(watch(), Stream())
    rig.start()
    await rig.next_try()
    await until(lambda: rig.reflector.watching)
    assert rig.sync is Sync.STALE
    rig.clock.advance(1.1)
    assert rig.sync is Sync.LIVE


async def test_clean_eof_after_a_while_reopens_at_once(rig: Rig) -> None:
    first = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(first, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(30)
    first.end()
    await until(lambda: rig.watches == ["10", "10"])
    assert len(rig.lists) == 1


async def test_429_on_opening_a_watch_with_retry_after(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(failure(429, "TooManyRequests", headers={"Retry-After": "17"}), Stream())
    rig.start()
    assert await rig.next_try() == 17
    await until(lambda: rig.watches == ["10", "10"])
    assert len(rig.lists) == 1


async def test_429_on_opening_a_watch_without_retry_after(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.always(failure(429, "TooManyRequests"))
    rig.start()
    delays = [await rig.next_try() for _ in range(4)]
    for delay, least in zip(delays, (0.8, 1.6, 3.2, 6.4), strict=True):
        assert least <= delay <= 2 * least
    assert len(rig.lists) == 1


@pytest.mark.parametrize("header", ["0", "0.01"])
async def test_429_with_a_retry_after_of_nothing_is_no_storm(rig: Rig, header: str) -> None:
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.always(failure(429, "TooManyRequests", headers={"Retry-After": header}))
    rig.start()
    assert min([await rig.next_try() for _ in range(5)]) >= 0.8


async def test_429_as_error_event(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(20)
    stream.send(error(429, "TooManyRequests", "slow down", retryAfterSeconds=9))
    assert await rig.next_try() == 9
    await until(lambda: rig.watches == ["10", "10"])
    assert len(rig.lists) == 1
