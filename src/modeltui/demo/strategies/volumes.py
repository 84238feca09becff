"""PersistentVolumeClaim, PersistentVolume and StorageClass."""

from __future__ import annotations

import difflib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.schema.quantity import Quantity
from modeltui.demo.strategies.base import Strategy, set_default

_SHORT_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_ACCESS_MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"]


def amount(quantity: Any) -> Decimal | None:
    """A Kubernetes quantity as a number; None when it is none."""
    try:
        return Quantity.parse(quantity).number
    except ValueError:
        return None


def _modes(modes: list[str]) -> str:
    return ",".join(short for mode, short in _SHORT_MODES.items() if mode in modes)


def _access_mode_errors(spec: Object) -> list[FieldError]:
    modes = spec.get("accessModes") or []
    if not modes:
        return [metadata.required("spec.accessModes", "at least 1 access mode is required")]
    wrong = [metadata.unsupported("spec.accessModes", mode, _ACCESS_MODES) for mode in modes if mode not in _ACCESS_MODES]
    if "ReadWriteOncePod" in modes and len(modes) > 1:
        wrong.append(metadata.forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"))
    return wrong


class PersistentVolumeClaims(Strategy):
    returns_deleted = True
    has_status = True
    columns = (
        NAME,
        Column("Status", shows="status.phase"),
        Column("Volume", shows="spec.volumeName"),
        Column("Capacity", shows="status.capacity"),
        Column("Access Modes", shows="status.accessModes"),
        Column("StorageClass", description="StorageClass of the pvc"),
        Column("VolumeAttributesClass", description="VolumeAttributesClass of the pvc"),
        AGE,
        Column("VolumeMode", priority=1, shows="spec.volumeMode"),
    )

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"phase": "Pending"}
        _same_source(obj["spec"])
        finalizers = obj["metadata"].setdefault("finalizers", [])
        if "kubernetes.io/pvc-protection" not in finalizers:
            finalizers.append("kubernetes.io/pvc-protection")

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new.get("spec") or {}
        wrong = _access_mode_errors(spec)
        wanted = dig(spec, "resources", "requests", "storage")
        if wanted is None:
            wrong.append(metadata.required("spec.resources[storage]"))
        elif (size := amount(wanted)) is not None and size <= 0:
            wrong.append(metadata.wrong_value("spec.resources[storage]", wanted, "must be greater than zero"))
        wrong += metadata.check_labels(dig(spec, "selector", "matchLabels", default={}), "spec.selector.matchLabels")
        if spec.get("volumeMode") not in (None, "Block", "Filesystem"):
            wrong.append(metadata.unsupported("spec.volumeMode", spec["volumeMode"], ["Block", "Filesystem"]))
        source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
        if source and source.get("kind") != "PersistentVolumeClaim" and not source.get("apiGroup"):
            wrong.append(metadata.wrong_value("spec.dataSource", source["kind"], _CORE_SOURCE))
        if source and ref and any((source.get(part) or "") != (ref.get(part) or "") for part in ("apiGroup", "kind", "name")):
            wrong.append(metadata.wrong_value("spec", "", "dataSource and dataSourceRef must match"))
        return wrong + (self._changes(new, old) if old is not None else [])

    def _changes(self, new: Object, old: Object) -> list[FieldError]:
        before, after = old.get("spec") or {}, new.get("spec") or {}
        bound = dig(old, "status", "phase") == "Bound"
        free = {"resources", "volumeAttributesClassName"} if bound else set()
        if not before.get("volumeName"):
            free.add("volumeName")  # binding writes it once
        if not before.get("storageClassName"):
            free.add("storageClassName")  # the default class is filled in once
        told = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims"
        if {k: v for k, v in before.items() if k not in free} != {k: v for k, v in after.items() if k not in free}:
            moved = [] if before.get("volumeMode") == after.get("volumeMode") else [_fixed("volumeMode", after.get("volumeMode"))]
            return [*moved, metadata.forbidden("spec", f"{told}\n{_difference(before, after)}")]
        old_size, new_size = (amount(dig(spec, "resources", "requests", "storage", default="0")) or 0 for spec in (before, after))
        capacity = amount(dig(old, "status", "capacity", "storage", default="0")) or 0
        if bound and new_size < old_size and new_size < capacity:
            return [metadata.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity")]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        phase = "Terminating" if obj["metadata"].get("deletionTimestamp") else dig(obj, "status", "phase", default="")
        bound = bool(dig(obj, "spec", "volumeName"))
        return [
            obj["metadata"]["name"],
            phase,
            dig(obj, "spec", "volumeName", default=""),
            dig(obj, "status", "capacity", "storage", default="") if bound else "",
            _modes(dig(obj, "status", "accessModes", default=[])) if bound else "",
            dig(obj, "spec", "storageClassName", default=""),
            dig(obj, "spec", "volumeAttributesClassName", default="<unset>"),
            created(obj, now),
            dig(obj, "spec", "volumeMode", default="<unset>"),
        ]


_CORE_SOURCE = "apiGroup is required when kind is not 'PersistentVolumeClaim'"


def _same_source(spec: Object) -> None:
    """dataSource is the older name of dataSourceRef: each says what the other says alone."""
    source, ref = spec.get("dataSource"), spec.get("dataSourceRef")
    if source and not ref:
        spec["dataSourceRef"] = dict(source)
    elif ref and not source and not ref.get("namespace"):
        spec["dataSource"] = {part: ref.get(part) for part in ("apiGroup", "kind", "name")}


def _difference(before: Object, after: Object) -> str:
    """What changed, line by line."""
    old, new = (json.dumps(spec, indent=1, sort_keys=True).splitlines(keepends=True) for spec in (before, after))
    return "".join(line for line in difflib.unified_diff(old, new, n=3) if not line.startswith(("---", "+++")))


def _fixed(field: str, value: Any) -> FieldError:
    return metadata.wrong_value(field, value, "field is immutable")


_NO_SOURCES = {
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
}
"""Fields of a volume's spec that do not say where it is."""


class PersistentVolumes(Strategy):
    returns_deleted = True
    has_status = True
    columns = (
        NAME,
        Column("Capacity", shows="spec.capacity"),
        Column("Access Modes", shows="spec.accessModes"),
        Column("Reclaim Policy", shows="spec.persistentVolumeReclaimPolicy"),
        Column("Status", shows="status.phase"),
        Column(
            "Claim",
            description="claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be "
            "non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: "
            "https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding",
        ),
        Column("StorageClass", description="StorageClass of the pv"),
        Column("VolumeAttributesClass", description="VolumeAttributesClass of the pv"),
        Column("Reason", shows="status.reason"),
        AGE,
        Column("VolumeMode", priority=1, shows="spec.volumeMode"),
    )

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"phase": "Pending", "lastPhaseTransitionTime": metadata.now()}
        finalizers = obj["metadata"].setdefault("finalizers", [])
        if "kubernetes.io/pv-protection" not in finalizers:
            finalizers.append("kubernetes.io/pv-protection")

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        if dig(new, "spec", "persistentVolumeReclaimPolicy") != "Recycle":
            return []
        advice = "Instead, the recommended approach is to use dynamic provisioning."
        return [f"spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. {advice}"]

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new.get("spec") or {}
        wrong = _access_mode_errors(spec)
        size = dig(spec, "capacity", "storage")
        if not size or len(spec["capacity"]) > 1:
            wrong.append(metadata.required("spec.capacity"))
        elif (amount(size) or 0) <= 0:
            wrong.append(metadata.wrong_value("spec.capacity[storage]", size, "must be greater than zero"))
        sources = [each for each in spec if each not in _NO_SOURCES]
        if not sources:
            wrong.append(metadata.required("spec", "must specify a volume type"))
        wrong += [metadata.forbidden(f"spec.{each}", "may not specify more than 1 volume type") for each in sorted(sources)[1:]]
        if ".." in str(dig(spec, "hostPath", "path", default="")).split("/"):
            wrong.append(metadata.wrong_value("spec.hostPath.path", spec["hostPath"]["path"], "must not contain '..'"))
        if "nodeAffinity" in spec and not dig(spec, "nodeAffinity", "required"):
            wrong.append(metadata.required("spec.nodeAffinity.required", "must specify required node constraints"))
        if old is not None:
            before = old.get("spec") or {}
            if {each: before.get(each) for each in before if each not in _NO_SOURCES} != {each: spec[each] for each in sources}:
                wrong.append(metadata.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"))
            if before.get("volumeMode") != spec.get("volumeMode"):
                wrong.append(_fixed("volumeMode", spec.get("volumeMode")))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        claim = dig(obj, "spec", "claimRef", default={})
        return [
            obj["metadata"]["name"],
            dig(obj, "spec", "capacity", "storage", default=""),
            _modes(dig(obj, "spec", "accessModes", default=[])),
            dig(obj, "spec", "persistentVolumeReclaimPolicy", default=""),
            "Terminating" if obj["metadata"].get("deletionTimestamp") else dig(obj, "status", "phase", default=""),
            f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
            dig(obj, "spec", "storageClassName", default=""),
            dig(obj, "spec", "volumeAttributesClassName", default="<unset>"),
            dig(obj, "status", "reason", default=""),
            created(obj, now),
            dig(obj, "spec", "volumeMode", default="<unset>"),
        ]


class StorageClasses(Strategy):
    returns_deleted = True
    columns = (
        NAME,
        Column("Provisioner", shows="provisioner"),
        Column("ReclaimPolicy", shows="reclaimPolicy"),
        Column("VolumeBindingMode", shows="volumeBindingMode"),
        Column("AllowVolumeExpansion", shows="allowVolumeExpansion"),
        AGE,
    )

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = [] if new.get("provisioner") else [metadata.required("provisioner")]
        if "" in (new.get("parameters") or {}):
            wrong.append(metadata.wrong_value("parameters", "", "field must not be empty."))
        if old is not None:
            fixed = ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")
            wrong += [metadata.forbidden(part, f"updates to {part} are forbidden.") for part in fixed if new.get(part) != old.get(part)]
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        name = obj["metadata"]["name"]
        if (obj["metadata"].get("annotations") or {}).get("storageclass.kubernetes.io/is-default-class") == "true":
            name += " (default)"
        return [
            name,
            obj.get("provisioner", ""),
            obj.get("reclaimPolicy", ""),
            obj.get("volumeBindingMode", ""),
            bool(obj.get("allowVolumeExpansion")),
            created(obj, now),
        ]
