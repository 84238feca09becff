"""StatefulSet, and the ControllerRevisions that remember what its Pods were made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object, group_resource
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import Strategy, set_default
from modeltui.demo.strategies.workloads import Replicated

_CHANGEABLE = (
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
)


class StatefulSets(Replicated):
    columns = (
        NAME,
        Column("Ready", description="Number of the pod with ready state"),
        AGE,
        Column("Containers", priority=1, description="Names of each container in the template."),
        Column("Images", priority=1, description="Images referenced by each container in the template."),
    )

    def default(self, obj: Object) -> None:
        super().default(obj)
        spec = obj["spec"]
        set_default(spec, "podManagementPolicy", "OrderedReady")
        set_default(spec, "revisionHistoryLimit", 10)
        set_default(spec, "updateStrategy", {})
        set_default(spec["updateStrategy"], "type", "RollingUpdate")
        if spec["updateStrategy"]["type"] == "RollingUpdate":
            set_default(spec["updateStrategy"], "rollingUpdate", {})
            set_default(spec["updateStrategy"]["rollingUpdate"], "partition", 0)
        set_default(spec, "persistentVolumeClaimRetentionPolicy", {})
        for when in ("whenDeleted", "whenScaled"):
            set_default(spec["persistentVolumeClaimRetentionPolicy"], when, "Retain")
        for claim in spec.get("volumeClaimTemplates") or []:
            claim |= {"apiVersion": "v1", "kind": "PersistentVolumeClaim"}
            set_default(claim, "status", {"phase": "Pending"})

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"replicas": 0, "availableReplicas": 0}

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new.get("spec") or {}
        wrong = super().validate(new, None)  # what may not change is told in a sentence of its own
        if spec.get("podManagementPolicy") not in (None, "OrderedReady", "Parallel"):
            told = "must be 'OrderedReady' or 'Parallel'"
            wrong.append(metadata.wrong_value("spec.podManagementPolicy", spec["podManagementPolicy"], told))
        strategy = spec.get("updateStrategy") or {}
        if strategy.get("type") not in ("RollingUpdate", "OnDelete"):
            told = "must be 'RollingUpdate' or 'OnDelete'"
            wrong.append(metadata.wrong_value("spec.updateStrategy", strategy, told))
        elif strategy["type"] == "OnDelete" and strategy.get("rollingUpdate") is not None:
            told = "only allowed for updateStrategy 'RollingUpdate'"
            wrong.append(metadata.wrong_value("spec.updateStrategy.rollingUpdate", strategy["rollingUpdate"], told))
        if old is not None and _fixed(new) != _fixed(old):
            allowed = ", ".join(f"'{each}'" for each in _CHANGEABLE[:-1])
            told = f"updates to statefulset spec for fields other than {allowed} and '{_CHANGEABLE[-1]}' are forbidden"
            wrong.append(metadata.forbidden("spec", told))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        containers = dig(obj, "spec", "template", "spec", "containers", default=[])
        return [
            obj["metadata"]["name"],
            f"{dig(obj, 'status', 'readyReplicas', default=0)}/{dig(obj, 'spec', 'replicas', default=1)}",
            created(obj, now),
            ",".join(each.get("name", "") for each in containers),
            ",".join(each.get("image", "") for each in containers),
        ]


def _fixed(obj: Object) -> Object:
    return {key: value for key, value in (obj.get("spec") or {}).items() if key not in _CHANGEABLE}


class ControllerRevisions(Strategy):
    columns = (
        NAME,
        Column("Controller", description="Controller of the object"),
        Column("Revision", description="Revision indicates the revision of the state represented by Data."),
        AGE,
    )

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        if old is not None and new.get("data") != old.get("data"):
            return [metadata.wrong_value("data", new.get("data"), "field is immutable")]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        owner: Object = next((each for each in obj["metadata"].get("ownerReferences") or [] if each.get("controller")), {})
        group = str(owner.get("apiVersion", "")).rpartition("/")[0]
        shown = f"{group_resource(owner.get('kind', '').lower(), group)}/{owner.get('name', '')}" if owner else "<none>"
        return [obj["metadata"]["name"], shown, obj.get("revision", 0), created(obj, now)]
