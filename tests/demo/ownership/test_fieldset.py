"""Field sets: their FieldsV1 form, their laws, and how they are shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo.ownership import fieldset

ELEMENTS = (
    st.sampled_from(["a", "b", "spec", "x.y", "k:odd"]).map(fieldset.field)
    | st.dictionaries(st.sampled_from(["name", "port"]), st.integers(0, 9) | st.text("ab", max_size=2), min_size=1).map(fieldset.key)
    | (st.integers(0, 9) | st.text("ab", max_size=2) | st.booleans()).map(fieldset.member)
    | st.integers(0, 5).map(lambda index: f"i:{index}")
)
SETS = st.frozensets(st.lists(ELEMENTS, min_size=1, max_size=4).map(tuple), max_size=12)


@given(SETS)
def test_fields_v1_says_the_same_set(paths):
    written = fieldset.to_fields_v1(paths)
    assert fieldset.from_fields_v1(json.loads(json.dumps(written))) == paths
    assert fieldset.to_fields_v1(fieldset.from_fields_v1(written)) == written


@given(SETS, SETS)
def test_writing_does_not_depend_on_how_a_set_was_made(one, other):
    assert fieldset.to_fields_v1(one | other) == fieldset.to_fields_v1(other | one)
    assert fieldset.to_fields_v1((one - other) | (one & other)) == fieldset.to_fields_v1(one)
    assert list(fieldset.to_fields_v1(one)) == list(fieldset.to_fields_v1(sorted(one)))


@given(SETS, SETS)
def test_without_takes_whole_branches(paths, prefixes):
    left = fieldset.without(paths, prefixes)
    assert left <= paths
    assert not any(path[: len(prefix)] == prefix for path in left for prefix in prefixes)
    assert all(any(path[: len(prefix)] == prefix for prefix in prefixes) for path in paths - left)


def test_a_node_that_is_a_member_has_a_dot():
    paths = {("f:spec",), ("f:spec", "f:size"), ("f:spec", 'k:{"name":"x"}')}
    assert fieldset.to_fields_v1(paths) == {"f:spec": {".": {}, "f:size": {}, 'k:{"name":"x"}': {}}}


def test_keys_are_sorted_whoever_wrote_them():
    assert fieldset.from_fields_v1({'k:{"protocol":"TCP","port":80}': {}}) == {('k:{"port":80,"protocol":"TCP"}',)}


def test_shown_as_in_conflicts():
    path = ("f:spec", "f:ports", fieldset.key({"protocol": "TCP", "port": 80}), "f:name")
    assert fieldset.display(path) == '.spec.ports[port=80,protocol="TCP"].name'
    assert fieldset.display(("f:tags", fieldset.member("t"), "i:3")) == '.tags[="t"][3]'


@pytest.mark.parametrize("wrong", [{"spec": {}}, {"k:[1]": {}}, {"v:{": {}}, {"f:a": 1}, {"z:a": {}}])
def test_what_is_no_field_set(wrong):
    with pytest.raises(ValueError):  # noqa: PT011  (json's own error is one, too)
        fieldset.from_fields_v1(wrong)
