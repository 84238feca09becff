"""Differences for people: laws over random objects, and what single changes look like."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_model import edits, histories, obj

from modeltui.changes.comparing import changed_fields, same_changes
from modeltui.changes.difference import ChangeKind, difference
from modeltui.changes.lookup import pointer_to, without
from modeltui.changes.values import ABSENT, same

PAIRS = histories().flatmap(lambda live: st.tuples(st.just(live), edits(live)))


def seen(before: Any, after: Any, asked: Any = None) -> list[tuple[str, str, Any, Any]]:
    return [(change.path, str(change.kind), change.before, change.after) for change in difference(before, after, asked=asked or after)]


@given(histories())
def test_an_object_does_not_differ_from_itself(live: dict[str, Any]) -> None:
    assert difference(live, copy.deepcopy(live), asked=live) == ()


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_every_difference_is_told_and_none_that_is_not(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    changes = changed_fields(before, after)
    plain = before["spec"] == after["spec"] and before["metadata"].get("labels") == after["metadata"].get("labels")
    assert bool(changes) != plain
    for change in changes:
        if change.pointer_before is not None:
            assert same(_at(before, change.pointer_before), change.before)
        if change.pointer_after is not None:
            assert same(_at(after, change.pointer_after), change.after)
        assert not same(change.before, change.after)


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_there_and_back_are_the_same_fields(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    after = {**after, "metadata": {**after["metadata"], "managedFields": before["metadata"].get("managedFields", [])}}
    there, back = changed_fields(before, after), changed_fields(after, before)
    assert {change.path for change in there} == {change.path for change in back}
    assert same_changes(there, changed_fields(before, after))


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_paths_lead_to_their_fields(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = pair
    for change in changed_fields(before, after):
        if change.after is not ABSENT and change.pointer_after is not None:
            pointer = pointer_to(after, change.path)
            assert pointer is not None
            assert same(_at(after, pointer), change.after)
            assert pointer_to(without(after, [pointer]), change.path) is None or isinstance(pointer[-1], int)


def _at(obj: Any, pointer: tuple[str | int, ...]) -> Any:
    for part in pointer:
        obj = obj[part]
    return obj


def test_what_nobody_asked_for_was_put_there_by_the_server() -> None:
    asked = obj({"a": 1, "keyed": [{"name": "p"}]})
    after = obj({"a": 1, "b": "filled", "keyed": [{"name": "p", "port": 80}], "deep": {"x": 0}})
    assert seen(None, after, asked) == [
        ("spec.a", "added", None, 1),
        ("spec.b", "defaulted", None, "filled"),
        ("spec.keyed[name=p].name", "added", None, "p"),
        ("spec.keyed[name=p].port", "defaulted", None, 80),
        ("spec.deep.x", "defaulted", None, 0),
    ]


def test_one_more_item_in_front_is_one_more_item() -> None:
    before = obj({"plain": [{"name": "p", "v": 1}, {"name": "q", "v": 2}]})
    after = obj({"plain": [{"name": "r", "v": 0}, {"name": "p", "v": 1}, {"name": "q", "v": 3}]})
    assert seen(before, after) == [
        ("spec.plain[name=r].name", "added", None, "r"),
        ("spec.plain[name=r].v", "added", None, 0),
        ("spec.plain[name=q].v", "changed", 2, 3),
    ]


def test_another_order_is_told() -> None:
    before, after = obj({"plain": [{"name": "p"}, {"name": "q"}]}), obj({"plain": [{"name": "q"}, {"name": "p"}]})
    assert seen(before, after) == [("spec.plain", "changed", [{"name": "p"}, {"name": "q"}], [{"name": "q"}, {"name": "p"}])]


def test_items_without_names_are_told_by_their_place() -> None:
    before, after = obj({"plain": [{"v": 1}]}), obj({"plain": [{"v": 2}, {"v": 3}]})
    assert seen(before, after) == [("spec.plain[0].v", "changed", 1, 2), ("spec.plain[1].v", "added", None, 3)]


def test_types_count_and_null_is_a_value() -> None:
    assert seen(obj({"free": {"x": 1}}), obj({"free": {"x": True}})) == [("spec.free.x", "changed", 1, True)]
    assert seen(obj({"free": {"x": {}}}), obj({"free": {"x": []}})) == [("spec.free.x", "changed", {}, [])]
    assert seen(obj({"free": {}}), obj({"free": {"x": None}})) == [("spec.free.x", "added", None, None)]


def test_noise_and_status_are_left_out() -> None:
    before = {**obj({"a": 1}), "status": {"phase": "x"}}
    after = {**obj({"a": 1}), "status": {"phase": "y"}}
    after["metadata"] |= {"resourceVersion": "9", "generation": 3, "uid": "u", "creationTimestamp": "t", "managedFields": []}
    assert seen(before, after) == []


def test_a_deletion_removes_everything() -> None:
    assert seen(obj({"a": 1, "set": ["p"]}), None) == [("spec.a", "removed", 1, None), ("spec.set", "removed", ["p"], None)]


def test_secrets_are_masked_wherever_they_are() -> None:
    marker = "marker-4f6d2c"
    before: dict[str, Any] = {
        "apiVersion": "dataset.baizeai.io/v1alpha1",
        "kind": "Dataset",
        "metadata": {"name": "d", "annotations": {"copy": f"it was {marker}-old"}},
        "spec": {"source": {"type": "S3", "uri": f"s3://user:{marker}@host/x", "options": {"region": "a", "access_key": f"{marker}-old"}}},
    }
    after = copy.deepcopy(before)
    after["spec"]["source"]["options"] |= {"access_key": f"{marker}-new", "region": "b"}
    after["metadata"]["annotations"]["copy"] = f"it was {marker}-old, and now it is {marker}-new"
    found = difference(before, after, asked=after)
    assert marker not in repr(found)
    assert [(change.path, change.kind, change.hidden) for change in found] == [
        ("metadata.annotations.copy", ChangeKind.CHANGED, False),
        ("spec.source.options.region", ChangeKind.CHANGED, False),
        ("spec.source.options.access_key", ChangeKind.CHANGED, True),
    ]


def test_owners_stand_beside_their_fields() -> None:
    before = obj({"a": 1, "plain": [{"name": "p", "v": 1}]})
    before["metadata"]["managedFields"] = [
        {"manager": "helm", "operation": "Apply", "fieldsV1": {"f:spec": {"f:plain": {}}}},
        {"manager": "modeltui", "operation": "Apply", "fieldsV1": {"f:spec": {"f:a": {}}}},
    ]
    after = obj({"a": 2, "plain": [{"name": "p", "v": 2}]})
    assert [(change.path, change.owners) for change in difference(before, after, asked=after)] == [
        ("spec.a", ("modeltui",)),
        ("spec.plain[name=p].v", ("helm",)),
    ]
