"""Reading Kubernetes' protobuf."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo.protobuf import MAGIC, ProtobufProblem, decode


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    return MAGIC + field(1, field(1, api_version) + field(2, kind)) + field(2, raw) + field(3, "") + field(4, "")


def test_an_access_review() -> None:
    attributes = field(1, "ml") + field(2, "create") + field(3, "g") + field(4, "") + field(5, "models")
    raw = field(1, field(1, "") + field(8, b"")) + field(2, field(1, attributes)) + field(3, field(1, 0) + field(2, ""))
    assert decode(envelope("authorization.k8s.io/v1", "SelfSubjectAccessReview", raw)) == {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"namespace": "ml", "verb": "create", "group": "g", "resource": "models"}},
    }


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=300), max_size=5), st.integers(0, 2**31 - 1))
def test_maps_numbers_and_pointers(data: dict[str, str], replicas: int) -> None:
    entries = b"".join(field(2, field(1, key) + field(2, value)) for key, value in data.items())
    read = decode(envelope("v1", "ConfigMap", field(1, field(1, "n")) + entries))
    assert read.get("data", {}) == data
    assert read["metadata"] == {"name": "n"}
    deployment = decode(envelope("apps/v1", "Deployment", field(2, field(1, replicas))))
    assert deployment["spec"]["replicas"] == replicas


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        MAGIC,
        envelope("v1", "Unheard", b""),
        envelope("v1", "ConfigMap", field(99, "x")),
        envelope("v1", "ConfigMap", b"\x0a\x7fabc"),
    ],
)
def test_what_cannot_be_read_is_said(body: bytes) -> None:
    with pytest.raises(ProtobufProblem):
        decode(body)


@given(st.binary(max_size=60))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        found: Any = decode(envelope("v1", "Secret", raw))
    except ProtobufProblem:
        return
    assert found["kind"] == "Secret"
