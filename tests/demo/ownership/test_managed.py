"""Who owns what after which write: single rules, and laws that hold for any objects."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo import ownership
from modeltui.demo.ownership import TypedPatchError, fieldset, fits, typed
from modeltui.demo.ownership.checking import check_applied
from owned_kind import ROOTED


def obj(metadata=None, **parts):
    return {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "a", **(metadata or {})}, **parts}


def spec(**fields):
    return obj(spec=fields)


def apply(live, sent, manager="one", *, force=False, second=0, **more):
    now = f"2026-01-01T00:00:{second:02}Z"
    return ownership.apply(live, sent, manager=manager, force=force, schema=ROOTED, api_version="g/v1", now=now, **more)


def update(live, sent, manager="one", *, second=0, **more):
    now = f"2026-01-01T00:00:{second:02}Z"
    return ownership.update(live, sent, manager=manager, schema=ROOTED, api_version="g/v1", now=now, **more)


def owners(result):
    return {entry["manager"]: entry["fieldsV1"] for entry in result["metadata"].get("managedFields", [])}


def test_a_conflict_of_many_fields_names_each_manager_once():
    live = apply(apply(None, spec(a=1, deep={"x": 1})), spec(s="u"), "two")
    with pytest.raises(ownership.ApplyConflict) as refused:
        apply(live, spec(a=2, deep={"x": 2}, s="v"), "three")
    assert refused.value.message == (
        'Apply failed with 3 conflicts: conflicts with "one":\n- .spec.a\n- .spec.deep.x\nconflicts with "two":\n- .spec.s'
    )
    assert refused.value.causes[0] == {"reason": "FieldManagerConflict", "message": 'conflict with "one"', "field": ".spec.a"}


def test_what_is_itself_in_conflict_is_named_before_what_is_in_other_things():
    live = apply(None, spec(a=1, deep={"x": 1, "y": 1}, s="u"))
    with pytest.raises(ownership.ApplyConflict) as refused:
        apply(live, spec(a=2, deep={"x": 2, "y": 2}, s="v"), "two")
    assert [cause["field"] for cause in refused.value.causes] == [".spec.a", ".spec.s", ".spec.deep.x", ".spec.deep.y"]


def test_a_conflict_with_a_subresource_says_so():
    live = apply(update(None, spec(a=1)), obj(status={"phase": "Up"}), "ctl", subresource="status")
    live = update(live, {**live, "status": {"phase": "Down"}}, "kubelet", subresource="status")
    with pytest.raises(ownership.ApplyConflict) as refused:
        apply(live, obj(status={"phase": "Up"}), "ctl", subresource="status")
    assert refused.value.message.endswith('conflict with "kubelet" with subresource "status" using g/v1: .status.phase')


def test_nobody_owns_what_the_server_sets():
    metadata = {"uid": "u", "resourceVersion": "1", "generation": 1, "creationTimestamp": "2026-01-01T00:00:00Z", "namespace": "n"}
    owned = {"labels": {"l": "1"}, "annotations": {"x": "1"}, "finalizers": ["f"], "ownerReferences": [{"uid": "o", "name": "p"}]}
    result = update(None, obj({**metadata, **owned}))
    assert owners(result)["one"] == {
        "f:metadata": {
            "f:annotations": {".": {}, "f:x": {}},
            "f:finalizers": {".": {}, 'v:"f"': {}},
            "f:labels": {".": {}, "f:l": {}},
            "f:ownerReferences": {".": {}, 'k:{"uid":"o"}': {}},
        }
    }


def test_an_update_takes_what_it_changes_and_what_it_removes_is_nobodys():
    live = apply(None, spec(a=1, s="x", map={"k": 1}))
    changed = copy.deepcopy(live)
    changed["spec"] = {"a": 2, "map": {"k": 1}}
    result = update(live, changed, "two")
    assert owners(result) == {"one": {"f:spec": {"f:map": {"f:k": {}}}}, "two": {"f:spec": {"f:a": {}}}}


def test_an_update_that_changes_nothing_owns_nothing():
    live = update(None, spec(a=1))
    assert update(live, copy.deepcopy(live), "two", second=9) == live


def test_an_entry_whose_last_field_goes_vanishes():
    live = update(None, spec(a=1), "one")
    result = update(live, {**live, "spec": {"a": 2}}, "two")
    assert owners(result) == {"one": {"f:spec": {}}, "two": {"f:spec": {"f:a": {}}}}
    gone = update(result, {key: value for key, value in result.items() if key != "spec"}, "three")
    assert owners(gone) == {}


@pytest.mark.parametrize("wrong", [{"keyed": [{"v": 1}]}, {"keyed": ["x"]}, {"set": [None]}, {"keyed": {}}, {"deep": 3}])
def test_what_cannot_be_owned_is_left_to_the_validation(wrong):
    live = update(None, spec(a=1))
    result = update(live, {**live, "spec": {"a": 1, **wrong}}, "two")
    assert result["spec"] == {"a": 1, **wrong}
    assert owners(result)["one"] == owners(live)["one"]


def test_owners_can_be_forgotten():
    live = update(None, spec(a=1))
    sent = {**live, "metadata": {**live["metadata"], "managedFields": [{}]}}
    forgotten = update(live, sent, "two")
    assert "managedFields" not in forgotten["metadata"]
    assert "managedFields" not in update(forgotten, {**forgotten, "spec": {"a": 3}}, "two")["metadata"]
    again = apply(forgotten, spec(s="x"), "three")
    assert owners(again) == {"before-first-apply": {"f:spec": {".": {}, "f:a": {}}}, "three": {"f:spec": {"f:s": {}}}}


def test_owners_sent_through_a_subresource_are_not_taken():
    live = update(None, spec(a=1))
    sent = {**live, "status": {"phase": "Up"}, "metadata": {**live["metadata"], "managedFields": []}}
    assert set(owners(update(live, sent, "ctl", subresource="status"))) == {"one", "ctl"}


def test_what_the_endpoint_throws_away_is_not_owned():
    live = apply(None, obj(spec={"a": 1}, status={"phase": "Up"}), reset=ownership.STATUS)
    assert owners(live) == {"one": {"f:spec": {"f:a": {}}}}


def test_a_struct_goes_with_its_last_field_unless_another_owns_in_it():
    live = apply(None, spec(a=1, deep={"x": 1}))
    assert apply(live, spec(a=1))["spec"] == {"a": 1}
    both = apply(live, spec(deep={"y": 2}), "two")
    assert apply(both, spec(a=1))["spec"] == {"a": 1, "deep": {"y": 2}}


def test_list_entries_go_with_their_owner_but_not_what_others_put_into_them():
    live = apply(None, spec(keyed=[{"name": "x", "v": 1}, {"name": "y"}]))
    both = apply(live, spec(keyed=[{"name": "x", "m": {"k": "v"}}]), "two")
    assert apply(both, spec(a=1))["spec"] == {"a": 1, "keyed": [{"name": "x", "m": {"k": "v"}}]}


def test_keys_have_their_defaults():
    live = apply(None, spec(keyed=[{"name": "x"}, {"name": "x", "port": 81}]))
    assert set(owners(live)["one"]["f:spec"]["f:keyed"]) == {'k:{"name":"x","port":80}', 'k:{"name":"x","port":81}'}
    assert apply(live, spec(keyed=[{"name": "x", "port": 80, "v": 1}]), "two")["spec"]["keyed"][0] == {"name": "x", "port": 80, "v": 1}


def test_atomic_values_are_owned_and_replaced_whole():
    live = apply(None, spec(atom={"a": 1}, plain=[{"name": "x"}], free={"list": [1], "map": {"k": 1}}))
    fields = {"f:atom": {}, "f:free": {"f:list": {}, "f:map": {"f:k": {}}}, "f:plain": {}}
    assert json.dumps(owners(live)["one"]["f:spec"]).replace('".": {}, ', "") == json.dumps(fields)
    with pytest.raises(ownership.ApplyConflict, match=r"\.spec\.atom"):
        apply(live, spec(atom={"b": 2}), "two")
    assert apply(live, spec(atom={"b": 2}), "two", force=True)["spec"]["atom"] == {"b": 2}


def test_the_order_of_entries():
    live = update(None, spec(a=1), "zed", second=5)
    live = update(live, {**live, "spec": {"a": 1, "s": "x"}}, "ann", second=3)
    live = apply(live, spec(map={"k": 1}), "mid", second=9)
    assert [entry["manager"] for entry in live["metadata"]["managedFields"]] == ["mid", "ann", "zed"]


def test_more_than_ten_updaters_are_merged_into_ancient_changes():
    live = update(None, spec(a=0), "m0")
    for number in range(1, 15):
        live = update(
            live, {**live, "spec": {**live["spec"], "map": {**live["spec"].get("map", {}), f"k{number}": 1}}}, f"m{number}", second=number
        )
    managers = [entry["manager"] for entry in live["metadata"]["managedFields"]]
    assert len(managers) == 10
    assert managers[0] == "ancient-changes"
    assert "f:k5" in owners(live)["ancient-changes"]["f:spec"]["f:map"]


def test_kubectl_takes_over_what_it_applied_on_the_client_side():
    note = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(spec(a=1, keyed=[{"name": "x", "v": 1}]))}
    live = update(None, obj({"annotations": note}, spec={"a": 1, "s": "x", "keyed": [{"name": "x", "v": 1}]}), "kubectl-client-side-apply")
    taken = apply(live, spec(a=2, keyed=[{"name": "x", "v": 2}]), "kubectl")
    assert taken["spec"]["a"] == 2
    assert json.loads(taken["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])["spec"]["a"] == 2
    with pytest.raises(ownership.ApplyConflict):
        apply(live, spec(a=2), "someone")
    with pytest.raises(ownership.ApplyConflict, match=r"1 conflict: .*\.spec\.s$"):
        apply(live, spec(a=2, s="y"), "kubectl")


def test_another_version_is_the_same_applier():
    live = apply(None, spec(a=1))
    newer = {**live, "apiVersion": "g/v2"}
    sent = {**spec(s="x"), "apiVersion": "g/v2"}
    result = ownership.apply(newer, sent, manager="one", force=False, schema=ROOTED, api_version="g/v2", now="2026-01-01T00:00:00Z")
    assert result["spec"] == {"s": "x"}
    assert [entry["apiVersion"] for entry in result["metadata"]["managedFields"]] == ["g/v2"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (spec(nope=1), ".spec.nope: field not declared in schema"),
        (spec(deep=[]), ".spec.deep: expected map, got &{[]}"),
        (spec(s=1), ".spec.s: expected string, got &value.valueUnstructured{Value:1}"),
        (spec(a="x"), ".spec.a: expected numeric (int or float), got string"),
        (spec(set=["x", "x"]), '.spec.set: duplicate entries for key [="x"]'),
        (spec(set=[{}]), ".spec.set: element 0: associative list without keys has an element that's a map type"),
        (spec(keyed=[None]), ".spec.keyed: element 0: associative list with keys may not have a null element"),
        (spec(nope=1, deep={"w": 1}), "errors:\n  .spec.deep.w: field not declared in schema\n  .spec.nope: field not declared in schema"),
    ],
)
def test_what_does_not_fit_the_schema_cannot_be_applied(sent, told):
    with pytest.raises(ownership.TypedPatchError) as wrong:
        apply(None, sent)
    assert str(wrong.value).startswith(f"failed to create typed patch object (/a; g/v1, Kind=K): {told}")


def test_what_may_not_stand_in_an_apply():
    with pytest.raises(ownership.BadApply, match=r"Incorrect version .* Specified patch version: g/v0, expected: g/v1"):
        apply(None, {**spec(a=1), "apiVersion": "g/v0"})
    with pytest.raises(ownership.BadApply, match=r"metadata\.managedFields must be nil"):
        apply(None, obj({"managedFields": []}))


def test_times_alone_are_no_change():
    live = update(None, spec(a=1))
    later = copy.deepcopy(live)
    later["metadata"]["managedFields"][0]["time"] = "2027-01-01T00:00:00Z"
    assert ownership.keep_times(live, later) is live
    assert ownership.keep_times(live, {**later, "spec": {"a": True}})["spec"] == {"a": True}


INTS = st.integers(0, 3)
NAMED = st.fixed_dictionaries(
    {"name": st.sampled_from("xyz")}, optional={"v": INTS, "m": st.dictionaries(st.sampled_from("kl"), st.just("1"))}
)
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "a": INTS,
        "s": st.sampled_from("uv"),
        "deep": st.fixed_dictionaries({}, optional={"x": INTS, "y": INTS}),
        "atom": st.dictionaries(st.sampled_from("kl"), INTS),
        "map": st.dictionaries(st.sampled_from("kl"), INTS),
        "set": st.lists(st.sampled_from("xyz"), min_size=1, unique=True),
        "keyed": st.lists(NAMED, min_size=1, unique_by=lambda entry: entry["name"]),
        "plain": st.lists(NAMED, max_size=2),
        "free": st.dictionaries(st.sampled_from("kl"), INTS | st.lists(INTS, max_size=2)),
    },
)


def contains(whole, part):
    """Does everything that was applied stand in the result?"""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(name in whole and contains(whole[name], entry) for name, entry in part.items())
    if isinstance(part, list) and part and isinstance(part[0], dict):
        return all(any(contains(candidate, entry) for candidate in whole) for entry in part)
    return all(entry in whole for entry in part) if isinstance(part, list) else whole == part


@given(SPECS, SPECS, SPECS)
def test_applying_twice_is_applying_once(base, first, second):
    live = update(None, obj(spec=base), "creator")
    once = apply(live, obj(spec=first), force=True, second=1)
    once = apply(once, obj(spec=second), "two", force=True, second=2)
    sent = obj(spec=second)
    before = copy.deepcopy((once, sent))
    assert apply(once, sent, "two", second=3) == once
    assert (once, sent) == before
    assert contains(once["spec"], second)


@given(SPECS, SPECS)
def test_a_lone_applier_gets_exactly_what_it_applied_last(first, second):
    live = apply(apply(None, obj(spec=first)), obj(spec=second), second=1)
    wanted = apply(None, obj(spec=second))
    assert drop_empty(live.get("spec")) == drop_empty(wanted.get("spec"))


def drop_empty(value):
    """Empty structs and lists that nobody owns may stay behind or go; the API leaves that open."""
    if isinstance(value, dict):
        kept = {name: drop_empty(entry) for name, entry in value.items()}
        return {name: entry for name, entry in kept.items() if entry not in ({}, [], None)}
    return [drop_empty(entry) for entry in value] if isinstance(value, list) else value


@given(SPECS, SPECS, SPECS)
def test_what_a_manager_owns_is_there(first, second, third):
    live = apply(None, obj(spec=first))
    live = apply(live, obj(spec=second), "two", force=True, second=1)
    live = update(live, {**live, "spec": third}, "three", second=2)
    there = typed.named_are_members(ROOTED, typed.field_set(ROOTED, {**live, "metadata": {}}))
    for entry in live["metadata"].get("managedFields", []):
        owned = fieldset.from_fields_v1(entry["fieldsV1"])
        leaves = {path for path in owned if len(path) > 2}
        assert {path for path in leaves if path not in there and not _empty(live, path)} == set()


def _empty(live, path):
    """An owned empty list or map is no field of its own in a field set."""
    value = live
    for element in path:
        if not element.startswith("f:") or not isinstance(value, dict) or element[2:] not in value:
            return False
        value = value[element[2:]]
    return value in ({}, [])


@given(SPECS, SPECS)
def test_merging_keeps_what_was_not_applied(base, applied):
    live = update(None, obj(spec=base), "creator")
    result = apply(live, obj(spec=applied), force=True)
    assert {name: result["spec"][name] for name in base if name not in applied} == {
        name: base[name] for name in base if name not in applied
    }


def test_a_status_that_is_thrown_away_may_name_a_condition_twice_and_a_time_by_number():
    condition = {"type": "object", "properties": {"type": {"type": "string"}, "at": {"type": "string", "format": "date-time"}}}
    listed = {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"], "items": condition}
    known = {"type": "object", "properties": {"conditions": listed}}
    assert fits(known, {"conditions": [{"type": "Ready"}, {"type": "Ready", "at": 1}]})
    assert not fits(known, {"conditions": [{"type": 1}]})
    with pytest.raises(TypedPatchError, match="duplicate entries for key"):
        check_applied(known, {"conditions": [{"type": "Ready"}, {"type": "Ready"}]}, api_version="g/v1")


def test_a_value_of_a_wrong_type_is_shown_as_it_would_stand_in_a_program():
    known = {"type": "object", "properties": {"image": {"type": "string"}}}
    with pytest.raises(TypedPatchError) as refused:
        check_applied(known, {"image": [{"a": "b"}, 1, True, None]}, api_version="g/v1")
    told = '[]interface {}{map[string]interface {}{"a":"b"}, 1, true, interface {}(nil)}'
    assert str(refused.value).endswith(f".image: expected string, got &value.valueUnstructured{{Value:{told}}}")
