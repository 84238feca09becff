"""Printer columns: Kubernetes' simple JSONPath, cell values by type, and ages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo.schema import BadPath, age, cell, check_path, find

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OBJECT = {
    "spec": {"size": "s", "n": 3, "f": 2.5, "whole": 2.0, "list": ["a", "b"], "map": {"b": 1, "a": True}, "on": False, "null": None},
    "metadata": {"labels": {"a.b/c": "x", "k-y": "z"}, "creationTimestamp": "2025-12-31T23:54:00Z"},
    "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Synced", "status": "False"}], "at": "yesterday"},
}


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("string", ".spec.size", "s"),
        ("string", ".spec.n", "3"),
        ("string", ".spec.whole", "2"),
        ("string", ".spec.on", "false"),
        ("string", ".spec.list", '["a","b"]'),
        ("string", ".spec.list[*]", "a"),
        ("string", ".spec.list[-1:]", "b"),
        ("string", ".spec.map", '{"a":true,"b":1}'),
        ("string", r".metadata.labels.a\.b/c", "x"),
        ("string", r".metadata.labels['a\.b/c']", "x"),
        ("string", ".metadata.labels.k-y", "z"),
        ("string", '.status.conditions[?(@.type=="Ready")].status', "True"),
        ("string", ".status.conditions[?(@.type=='Synced')].status", "False"),
        ("string", ".status.conditions[?(@.type=='Gone')].status", None),
        ("string", ".spec.gone.deeper", None),
        ("integer", ".spec.n", 3),
        ("integer", ".spec.f", 2),
        ("integer", ".spec.size", None),
        ("integer", ".spec.on", None),
        ("integer", ".spec.null", None),
        ("number", ".spec.f", 2.5),
        ("boolean", ".spec.on", False),
        ("boolean", ".spec.n", None),
        ("date", ".metadata.creationTimestamp", "6m"),
        ("date", ".status.at", "<invalid>"),
        ("date", ".spec.n", None),
    ],
)
def test_cells(kind, path, value):
    assert cell({"name": "C", "type": kind, "jsonPath": path}, OBJECT, now=NOW) == value


def test_find_gives_the_first_value():
    assert find(".spec.n", OBJECT) == 3
    assert find(".spec.gone", OBJECT) is None


@pytest.mark.parametrize("path", [".spec[", ".a[?(", ".a]b"])
def test_paths_that_cannot_be_read(path):
    with pytest.raises(BadPath):
        check_path(path)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (310, "5m10s"),
        (600, "10m"),
        (179 * 60, "179m"),
        (3 * 3600, "3h"),
        (5 * 3600 + 120, "5h2m"),
        (8 * 3600 + 120, "8h"),
        (47 * 3600, "47h"),
        (2 * 86400 + 3600, "2d1h"),
        (9 * 86400 + 3600, "9d"),
        (800 * 86400, "2y70d"),
        (9 * 365 * 86400, "9y"),
    ],
)
def test_ages_as_kubectl_shows_them(seconds, shown):
    assert age(NOW - timedelta(seconds=seconds), now=NOW) == shown


@given(st.integers(0, 10**9))
def test_an_age_is_short(seconds):
    assert len(age(NOW - timedelta(seconds=seconds), now=NOW)) <= 6


def test_every_column_of_the_upstream_crds_can_be_read(crds):
    versions = [version for crd in crds for version in crd["spec"]["versions"]]
    paths = [column["jsonPath"] for version in versions for column in version.get("additionalPrinterColumns") or []]
    for path in paths:
        check_path(path)
    assert len(paths) > 100
