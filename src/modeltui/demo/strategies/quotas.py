"""ResourceQuota: what a namespace may use in all."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import Strategy
from modeltui.demo.strategies.volumes import amount

_COUNTED = {
    *("pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps"),
    *("persistentvolumeclaims", "services.nodeports", "services.loadbalancers"),
}
_PLAIN = {
    *_COUNTED,
    *("cpu", "memory", "ephemeral-storage"),
    *(f"{what}.{part}" for what in ("requests", "limits") for part in ("cpu", "memory", "ephemeral-storage")),
    "requests.storage",
}
_QUALIFIED = re.compile(r"(?:requests\.|limits\.|count/)?[a-z0-9](?:[-a-z0-9_.]*[a-z0-9])?(?:/[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?")


class ResourceQuotas(Strategy):
    has_status = True
    columns = (
        NAME,
        Column("Request", description="Request represents a minimum amount of cpu/memory that a container may consume."),
        Column(
            "Limit",
            description="Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.",
        ),
        AGE,
    )

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {}

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        told = "must be a standard resource for quota"
        hard = (new.get("spec") or {}).get("hard") or {}
        wrong = [metadata.wrong_value(f"spec.hard[{key}]", key, told) for key in sorted(hard) if not _known(key)]
        for key in sorted(hard):
            size = amount(hard[key]) or 0
            if size < 0:
                wrong.append(metadata.wrong_value(f"spec.hard[{key}]", hard[key], "must be greater than or equal to 0"))
            elif key in _COUNTED and size % 1:
                wrong.append(metadata.wrong_value(f"spec.hard[{key}]", hard[key], "must be an integer"))
        if old is not None and (new.get("spec") or {}).get("scopes") != (old.get("spec") or {}).get("scopes"):
            wrong.append(metadata.wrong_value("spec.scopes", (new.get("spec") or {}).get("scopes"), "field is immutable"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        hard, used = ((obj.get("status") or {}).get(part) or {} for part in ("hard", "used"))
        told: dict[bool, list[str]] = {True: [], False: []}
        for name in sorted(hard):
            told[name.startswith("limits")].append(f"{name}: {used.get(name, 0)}/{hard[name]}")
        return [obj["metadata"]["name"], ", ".join(told[False]), ", ".join(told[True]), created(obj, now)]


def _known(name: str) -> bool:
    """A word of Kubernetes' own, or something qualified by a domain."""
    return name in _PLAIN or ("/" in name and bool(_QUALIFIED.fullmatch(name))) or ".storageclass.storage.k8s.io/" in name
