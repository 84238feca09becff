"""Pods made from the template of what controls them."""

from __future__ import annotations

from modeltui.demo.controllers.controller import owner_reference
from modeltui.demo.errors import Object


def pod_of(template: Object, owner: Object, *, name: str, base: str = "") -> Object:
    """The Pod of this name. `base` is its generateName, for those whose names are made up. Pure."""
    given = template.get("metadata") or {}
    metadata: Object = {
        "name": name,
        "namespace": owner["metadata"]["namespace"],
        **{part: dict(given[part]) for part in ("labels", "annotations") if given.get(part)},
        "ownerReferences": [owner_reference(owner)],
    }
    if given.get("finalizers"):
        metadata["finalizers"] = list(given["finalizers"])
    if base:
        metadata["generateName"] = base
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": dict(template["spec"])}
