"""Answers that are no success become the right error, whatever their body is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.kube import errors
from modeltui.kube.request_info import request_info
from modeltui.kube.sentences import LIMIT, sentence
from modeltui.kube.status_errors import Status, StatusDetails, error_from_answer, error_from_status
from modeltui.redaction import MASK


def answer(
    code: int, body: object = b"", *, headers: dict[str, str] | None = None, method: str = "GET", path: str = "/api/v1/pods"
) -> errors.ApiError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_from_answer(code, headers or {}, raw, method=method, path=path)


def status(code: int, reason: str, message: str, **details: Any) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": message,
        "reason": reason,
        "details": details,
        "code": code,
    }


@pytest.mark.parametrize(
    ("code", "reason", "kind"),
    [
        (400, "BadRequest", errors.BadRequest),
        (401, "Unauthorized", errors.Unauthorized),
        (403, "Forbidden", errors.Forbidden),
        (404, "NotFound", errors.NotFound),
        (409, "Conflict", errors.Conflict),
        (409, "AlreadyExists", errors.AlreadyExists),
        (410, "Expired", errors.Gone),
        (415, "UnsupportedMediaType", errors.ApiError),
        (422, "Invalid", errors.Invalid),
        (429, "TooManyRequests", errors.TooManyRequests),
        (500, "InternalError", errors.ServerError),
        (503, "ServiceUnavailable", errors.ServerError),
    ],
)
def test_code_decides_and_the_servers_sentence_is_kept(code: int, reason: str, kind: type[errors.ApiError]) -> None:
    error = answer(code, status(code, reason, "the server's own words"))
    assert type(error) is kind
    assert str(error) == error.message == "the server's own words"
    assert (error.status, error.reason, error.method, error.path) == (code, reason, "GET", "/api/v1/pods")


def test_apply_conflict_names_managers_and_fields() -> None:
    causes = [
        {"reason": "FieldManagerConflict", "message": 'conflict with "one" using v1', "field": ".spec.size"},
        {"reason": "FieldManagerConflict", "message": 'conflict with "one" using v1', "field": ".spec.tags"},
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "a \\"b\\" c" with subresource "status" using x/v1 at 2026-01-01',
            "field": ".s",
        },
    ]
    error = answer(409, status(409, "Conflict", "Apply failed with 3 conflicts", causes=causes))
    assert isinstance(error, errors.Conflict)
    assert error.managers == {"one": (".spec.size", ".spec.tags"), 'a "b" c': (".s",)}


def test_a_stale_version_is_a_conflict_without_managers() -> None:
    error = answer(409, status(409, "Conflict", "the object has been modified", name="a", kind="configmaps"))
    assert isinstance(error, errors.Conflict)
    assert error.managers == {}


def test_invalid_keeps_field_causes() -> None:
    causes = [{"reason": "FieldValueRequired", "message": "Required value", "field": "spec.size"}]
    error = answer(422, status(422, "Invalid", "is invalid", causes=causes))
    assert error.causes == (errors.Cause("spec.size", "Required value", "FieldValueRequired"),)


@pytest.mark.parametrize(
    ("method", "path", "params", "expected"),
    [
        ("GET", "/apis/model.samzong.dev/v1alpha1/namespaces/team-a/models", {}, ("list", "models.model.samzong.dev", "team-a")),
        ("GET", "/apis/model.samzong.dev/v1alpha1/models", {"watch": True}, ("watch", "models.model.samzong.dev", "")),
        ("GET", "/api/v1/namespaces/a/pods/p/log", {}, ("get", "pods/log", "a")),
        ("DELETE", "/api/v1/namespaces/a/pods", {}, ("deletecollection", "pods", "a")),
        ("PATCH", "/api/v1/namespaces/a", {}, ("patch", "namespaces", "a")),
        ("PUT", "/api/v1/namespaces/a/status", {}, ("update", "namespaces/status", "a")),
        ("GET", "/api/v1/nodes/n1", {}, ("get", "nodes", "")),
        ("POST", "/version", {}, ("post", "", "")),
    ],
)
def test_forbidden_says_what_was_refused(method: str, path: str, params: dict[str, Any], expected: tuple[str, str, str]) -> None:
    error = error_from_answer(403, {}, b'{"kind":"Status","message":"no"}', method=method, path=path, params=params)
    assert isinstance(error, errors.Forbidden)
    assert (error.verb, error.resource, error.namespace) == expected
    assert error.exit_code == 3


def test_not_found_tells_the_missing_kind_from_the_missing_object() -> None:
    assert answer(404, b"404 page not found\n").missing_resource is True  # type: ignore[attr-defined]
    assert answer(404, status(404, "NotFound", "the server could not find the requested resource")).missing_resource is True  # type: ignore[attr-defined]
    assert answer(404, status(404, "NotFound", 'pods "a" not found', name="a", kind="pods")).missing_resource is False  # type: ignore[attr-defined]
    assert answer(404, status(404, "NotFound", 'namespaces "x" not found', name="x")).missing_resource is False  # type: ignore[attr-defined]


def test_expired_continue_token_carries_a_fresh_one() -> None:
    body = status(410, "Expired", "The provided continue parameter is too old")
    body["metadata"] = {"continue": "fresh=="}
    error = answer(410, body)
    assert isinstance(error, errors.Gone)
    assert error.continue_token == "fresh=="
    assert answer(410, status(410, "Expired", "too old")).continue_token == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("header", "details", "expected"),
    [
        ("7", {}, 7.0),
        ("", {"retryAfterSeconds": 3}, 3.0),
        ("2", {"retryAfterSeconds": 9}, 2.0),
        ("soon", {}, None),
        ("nan", {}, None),
        ("-1", {}, None),
    ],
)
def test_retry_after(header: str, details: dict[str, Any], expected: float | None) -> None:
    headers = {"retry-after": header} if header else {}
    assert answer(429, status(429, "TooManyRequests", "slow down", **details), headers=headers).retry_after == expected


@pytest.mark.parametrize(
    ("code", "body", "headers", "words"),
    [
        (502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", {}, "a web page"),
        (503, b"", {}, "503 Service Unavailable and said nothing more"),
        (500, b'{"kind":"Status","mess', {}, "JSON that is broken"),
        (500, b"[1,2]", {}, "JSON that is broken"),
        (302, b"", {"location": "https://sso.example.com/login"}, "points to https://sso.example.com/login"),
        (400, b"Client sent an HTTP request to an HTTPS server.\n", {}, "Client sent an HTTP request to an HTTPS server."),
        (599, b"", {}, "599"),
        (500, b"\xff\xfe\x00garbage", {}, "garbage"),
    ],
)
def test_bodies_that_are_no_status(code: int, body: bytes, headers: dict[str, str], words: str) -> None:
    error = answer(code, body, headers=headers)
    assert error.status == code
    assert words in str(error)


@pytest.mark.parametrize(
    "body",
    [b"x" * 5_000_000, b"<" + b"y" * 5_000_000, b'{"kind":"Status","message":"' + b"z" * 5_000_000 + b'"}'],
    ids=["text", "page", "status"],
)
def test_five_megabytes_make_a_short_sentence(body: bytes) -> None:
    assert 0 < len(str(answer(500, body))) <= LIMIT


@given(
    code=st.integers(300, 999),
    body=st.binary(max_size=300)
    | st.recursive(
        st.none() | st.text() | st.integers(),
        lambda s: st.dictionaries(st.sampled_from(["kind", "message", "reason", "details", "code", "metadata", "causes", "name"]), s),
    ).map(lambda o: json.dumps(o).encode()),
)
def test_no_answer_makes_it_raise(code: int, body: bytes) -> None:
    error = answer(code, body)
    assert str(error)
    assert str(error).isprintable()


def test_error_events_without_a_code_go_by_their_reason() -> None:
    assert isinstance(error_from_status(Status(kind="Status", reason="Expired", message="too old")), errors.Gone)
    assert isinstance(error_from_status(Status(kind="Status", message="what?")), errors.ServerError)
    assert isinstance(error_from_status(Status(code=429, details=StatusDetails(retry_after_seconds=4))), errors.TooManyRequests)


@pytest.mark.parametrize(
    "text",
    [
        "sent Authorization: Bearer s3cret-token-123",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzM2NyZXQtdG9rZW4tMTIzIjoxfQ.s3cret-token-123",
        "proxy http://me:s3cret-token-123@proxy:3128 says no",
        '{"id_token": "s3cret-token-123"}',
        "password=s3cret-token-123 is wrong",
    ],
)
def test_sentences_hold_no_credentials(text: str) -> None:
    assert "s3cret-token-123" not in sentence(text)
    assert MASK in sentence(text)


def test_sentences_hold_no_escape_codes() -> None:
    assert sentence("a\x1b[31mred\x1b]0;title\x07\nnext\u202eline") == "a [31mred ]0;title next line"


@given(st.text())
def test_sentences_are_one_printable_line(text: str) -> None:
    assert "\n" not in sentence(text)
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in sentence(text))


def test_request_info_reads_percent_encoding() -> None:
    assert request_info("GET", "/api/v1/namespaces/a/pods/x%2Fy").name == "x/y"
