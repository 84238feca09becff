"""Admission: what depends on other objects than the one that is written."""

from __future__ import annotations

from decimal import Decimal

from modeltui.demo import errors, quotas
from modeltui.demo.columns import dig
from modeltui.demo.core import Core
from modeltui.demo.errors import Object
from modeltui.demo.kinds import Target
from modeltui.demo.schema.quantity import Quantity
from modeltui.demo.strategies.volumes import amount

QUOTAS = "resourcequotas"


def admit(core: Core, target: Target, new: Object) -> list[tuple[Object, Object]]:
    """Whether the namespace's quotas have room for a new object; with the statuses that they then have. Raises 403."""
    namespace = new["metadata"].get("namespace")
    if not namespace or target.kind.resource == QUOTAS:
        return []
    bucket = core.storage.bucket(QUOTAS)
    found: list[tuple[Object, Object]] = []
    for key in bucket.under(f"{namespace}/"):
        quota = bucket.objects[key].decode()
        if not quotas.applies(quota, target.kind.resource, new):
            continue
        used = {name: amount(size) or Decimal(0) for name, size in dig(quota, "status", "used", default={}).items()}
        wanted = {name: size for name, size in quotas.usage(target.kind.resource, new).items() if name in quotas.hard(quota)}
        problem = (quotas.unspecified(quota, new) if target.kind.resource == "pods" else "") or quotas.exceeded(quota, used, wanted)
        if problem:
            name = new["metadata"].get("name", "")
            raise errors.forbidden(plural=target.kind.plural, group=target.kind.group, name=name, because=problem)
        if any(wanted.values()) and used:
            now = {name: quotas.written(size + wanted.get(name, Decimal(0)), name) for name, size in used.items()}
            found.append((quota, {**quota["status"], "used": now}))
    return found


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
