"""The discovery documents of an API server, aggregated and plain, and what they say, as keyword arguments of ServedResource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from modeltui.kube.resource import Resource


class GroupVersion(msgspec.Struct, rename="camel"):
    group_version: str
    version: str


class Group(msgspec.Struct, rename="camel"):
    name: str = ""
    versions: list[GroupVersion] = []
    preferred_version: GroupVersion | None = None


class Root(msgspec.Struct, rename="camel"):
    """/api (APIVersions: `versions`) or /apis (APIGroupList: `groups`); of an aggregated answer just the kind."""

    kind: str = ""
    versions: list[str] = []
    groups: list[Group] = []


class PlainResource(msgspec.Struct, rename="camel"):
    name: str
    """ "models", or "models/status" for a subresource."""
    kind: str
    namespaced: bool = False
    singular_name: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None


class ResourceList(msgspec.Struct, rename="camel"):
    group_version: str = ""
    resources: list[PlainResource] | None = None


class ResponseKind(msgspec.Struct, rename="camel"):
    kind: str = ""


class Subresource(msgspec.Struct, rename="camel"):
    subresource: str


class DiscoveredResource(msgspec.Struct, rename="camel"):
    resource: str
    response_kind: ResponseKind | None = None
    scope: str = "Namespaced"
    singular_resource: str = ""
    verbs: list[str] | None = None
    short_names: list[str] | None = None
    categories: list[str] | None = None
    subresources: list[Subresource] | None = None


class DiscoveredVersion(msgspec.Struct, rename="camel"):
    version: str
    resources: list[DiscoveredResource] | None = None
    freshness: str = ""
    """ "Stale" when the aggregated server behind the group could not be asked."""


class GroupMeta(msgspec.Struct, frozen=True):
    name: str = ""


class DiscoveredGroup(msgspec.Struct):
    metadata: GroupMeta = GroupMeta()
    versions: list[DiscoveredVersion] = []


class GroupDiscoveryList(msgspec.Struct):
    """apidiscovery.k8s.io APIGroupDiscoveryList; v2 and v2beta1 have the same shape."""

    items: list[DiscoveredGroup] = []


def from_aggregated(found: GroupDiscoveryList, broken: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The versions of a group stand in the server's order of preference. Stale groups are noted in `broken`."""
    for group in found.items:
        name, seen = group.metadata.name, set[str]()
        for version in group.versions:
            if version.freshness == "Stale":
                broken[f"{name}/{version.version}"] = "the server behind this group does not answer"
            for item in version.resources or ():
                if item.response_kind is None or not item.response_kind.kind:
                    continue  # a resource that exists only for its subresources
                yield {
                    "resource": Resource(name, version.version, item.resource, item.response_kind.kind, item.scope == "Namespaced"),
                    "verbs": frozenset(item.verbs or ()),
                    "short_names": tuple(item.short_names or ()),
                    "categories": tuple(item.categories or ()),
                    "singular": item.singular_resource or item.response_kind.kind.lower(),
                    "subresources": frozenset(sub.subresource for sub in item.subresources or ()),
                    "preferred": item.resource not in seen,
                }
                seen.add(item.resource)


def from_plain(groups: Sequence[Group], read: Mapping[str, ResourceList]) -> Iterator[dict[str, Any]]:
    """The same from per-version lists; versions that could not be read are absent from `read`."""
    for group in groups:
        favourite = group.preferred_version
        versions = sorted(group.versions, key=lambda gv: favourite is None or gv.version != favourite.version)
        seen: set[str] = set()
        for version in versions:
            items = list((read.get(version.group_version) or ResourceList()).resources or ())
            subresources: dict[str, set[str]] = {}
            for item in items:
                parent, slash, sub = item.name.partition("/")
                if slash:
                    subresources.setdefault(parent, set()).add(sub)
            for item in items:
                if "/" in item.name:
                    continue
                yield {
                    "resource": Resource(group.name, version.version, item.name, item.kind, item.namespaced),
                    "verbs": frozenset(item.verbs or ()),
                    "short_names": tuple(item.short_names or ()),
                    "categories": tuple(item.categories or ()),
                    "singular": item.singular_name or item.kind.lower(),
                    "subresources": frozenset(subresources.get(item.name, ())),
                    "preferred": item.name not in seen,
                }
                seen.add(item.name)
