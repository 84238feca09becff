"""Kind: what the API server knows of one resource, built in or from a CRD."""

from __future__ import annotations

from dataclasses import dataclass, field

from modeltui.demo.columns import Column
from modeltui.demo.errors import group_resource
from modeltui.demo.schema import Schema
from modeltui.demo.strategies.base import Strategy

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")
CUSTOM_VERBS = ("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch")
ENDING_VERBS = ("delete", "deletecollection", "get", "list", "watch")
REVIEW_VERBS = ("create",)
CONNECTIONS = ("attach", "exec", "portforward")
"""Subresources of Pods that need a kubelet."""
SUBRESOURCE_VERBS = {"finalize": ("update",), "log": ("get",), **dict.fromkeys(CONNECTIONS, ("create", "get"))}
"""Besides status and scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the scale subresource finds its numbers: paths of keys, ("spec", "replicas")."""

    replicas: tuple[str, ...]
    observed: tuple[str, ...]
    selector: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a kind. `schema` is rooted, as demo.schema wants it."""

    name: str
    served: bool = True
    schema: Schema = field(default_factory=dict, compare=False)
    columns: tuple[Column, ...] = ()
    status: bool = False
    scale: Scale | None = None
    deprecation: str = ""
    """The sentence of the Warning header; empty when the version is not deprecated."""
    selectable: tuple[str, ...] = ()
    """JSONPaths of the fields that field selectors may name, such as ".spec.size"."""


@dataclass(frozen=True, slots=True)
class Kind:
    group: str
    kind: str
    plural: str
    versions: tuple[Version, ...]
    strategy: Strategy
    storage_version: str
    singular: str = ""
    list_kind: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    namespaced: bool = True
    custom: bool = False
    verbs: tuple[str, ...] = VERBS
    ending: bool = False
    """Is its definition being deleted? Then nothing new can be made."""
    subresources: tuple[str, ...] = ()
    """Besides status and scale: "log" of Pods, "finalize" of Namespaces."""

    @property
    def resource(self) -> str:
        """ "pods", "models.model.samzong.dev": the name in storage and in messages."""
        return group_resource(self.plural, self.group)

    @property
    def stored(self) -> bool:
        """False for the reviews, which are answered and not kept."""
        return "get" in self.verbs

    @property
    def served(self) -> tuple[Version, ...]:
        return tuple(version for version in self.versions if version.served)

    def version(self, name: str) -> Version | None:
        return next((version for version in self.versions if version.name == name), None)

    def api_version(self, version: str) -> str:
        return f"{self.group}/{version}" if self.group else version

    @property
    def list_name(self) -> str:
        return self.list_kind or f"{self.kind}List"


@dataclass(frozen=True, slots=True)
class Target:
    """A kind in the version a request speaks."""

    kind: Kind
    version: Version

    @property
    def api_version(self) -> str:
        return self.kind.api_version(self.version.name)

    def key(self, namespace: str | None, name: str) -> str:
        """In storage."""
        return f"{namespace}/{name}" if self.kind.namespaced else name
