"""CEL rules: what they see, when they run, and what is said when they say no."""

import pytest

from modeltui.demo import schema
from modeltui.demo.schema.cel import program
from modeltui.demo.schema.quantity import Quantity


def rooted(rules, **properties):
    spec = {"type": "object", "properties": properties, "x-kubernetes-validations": rules}
    return schema.root({"type": "object", "properties": {"spec": spec}})


def obj(**spec):
    return {"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "a"}, "spec": spec}


def told(known, new, old=None):
    return [str(error) for error in schema.validate(known, new, old)]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'a,b,c'.split(',').size() == 3", True),
        ("'a,b,c'.split(',', 2)[1] == 'b,c'", True),
        ("['a', 'b'].join('-') == 'a-b'", True),
        ("'Abc'.lowerAscii() + 'x'.upperAscii() == 'abcX'", True),
        ("'banana'.replace('a', 'o', 2) == 'bonona'", True),
        ("'abcdef'.substring(2, 4) == 'cd' && 'abc'.indexOf('c') == 2 && 'abca'.lastIndexOf('a') == 3", True),
        ("' x '.trim() == 'x' && 'abc'.charAt(1) == 'b'", True),
        ("'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]').size() == 2", True),
        ("[1, 2, 3].isSorted() && ![2, 1].isSorted()", True),
        ("[1, 2, 3].sum() == 6 && [3, 1].min() == 1 && [3, 1].max() == 3", True),
        ("isURL('https://u@h.example:8443/p?q=1') && !isURL('::no')", True),
        ("url('https://h.example:8443/p?q=1').getHost() == 'h.example:8443'", True),
        ("url('https://h:1/p?q=1&q=2').getQuery()['q'] == ['1', '2'] && url('https://h:1/').getPort() == '1'", True),
        ("quantity('1Gi').isGreaterThan(quantity('1G')) && isQuantity('10m') && !isQuantity('ten')", True),
        ("quantity('1000m').compareTo(quantity('1')) == 0 && quantity('2k').asInteger() == 2000", True),
        ("sets.contains([1, 2, 3], [3, 1]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 2], [2, 1])", True),
        ("!format.named('dns1123Label').value().validate('a-b').hasValue()", True),
        ("format.dns == 1", None),
        ("duration('90s') > duration('1m') && timestamp('2020-01-01T00:00:00Z') < timestamp('2021-01-01T00:00:00Z')", True),
        ("'%s is %d'.format(['x', 2]) == 'x is 2'", True),
        ("1 < 1.5 && 2.0 >= 2 && 1 == 1.0 && 1 != 1.5 && 1 in [1.0] && 2u > 1", True),
        ("1 != 'a' && !('a' == null) && null == null && true != 1", True),
        ("ip('10.0.0.1').family() == 4 && isIP('::1') && !isIP('x') && ip('127.0.0.1').isLoopback()", True),
        ("cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !isCIDR('10.0.0.0')", True),
        ("semver('1.10.0').isGreaterThan(semver('1.9.0')) && semver('1.0.0-rc.1').isLessThan(semver('1.0.0')) && !isSemver('1')", True),
        ("['b', 'a'].sort() == ['a', 'b'] && [1, 2, 3].slice(0, 2) == [1, 2]", True),
        ("math.greatest(1, 3) == 3 && math.least([2, 1]) == 1", True),
    ],
)
def test_the_functions_of_kubernetes(expression, value):
    compiled = program.compiled(expression)
    if value is None:
        with pytest.raises(program.EvaluationError):
            compiled.evaluate({})
    else:
        assert compiled.evaluate({}) is value


def test_names_that_are_no_identifiers_are_escaped():
    rules = [{"rule": "self.a__dash__b == 1 && self.__namespace__ == 'n' && self.c__dot__d == 2 && self.x__slash__y == 3"}]
    known = rooted(
        rules, **{"a-b": {"type": "integer"}, "namespace": {"type": "string"}, "c.d": {"type": "integer"}, "x/y": {"type": "integer"}}
    )
    assert told(known, obj(**{"a-b": 1, "namespace": "n", "c.d": 2, "x/y": 3})) == []
    assert len(told(known, obj(**{"a-b": 2, "namespace": "n", "c.d": 2, "x/y": 3}))) == 1


def test_keys_of_maps_are_not_escaped():
    known = rooted([{"rule": "'a-b' in self.m"}], m={"type": "object", "additionalProperties": {"type": "string"}})
    assert told(known, obj(m={"a-b": "x"})) == []


def test_what_is_said_and_where():
    properties = {"low": {"type": "integer"}, "high": {"type": "integer"}}
    rule = {
        "rule": "self.low <= self.high",
        "messageExpression": "'low ' + string(self.low) + ' is above ' + string(self.high)",
        "reason": "FieldValueForbidden",
        "fieldPath": ".low",
    }
    error = schema.validate(rooted([rule], **properties), obj(low=3, high=2))[0]
    assert (error.field, error.cause()["reason"], error.detail) == ("spec.low", "FieldValueForbidden", "low 3 is above 2")
    bare = rooted([{"rule": "self.low <= self.high"}], **properties)
    assert told(bare, obj(low=3, high=2)) == ["spec: Invalid value: failed rule: self.low <= self.high"]


def test_a_rule_that_cannot_be_evaluated_is_an_error():
    known = rooted([{"rule": "self.gone == 1", "message": "m"}], x={"type": "integer"})
    assert told(known, obj(x=1)) == ['spec: Invalid value: "object": no such key: gone evaluating rule: m']


@pytest.mark.parametrize(
    "wrong", ["self.gone.split(',')[0] == 'a'", "quantity('junk').isInteger()", "'a'.substring(5) == ''", "1 / 0 == 1"]
)
def test_an_error_beside_a_true_is_true(wrong):
    assert program.compiled(f"true || {wrong}").evaluate({"self": {}}) is True
    assert program.compiled(f"{wrong} || true").evaluate({"self": {}}) is True
    with pytest.raises(program.EvaluationError):
        program.compiled(f"{wrong} || false").evaluate({"self": {}})


def test_a_rule_that_does_not_compile_lets_nothing_through():
    assert "rule compile error: ERROR: <input>:1:" in told(rooted([{"rule": "self.a =="}], a={"type": "integer"}), obj(a=1))[0]


def test_an_overload_that_does_not_exist():
    known = rooted([{"rule": "self.port > 0"}], port={"x-kubernetes-int-or-string": True})
    assert told(known, obj(port=80)) == []
    assert "call arguments did not match a supported operator" in told(known, obj(port="http"))[0]


def test_transition_rules_wait_for_an_old_value():
    known = rooted([{"rule": "self.x >= oldSelf.x", "message": "may only grow"}], x={"type": "integer"})
    assert told(known, obj(x=1)) == []
    assert told(known, obj(x=2), obj(x=1)) == []
    assert told(known, obj(x=1), obj(x=2)) == ["spec: Invalid value: may only grow"]
    assert told(known, obj(x=1), {**obj(), "spec": None}) == told(known, obj(x=1), {"metadata": {}}) == []


def test_optional_old_self_runs_on_creation_too():
    rule = {"rule": "oldSelf.hasValue() || !has(self.restart)", "optionalOldSelf": True, "message": "not at first"}
    known = rooted([rule], restart={"type": "string"})
    assert told(known, obj(restart="x")) == ["spec: Invalid value: not at first"]
    assert told(known, obj(restart="x"), obj()) == []
    assert told(known, obj()) == []


def test_entries_of_keyed_lists_are_compared_with_their_old_selves():
    item = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "v": {"type": "integer", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "fixed"}]},
        },
    }
    keyed = {"type": "array", "items": item, "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    known = rooted([], keyed=keyed, plain={"type": "array", "items": item})
    a, b = {"name": "a", "v": 1}, {"name": "b", "v": 2}
    assert told(known, obj(keyed=[b, a]), obj(keyed=[a, b])) == []
    assert told(known, obj(keyed=[b, {**a, "v": 9}]), obj(keyed=[a, b])) == ["spec.keyed[1].v: Invalid value: 9: fixed"]
    assert told(known, obj(plain=[{**a, "v": 9}]), obj(plain=[a])) == []


def test_sets_are_equal_whatever_their_order():
    tags = {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"}
    known = rooted([{"rule": "self.tags == oldSelf.tags", "message": "fixed"}], tags=tags, n={"type": "integer"})
    assert told(known, obj(tags=["a", "b"], n=1), obj(tags=["b", "a"], n=2)) == []
    assert told(known, obj(tags=["a"], n=1), obj(tags=["b", "a"], n=2)) != []


def test_types_come_from_the_schema():
    known = rooted(
        [{"rule": "self.ratio < 1.5 && self.at > timestamp('2020-01-01T00:00:00Z') && self.wait < duration('1h')"}],
        ratio={"type": "number"},
        at={"type": "string", "format": "date-time"},
        wait={"type": "string", "format": "duration"},
    )
    assert told(known, obj(ratio=1, at="2024-05-06T07:08:09Z", wait="30m")) == []


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("1024Mi", "1Gi"),
        ("1Gi", "1Gi"),
        ("0.5Gi", "512Mi"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("0", "0"),
        (2, "2"),
        ("1e3", "1e3"),
        ("100k", "100k"),
        ("0.1", "100m"),
        ("1000000", "1M"),
    ],
)
def test_quantities_have_one_canonical_form(text, canonical):
    assert Quantity.parse(text).canonical == canonical
    assert Quantity.parse(canonical).number == Quantity.parse(text).number
