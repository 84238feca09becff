"""The CRDs of the managed systems and the manifests that their projects publish."""

import importlib.util
from pathlib import Path

import pytest
import yaml

from modeltui.demo import schema
from modeltui.demo.ownership import TypedPatchError
from modeltui.demo.ownership.checking import check_applied

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
SAMPLES = sorted((SHARED / "samples").rglob("*.y*ml"))
CHECKER = SHARED / "tools" / "check_manifests.py"
MAKERS = {"spec.replicas cannot be set when spec.scale.enabled is true"}
"""The CEL rules that published samples themselves break."""


def test_every_rule_compiles(rooted):
    assert [str(error) for one in rooted.values() for error in schema.wrong_rules(one)] == []


def test_a_rule_that_is_no_cel_is_named_by_its_place():
    rule = {"rule": "self.a ==", "message": "m"}
    wrong = list(schema.wrong_rules({"type": "object", "properties": {"spec": {"type": "object", "x-kubernetes-validations": [rule]}}}))
    assert [error.field for error in wrong] == ["openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule"]
    unknown = {"type": "object", "x-kubernetes-validations": [{"rule": "self.a.frobnicate() == 1"}]}
    assert "undeclared reference to 'frobnicate'" in str(next(schema.wrong_rules(unknown)))


def verdict(rooted, document):
    """What a strict server-side dry run of an apply says: the sentences, none when it is accepted."""
    known = rooted[document["apiVersion"], document["kind"]]
    try:
        check_applied(known, document, api_version=document["apiVersion"])
    except TypedPatchError as error:
        return [str(error)]
    obj, unknown = schema.prune(known, document, keep_nulls=True)
    return unknown + [str(error) for error in schema.validate(known, schema.default(known, obj))]


@pytest.mark.skipif(not SAMPLES or not CHECKER.exists(), reason="the published samples are not here")
def test_published_manifests_get_the_verdict_of_a_real_server(plain, rooted):
    spec = importlib.util.spec_from_file_location("check_manifests", CHECKER)
    checker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(checker)
    checked, differ = 0, []
    for path in SAMPLES:
        for document in yaml.load_all(path.read_text(), yaml.CSafeLoader):
            if not isinstance(document, dict) or (document.get("apiVersion"), document.get("kind")) not in rooted:
                continue
            checked += 1
            expected = []
            checker.check(plain[document["apiVersion"], document["kind"]], document, "", expected, root=True)
            told = verdict(rooted, document)
            by_rule = bool(told) and all(any(rule in error for rule in MAKERS) for error in told)
            if bool(expected) != bool(told) and not by_rule:
                differ.append((path.name, expected, told))
    assert checked > 100
    assert differ == []
