"""From an answer that is no success to the error it means.

Whatever the body holds (a Status, plain text, a proxy's web page, half a JSON, nothing), this returns an error and never raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from modeltui.kube import errors
from modeltui.kube.request_info import request_info
from modeltui.kube.sentences import sentence


class StatusCause(msgspec.Struct, frozen=True):
    field: str = ""
    message: str = ""
    reason: str = ""


class StatusDetails(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    group: str = ""
    kind: str = ""
    causes: tuple[StatusCause, ...] | None = None
    retry_after_seconds: int = 0


class StatusMeta(msgspec.Struct, frozen=True, rename="camel"):
    continue_: str = msgspec.field(default="", name="continue")


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """meta/v1 Status: the body of an answer that is no success, and the object of a watch's ERROR event."""

    kind: str = ""
    message: str = ""
    reason: str = ""
    code: int = 0
    details: StatusDetails | None = None
    metadata: StatusMeta | None = None


_BY_CODE: Final[dict[int, type[errors.ApiError]]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    410: errors.Gone,
    422: errors.Invalid,
    429: errors.TooManyRequests,
}
_CODE_BY_REASON: Final = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "AlreadyExists": 409,
    "Conflict": 409,
    "Gone": 410,
    "Expired": 410,
    "Invalid": 422,
    "TooManyRequests": 429,
    "InternalError": 500,
    "ServiceUnavailable": 503,
    "Timeout": 504,
    "ServerTimeout": 500,
}
"""For a Status without a code, as some aggregated servers send in ERROR events."""

_decoder: Final = msgspec.json.Decoder(Status, strict=False)


def error_from_answer(
    code: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    method: str,
    path: str,
    params: Mapping[str, object] | None = None,
) -> errors.ApiError:
    """The error that an HTTP answer with `code` >= 300 means. `headers` are looked up in lower case."""
    status = _status(body)
    retry_after = _seconds(headers.get("retry-after", ""))
    if status is None:
        error = _build(code, Status(message=_without_status(code, headers, body)), method, path, params, retry_after)
        if isinstance(error, errors.NotFound):
            error.missing_resource = True  # the server's mux speaks plain text; only a registered resource answers with a Status
        return error
    return _build(code, status, method, path, params, retry_after)


def error_from_status(
    status: Status, *, method: str = "GET", path: str = "", params: Mapping[str, object] | None = None
) -> errors.ApiError:
    """The error that a Status object means, such as the one in a watch's ERROR event."""
    return _build(status.code or _CODE_BY_REASON.get(status.reason, 500), status, method, path, params, None)


def is_status(body: bytes) -> bool:
    """Whether an answer is the API server's own word, not that of something behind it."""
    status = _status(body)
    return status is not None and status.kind == "Status"


def _build(
    code: int, status: Status, method: str, path: str, params: Mapping[str, object] | None, retry_after: float | None
) -> errors.ApiError:
    details = status.details or StatusDetails()
    kind = _BY_CODE.get(code) or (errors.ServerError if code >= 500 else errors.ApiError)
    if kind is errors.Conflict and status.reason == "AlreadyExists":
        kind = errors.AlreadyExists
    keywords: dict[str, Any] = {
        "status": code,
        "reason": status.reason,
        "causes": tuple(errors.Cause(cause.field, sentence(cause.message), cause.reason) for cause in details.causes or ()),
        "method": method,
        "path": path,
        "retry_after": retry_after if retry_after is not None else (float(details.retry_after_seconds) or None),
    }
    error = kind(sentence(status.message) or f"the server answered {_phrase(code)}", **keywords)
    match error:
        case errors.Forbidden():
            info = request_info(method, path, params)
            error.verb, error.resource, error.namespace = info.verb, info.group_resource, info.namespace
        case errors.NotFound():
            error.missing_resource = not details.name
        case errors.Gone():
            error.continue_token = status.metadata.continue_ if status.metadata else ""
    return error


def _status(body: bytes) -> Status | None:
    if body.lstrip()[:1] != b"{":
        return None
    try:
        status = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return status if status.kind == "Status" or status.message else None


def _without_status(code: int, headers: Mapping[str, str], body: bytes) -> str:
    """A sentence for an answer that holds no Status."""
    start = body[:4096].decode("utf-8", "replace").strip()
    if 300 <= code < 400:
        return f"the server answered {_phrase(code)} and points to {headers.get('location', 'nowhere')}: is that the API server's address?"
    if not start:
        return f"the server answered {_phrase(code)} and said nothing more"
    if start.startswith("<") or "text/html" in headers.get("content-type", ""):
        return f"the server answered {_phrase(code)} with a web page, not with a Kubernetes status: is a proxy or a login page in between?"
    if start[0] in "{[":
        return f"the server answered {_phrase(code)} with JSON that is broken or no Kubernetes status"
    return sentence(start, limit=500)


def _phrase(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _seconds(header: str) -> float | None:
    """Retry-After in seconds. The HTTP date form is not used by API servers and means "unknown" here."""
    try:
        seconds = float(header)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86400 else None
