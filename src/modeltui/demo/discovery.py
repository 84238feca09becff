"""Discovery: which groups, versions and resources are served, in the plain and in the aggregated form."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from modeltui.demo.crd_loading import version_order
from modeltui.demo.errors import Object
from modeltui.demo.kinds import CONNECTIONS, ENDING_VERBS, SUBRESOURCE_VERBS, Kind, Version
from modeltui.demo.registry import Registry

_SUBRESOURCE_VERBS = ("get", "patch", "update")
_ORDER = ("", "apps", "authentication.k8s.io", "authorization.k8s.io", "batch", "storage.k8s.io", "apiextensions.k8s.io", "resource.k8s.io")
_CONNECTED = {"attach": "Attach", "exec": "Exec", "portforward": "PortForward"}
_SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}


def _groups(registry: Registry) -> dict[str, list[Kind]]:
    """Kinds by group: built-in groups in upstream's order, then those of CRDs in that of the alphabet."""

    def place(kind: Kind) -> tuple[int, str, str]:
        return (_ORDER.index(kind.group) if kind.group in _ORDER else len(_ORDER), kind.group, kind.plural)

    found: dict[str, list[Kind]] = {}
    for kind in sorted(registry, key=place):
        if kind.served:
            found.setdefault(kind.group, []).append(kind)
    return found


def _versions(kinds: Iterable[Kind]) -> list[str]:
    return sorted({version.name for kind in kinds for version in kind.served}, key=version_order)


def api_versions(server: str) -> Object:
    """/api"""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": server}]}


def group_list(registry: Registry) -> Object:
    """/apis"""
    groups = [
        {key: value for key, value in _group(name, kinds).items() if key not in ("kind", "apiVersion")}
        for name, kinds in _groups(registry).items()
        if name
    ]
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}


def group(registry: Registry, name: str) -> Object | None:
    """/apis/GROUP; None when no such group is served."""
    kinds = _groups(registry).get(name)
    return _group(name, kinds) if kinds and name else None


def _group(name: str, kinds: list[Kind]) -> Object:
    versions = [{"groupVersion": f"{name}/{version}", "version": version} for version in _versions(kinds)]
    return {"kind": "APIGroup", "apiVersion": "v1", "name": name, "versions": versions, "preferredVersion": versions[0]}


def resource_list(registry: Registry, group: str, version: str) -> Object | None:
    """/api/v1 and /apis/GROUP/VERSION; None when it is not served."""
    resources = []
    for kind in _groups(registry).get(group, ()):
        served = kind.version(version)
        if served is not None and served.served:
            resources += [_resource(kind, served), *_subresources(kind, served)]
    if not resources:
        return None
    # The list of the core group is as old as the API, and has no apiVersion.
    about = {"kind": "APIResourceList", "apiVersion": "v1"} if group else {"kind": "APIResourceList"}
    return {**about, "groupVersion": f"{group}/{version}" if group else version, "resources": resources}


def _resource(kind: Kind, version: Version) -> Object:
    found: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.kind,
        "verbs": list(ENDING_VERBS if kind.ending else kind.verbs),
    }
    if kind.short_names:
        found["shortNames"] = list(kind.short_names)
    if kind.categories:
        found["categories"] = list(kind.categories)
    if kind.stored:
        told = f"{kind.group}/{kind.storage_version}/{kind.kind}"
        found["storageVersionHash"] = base64.b64encode(hashlib.sha256(told.encode()).digest()[:8]).decode()
    return found


def _subresources(kind: Kind, version: Version) -> list[Object]:
    found: list[Object] = []
    common = {"singularName": "", "namespaced": kind.namespaced}
    if version.status:
        found.append({"name": f"{kind.plural}/status", **common, "kind": kind.kind, "verbs": list(_SUBRESOURCE_VERBS)})
    if version.scale is not None:
        found.append({"name": f"{kind.plural}/scale", **common, **_SCALE, "verbs": list(_SUBRESOURCE_VERBS)})
    for name in kind.subresources:
        response = f"Pod{_CONNECTED[name]}Options" if name in CONNECTIONS else kind.kind
        found.append({"name": f"{kind.plural}/{name}", **common, "kind": response, "verbs": list(SUBRESOURCE_VERBS[name])})
    return found


def aggregated(registry: Registry, *, core: bool, version: str) -> Object:
    """/api (`core`) or /apis as APIGroupDiscoveryList of apidiscovery.k8s.io `version`."""
    items = []
    for name, kinds in _groups(registry).items():
        if (name == "") is core:
            versions = [_version_item(name, each, kinds) for each in _versions(kinds)]
            items.append({"metadata": {"name": name} if name else {}, "versions": versions})
    return {"kind": "APIGroupDiscoveryList", "apiVersion": f"apidiscovery.k8s.io/{version}", "metadata": {}, "items": items}


def _version_item(group: str, version: str, kinds: list[Kind]) -> Object:
    resources = []
    for kind in kinds:
        served = kind.version(version)
        if served is None or not served.served:
            continue
        item: Object = {
            "resource": kind.plural,
            "responseKind": _response_kind(kind, version),
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "singularResource": kind.singular,
            "verbs": list(ENDING_VERBS if kind.ending else kind.verbs),
        }
        if kind.short_names:
            item["shortNames"] = list(kind.short_names)
        if kind.categories:
            item["categories"] = list(kind.categories)
        subresources = [_subresource_item(each, kind, version) for each in _subresources(kind, served)]
        if subresources:
            item["subresources"] = subresources
        resources.append(item)
    return {"version": version, "resources": resources, "freshness": "Current"}


def _subresource_item(found: Object, kind: Kind, version: str) -> Object:
    response = {**_response_kind(kind, version), "kind": found["kind"]}
    if "group" in found:
        response = {"group": found["group"], "version": found["version"], "kind": found["kind"]}
    return {"subresource": found["name"].partition("/")[2], "responseKind": response, "verbs": found["verbs"]}


def _response_kind(kind: Kind, version: str) -> Object:
    """Of built-in kinds upstream leaves group and version to be understood."""
    return {"group": kind.group, "version": version, "kind": kind.kind} if kind.custom else {"group": "", "version": "", "kind": kind.kind}
