"""Admission: what depends on other objects than the one that is written."""

from __future__ import annotations

from modeltui.demo import errors
from modeltui.demo.columns import dig
from modeltui.demo.core import Core
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.schema.quantity import Quantity


def check_update(core: Core, target: Target, new: Object, old: Object) -> None:
    """Raises 403."""
    if target.kind.resource == "persistentvolumeclaims":
        _check_resize(core, target, new, old)


def _check_resize(core: Core, target: Target, new: Object, old: Object) -> None:
    """A bound claim grows only where its class says that volumes may."""
    wanted, known = (Quantity.parse(dig(each, "spec", "resources", "requests", "storage", default="0")) for each in (new, old))
    if wanted.number <= known.number or dig(old, "status", "phase") != "Bound":
        return
    name = dig(old, "spec", "storageClassName", default="")
    stored = core.storage.get("storageclasses.storage.k8s.io", name) if name else None
    if stored is None or not stored.decode().get("allowVolumeExpansion"):
        told = "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
        raise errors.forbidden(plural=target.kind.plural, group=target.kind.group, name=new["metadata"]["name"], because=told)
