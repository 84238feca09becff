"""What a request is about, read off its method, path and query, as the API server's RequestInfo."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from modeltui.demo.authorization import Attributes

_VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """`resource` is empty for a plain path, such as /version or a discovery document."""

    verb: str
    path: str
    group: str = ""
    version: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""
    selected: str = ""
    """The one name that the field selector of a list or watch asks for; rights may depend on it."""

    @property
    def attributes(self) -> Attributes:
        if not self.resource:
            return Attributes(self.verb, path=self.path)
        return Attributes(
            self.verb,
            group=self.group,
            resource=self.resource,
            subresource=self.subresource,
            namespace=self.namespace,
            name=self.name or self.selected,
        )


def parse(method: str, path: str, query: Mapping[str, str]) -> RequestInfo:
    verb = _VERBS.get(method, method.lower())
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["api"] and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        return RequestInfo({"create": "post", "update": "put"}.get(verb, verb), path)
    if rest[0] == "watch" and len(rest) > 1:
        # The old way to ask, still served: /api/v1/watch/...
        verb, rest = "watch" if verb == "get" else verb, rest[1:]
    namespace = ""
    if rest[0] == "namespaces" and len(rest) > 1:
        namespace = rest[1]
        if len(rest) > 2 and rest[2] not in ("status", "finalize"):
            rest = rest[2:]
    resource, name, subresource = (*rest, "", "")[0:3]
    selected = ""
    if not name:
        if verb == "get":
            verb = "watch" if is_true(query.get("watch")) else "list"
        elif verb == "delete":
            verb = "deletecollection"
        found = re.fullmatch(r"(?:.*,)?metadata\.name==?([^,]+)(?:,.*)?", query.get("fieldSelector", ""))
        if found is not None and verb in ("list", "watch", "deletecollection"):
            selected = found[1]
    return RequestInfo(verb, path, group, version, resource, subresource, namespace, name, selected)


def is_true(text: str | None) -> bool:
    """As the query of the API has it: only what is absent, "0" and "false" are false; a bare "?watch=" is true."""
    return text is not None and text.lower() not in ("0", "false")
