"""Paths: how they are spelled for people and by the server, read from managedFields, and found again in objects."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_model import apply, histories, obj, update

from modeltui.changes.items import counterpart, counterparts
from modeltui.changes.lookup import pointer_to, without
from modeltui.changes.ownership import Owned, entries, is_set, key_names, owners, union
from modeltui.changes.paths import Element, Key, Member, Path, as_the_server_spells, spelled
from modeltui.changes.theirs import with_theirs
from modeltui.demo.ownership import fieldset

ELEMENTS: st.SearchStrategy[Element] = (
    st.sampled_from(["a", "spec", "x.y", "example.com/m"])
    | st.dictionaries(st.sampled_from(["name", "port"]), st.integers(0, 9) | st.text("ab", max_size=2), min_size=1).map(Key.of)
    | (st.integers(0, 9) | st.text("ab", max_size=2) | st.booleans()).map(Member)
    | st.integers(0, 5)
)


def in_fields_v1(element: Element) -> str:
    match element:
        case str():
            return fieldset.field(element)
        case int():
            return f"i:{element}"
        case Key(fields):
            return str(fieldset.key(dict(fields)))
        case Member(value):
            return str(fieldset.member(value))


@given(st.lists(ELEMENTS, min_size=1, max_size=4).map(tuple))
def test_a_path_is_spelled_as_the_server_does_in_conflicts(path: Path) -> None:
    assert as_the_server_spells(path) == fieldset.display(tuple(in_fields_v1(element) for element in path))


@given(st.lists(st.lists(ELEMENTS, min_size=1, max_size=4).map(tuple), max_size=8))
def test_what_is_owned_is_read_as_it_was_written(paths: list[Path]) -> None:
    written = fieldset.to_fields_v1(frozenset(tuple(in_fields_v1(element) for element in path) for path in paths))
    (entry,) = entries(
        {"metadata": {"managedFields": [{"manager": "m", "operation": "Apply", "fieldsV1": json.loads(json.dumps(written))}]}}
    )
    assert set(_members(entry.fields)) == set(paths) | ({()} if not paths else set())
    assert all(owners([entry], path) == ("m",) for path in paths)


def _members(node: Owned, path: Path = ()) -> Any:
    if node.itself:
        yield path
    for element, below in node.below.items():
        yield from _members(below, (*path, element))


def test_for_people() -> None:
    path = ("spec", "containers", Key.of({"port": 80, "name": "x"}), "env", Member("a"), 3, "example.com/a")
    assert spelled(path) == 'spec.containers[name=x,port=80].env[a][3]["example.com/a"]'
    assert spelled(()) == ""


def test_garbage_in_managed_fields_is_left_out() -> None:
    managed = [
        {"manager": "a", "operation": "Apply"},
        {"manager": "b", "operation": "Apply", "fieldsV1": "x"},
        {"manager": "c", "operation": "Update", "fieldsV1": {"f:a": {}, "k:{": {}, "k:[1]": {}, "v:{}": {}, "z:q": {}, "i:x": {}}},
    ]
    (entry,) = entries({"metadata": {"managedFields": managed}})
    assert list(entry.fields.below) == ["a"]
    assert entries({}) == entries({"metadata": None}) == ()


def test_a_leaf_owns_what_is_inside_of_it() -> None:
    live = apply(None, obj({"plain": [{"name": "p", "v": 1}], "map": {"a": 1}}), "one")
    listed = entries(live)
    assert owners(listed, ("spec", "plain", 0, "v")) == ("one",)
    assert owners(listed, ("spec", "map")) == ("one",)
    assert owners(listed, ("spec", "map", "b")) == ()
    assert owners(listed, ("spec",)) == ("one",)


def test_lists_tell_how_they_are_owned() -> None:
    live = apply(None, obj({"keyed": [{"name": "p", "port": 1}], "set": ["q"], "plain": [{"v": 1}]}), "one")
    known = union(entries(live)).at("spec")
    assert key_names(known.at("keyed")) == ("name", "port")
    assert [is_set(known.at(name)) for name in ("set", "keyed", "plain")] == [True, False, False]
    assert key_names(known.at("plain")) == ()


def test_an_item_that_leaves_keys_to_the_server_is_found_when_it_is_the_only_one() -> None:
    items = [{"name": "p", "port": 1}, {"name": "q", "port": 1}, {"name": "q", "port": 2}]
    assert counterpart({"name": "p"}, items, ("name", "port")) == 0
    assert counterpart({"name": "q"}, items, ("name", "port")) is None
    assert counterpart({"name": "q", "port": 2}, items, ("name", "port")) == 2
    assert counterpart({"v": 1}, items, ("name", "port")) is None


ITEMS = st.lists(
    st.fixed_dictionaries({}, optional={"name": st.sampled_from("pq"), "port": st.integers(1, 2)}) | st.sampled_from(["x", 1]), max_size=5
)


@given(ITEMS, ITEMS)
def test_many_items_find_theirs_as_one_does(items: list[Any], among: list[Any]) -> None:
    names = ("name", "port")
    assert counterparts(items, among, names) == [counterpart(item, among, names) for item in items]


def test_pointers_and_taking_out() -> None:
    thing = obj({"keyed": [{"name": "p", "port": 1}, {"name": "q", "port": 1}], "set": ["a", "b"], "plain": [1, 2, 3]})
    item = pointer_to(thing, ("spec", "keyed", Key.of({"name": "q", "port": 1})))
    assert item == ("spec", "keyed", 1)
    assert pointer_to(thing, ("spec", "set", Member("b"))) == ("spec", "set", 1)
    assert pointer_to(thing, ("spec", "nothing")) is None
    assert pointer_to(thing, ("spec", "plain", 7)) is None
    less = without(thing, [item, ("spec", "plain", 0), ("spec", "plain", 2), ("spec", "set")])
    assert less["spec"] == {"keyed": [{"name": "p", "port": 1}], "plain": [2]}
    assert len(thing["spec"]["keyed"]) == 2


@settings(max_examples=50, deadline=None)
@given(histories())
def test_leaving_everything_to_others_is_what_is_there(live: dict[str, Any]) -> None:
    wanted = obj({"a": 9, "map": {"p": 9}, "keyed": [{"name": "p", "port": 1, "v": 9}], "plain": [{"v": 9}]})
    fields = [".spec.a", ".spec.map.p", '.spec.keyed[name="p",port=1].v', ".spec.plain"]
    left, found = with_theirs(live, wanted, fields)
    spec = live["spec"]
    for name in ("a", "plain"):
        assert left["spec"].get(name) == spec.get(name)
    assert left["spec"]["map"].get("p") == spec.get("map", {}).get("p")
    assert {"spec.a", "spec.map.p", "spec.plain"} <= set(found.values())


def test_fields_that_are_not_found_are_not_claimed() -> None:
    live = apply(None, obj({"a": 1}), "one")
    left, found = with_theirs(live, obj({"a": 2, "b": "x"}), [".spec.a", ".spec.c"])
    assert (left["spec"], found) == ({"a": 1, "b": "x"}, {".spec.a": "spec.a"})


def test_who_lost_all_fields_of_a_thing_owns_none_that_come_later() -> None:
    """The server leaves `f:deep: {}` to whom others took the fields of `deep` from, as it writes a leaf."""
    live = apply(update(None, obj({"deep": {"x": 1}}), "kubectl"), obj({"deep": {"x": 2, "y": 1}}), "ours")
    assert {entry.manager: entry.fields.at("spec").at("deep").below == {} for entry in entries(live)} == {"kubectl": True, "ours": False}
    assert owners(entries(live), ("spec", "deep", "x")) == owners(entries(live), ("spec", "deep", "y")) == ("ours",)
    assert owners(entries(live), ("spec", "deep", "z")) == ()
    assert owners(entries(live), ("spec", "deep")) == ("kubectl", "ours")
