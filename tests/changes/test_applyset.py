"""What is sent: laws that hold for any object, whoever wrote to it before, and single rules."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_model import apply, edits, histories, normal, update, without

from modeltui.changes.applyset import apply_set, left_behind
from modeltui.changes.difference import difference
from modeltui.changes.rebase import rebase
from modeltui.changes.theirs import with_theirs
from modeltui.changes.values import ABSENT, same
from modeltui.demo.ownership import ApplyConflict, fieldset
from modeltui.kube.apply import FIELD_MANAGER

PAIRS = histories().flatmap(lambda live: st.tuples(st.just(live), edits(live)))


def carried_out(live: dict[str, Any], desired: dict[str, Any]) -> dict[str, Any]:
    """What the server makes of it: looked at in a dry run first, as a review does."""
    change = apply_set(live, desired)
    removals = left_behind(live, desired, apply(live, change, FIELD_MANAGER))
    if removals:
        live = update(live, without(live, [removal.pointer for removal in removals]), FIELD_MANAGER)
    return apply(live, change, FIELD_MANAGER)


def owned(live: dict[str, Any], manager: str, operation: str) -> frozenset[tuple[str, ...]]:
    for entry in live["metadata"].get("managedFields", ()):
        if (entry["manager"], entry["operation"], entry.get("subresource", "")) == (manager, operation, ""):
            return fieldset.from_fields_v1(entry["fieldsV1"])
    return frozenset()


def owned_by_others(live: dict[str, Any]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (entry["manager"], entry["operation"], path)
        for entry in live["metadata"].get("managedFields", ())
        if (entry["manager"], entry["operation"]) != (FIELD_MANAGER, "Apply")
        for path in fieldset.from_fields_v1(entry["fieldsV1"])
    }


def at(value: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of field-set elements; "gone" when there is none."""
    for element in path:
        kind, _, rest = element.partition(":")
        if kind == "f" and isinstance(value, dict) and rest in value:
            value = value[rest]
        elif kind == "k" and isinstance(value, list):
            keys = json.loads(rest)
            found = [item for item in value if all(item.get(name) == wanted for name, wanted in keys.items())]
            if not found:
                return "gone"
            value = found[0]
        elif kind == "v" and isinstance(value, list) and json.loads(rest) in value:
            value = json.loads(rest)
        else:
            return "gone"
    return value


def unmanaged(live: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in live["metadata"].items() if key != "managedFields"}


def owned_empty(live: dict[str, Any]) -> bool:
    """Whether a leaf of ours is an object with something in it."""
    ours = owned(live, FIELD_MANAGER, "Apply")
    leaves = {path for path in ours if not any(other[: len(path)] == path and other != path for other in ours)}
    return any(isinstance(at(live, path), dict) and at(live, path) for path in leaves)


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_it_yields_what_is_wanted_and_leaves_the_rest(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    result = carried_out(live, desired)
    assert normal(result.get("spec", {})) == normal(desired["spec"])
    assert normal(result["metadata"].get("labels", {})) == normal(desired["metadata"].get("labels", {}))
    assert result.get("status") == live.get("status")


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_others_keep_every_field_that_stays_as_it_is(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    result = carried_out(live, desired)
    kept = {
        owner
        for owner in owned_by_others(live)
        if normal(at(live, owner[2])) == normal(at({**desired, "status": live.get("status")}, owner[2]))
    }
    kept = {owner for owner in kept if at(desired, owner[2]) != "gone"}
    assert kept <= owned_by_others(result)


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_we_come_to_own_only_what_we_change(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    result = carried_out(live, desired)
    theirs = {path for _, _, path in owned_by_others(live)}
    for path in owned(result, FIELD_MANAGER, "Apply") - owned(live, FIELD_MANAGER, "Apply"):
        if path[-1].startswith("k:") or (path[-1] in ("f:name", "f:port") and path[-2].startswith("k:")):
            continue  # a field of a list item cannot be sent without the keys of the item
        assert path not in theirs or normal(at(live, path)) != normal(at(desired, path)), path


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_doing_it_again_does_nothing(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    once = carried_out(live, desired)
    twice = apply(once, apply_set(once, once), FIELD_MANAGER)
    # What was applied empty is owned whole, as far as managedFields tell: then the second time brings what nobody owned in it.
    assert {**twice, "metadata": unmanaged(twice)} == {**once, "metadata": unmanaged(once)}
    assert owned_by_others(twice) == owned_by_others(once)
    assert owned(twice, FIELD_MANAGER, "Apply") == owned(once, FIELD_MANAGER, "Apply") or owned_empty(once)
    assert apply(twice, apply_set(twice, twice), FIELD_MANAGER) == twice
    assert left_behind(once, once, once) == ()


@given(PAIRS)
def test_what_is_sent_has_an_identity_and_nothing_of_the_servers(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    sent = apply_set(live, {**live, **desired, "status": {"phase": "ours"}})
    assert (sent["apiVersion"], sent["kind"], sent["metadata"]["name"], sent["metadata"]["namespace"]) == ("g/v1", "K", "o", "ns")
    assert "status" not in sent
    assert sent["metadata"].keys() <= {"name", "namespace", "labels"}


@settings(max_examples=100, deadline=None)
@given(PAIRS)
def test_leaving_theirs_meets_no_conflict_and_changes_nothing_of_theirs(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    live, desired = pair
    try:
        apply(live, apply_set(live, desired), FIELD_MANAGER, force=False)
        return
    except ApplyConflict as conflict:
        fields = [cause["field"] for cause in conflict.causes]
    left, found = with_theirs(live, desired, fields)
    assert set(found) == set(fields)
    result = apply(live, apply_set(live, left), FIELD_MANAGER, force=False)
    kept = {owner for owner in owned_by_others(live) if at(left, owner[2]) != "gone"}
    assert kept <= owned_by_others(result)
    for _, _, path in kept:
        if not isinstance(at(live, path), dict) and path[-1] not in (
            "f:set",
            "f:keyed",
        ):  # what is in those has paths of its own, and may get fields that are ours
            assert at(result, path) == at(live, path), path


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from("pq"),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "port", "v", "m", "p", "x"]), below, max_size=3)
        | st.lists(st.fixed_dictionaries({"name": below, "port": below}), max_size=2)
    ),
    max_leaves=6,
)
TYPED = st.dictionaries(st.sampled_from(["a", "deep", "atom", "map", "set", "keyed", "plain", "free"]), JSON)


@settings(max_examples=200, deadline=None)
@given(histories(), TYPED, TYPED)
def test_whatever_somebody_types_it_is_the_server_who_refuses_it(
    live: dict[str, Any], typed: dict[str, Any], meanwhile: dict[str, Any]
) -> None:
    """No shape of an object makes our own functions fail, and what was typed is what is sent."""
    desired, current = {**live, "spec": typed}, {**live, "spec": meanwhile}
    sent = apply_set(live, desired)
    if "a" in typed and not same(typed["a"], live["spec"].get("a", ABSENT)):
        assert same(sent["spec"]["a"], typed["a"])
    left_behind(live, desired, current)
    rebase(live, desired, current)
    with_theirs(live, desired, [".spec.a"])
    difference(live, desired, asked=current)
