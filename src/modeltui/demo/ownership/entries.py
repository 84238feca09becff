"""managedFields entries: reading and writing them, in the order that the API server keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from modeltui.demo.ownership import fieldset
from modeltui.demo.ownership.fieldset import FieldSet

MAX_UPDATE_MANAGERS = 10
ANCIENT_CHANGES = "ancient-changes"


class Owner(NamedTuple):
    """What makes two entries the same manager: one that applies is the same in every version, one that updates is not."""

    manager: str
    operation: str
    api_version: str
    subresource: str

    @classmethod
    def applying(cls, manager: str, subresource: str) -> Owner:
        return cls(manager or "unknown", "Apply", "", subresource)

    @classmethod
    def updating(cls, manager: str, api_version: str, subresource: str) -> Owner:
        return cls(manager or "unknown", "Update", api_version, subresource)


@dataclass(frozen=True, slots=True)
class Owned:
    fields: FieldSet
    api_version: str
    time: str | None = None


Managed: TypeAlias = dict[Owner, Owned]


def decode(obj: Mapping[str, Any] | None) -> Managed:
    """The owners of an object. Raises ValueError for entries that cannot be read."""
    found: Managed = {}
    for entry in ((obj or {}).get("metadata") or {}).get("managedFields") or []:
        operation = entry.get("operation")
        if operation not in ("Apply", "Update"):
            raise ValueError(f"managedFields: operation {operation!r} is neither Apply nor Update")
        if entry.get("fieldsType") != "FieldsV1":
            raise ValueError(f"managedFields: fieldsType {entry.get('fieldsType')!r} is not FieldsV1")
        version = entry.get("apiVersion", "")
        owner = Owner(entry.get("manager", ""), operation, "" if operation == "Apply" else version, entry.get("subresource", ""))
        fields = fieldset.from_fields_v1(entry.get("fieldsV1") or {})
        known = found.get(owner)
        found[owner] = Owned(fields | known.fields if known else fields, version, entry.get("time"))
    return found


def is_reset(obj: Mapping[str, Any], *, typed: bool) -> bool:
    """Whether a writer sent `managedFields: [{}]`, which forgets all owners. An empty list does so only where objects are typed."""
    sent = (obj.get("metadata") or {}).get("managedFields")
    return sent == [{}] or (typed and sent == [])


def encode(obj: dict[str, Any], managed: Managed) -> dict[str, Any]:
    """`obj` with these owners: appliers before updaters, then by time (whole seconds), manager, version, subresource."""
    entries = [_entry(owner, owned) for owner, owned in sorted(managed.items(), key=_order)]
    metadata = {name: value for name, value in (obj.get("metadata") or {}).items() if name != "managedFields"}
    if entries:
        metadata["managedFields"] = entries
    return {**obj, "metadata": metadata}


def capped(managed: Managed) -> Managed:
    """At most ten updaters: the oldest ones of a version are merged into one that is called ancient-changes."""
    updaters = sorted((pair for pair in managed.items() if pair[0].operation == "Update"), key=_order)
    result = dict(managed)
    first_of: dict[str, Owner] = {}
    surplus = len(updaters) - MAX_UPDATE_MANAGERS
    for owner, owned in updaters:
        if surplus <= 0:
            break
        version = owned.api_version
        if version not in first_of:
            first_of[version] = owner
            continue
        bucket = Owner(ANCIENT_CHANGES, "Update", version, "")
        if bucket not in result:
            result[bucket] = result.pop(first_of[version])
        del result[owner]
        result[bucket] = replace(result[bucket], fields=result[bucket].fields | owned.fields, time=owned.time)
        surplus -= 1
    return result


def _entry(owner: Owner, owned: Owned) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "manager": owner.manager,
        "operation": owner.operation,
        "apiVersion": owned.api_version,
        "time": owned.time,
        "fieldsType": "FieldsV1",
        "fieldsV1": fieldset.to_fields_v1(owned.fields),
        "subresource": owner.subresource,
    }
    return {name: value for name, value in entry.items() if value not in (None, "")}


def _order(pair: tuple[Owner, Owned]) -> tuple[str, int, str, str, str]:
    owner, owned = pair
    seconds = int(datetime.fromisoformat(owned.time).timestamp()) if owned.time else 0
    return owner.operation, seconds, owner.manager, owned.api_version, owner.subresource
