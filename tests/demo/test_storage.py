"""Versioned storage: order, revisions, snapshots of the past, forgetting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo.storage import Compacted, Storage, decode

KEYS = st.sampled_from(["a/x", "a/y", "a-b/x", "b/z"])
STEPS = st.lists(st.tuples(st.sampled_from(["put", "delete"]), KEYS), max_size=40)


def obj(value: int) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "n", "uid": "u"}, "value": value}


@given(STEPS)
def test_a_snapshot_is_what_was_there_then(steps: list[tuple[str, str]]) -> None:
    storage = Storage()
    states: dict[int, dict[str, int]] = {storage.revision: {}}
    present: dict[str, int] = {}
    for number, (step, key) in enumerate(steps):
        if step == "put":
            storage.put("things", key, obj(number))
            present[key] = number
        elif key in present:
            storage.delete("things", key)
            del present[key]
        states[storage.revision] = dict(present)
    for revision, state in states.items():
        found = storage.snapshot("things", "", revision)
        assert {key: stored.decode()["value"] for key, stored in found.items()} == state
        assert list(found) == sorted(found)


@given(STEPS)
def test_the_history_rebuilds_the_state(steps: list[tuple[str, str]]) -> None:
    storage = Storage()
    for number, (step, key) in enumerate(steps):
        if step == "put":
            storage.put("things", key, obj(number))
        elif storage.get("things", key) is not None:
            storage.delete("things", key)
    bucket = storage.bucket("things")
    rebuilt: dict[str, bytes] = {}
    for change in bucket.since(0):
        if change.type == "DELETED":
            del rebuilt[change.now.key]
        else:
            assert (change.type == "ADDED") is (change.now.key not in rebuilt)
            rebuilt[change.now.key] = change.now.data
    assert rebuilt == {key: stored.data for key, stored in bucket.objects.items()}
    assert bucket.keys == sorted(rebuilt)
    revisions = [change.revision for change in bucket.since(0)]
    assert revisions == sorted(set(revisions))


def test_keys_come_in_the_order_of_etcd() -> None:
    storage = Storage()
    for key in ("a/x", "a-b/x"):
        storage.put("things", key, obj(1))
    # "-" sorts before "/", so the namespace "a-b" comes before what is in "a".
    assert storage.bucket("things").keys == ["a-b/x", "a/x"]
    assert list(storage.bucket("things").under("a/")) == ["a/x"]


def test_a_deletion_reports_its_own_revision() -> None:
    storage = Storage()
    storage.put("things", "a", obj(1))
    gone = storage.delete("things", "a")
    assert decode(gone.data)["metadata"]["resourceVersion"] == str(storage.revision)
    assert storage.bucket("things").since(0)[-1].line().startswith(b'{"type":"DELETED","object":{')


def test_old_history_is_forgotten() -> None:
    storage = Storage(history=10)
    for number in range(50):
        storage.put("things", "a", obj(number))
    bucket = storage.bucket("things")
    assert len(bucket.history) <= 12
    with pytest.raises(Compacted):
        storage.snapshot("things", "", bucket.floor - 1)
    assert storage.snapshot("things", "", bucket.floor)["a"].revision == bucket.floor


def test_dependents_follow_owner_references() -> None:
    storage = Storage()
    owned = {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "n", "uid": "u", "ownerReferences": [{"uid": "owner"}]}}
    storage.put("things", "a", owned)
    assert storage.dependents("owner") == (("things", "a"),)
    storage.put("things", "a", obj(1))
    assert storage.dependents("owner") == ()
    storage.put("things", "a", owned)
    storage.delete("things", "a")
    assert storage.dependents("owner") == ()
