"""Every way in which a watch is known to fail, one test each. Remove the handling and its test fails."""

from __future__ import annotations

import pytest
from misbehaving import Stream, bookmark, error, event, failure, listing, thing
from rigging import Rig, until

from modeltui.kube.state import Sync

pytestmark = pytest.mark.asyncio


async def test_list_then_watch(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1), thing("b", 2)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    await rig.holds(a="1", b="2")
    assert (rig.lists, rig.watches) == (["0"], ["10"])
    request = rig.server.asked(watch=True)[0]
    assert request.params["allowWatchBookmarks"] == "true"
    assert 300 <= int(request.params["timeoutSeconds"]) <= 600
    stream.send(event("ADDED", thing("c", 11)), event("MODIFIED", thing("a", 12)), event("DELETED", thing("b", 13)))
    await rig.holds(a="12", c="11")


async def test_410_as_http_status_in_watch(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1), thing("b", 1), version=10), listing(thing("a", 30), version=40))
    rig.server.watches.then(failure(410, "Expired", "too old resource version: 10 (20)"), Stream())
    rig.start()
    await rig.next_try()
    await rig.holds(a="30")
    await rig.live()
    assert rig.lists == ["0", "10"]  # listed anew, not older than what we had
    assert rig.watches == ["10", "40"]


async def test_410_as_error_event_in_watch(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 30), version=40))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()
    rig.clock.advance(60)  # the last list is long ago: no reason to wait
    stream.send(error(410, "Expired", "The resourceVersion for the provided watch is too old."))
    await rig.holds(a="30")
    assert rig.lists == ["0", "10"]
    await until(lambda: rig.watches == ["10", "40"])
    await until(stream.closed.is_set)  # no connection is left behind


async def test_error_without_code(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("b", 30), version=40))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()
    stream.send(event("ERROR", {"message": "something odd"}))
    await rig.waits()
    assert rig.scope.sync.reason == "something odd"
    await rig.next_try()
    await rig.holds(b="30")
    assert len(rig.lists) == 2


async def test_error_500(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(Stream(event("MODIFIED", thing("a", 12)), error(500, "InternalError", "etcd is busy")), Stream())
    rig.start()
    delay = await rig.next_try()
    assert 0.8 <= delay <= 1.6
    await until(lambda: rig.watches == ["10", "12"])  # goes on where it stopped
    assert len(rig.lists) == 1


async def test_bookmark_only_traffic(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()
    for version in range(20, 25):
        rig.clock.advance(60)
        stream.send(bookmark(version))
        await until(lambda: rig.scope.last_heard == rig.clock.now())
    assert rig.sync is Sync.LIVE
    assert rig.watches == ["10"]  # a bookmark counts as life
    stream.end()
    await until(lambda: rig.watches == ["10", "24"])  # and as progress
    assert len(rig.lists) == 1


async def test_half_open_connection(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream(event("MODIFIED", thing("a", 20))))
    rig.start()
    await rig.live()
    rig.clock.advance(69)
    assert rig.watches == ["10"]
    rig.clock.advance(2)
    await rig.holds(a="20")
    assert rig.watches == ["10", "10"]
    await until(stream.closed.is_set)


async def test_half_open_while_opening(rig: Rig) -> None:
    """The request is taken, but no answer ever begins."""

    async def silent(request, wire):  # type: ignore[no-untyped-def]
        await wire.reader.read()

    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(silent, Stream(event("MODIFIED", thing("a", 20))))
    rig.start()
    await rig.asked(watches=1)
    rig.clock.advance(71)
    await rig.waits()
    assert rig.sync is Sync.STALE
    await rig.next_try()
    await rig.holds(a="20")


async def test_drop_mid_line(rig: Rig) -> None:
    stream = Stream(event("MODIFIED", thing("a", 11)))
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream(event("MODIFIED", thing("a", 13))))
    rig.start()
    await rig.holds(a="11")
    rig.clock.advance(5)
    stream.send(event("MODIFIED", thing("a", 12))[:40])
    stream.drop()
    await rig.holds(a="13")
    assert rig.watches == ["10", "11"]
    assert len(rig.lists) == 1
    assert Sync.STALE not in {state.sync for state in rig.scope.told}  # it came back at once


async def test_line_cut_but_ended_politely(rig: Rig) -> None:
    """A proxy closes the chunked body properly in the middle of an object."""
    stream = Stream(event("MODIFIED", thing("a", 11)))
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream, Stream(event("MODIFIED", thing("a", 13))))
    rig.start()
    await rig.holds(a="11")
    rig.clock.advance(5)
    stream.send(event("MODIFIED", thing("a", 12))[:40]).end()
    await rig.holds(a="13")
    assert rig.watches == ["10", "11"]


async def test_a_line_that_never_can_be_read_leads_to_a_new_list(rig: Rig) -> None:
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 12), version=12))
    rig.server.watches.then(Stream(b"<html>\n"), Stream(b"<html>\n"), Stream())
    rig.start()
    await rig.next_try()
    await rig.next_try()
    await rig.holds(a="12")
    assert rig.watches == ["10", "10"] or rig.watches == ["10", "10", "12"]


async def test_duplicates_with_equal_version(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 5)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    reader = rig.store.subscribe()
    reader.take()
    same = [event(kind, thing("a", 5)) for kind in ("ADDED", "MODIFIED", "ADDED")]
    stream.send(*same, event("ADDED", thing("b", 11)))
    await rig.holds(a="5", b="11")
    assert reader.take().keys == {("ns", "b")}


@pytest.mark.parametrize("versions", [("99", "12", "50"), ("abc", "f00", "ü-1")], ids=["out of order", "not numbers"])
async def test_versions_are_opaque(rig: Rig, versions: tuple[str, str, str]) -> None:
    one, two, three = versions
    stream = Stream(event("MODIFIED", thing("a", one)), event("MODIFIED", thing("a", two)), event("ADDED", thing("b", three)))
    rig.server.lists.then(listing(thing("a", 1), version="start"))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.holds(a=two, b=three)
    rig.clock.advance(5)
    stream.end()
    await until(lambda: rig.watches == ["start", three])  # the last one seen, not the largest


async def test_deleted_with_newer_final_state(rig: Rig) -> None:
    stream = Stream(event("DELETED", thing("a", 99, size=7)))
    rig.server.lists.then(listing(thing("a", 1), thing("b", 2)))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.holds(b="2")
    rig.clock.advance(5)
    stream.end()
    await until(lambda: rig.watches == ["10", "99"])  # the version of the deletion is the place to go on from


async def test_delete_and_recreate_with_a_new_uid_between_list_and_watch(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 5, uid="old")))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    reader = rig.store.subscribe()
    reader.take()
    stream.send(event("ADDED", thing("a", 12, uid="new")), event("DELETED", thing("a", 13, uid="old")), event("ADDED", thing("b", 14)))
    await rig.holds(a="12", b="14")  # the late deletion was of the old one
    changes = reader.take()
    assert changes.keys == {("ns", "a"), ("ns", "b")}
    assert changes.recreated == {("ns", "a")}


async def test_recreated_with_equal_version_is_no_duplicate(rig: Rig) -> None:
    stream = Stream(event("ADDED", thing("a", 5, uid="new")))
    rig.server.lists.then(listing(thing("a", 5, uid="old")))
    rig.server.watches.then(stream)
    rig.start()
    await until(lambda: bool(rig.scope.objects) and rig.scope.objects["ns", "a"].metadata.uid == "new")


async def test_object_gone_during_downtime(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1), thing("b", 2), thing("c", 3)), listing(thing("a", 1), thing("c", 30), version=40))
    rig.server.watches.then(stream, failure(410, "Expired"), Stream())
    rig.start()
    await rig.live()
    reader = rig.store.subscribe()
    reader.take()
    rig.clock.advance(60)
    stream.drop()
    await rig.holds(a="1", c="30")
    assert reader.take().keys == {("ns", "b"), ("ns", "c")}  # "a" did not change, so nobody is told


async def test_slow_consumer(rig: Rig) -> None:
    stream = Stream()
    rig.server.lists.then(listing(*(thing(f"old-{i}", 1) for i in range(10))))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    reader = rig.store.subscribe()
    reader.take()
    version = 10
    for round_ in range(40):
        lines = []
        for i in range(50):
            version += 1
            lines.append(event("MODIFIED", thing(f"old-{i % 10}", version, size=version)))
            lines.append(event("ADDED", thing(f"brief-{round_}-{i}", f"{version}a")))
            lines.append(event("DELETED", thing(f"brief-{round_}-{i}", f"{version}b")))
        stream.send(b"".join(lines))
    await until(lambda: rig.names.get("old-9") == str(version))
    assert len(reader._pending) == 10  # 6,000 events, and no more held than there are objects
    changes = reader.take()
    assert changes.keys == {("ns", f"old-{i}") for i in range(10)}
    assert rig.store.get(("ns", "old-9")).spec.size == version  # the last state wins


async def test_object_line_of_5_mb(rig: Rig) -> None:
    text = "x" * (5 * 1024 * 1024)
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    line = event("MODIFIED", thing("a", 11, text=text))
    stream.send(*(line[i : i + 4096] for i in range(0, len(line), 4096)), event("ADDED", thing("b", 12)))
    await rig.holds(a="11", b="12")
    assert rig.store.get(("ns", "a")).spec.text == text
    assert len(rig.watches) == 1


async def test_unknown_event_type(rig: Rig) -> None:
    stream = Stream(event("FROBNICATED", thing("a", 11)), event("MODIFIED", thing("a", 12)))
    rig.server.lists.then(listing(thing("a", 1)))
    rig.server.watches.then(stream)
    rig.start()
    await rig.holds(a="12")
    assert (len(rig.lists), len(rig.watches)) == (1, 1)


async def test_an_object_that_does_not_decode_spoils_only_itself(rig: Rig) -> None:
    broken = thing("b", 2, size="many")
    nameless = {"metadata": {"name": 7}, "spec": 3}
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1), broken, nameless))
    rig.server.watches.then(stream)
    rig.start()
    await rig.live()
    found = rig.store.get(("ns", "b"))
    assert (found.metadata.uid, found.metadata.resource_version) == ("uid-b", "2")
    assert "Expected `int`, got `str`" in found.problem
    assert "$.spec.size" in found.problem
    assert len(rig.store) == 3
    stream.send(event("MODIFIED", thing("b", 11, size=4)), event("MODIFIED", thing("a", 12, size="no")))
    await until(lambda: rig.names["a"] == "12")
    assert rig.store.get(("ns", "b")).spec.size == 4
    assert "Expected `int`" in rig.store.get(("ns", "a")).problem


async def test_an_unexpected_exception_is_shown_logged_and_survived(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    stream = Stream()
    rig.server.lists.then(listing(thing("a", 1)), listing(thing("a", 20), version=30))
    rig.server.watches.then(stream, Stream())
    rig.start()
    await rig.live()

    def defect(obj: object) -> None:
        raise ZeroDivisionError("a defect of ours")

    rig.scope.upsert = defect  # type: ignore[method-assign, assignment]
    stream.send(event("MODIFIED", thing("a", 11)))
    await rig.waits()
    assert rig.sync is Sync.STALE
    assert rig.scope.sync.reason == "unexpected ZeroDivisionError: a defect of ours"
    assert "a defect of ours" in caplog.text
    del rig.scope.upsert
    await rig.next_try()
    await rig.holds(a="20")
