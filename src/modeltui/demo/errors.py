"""What the API server refuses, as Status objects with upstream's codes, reasons, sentences and causes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from modeltui.demo.schema.errors import FieldError

Object = dict[str, Any]


class StatusError(Exception):
    """A refusal. `status()` is the Status object that the client reads."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = dict(details or {})
        self.metadata = dict(metadata or {})
        self.warnings: tuple[str, ...] = ()
        """For Warning headers: what was noticed before the request was refused."""

    def status(self) -> Object:
        body: Object = {"kind": "Status", "apiVersion": "v1", "metadata": self.metadata, "status": "Failure", "message": self.message}
        if self.reason:
            body["reason"] = self.reason
        if self.details:
            body["details"] = self.details
        body["code"] = self.code
        return body

    @property
    def retry_after(self) -> int:
        """Seconds for the Retry-After header; 0 when the client need not wait."""
        return int(self.details.get("retryAfterSeconds", 0))


def group_resource(plural: str, group: str) -> str:
    """As messages spell it: "pods", "models.model.samzong.dev"."""
    return f"{plural}.{group}" if group else plural


def _details(*, group: str = "", kind: str = "", name: str = "", **more: Any) -> Object:
    found: Object = {"name": name, "group": group, "kind": kind, **more}
    return {key: value for key, value in found.items() if value not in ("", None)}


def bad_request(message: str) -> StatusError:
    return StatusError(400, "BadRequest", message)


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized", "Unauthorized")


def forbidden(*, plural: str, group: str, name: str, because: str) -> StatusError:
    subject = f'{group_resource(plural, group)} "{name}"' if name else group_resource(plural, group)
    return StatusError(403, "Forbidden", f"{subject} is forbidden: {because}", details=_details(group=group, kind=plural, name=name))


def not_found(*, plural: str, group: str, name: str) -> StatusError:
    message = f'{group_resource(plural, group)} "{name}" not found'
    return StatusError(404, "NotFound", message, details=_details(group=group, kind=plural, name=name))


def no_such_resource() -> StatusError:
    return StatusError(404, "NotFound", "the server could not find the requested resource", details={})


class NoSuchPath(StatusError):
    """A path that nothing is at: upstream answers with plain text."""


def no_such_path() -> StatusError:
    return NoSuchPath(404, "NotFound", "404 page not found\n")


def method_not_allowed() -> StatusError:
    return StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details={})


def not_acceptable(accepted: Iterable[str]) -> StatusError:
    message = f"only the following media types are accepted: {', '.join(accepted)}"
    return StatusError(406, "NotAcceptable", message)


def unsupported_media(accepted: Iterable[str]) -> StatusError:
    message = f"the body of the request was in an unknown format - accepted media types include: {', '.join(accepted)}"
    return StatusError(415, "UnsupportedMediaType", message)


def already_exists(*, plural: str, group: str, name: str) -> StatusError:
    message = f'{group_resource(plural, group)} "{name}" already exists'
    return StatusError(409, "AlreadyExists", message, details=_details(group=group, kind=plural, name=name))


def conflict(*, plural: str, group: str, name: str, because: str) -> StatusError:
    message = f'Operation cannot be fulfilled on {group_resource(plural, group)} "{name}": {because}'
    return StatusError(409, "Conflict", message, details=_details(group=group, kind=plural, name=name))


def apply_conflict(message: str, causes: Sequence[tuple[str, str]]) -> StatusError:
    """`causes`: (field, message) of every field that another manager owns with another value."""
    listed = [{"reason": "FieldManagerConflict", "message": text, "field": field} for field, text in causes]
    return StatusError(409, "Conflict", message, details={"causes": listed})


def modified(*, plural: str, group: str, name: str) -> StatusError:
    because = "the object has been modified; please apply your changes to the latest version and try again"
    return conflict(plural=plural, group=group, name=name, because=because)


def invalid(*, kind: str, group: str, name: str, errors: Sequence[FieldError], spelled: str = "") -> StatusError:
    """422. `spelled` replaces "Kind.group" in the sentence, where upstream names the resource instead."""
    errors = list({str(error): error for error in errors}.values())
    sentences = [str(error) for error in errors]
    told = sentences[0] if len(sentences) == 1 else "[" + ", ".join(sentences) + "]"
    causes = [error.cause() for error in errors]
    message = f'{spelled or group_resource(kind, group)} "{name}" is invalid: {told}'
    return StatusError(422, "Invalid", message, details=_details(group=group, kind=kind, name=name, causes=causes))


def rejected_patch() -> StatusError:
    """A JSON patch whose test or path fails; upstream says no more than this."""
    return StatusError(422, "Invalid", "the server rejected our request due to an error in our request", details={})


def invalid_options(kind: str, errors: Sequence[FieldError]) -> StatusError:
    return invalid(kind=kind, group="meta.k8s.io", name="", errors=errors)


def expired(message: str, *, continue_token: str = "") -> StatusError:
    return StatusError(410, "Expired", message, metadata={"continue": continue_token} if continue_token else {})


def version_too_large(requested: int, current: int) -> StatusError:
    message = f"Too large resource version: {requested}, current: {current}"
    causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
    return StatusError(504, "Timeout", message, details={"causes": causes, "retryAfterSeconds": 1})


def too_many_requests(message: str, seconds: int) -> StatusError:
    return StatusError(429, "TooManyRequests", message, details={"retryAfterSeconds": seconds})


def internal(message: str) -> StatusError:
    cause = {"message": message}
    return StatusError(500, "InternalError", f"Internal error occurred: {message}", details={"causes": [cause]})


def untyped(message: str) -> StatusError:
    """500 without a reason: how upstream answers an apply whose patch does not fit the schema."""
    return StatusError(500, "", message)
