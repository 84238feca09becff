"""CustomResourceDefinition: its own rules, and the conditions that say whether it is served."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE_TEXT, NAME, Column, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema import FieldError
from modeltui.demo.strategies.base import Strategy, set_default
from modeltui.demo.strategies.definition_rules import definition_errors

CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
"""The finalizer that holds a definition until its objects are gone."""


class Definitions(Strategy):
    has_status = True
    counts_generation = True
    columns = (NAME, Column("Created At", type="date", description=AGE_TEXT))

    def default(self, obj: Object) -> None:
        names = dig(obj, "spec", "names")
        if isinstance(names, dict) and names.get("kind"):
            set_default(names, "singular", str(names["kind"]).lower())
            set_default(names, "listKind", f"{names['kind']}List")
        if isinstance(obj.get("spec"), dict):
            set_default(obj["spec"], "conversion", {"strategy": "None"})

    def prepare_create(self, obj: Object) -> None:
        """Nothing is accepted yet: definitions.py looks at the names once the definition is stored."""
        stored = [version.get("name") for version in _versions(obj) if version.get("storage")]
        obj["status"] = {"acceptedNames": {"kind": "", "plural": ""}, "conditions": None, "storedVersions": stored[:1]}

    def prepare_update(self, new: Object, old: Object) -> None:
        stored = next((version.get("name") for version in _versions(new) if version.get("storage")), None)
        known = list(dig(new, "status", "storedVersions", default=[]))
        if stored and stored not in known:
            new["status"] = {**(new.get("status") or {}), "storedVersions": [*known, stored]}

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        if old is None:
            return definition_errors(new)
        spec = new.get("spec") or {}
        fixed = {
            "group": spec.get("group"),
            "scope": spec.get("scope"),
            "names.plural": dig(spec, "names", "plural"),
            "names.kind": dig(spec, "names", "kind"),
        }
        wrong = [
            metadata.wrong_value(f"spec.{part}", value, "field is immutable")
            for part, value in fixed.items()
            if value != dig(old, "spec", *part.split("."))
        ]
        return wrong or [*definition_errors(new), *stored_version_errors(new)]

    def begin_deletion(self, obj: Object) -> bool:
        meta = obj["metadata"]
        if meta.get("deletionTimestamp"):
            return False
        meta["finalizers"] = list(dict.fromkeys([*(meta.get("finalizers") or []), CLEANUP]))
        told = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon"
        terminating = condition("Terminating", "True", "InstanceDeletionPending", told)
        obj["status"] = {**obj["status"], "conditions": [*(obj["status"].get("conditions") or []), terminating]}
        return True

    def row(self, obj: Object, now: datetime) -> list[Any]:
        return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")]


def stored_version_errors(crd: Object) -> list[FieldError]:
    """Objects may be stored in every version of status.storedVersions, so each has to stay."""
    known = [version.get("name") for version in _versions(crd)]
    told = (
        "missing from spec.versions; {0} was previously a storage version, and must remain in spec.versions until a storage migration "
        "ensures no data remains persisted in {0} and removes {0} from status.storedVersions"
    )
    stored = dig(crd, "status", "storedVersions", default=[])
    return [
        metadata.wrong_value(f"status.storedVersions[{index}]", name, told.format(name))
        for index, name in enumerate(stored)
        if name not in known
    ]


def accepted(crd: Object, others: Iterable[Object]) -> tuple[Object, list[Object]]:
    """(acceptedNames, conditions) of a definition beside the `others` of its group, whose accepted names are taken."""
    taken_resources, taken_kinds = set[str](), set[str]()
    for other in others:
        names = dig(other, "status", "acceptedNames", default={})
        taken_resources |= {names.get("plural", ""), names.get("singular", ""), *(names.get("shortNames") or [])}
        taken_kinds |= {names.get("kind", ""), names.get("listKind", "")}
    wanted = crd["spec"]["names"]
    got: Object = {"plural": "", "kind": ""}
    conflict: tuple[str, str] | None = None
    for part, taken in (("plural", taken_resources), ("singular", taken_resources), ("kind", taken_kinds), ("listKind", taken_kinds)):
        if wanted[part] in taken:
            conflict = (f"{part[0].upper()}{part[1:]}Conflict", f'"{wanted[part]}" is already in use')
        else:
            got[part] = wanted[part]
    short = wanted.get("shortNames") or []
    if used := [name for name in short if name in taken_resources]:
        conflict = conflict or ("ShortNamesConflict", f'"{used[0]}" is already in use')
    elif short:
        got["shortNames"] = short
    if wanted.get("categories"):
        got["categories"] = wanted["categories"]
    reason, message = conflict or ("NoConflicts", "no conflicts found")
    names_ok = condition("NamesAccepted", "False" if conflict else "True", reason, message)
    if conflict and not is_established(crd):
        established = condition("Established", "False", "NotAccepted", "not all names are accepted")
    else:
        established = condition("Established", "True", "InitialNamesAccepted", "the initial names have been accepted")
    return got, _kept(crd, [names_ok, established])


def in_deletion(crd: Object) -> Object:
    """The status while the objects are being deleted."""
    progress = condition("Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress")
    return {**crd["status"], "conditions": _kept(crd, [progress])}


def is_established(crd: Object) -> bool:
    return any(each["type"] == "Established" and each["status"] == "True" for each in _conditions(crd))


def condition(type_: str, status: str, reason: str, message: str) -> Object:
    return {"type": type_, "status": status, "reason": reason, "message": message, "lastTransitionTime": metadata.now()}


def _kept(crd: Object, new: list[Object]) -> list[Object]:
    """The conditions with `new` in them; what stays as it was keeps its time."""
    before = {each["type"]: each for each in _conditions(crd)}
    for each in new:
        known = before.get(each["type"])
        if known is None or any(known.get(key) != each[key] for key in ("status", "reason", "message")):
            before[each["type"]] = each
    return list(before.values())


def _conditions(crd: Object) -> list[Object]:
    return list(dig(crd, "status", "conditions", default=[]))


def _versions(crd: Object) -> list[Object]:
    return [version for version in dig(crd, "spec", "versions", default=[]) if isinstance(version, dict)]
