"""What can go wrong when talking to an API server, each with the server's own sentence kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import ClassVar, Final

from modeltui.kube.sentences import one_line


class KubeError(Exception):
    """The base. `str(error)` is one clear sentence for the user: what, where, what to do."""

    exit_code: ClassVar[int] = 1


class ConfigError(KubeError):
    """The kubeconfig or a credential plugin is missing, broken, or names what is not there."""

    def __init__(self, message: str, *, raw: str = "") -> None:
        """`raw`: all that a plugin said, where the message has only its end; secrets masked."""
        # Names and paths come from the file as they are, line ends and escape codes included.
        super().__init__(one_line(message))
        self.raw = raw


class Unreachable(KubeError):
    """No answer: refused, unknown host, TLS failure, dropped before a status line."""

    exit_code = 4
    sent: bool = False
    """Something of the request may have reached the server: a write may or may not have been done."""


class Timeout(Unreachable):
    """No answer in time."""


class BadAnswer(KubeError):
    """The server answered with success, but not with what was asked for: a login page, broken JSON, a foreign type."""


class ReadOnly(KubeError):
    """The console is in read-only mode; nothing was sent."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Cause:
    """One entry of `status.details.causes`."""

    field: str
    message: str
    reason: str = ""
    """The server's cause type, such as "FieldValueRequired" or "FieldManagerConflict"."""


class ApiError(KubeError):
    """A Status answer of the server.

    Attributes: `status` HTTP code; `reason` the machine word; `message` the server's own sentence; `causes`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int,
        reason: str = "",
        causes: tuple[Cause, ...] = (),
        method: str = "",
        path: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.reason = reason
        self.causes = causes
        self.method = method
        self.path = path
        self.retry_after = retry_after
        """Seconds, from the Retry-After header or the Status; None when the server did not say."""


_CONFLICT_WITH: Final = "conflict with "


def _manager(message: str) -> str:
    """The field manager in a cause such as `conflict with "one" using v1`: a quoted string, so it may hold anything."""
    if not message.startswith(_CONFLICT_WITH + '"'):
        return ""
    try:
        name, _ = json.JSONDecoder().raw_decode(message, len(_CONFLICT_WITH))
    except ValueError:
        return ""
    return str(name)


class BadRequest(ApiError):
    """400."""


class Unauthorized(ApiError):
    """401: the credentials were refused (after they were refreshed once)."""

    exit_code = 3


class Forbidden(ApiError):
    """403; `verb`, `resource` and `namespace` say what was refused, as RBAC rules spell it."""

    exit_code = 3
    verb: str = ""
    """"list", "watch", "patch", ...; of a request outside the API's resources the lower-case HTTP method."""
    resource: str = ""
    """"models.model.samzong.dev", "pods/log"; empty outside the API's resources."""
    namespace: str = ""
    """Empty for cluster-scoped resources and for all namespaces."""


class NotFound(ApiError):
    """404: the object, or the whole resource when the CRD is not installed (`missing_resource`)."""

    missing_resource: bool = False


class Conflict(ApiError):
    """409: a stale resourceVersion, a precondition, or field ownership."""

    @property
    def managers(self) -> dict[str, tuple[str, ...]]:
        """Of a server-side apply conflict: field manager -> fields it owns, ".spec.size". Empty for other conflicts."""
        owned: dict[str, list[str]] = {}
        for cause in self.causes:
            if cause.reason == "FieldManagerConflict" and (manager := _manager(cause.message)):
                owned.setdefault(manager, []).append(cause.field)
        return {manager: tuple(fields) for manager, fields in owned.items()}


class AlreadyExists(Conflict):
    """409 with reason AlreadyExists."""


class Gone(ApiError):
    """410: the resourceVersion or continue token is too old. `continue_token` is the fresh one, if the server gave one."""

    continue_token: str = ""


class Invalid(ApiError):
    """422, with `causes` naming the fields."""


class TooManyRequests(ApiError):
    """429, with `retry_after`."""


class ServerError(ApiError):
    """5xx."""
