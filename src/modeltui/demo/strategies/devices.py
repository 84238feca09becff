"""ResourceSlice, ResourceClaim and DeviceClass: dynamic resource allocation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default


class ResourceSlices(Strategy):
    returns_deleted = True
    counts_generation = True
    fields: ClassVar[Mapping[str, FieldOf]] = {
        "spec.nodeName": lambda obj: str(dig(obj, "spec", "nodeName", default="")),
        "spec.driver": lambda obj: str(dig(obj, "spec", "driver", default="")),
    }
    columns = (
        NAME,
        Column("Node", shows="spec.nodeName"),
        Column("Driver", shows="spec.driver"),
        Column("Pool", shows="spec.pool.name"),
        AGE,
    )

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = [] if dig(new, "spec", "driver") else [metadata.required("spec.driver")]
        if not dig(new, "spec", "pool", "name"):
            wrong.append(metadata.required("spec.pool.name"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        spec = obj.get("spec") or {}
        node = spec.get("nodeName") or ("<all>" if spec.get("allNodes") else "<unset>")
        return [obj["metadata"]["name"], node, spec.get("driver", ""), dig(spec, "pool", "name", default=""), created(obj, now)]


class ResourceClaims(Strategy):
    returns_deleted = True
    has_status = True
    columns = (NAME, Column("State", description="A summary of the current state (allocated, pending, reserved, etc.)."), AGE)

    def default(self, obj: Object) -> None:
        for request in dig(obj, "spec", "devices", "requests", default=None) or []:
            for each in [request.get("exactly"), *(request.get("firstAvailable") or [])]:
                if each and each.get("allocationMode") == "ExactCount":
                    set_default(each, "count", 1)

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        if old is not None and new.get("spec") != old.get("spec"):
            return [metadata.wrong_value("spec", new.get("spec"), "field is immutable")]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        states = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
        if dig(obj, "status", "allocation"):
            states.append("allocated")
        if dig(obj, "status", "reservedFor"):
            states.append("reserved")
        return [obj["metadata"]["name"], ",".join(states) or "pending", created(obj, now)]


class DeviceClasses(Strategy):
    returns_deleted = True
    counts_generation = True
