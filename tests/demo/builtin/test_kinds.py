"""The schemas of the built-in kinds: every one can be made, fast, and says what matters."""

import subprocess
import sys

import pytest

from modeltui.demo import builtin, ownership, schema


def at(known, *names):
    for name in names:
        known = known["items"] if name == "[]" else known["additionalProperties"] if name == "{}" else known["properties"][name]
    return known


def described(known, seen):
    """Walks the whole schema; an endless one would not come to an end."""
    assert len(seen) < 100
    for below in known.get("properties", {}).values():
        yield from described(below, (*seen, id(known)))
    for part in ("items", "additionalProperties"):
        if isinstance(known.get(part), dict):
            yield from described(known[part], (*seen, id(known)))
    yield known


@pytest.mark.parametrize("key", builtin.KINDS)
def test_every_kind_has_a_whole_schema(key):
    known = builtin.schema(*key)
    assert {"apiVersion", "kind", "metadata"} <= known["properties"].keys()
    assert at(known, "metadata", "ownerReferences")["x-kubernetes-list-map-keys"] == ["uid"]
    for part in described(known, ()):
        if part.get("x-kubernetes-list-type") == "map":
            keys = set(part["x-kubernetes-list-map-keys"])
            assert keys <= part["items"]["properties"].keys()
        assert set(part.get("required", ())) <= part.get("properties", {}).keys() | {"metadata"}
    assert builtin.schema(*key) is known


def test_facts_name_fields_that_exist():
    from modeltui.demo.builtin import facts
    from modeltui.demo.builtin.models import Model

    tables = (facts.KEYED, facts.SETS, facts.PATCH_ONLY, facts.RETAIN_KEYS, facts.ATOMIC_MAPS, facts.QUANTITIES, facts.DEFAULTS)
    for table in (*tables, facts.ENUMS):
        for model, fields in table.items():
            assert set(fields) <= Model.read(model).fields.keys(), model
    assert all(Model.read(model).fields for model in facts.ATOMIC_MODELS)


def test_an_unknown_kind_is_a_key_error():
    with pytest.raises(KeyError):
        builtin.schema("", "v1", "Nothing")


def test_what_the_models_say():
    pod = at(builtin.schema("apps", "v1", "Deployment"), "spec", "template", "spec")
    assert pod["required"] == ["containers"]
    assert at(pod, "containers", "[]", "image")["description"].startswith("Container image name.")
    assert at(pod, "containers", "[]", "ports")["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"]
    assert at(pod, "containers", "[]", "resources", "limits", "{}") == {"x-kubernetes-int-or-string": True, "format": "quantity"}
    assert at(builtin.schema("", "v1", "Secret"), "data", "{}") == {"type": "string", "format": "byte", "x-modeltui-decoded": True}
    port = at(builtin.schema("", "v1", "Service"), "spec", "ports", "[]", "targetPort")
    assert (port.get("type"), port["x-kubernetes-int-or-string"]) == (None, True)


def test_no_generated_model_is_imported():
    code = "import sys; from modeltui.demo import builtin; builtin.schema('', 'v1', 'Pod'); print('kubernetes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


def decode(key, **parts):
    known = builtin.schema(*key)
    obj, _ = schema.prune(known, schema.decode(known, {"metadata": {"name": "a"}, **parts}))
    return schema.default(known, obj)


def test_quantities_come_out_canonical_and_defaults_are_filled_in():
    claim = decode(("", "v1", "PersistentVolumeClaim"), spec={"resources": {"requests": {"storage": "1024Mi"}}})
    assert claim["spec"] == {"resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "Filesystem"}
    container = {"name": "c", "resources": {"limits": {"nvidia.com/gpu": 1, "cpu": "1000m"}}, "ports": [{"containerPort": 80}]}
    made = decode(("", "v1", "Pod"), spec={"containers": [container]})["spec"]["containers"][0]
    assert made["resources"]["limits"] == {"nvidia.com/gpu": "1", "cpu": "1"}
    assert made["ports"] == [{"containerPort": 80, "protocol": "TCP"}]


@pytest.mark.parametrize(
    ("key", "parts", "told"),
    [
        (("", "v1", "Secret"), {"data": {"k": "%%"}}, "illegal base64 data at input byte 0"),
        (
            ("apps", "v1", "Deployment"),
            {"spec": {"replicas": "two"}},
            "json: cannot unmarshal string into Go struct field .spec.replicas of type int64",
        ),
        (("", "v1", "ConfigMap"), {"data": {"k": 1}}, "json: cannot unmarshal number into Go struct field .data.k of type string"),
        (("", "v1", "PersistentVolumeClaim"), {"spec": {"resources": {"requests": {"storage": "much"}}}}, "quantities must match"),
    ],
)
def test_what_no_decoder_can_read(key, parts, told):
    with pytest.raises(schema.DecodeError) as wrong:
        decode(key, **parts)
    assert str(wrong.value).startswith(told)


def test_nulls_in_built_in_kinds_are_nothing():
    known = builtin.schema("apps", "v1", "Deployment")
    sent = {
        "metadata": {"name": "a", "creationTimestamp": None},
        "spec": {"paused": None, "template": {"metadata": {"creationTimestamp": None}}},
    }
    read = schema.decode(known, sent)
    assert read["metadata"] == {"name": "a"}
    assert "paused" not in read["spec"]
    assert read["spec"]["template"] == {"metadata": {}, "spec": {"containers": None}}


def test_what_is_zero_is_left_out_or_written_as_the_type_has_it():
    read = schema.decode(builtin.schema("", "v1", "ConfigMap"), {"data": {"a": None, "b": ""}, "binaryData": {}, "immutable": False})
    assert read == {"data": {"a": "", "b": ""}, "immutable": False}
    event = schema.decode(builtin.schema("", "v1", "Event"), {"count": 0, "message": ""})
    times = dict.fromkeys(("eventTime", "firstTimestamp", "lastTimestamp"))
    assert event == {**times, "involvedObject": {}, "reportingComponent": "", "reportingInstance": "", "source": {}}


def test_enums_and_required_fields_are_validated():
    known = builtin.schema("", "v1", "PersistentVolumeClaim")
    wrong = schema.validate(known, {"metadata": {"name": "a"}, "spec": {"accessModes": ["Everyone"], "volumeMode": "Tape"}})
    assert [(error.field, error.type.reason) for error in wrong] == [
        ("spec.volumeMode", "FieldValueNotSupported"),
    ]
    missing = schema.validate(builtin.schema("apps", "v1", "Deployment"), {"metadata": {"name": "a"}, "spec": {}})
    assert [error.field for error in missing] == ["spec.selector", "spec.template"]
    empty = schema.validate(builtin.schema("", "v1", "Pod"), {"spec": {"containers": [{"name": "", "image": "x"}]}})
    assert [(error.field, error.type.reason) for error in empty] == [("spec.containers[0].name", "FieldValueRequired")]


def test_containers_are_owned_by_name_and_a_selector_whole():
    known = builtin.schema("apps", "v1", "Deployment")
    spec = {
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"spec": {"containers": [{"name": "c", "env": [{"name": "E", "value": "1"}]}]}},
    }
    sent = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}
    result = ownership.apply(None, sent, manager="m", force=False, schema=known, api_version="apps/v1", now="2026-01-01T00:00:00Z")
    fields = result["metadata"]["managedFields"][0]["fieldsV1"]["f:spec"]
    assert fields["f:selector"] == {}
    env = fields["f:template"]["f:spec"]["f:containers"]['k:{"name":"c"}']["f:env"]
    assert env == {'k:{"name":"E"}': {".": {}, "f:name": {}, "f:value": {}}}
