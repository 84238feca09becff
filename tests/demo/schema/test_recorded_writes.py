"""Objects that a real kube-apiserver took or refused, and the sentences it said."""

import copy
import json
from pathlib import Path

import pytest

from modeltui.demo import schema

CASES = Path(__file__).resolve().parents[3].parent / "shared" / "reference" / "apiserver" / "cases.json"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the recorded cases are not here")


def conversation(name):
    return next(case["steps"] for case in json.loads(CASES.read_text()) if case["name"] == name)


def write(rooted, body, old=None):
    kind = (body["apiVersion"], body["kind"])
    obj, unknown = schema.prune(rooted[kind], copy.deepcopy(body))
    obj = schema.default(rooted[kind], obj)
    scale = schema.validate_scale(obj, spec_path=".spec.replicas", status_path=".status.replicas") if kind[1] == "Widget" else []
    errors = schema.validate(rooted[kind], obj, old)
    if scale:
        errors = [*(e for e in errors if e is not schema.NOT_CHECKED), *scale, schema.NOT_CHECKED]
    return obj, unknown, errors


def message(body, errors):
    group = body["apiVersion"].partition("/")[0]
    return schema.invalid_message(kind=body["kind"], group=group, name=body["metadata"]["name"], errors=errors)


@pytest.mark.parametrize("name", ["invalid-required", "invalid-many", "invalid-types"])
def test_refused_with_the_same_sentence(rooted, name):
    for step in conversation(name):
        _, _, errors = write(rooted, step["body"])
        assert message(step["body"], errors) == step["answer"]["message"]
        assert sorted({e.field.lstrip(".") for e in errors if e.field != "<nil>"}) == step["answer"]["fields"]


def test_model_with_defaults_and_wrong_values(rooted):
    first, empty, wrong, _ = conversation("modelfs-model")
    obj, _, errors = write(rooted, first["body"])
    assert errors == []
    assert obj["spec"] == first["answer"]["body"]["spec"]
    for step in (empty, wrong):
        assert message(step["body"], write(rooted, step["body"])[2]) == step["answer"]["message"]


def test_unknown_fields_are_named_and_dropped(rooted):
    obj, unknown, errors = write(rooted, conversation("unknown-field-modes")[0]["body"])
    assert (unknown, errors) == (["spec.sise"], [])
    assert obj["spec"] == {"enabled": True, "replicas": 1, "size": "small"}


def test_free_form_parts_keep_what_they_get(rooted):
    step = conversation("preserve-unknown")[0]
    obj, unknown, errors = write(rooted, step["body"])
    assert (unknown, errors, obj["spec"]) == ([], [], step["answer"]["body"]["spec"])


def test_immutable_fields(rooted):
    made, changed, same = conversation("immutable-cel")
    old = write(rooted, made["body"])[0]
    for step, wanted in ((changed, changed["answer"]["message"]), (same, None)):
        body = copy.deepcopy(old)
        body["spec"].update(step["body"]["spec"])
        errors = write(rooted, body, old)[2]
        assert (message(body, errors) if errors else None) == wanted


def test_dataset_transitions(rooted):
    made, *patches = conversation("dataset-immutable")
    old = write(rooted, made["body"])[0]
    assert old["spec"] == made["answer"]["body"]["spec"]
    for step in patches:
        body = copy.deepcopy(old)
        spec = step["body"]["spec"]
        body["spec"] = {**body["spec"], **spec, "source": {**body["spec"]["source"], **spec.get("source", {})}}
        obj, _, errors = write(rooted, body, old)
        if step["answer"]["code"] == 200:
            assert errors == []
            old = obj
        else:
            assert message(body, errors) == step["answer"]["message"]
