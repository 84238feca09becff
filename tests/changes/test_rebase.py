"""A wish carried over to what is there now."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from ownership_model import apply, edits, histories, normal, obj

from modeltui.changes.rebase import rebase
from modeltui.changes.values import ABSENT, same
from modeltui.kube.apply import writable

TRIPLES = histories().flatmap(lambda live: st.tuples(st.just(live), edits(live), edits(live)))


def with_owners(obj: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    return {**obj, "metadata": {**obj["metadata"], "managedFields": live["metadata"].get("managedFields", [])}}


@settings(deadline=None)
@given(TRIPLES)
def test_nothing_meanwhile_or_nothing_wished(triple: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> None:
    base, desired, current = triple
    current = with_owners(current, base)
    assert rebase(base, desired, base).desired == writable(desired)
    assert rebase(base, base, current).desired == writable(current)
    same = rebase(base, desired, desired)
    assert (same.desired, same.overtaken) == (writable(desired), [])
    assert rebase(base, desired, base).overtaken == []


@settings(max_examples=100, deadline=None)
@given(TRIPLES)
def test_a_field_that_one_side_left_alone_is_as_the_other_made_it(triple: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]) -> None:
    base, desired, current = triple
    result = rebase(base, desired, with_owners(current, base))
    for name in {*base["spec"], *desired["spec"], *current["spec"]}:
        was, wished, now = (side["spec"].get(name, ABSENT) for side in (base, desired, current))
        became = result.desired["spec"].get(name, ABSENT)
        if same(was, wished):
            assert same(became, now)
        elif same(was, now) or same(wished, now):
            assert same(became, wished)
        for path in result.overtaken:
            assert not (same(was, wished) or same(was, now)) or path[:2] != ("spec", name)


def test_others_work_is_kept_item_by_item() -> None:
    base = apply(None, obj({"keyed": [{"name": "p", "port": 1, "v": 1}], "set": ["p"], "map": {"p": 1}, "plain": [{"v": 1}]}), "other")
    desired, current = copy.deepcopy(base), copy.deepcopy(base)
    desired["spec"]["keyed"][0]["v"] = 2
    desired["spec"]["set"].append("q")
    del desired["spec"]["map"]["p"]
    current["spec"]["keyed"].append({"name": "q", "port": 1})
    current["spec"]["set"] = ["r", "p"]
    current["spec"]["map"]["q"] = 2
    result = rebase(base, desired, current)
    assert result.overtaken == []
    assert normal(result.desired["spec"]) == normal(
        {
            "keyed": [{"name": "p", "port": 1, "v": 2}, {"name": "q", "port": 1}],
            "set": ["r", "p", "q"],
            "map": {"q": 2},
            "plain": [{"v": 1}],
        }
    )


def test_two_wishes_for_one_field_are_told() -> None:
    base = apply(None, obj({"a": 1, "plain": [{"name": "p"}]}), "other")
    desired, current = copy.deepcopy(base), copy.deepcopy(base)
    desired["spec"] = {"a": 2, "plain": [{"name": "p"}, {"name": "q"}]}
    current["spec"] = {"plain": [{"name": "r"}]}
    result = rebase(base, desired, current)
    assert result.overtaken == [("spec", "plain"), ("spec", "a")]
    assert result.desired["spec"] == desired["spec"]
