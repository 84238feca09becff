"""What a request asks for, in the words of RBAC: verb, group, resource, subresource, namespace, name.

The rule is the API server's own (apiserver/pkg/endpoints/request RequestInfo), so that a denied request can be named
without reading the server's sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

_VERBS: Final = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get", "HEAD": "get"}
_OF_NAMESPACE: Final = frozenset({"status", "finalize"})
"""Subresources of a namespace: /api/v1/namespaces/x/status is no kind inside x."""


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """`resource` is empty for paths outside the API's resources (/version, /apis)."""

    verb: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def group_resource(self) -> str:
        """ "models.model.samzong.dev", "pods/log"."""
        whole = f"{self.resource}.{self.group}" if self.group else self.resource
        return f"{whole}/{self.subresource}" if self.subresource else whole


def request_info(method: str, path: str, params: Mapping[str, object] | None = None) -> RequestInfo:
    """Read `method` and `path` (no query) as the API server does."""
    parts = [unquote(part) for part in path.split("?", 1)[0].strip("/").split("/")]
    outside = RequestInfo(verb=method.lower())
    match parts:
        case ["api", _, *rest] if rest:
            group = ""
        case ["apis", group, _, *rest] if rest:
            pass
        case _:
            return outside
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in _OF_NAMESPACE:
            rest = rest[2:]
    resource, name, subresource, *_ = [*rest, "", "", ""]
    return RequestInfo(_verb(method, name, params or {}), group, resource, subresource, namespace, name)


def _verb(method: str, name: str, params: Mapping[str, object]) -> str:
    verb = _VERBS.get(method.upper(), method.lower())
    if verb == "get" and not name:
        return "watch" if str(params.get("watch", "")).lower() in {"1", "true"} else "list"
    return "deletecollection" if verb == "delete" and not name else verb
