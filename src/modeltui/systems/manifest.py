"""Whole Kubernetes objects as JSON, and how answers are laid over one so that nothing else of it is touched. Pure."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final

from modeltui.kube.resource import Resource

Manifest = dict[str, Any]

_NOT_OURS: Final = (
    *("managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "deletionTimestamp"),
    *("deletionGracePeriodSeconds", "selfLink"),
)


def begun(resource: Resource, *, name: str, namespace: str, live: Mapping[str, Any] | None) -> Manifest:
    """What a desired object begins as: the identity alone, or a copy of the live one without what the server keeps."""
    if live is None:
        metadata = {"name": name, "namespace": namespace} if namespace else {"name": name}
        return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata}
    desired = {key: copy.deepcopy(value) for key, value in live.items() if key != "status"}
    desired |= {"apiVersion": resource.api_version, "kind": resource.kind}  # items of a list have neither
    desired["metadata"] = {key: value for key, value in desired.get("metadata", {}).items() if key not in _NOT_OURS}
    return desired


def told(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those that say something: nothing that is None or empty. 0 and False do."""
    return {key: value for key, value in fields.items() if value is not None and value not in ("", [], {})}


def lay(target: dict[str, Any], key: str, written: Any, *, when: bool) -> None:
    """Writes one field, or takes it out for None. Only `when` the answer differs from what the object says already, so that an
    object which spells the same thing otherwise ("12Gi" or 12884901888, [] or nothing) stays as it is."""
    if not when:
        return
    if written is None:
        target.pop(key, None)
    else:
        target[key] = written


def part(target: dict[str, Any], key: str) -> dict[str, Any]:
    """The mapping under `key`, made when it is not there."""
    found = target.get(key)
    if not isinstance(found, dict):
        found = target[key] = {}
    return found
