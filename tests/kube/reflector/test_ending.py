"""A cancelled reflector leaves nothing behind, wherever it was."""

from __future__ import annotations

import pytest
from misbehaving import Stream, failure, listing, thing
from rigging import Rig, until

pytestmark = pytest.mark.asyncio


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
