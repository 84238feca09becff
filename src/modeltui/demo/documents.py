"""What stands at paths that are no resources: the version, discovery and OpenAPI documents."""

from __future__ import annotations

from modeltui.demo import discovery, openapi
from modeltui.demo.errors import Object
from modeltui.demo.negotiation import Accepted
from modeltui.demo.registry import Registry
from modeltui.demo.storage import encode

VERSION: Object = {
    "major": "1",
    "minor": "36",
    "gitVersion": "v1.36.0-modeltui",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "none",
    "compiler": "none",
    "platform": "modeltui/embedded",
}
_PATHS = ["/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]


class Documents:
    """Each is made once, until a CRD comes or goes."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._as_of = -1
        self._made: dict[str, bytes] = {}

    def get(self, path: str, accepted: Accepted, *, address: str) -> bytes | None:
        """As JSON; None where there is nothing. `address` is where this server is to be found."""
        if self._as_of != self._registry.changes:
            self._as_of, self._made = self._registry.changes, {}
        key = f"{path} {accepted.discovery}"
        if key not in self._made:
            made = self._make(path, accepted, address)
            if made is None:
                return None
            self._made[key] = encode(made)
        return self._made[key]

    def _make(self, path: str, accepted: Accepted, address: str) -> Object | None:
        match path.split("/")[1:]:
            case ["version"]:
                return VERSION
            case ["api" | "apis" as root] if accepted.discovery:
                return discovery.aggregated(self._registry, core=root == "api", version=accepted.discovery)
            case ["api"]:
                return discovery.api_versions(address)
            case ["apis"]:
                return discovery.group_list(self._registry)
            case ["api", version]:
                return discovery.resource_list(self._registry, "", version)
            case ["apis", group]:
                return discovery.group(self._registry, group)
            case ["apis", group, version]:
                return discovery.resource_list(self._registry, group, version)
            case ["openapi", "v2"]:
                return openapi.v2()
            case ["openapi", "v3"]:
                return openapi.index(self._registry)
            case ["openapi", "v3", "api", version]:
                return openapi.document(self._registry, "", version)
            case ["openapi", "v3", "apis", group, version]:
                return openapi.document(self._registry, group, version)
            case []:
                return {"paths": _PATHS}
        return None
