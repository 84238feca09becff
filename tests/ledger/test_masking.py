"""A secret that is handed to the ledger, wherever it stands, is in nothing that comes out of the masking."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.builders import record
from tests.ledger.test_encoding import any_json, any_text

from modeltui.ledger import encoding
from modeltui.ledger.masking import masked
from modeltui.redaction import MASK

MARKER = "Zq9-planted-Marker"
B64 = base64.b64encode(MARKER.encode()).decode()


def written(**said: Any) -> str:
    """All that would be written of such a record."""
    return encoding.canonical(encoding.whole(masked(record(**{"before": None, "difference": ()} | said))))


SECRET_FIELDS = [
    ("Secret", "data.token", B64),
    ("Secret", "data", {"whatever": B64}),
    ("Secret", 'data["a.b"]', B64),
    ("Secret", "data.a.b", B64),
    ("Secret", "stringData.x", MARKER),
    ("ModelSource", "spec.config.api_key", MARKER),
    ("ModelSource", 'spec.config["api.key"]', MARKER),
    ("ModelSource", "spec", {"type": "HTTP", "config": {"X-Anything": MARKER}}),
    ("ModelSource", "spec.config.Authorization", f"Bearer {MARKER}"),
    ("Dataset", "spec.source", {"type": "S3", "uri": "s3://b", "options": {"anything": MARKER}}),
    ("Deployment", "spec.template.spec.containers[name=x].env[name=HF_TOKEN].value", MARKER),
    ("Deployment", "spec.template.spec.containers[0].env", [{"name": "HF_TOKEN", "value": MARKER}]),
    ("Deployment", "spec.template.spec.containers[0].args[1]", f"--token={MARKER}"),
    ("Deployment", "spec.template.spec.containers[0].args", ["--token", MARKER]),
    ("Model", "spec.url", f"https://jane:{MARKER}@example.com/x"),
    ("Model", "spec.note", f"password: {MARKER}"),
    (
        "Model",
        'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
        json.dumps({"kind": "Secret", "data": {"a": B64}}),
    ),
    ("Model", "metadata.annotations.example.com/api-key", MARKER),
    ("", "", {"kind": "Secret", "data": {"a": B64}}),
]


@pytest.mark.parametrize("side", ["before", "after", "both"])
@pytest.mark.parametrize(("kind", "path", "value"), SECRET_FIELDS)
def test_a_secret_in_a_difference(kind: str, path: str, value: Any, side: str) -> None:
    field = (path, "changed", value if side != "after" else None, value if side != "before" else None)
    said = written(kind=kind, difference=(field,))
    assert MARKER not in said
    assert B64 not in said


def test_what_a_value_is_depends_on_what_stands_around_it() -> None:
    """Only the object before says that this is an HTTP source, whose headers may all be secrets."""
    before = {"kind": "ModelSource", "spec": {"type": "HTTP", "config": {"X-Team": "old-one-1"}}}
    kept = masked(record(kind="ModelSource", before=before, difference=(("spec.config.X-Team", "changed", "old-one-1", MARKER),)))
    assert kept.difference == (("spec.config.X-Team", "changed", MASK, MASK),)
    assert kept.before == {"kind": "ModelSource", "spec": {"type": "HTTP", "config": {"X-Team": MASK}}}


def test_an_item_of_a_list_is_the_one_of_that_name() -> None:
    before = {"spec": {"env": [{"name": "A", "value": "a"}, {"name": "HF_TOKEN", "value": MARKER}]}}
    kept = masked(
        record(
            before=before, difference=(("spec.env[name=A].value", "changed", "a", "b"), ("spec.env[1].value", "changed", MARKER, MARKER))
        )
    )
    assert kept.difference == (("spec.env[name=A].value", "changed", "a", "b"), ("spec.env[1].value", "changed", MASK, MASK))


def test_the_source_type_and_its_secret_may_come_in_the_same_difference() -> None:
    difference = (("spec.config.X-Team", "added", None, MARKER), ("spec.type", "added", None, "HTTP"))
    assert MARKER not in written(kind="ModelSource", difference=difference)


def test_copies_are_masked_wherever_they_stand() -> None:
    said = written(
        kind="ModelSource",
        before={"kind": "ModelSource", "spec": {"config": {"api_key": MARKER}, "description": f"use {MARKER}"}},
        difference=(("spec.description", "changed", f"use {MARKER}", "x"), (f"spec.set[{MARKER}]", "removed", MARKER, None)),
        result=f"failed: {MARKER} is no key",
    )
    assert MARKER not in said


def test_secrets_that_only_the_caller_knows() -> None:
    """A refusal may repeat what was to be written, when the difference already says "changed, not shown"."""
    said = record(
        kind="Secret",
        difference=(("data.x", "changed", "not shown", "not shown"),),
        before=None,
        result=f"failed: {MARKER} or {B64} is too short",
    )
    kept = masked(said, secrets=[MARKER])
    assert kept.result == f"failed: {MASK} or {MASK} is too short"
    assert MARKER not in encoding.canonical(encoding.whole(kept))


def test_a_password_in_the_servers_address() -> None:
    assert MARKER not in written(server=f"https://jane:{MARKER}@example.com:6443")


def test_what_is_no_secret_stays() -> None:
    difference = (
        ("spec.versions[0].storage", "changed", {"requests": "1Gi"}, ["x", 1, None, True]),
        ("spec.versions[name=v2].repo", "added", None, "org/x"),
        ("metadata.labels.example.com/team", "removed", "nlp", None),
        ("spec.items[containerPort=80,protocol=TCP].name", "changed", "a", "b"),
        ("metadata.finalizers[foregroundDeletion]", "added", None, "foregroundDeletion"),
        ("spec.secretRef", "changed", "hf-old", "hf-new"),
        ("", "added", None, {"a": 1}),
    )
    kept = masked(record(difference=difference))
    assert kept.difference == difference
    assert kept.before == record().before


def test_the_bookkeeping_of_owners_is_left_out() -> None:
    before = {"metadata": {"name": "a", "managedFields": [{"manager": "x"}]}}
    assert masked(record(before=before)).before == {"metadata": {"name": "a"}}
    assert before["metadata"]["managedFields"], "the caller's object is not touched"


paths = st.text('abc.[]="\\0129,u-', max_size=14) | any_text


@given(
    st.lists(st.tuples(paths, st.just("changed"), any_json, any_json), max_size=4),
    st.none() | st.dictionaries(any_text, any_json, max_size=3),
)
def test_no_path_or_value_is_too_strange(difference: list[Any], before: dict[str, Any] | None) -> None:
    kept = masked(record(difference=tuple(difference), before=before))
    assert len(kept.difference) == len(difference)
    for (_, _, *values), (_, _, *shown) in zip(difference, kept.difference, strict=True):
        assert [value is None for value in values] == [value is None for value in shown]


@given(paths, any_text, any_text)
def test_a_secret_at_the_end_of_any_path_is_masked(path: str, before: str, after: str) -> None:
    said = masked(record(difference=((f"{path}.api_key", "changed", f"{before}{MARKER}", f"{MARKER}{after}"),), before=None))
    assert MARKER not in encoding.canonical(encoding.whole(said))


def test_the_order_of_a_list_is_told_by_what_its_items_are_known_by() -> None:
    """Other fields of the same difference stand below it."""
    order = [{"name": "b"}, {"name": "a"}]
    difference = (("spec.versions[name=a].v", "changed", 1, 2), ("spec.versions", "changed", order[::-1], order))
    live = {"metadata": {}, "spec": {"versions": [{"name": "a", "v": 1}, {"name": "b", "token": MARKER}]}}
    found = masked(record(kind="Model", before=live, difference=difference)).difference
    assert [tuple(field) for field in found] == [*difference]
