"""Strategic merge patch, directive by directive."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo import builtin

DEPLOYMENT = builtin.schema("apps", "v1", "Deployment")
A = {"name": "a", "image": "a:1", "env": [{"name": "X", "value": "1"}]}
B = {"name": "b", "image": "b:1"}


def pod(*containers, **more):
    return {"spec": {"template": {"spec": {"containers": list(containers), **more}}}}


def patched(live, patch):
    before = copy.deepcopy((live, patch))
    result = builtin.strategic_merge(DEPLOYMENT, live, patch)
    assert (live, patch) == before
    return result


def containers(result):
    return result["spec"]["template"]["spec"]["containers"]


def test_lists_with_a_merge_key_are_merged_by_it():
    change = pod({"name": "a", "image": "a:2", "env": [{"name": "Y", "value": "2"}]})
    assert containers(patched(pod(A, B), change)) == [
        {"name": "a", "image": "a:2", "env": [{"name": "Y", "value": "2"}, {"name": "X", "value": "1"}]},
        B,
    ]


def test_an_entry_is_deleted_by_its_key():
    assert containers(patched(pod(A, B), pod({"$patch": "delete", "name": "a"}))) == [B]


def test_a_list_is_replaced_when_the_patch_says_so():
    assert containers(patched(pod(A), pod({"$patch": "replace"}, B))) == [B]


def test_maps_are_replaced_and_deleted():
    live = {"metadata": {"labels": {"a": "1", "b": "2"}, "annotations": {"x": "y"}}}
    change = {"metadata": {"labels": {"$patch": "replace", "c": "3"}, "annotations": {"$patch": "delete"}}}
    assert patched(live, change) == {"metadata": {"labels": {"c": "3"}}}
    assert patched(live, {"metadata": {"labels": {"a": None}}})["metadata"]["labels"] == {"b": "2"}


def test_lists_without_a_strategy_are_replaced():
    live = pod({**A, "args": ["1", "2"]})
    assert containers(patched(live, pod({"name": "a", "args": ["3"]})))[0]["args"] == ["3"]


def test_finalizers_as_kubectl_edits_them():
    live = {"metadata": {"finalizers": ["a", "b"]}}
    change = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["a"], "$setElementOrder/finalizers": ["b"]}}
    assert patched(live, change)["metadata"]["finalizers"] == ["b"]
    assert patched(live, {"metadata": {"finalizers": ["c"]}})["metadata"]["finalizers"] == ["c", "a", "b"]


def test_retained_keys_drop_the_others():
    live = {"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}
    change = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert patched(live, change) == {"spec": {"strategy": {"type": "Recreate"}}}
    with pytest.raises(builtin.BadPatch, match="rollingUpdate is missing"):
        patched(live, {"spec": {"strategy": {"$retainKeys": ["type"], "rollingUpdate": {}}}})


def in_order(*names):
    order = [{"name": name} for name in names]
    return {"spec": {"template": {"spec": {"$setElementOrder/containers": order, "containers": order[:1]}}}}


def test_the_order_that_the_patch_asks_for():
    assert [entry["name"] for entry in containers(patched(pod(A, B), in_order("b", "a")))] == ["b", "a"]
    assert [entry["name"] for entry in containers(patched(pod(A, B), in_order("c", "a")))] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("change", "told"),
    [(pod({"image": "x"}), "does not contain declared merge key: name"), ({"spec": {"$patch": "frob"}}, "Unknown patch type: frob")],
)
def test_patches_that_are_refused(change, told):
    with pytest.raises(builtin.UnmergeablePatch, match=told):
        patched(pod(A), change)


ENTRIES = st.lists(
    st.fixed_dictionaries({"name": st.sampled_from("abc")}, optional={"image": st.sampled_from("xy")}),
    max_size=3,
    unique_by=lambda e: e["name"],
)


@given(ENTRIES, ENTRIES)
def test_patching_twice_is_patching_once(live, change):
    once = patched(pod(*live), pod(*change))
    assert patched(once, pod(*change)) == once
    assert patched(pod(*live), {}) == pod(*live)
    assert {entry["name"] for entry in containers(once)} == {entry["name"] for entry in [*live, *change]}
