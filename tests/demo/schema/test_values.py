"""Single rules of schema validation, defaulting and pruning, beyond what was recorded."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo import schema
from modeltui.demo.schema.values import check


def told(known, value):
    return [str(error) for error in check(known, value, "x")]


@pytest.mark.parametrize(
    ("known", "value", "error"),
    [
        ({"type": "integer"}, 1.5, 'x: Invalid value: "number": x in body must be of type integer: "number"'),
        ({"type": "integer"}, True, 'x: Invalid value: "boolean": x in body must be of type integer: "boolean"'),
        ({"type": "string"}, None, 'x: Invalid value: "null": x in body must be of type string: "null"'),
        ({"type": "string", "minLength": 2}, "a", 'x: Invalid value: "a": x in body should be at least 2 chars long'),
        ({"type": "string", "maxLength": 2}, "abc", "x: Too long: may not be more than 2 bytes"),
        ({"type": "string", "format": "date-time"}, "soon", 'x: Invalid value: "soon": x in body must be of type date-time: "soon"'),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, 0, "x: Invalid value: 0: x in body should be greater than 0"),
        ({"type": "integer", "multipleOf": 5}, 7, "x: Invalid value: 7: x in body should be a multiple of 5"),
        (
            {"type": "integer", "format": "int32"},
            2**31,
            '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in x',
        ),
        ({"type": "array", "maxItems": 1}, [1, 2], "x: Too many: 2: must have at most 1 items"),
        ({"type": "object", "maxProperties": 0}, {"a": 1}, "x: Too many: 1: must have at most 0 items"),
        ({"type": "object", "required": ["a"]}, {}, "x.a: Required value"),
        ({"type": "string", "enum": ["a", "b"]}, "c", 'x: Unsupported value: "c": supported values: "a", "b"'),
        ({"x-kubernetes-int-or-string": True}, [], 'x: Invalid value: "array": x in body must be of type integer,string: "array"'),
    ],
)
def test_the_sentence_of_one_wrong_value(known, value, error):
    assert told(known, value) == [error]


@pytest.mark.parametrize(
    ("known", "value"),
    [
        ({"type": "integer"}, 2.0),
        ({"type": "number"}, 2),
        ({"type": "string", "nullable": True}, None),
        ({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}, "80"),
        ({"type": "string", "format": "no-such-format"}, "x"),
        ({"type": "string", "format": "duration"}, "1h30m"),
        ({"type": "string", "pattern": "b"}, "abc"),
        ({"type": "object", "additionalProperties": True}, {"a": [None]}),
    ],
)
def test_values_that_are_right(known, value):
    assert told(known, value) == []


def test_combinations_tell_their_best_branch():
    known = {"anyOf": [{"required": ["a"]}, {"required": ["b"], "properties": {"c": {"minimum": 3}}}], "type": "object"}
    assert told(known, {"c": 1}) == ['<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)', "x.a: Required value"]
    assert told({"oneOf": [{"minimum": 0}, {"minimum": 1}]}, 5)[0].startswith(
        '<nil>: Invalid value: "": "x" must validate one and only one'
    )
    assert told({"not": {"required": ["a"]}}, {"a": 1}) == ['<nil>: Invalid value: "": "x" must not validate the schema (not)']


def test_a_dollar_does_not_let_a_last_newline_through():
    assert told({"type": "string", "pattern": "^a$"}, "a\n") != []


SPEC = {
    "type": "object",
    "properties": {
        "n": {"type": "integer", "maximum": 5},
        "old": {"type": "string", "enum": ["a"]},
        "list": {"type": "array", "items": {"type": "integer", "maximum": 5}},
        "tags": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
    },
}
ROOTED = schema.root({"type": "object", "properties": {"spec": SPEC}})


def obj(**spec):
    return {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "a"}, "spec": spec}


def test_what_an_unchanged_part_gets_wrong_is_tolerated():
    old = obj(n=9, old="z", list=[9], tags=["a", "a"])
    assert schema.validate(ROOTED, copy.deepcopy(old), old) == []
    assert schema.validate(ROOTED, obj(n=1, old="z", list=[9], tags=["a", "a"]), old) == []
    assert [e.field for e in schema.validate(ROOTED, obj(n=8, old="z", list=[9, 1], tags=["a", "a"]), old)] == ["spec.list[0]", "spec.n"]


def test_embedded_objects_have_metadata_of_their_own():
    known = schema.root({"type": "object", "properties": {"t": {"type": "object", "x-kubernetes-embedded-resource": True}}})
    sent = {"apiVersion": "g/v1", "kind": "K", "t": {"kind": "Pod", "metadata": {"name": "x", "nope": 1}, "spec": {}}}
    kept, unknown = schema.prune(known, sent)
    assert unknown == ["t.spec", "t.metadata.nope"]
    assert [str(error) for error in schema.validate(known, kept)] == ["t.apiVersion: Required value"]


def test_unknown_metadata_is_named():
    assert schema.prune(ROOTED, {"metadata": {"name": "a", "lables": {}}})[1] == ["metadata.lables"]


def test_nulls():
    fields = {
        "defaulted": {"type": "string", "default": "d"},
        "nullable": {"type": "string", "nullable": True, "default": "d"},
        "plain": {"type": "string"},
    }
    known = schema.root({"type": "object", "properties": {"spec": {"type": "object", "properties": fields}}})
    nulls = obj(defaulted=None, nullable=None, plain=None)
    assert schema.default(known, schema.prune(known, nulls)[0])["spec"] == {"defaulted": "d", "nullable": None}
    applied = schema.default(known, schema.prune(known, nulls, keep_nulls=True)[0])
    assert [error.field for error in schema.validate(known, applied)] == ["spec.plain"]


def test_defaults_reach_into_defaults_but_make_no_objects():
    inner = {"type": "object", "properties": {"a": {"type": "integer", "default": 1}}}
    known = schema.root({"type": "object", "properties": {"with": {**inner, "default": {}}, "without": inner}})
    assert schema.default(known, {}) == {"with": {"a": 1}}


NAMES = st.sampled_from(["n", "old", "list", "tags", "zz", "spec"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-20, 20) | st.text("abx", max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(NAMES, below, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["spec", "metadata", "other"]), JSON, max_size=3))
def test_pruning_and_defaulting_twice_change_nothing_and_mutate_nothing(value):
    before = copy.deepcopy(value)
    once, unknown = schema.prune(ROOTED, value)
    assert schema.prune(ROOTED, once) == (once, [])
    assert bool(unknown) or "other" not in value
    filled = schema.default(ROOTED, once)
    assert schema.default(ROOTED, filled) == filled
    schema.validate(ROOTED, filled)
    assert value == before


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (
            {"metadata": {"labels": {"a": 1}}},
            "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels.a of type string",
        ),
        ({"metadata": "x"}, "json: cannot unmarshal string into Go struct field .metadata of type map[string]"),
    ],
)
def test_metadata_of_a_wrong_type_cannot_be_read(sent, error):
    with pytest.raises(schema.DecodeError) as wrong:
        schema.decode(ROOTED, sent)
    assert str(wrong.value) == error
    assert schema.decode(ROOTED, {"spec": 1}) == {"spec": 1}


SIZE = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}
STATUS_OF = {
    "type": "object",
    "properties": {
        "spec": {"type": "object", "properties": {"n": {"type": "integer", "maximum": 3}}},
        "status": {"type": "object", "properties": {"sizes": {"type": "array", "items": SIZE}}},
    },
}


def test_a_written_status_is_looked_at_as_a_thing_of_its_own():
    known = schema.root(STATUS_OF)
    old = obj(n=9)
    told = [str(error) for error in schema.validate(known, {**old, "status": {"sizes": [["a"]]}}, old, part="status")]
    assert told == [
        'status.sizes[0]: Invalid value: "array": sizes[0] in body must be of type integer,string: "array"',
        'status: Invalid value: "": "sizes[0]" must validate at least one schema (anyOf)',
        'status.sizes[0]: Invalid value: "array": sizes[0] in body must be of type integer: "array"',
    ]
    assert [error.field for error in schema.validate(known, {**old, "status": "x"}, old, part="status")] == ["status"]
    assert schema.validate(known, {**obj(n=8), "status": {}}, old, part="status") == []


def test_nothing_is_known_in_a_list_that_stands_where_none_belongs():
    known = schema.root({"type": "object", "properties": {"spec": {"type": "object", "properties": {"s": {"type": "string"}}}}})
    kept, unknown = schema.prune(known, obj(s=[{"a": 1}, 2]))
    assert (kept["spec"], unknown) == ({"s": [{}, 2]}, ["spec.s[0].a"])
