"""Which REST resource an object lives at."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Resource:
    """A group, version and plural, as discovery names them. The core group is ""."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool = True
    _hash: int = field(init=False, repr=False, compare=False)
    """Worked out once: tables ask for it thousands of times a second."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.group, self.version, self.plural, self.kind)))

    def __hash__(self) -> int:
        return self._hash

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def group_resource(self) -> str:
        """As `kubectl` and the server's messages spell it: "models.model.samzong.dev", "pods"."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    def path(self, namespace: str | None = None, name: str | None = None, subresource: str | None = None) -> str:
        """The URL path; `namespace=None` on a namespaced resource means all namespaces."""
        parts = ["apis", self.group, self.version] if self.group else ["api", self.version]
        if self.namespaced and namespace:
            parts += ["namespaces", namespace]
        parts.append(self.plural)
        if name:
            parts.append(name)
        if subresource:
            parts.append(subresource)
        return "/" + "/".join(quote(part, safe="") for part in parts)
