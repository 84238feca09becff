"""Scopes, merged stores and coalesced changes, without a server."""

from __future__ import annotations

from fake_clock import FakeClock
from hypothesis import given
from hypothesis import strategies as st
from rigging import THINGS, Thing

from modeltui.kube.objects import ObjectMeta
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store

NOW = FakeClock().now()


def obj(name: str, version: str = "1", *, uid: str = "", namespace: str = "ns") -> Thing:
    return Thing(metadata=ObjectMeta(name=name, namespace=namespace, uid=uid or name, resource_version=version))


def scope(namespace: str = "ns") -> Scope[Thing]:
    return Scope(namespace, state=SyncState(Sync.SYNCING, NOW))


def store(*scopes: Scope[Thing]) -> Store[Thing]:
    return Store(THINGS, Thing, scopes)


async def test_the_first_look_gets_everything() -> None:
    one = scope()
    one.replace([obj("a"), obj("b")])
    reader = store(one).subscribe()
    await reader.wait()
    changes = reader.take()
    assert changes.keys == {("ns", "a"), ("ns", "b")}
    assert changes.states
    again = reader.take()
    assert (again.keys, again.states) == (set(), False)


def test_states_are_told() -> None:
    one = scope()
    reader = store(one).subscribe()
    reader.take()
    one.state(SyncState(Sync.LIVE, NOW))
    changes = reader.take()
    assert (changes.keys, changes.states) == (set(), True)


def test_a_closed_subscription_hears_nothing() -> None:
    one = scope()
    reader = store(one).subscribe()
    reader.take()
    reader.close()
    one.upsert(obj("a"))
    assert not reader.take().keys


def test_replace_tells_only_differences() -> None:
    one = scope()
    one.replace([obj("a"), obj("b"), obj("c")])
    reader = store(one).subscribe()
    reader.take()
    one.replace([obj("a"), obj("b", "2"), obj("d")])
    assert reader.take().keys == {("ns", "b"), ("ns", "c"), ("ns", "d")}
    assert sorted(key[1] for key in one.objects) == ["a", "b", "d"]


def test_added_and_gone_between_two_looks_is_forgotten() -> None:
    one = scope()
    reader = store(one).subscribe()
    reader.take()
    one.upsert(obj("a"))
    one.remove(obj("a", "2"))
    assert reader.take().keys == set()


def test_without_versions_objects_are_compared_whole() -> None:
    one = scope()
    one.upsert(obj("a", ""))
    reader = store(one).subscribe()
    reader.take()
    one.upsert(obj("a", ""))
    assert reader.take().keys == set()
    one.upsert(obj("a", "", uid="other"))
    assert reader.take().keys == {("ns", "a")}


def test_get_goes_to_the_right_namespace_even_when_it_is_empty() -> None:
    empty, full = scope("a"), scope("b")
    full.upsert(obj("x", namespace="b"))
    both = store(empty, full)
    assert both.get(("a", "x")) is None
    assert both.get(("b", "x")) is not None
    assert both.get(("c", "x")) is None
    everywhere = scope("")
    everywhere.upsert(obj("x", namespace="b"))
    assert store(everywhere).get(("b", "x")) is not None


def test_last_heard_is_the_oldest() -> None:
    one, two = scope("a"), scope("b")
    both = store(one, two)
    one.heard(NOW)
    assert both.last_heard is None  # one namespace has never answered
    two.state(SyncState(Sync.DENIED, NOW))
    assert both.last_heard == NOW


names = st.sampled_from("abcd")
steps = st.lists(st.tuples(st.sampled_from(["upsert", "remove", "replace", "look"]), names, st.integers(0, 2)), max_size=60)


@given(steps)
def test_a_reader_that_follows_keys_knows_the_store_and_holds_little(steps: list[tuple[str, str, int]]) -> None:
    """Last state wins: applying the changed keys, however seldom one looks, gives the store itself."""
    one = scope()
    all_of_it = store(one)
    reader = all_of_it.subscribe()
    known: dict[tuple[str, str], Thing] = {}

    def look() -> None:
        changes = reader.take()
        assert changes.recreated <= changes.keys
        for key in changes.keys:
            now = all_of_it.get(key)
            assert (key in changes.recreated) == (key in known and now is not None and now.metadata.uid != known[key].metadata.uid)
            if now is None:
                known.pop(key, None)
            else:
                known[key] = now

    for version, (step, name, uid) in enumerate(steps):
        new = obj(name, str(version), uid=f"{name}-{uid}")
        match step:
            case "upsert":
                one.upsert(new)
            case "remove":
                one.remove(new)
            case "replace":
                one.replace([new])
            case _:
                look()
        assert len(reader._pending) <= len(known) + len(one)
    look()
    assert known == one.objects
