"""CustomResourceDefinition: its own rules, and the conditions that say it is served."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE_TEXT, NAME, Column, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema import BadPath, FieldError, check_path, wrong_rules
from modeltui.demo.strategies.base import Strategy, set_default


class Definitions(Strategy):
    has_status = True
    counts_generation = True
    columns = (NAME, Column("Created At", type="date", description=AGE_TEXT))

    def default(self, obj: Object) -> None:
        names = dig(obj, "spec", "names")
        if isinstance(names, dict):
            set_default(names, "singular", str(names.get("kind", "")).lower())
            set_default(names, "listKind", f"{names.get('kind', '')}List")
        if isinstance(obj.get("spec"), dict):
            set_default(obj["spec"], "conversion", {"strategy": "None"})

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = established(obj)

    def prepare_update(self, new: Object, old: Object) -> None:
        new["status"] = established(new, old.get("status"))

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new.get("spec") or {}
        wrong = definition_errors(new) or expression_errors(new)
        if old is not None:
            fixed = {
                "group": spec.get("group"),
                "scope": spec.get("scope"),
                "names.plural": dig(spec, "names", "plural"),
                "names.kind": dig(spec, "names", "kind"),
            }
            for part, value in fixed.items():
                if value != dig(old, "spec", *part.split(".")):
                    wrong.append(metadata.wrong_value(f"spec.{part}", value, "field is immutable"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        return [obj["metadata"]["name"], obj["metadata"].get("creationTimestamp")]


def definition_errors(crd: Object) -> list[FieldError]:
    """What keeps a definition from being served."""
    spec = crd.get("spec") or {}
    names = spec.get("names") or {}
    wrong = [metadata.required(f"spec.{part}") for part in ("group", "scope", "versions") if not spec.get(part)]
    wrong += [metadata.required(f"spec.names.{part}") for part in ("plural", "kind") if not names.get(part)]
    if wrong:
        return wrong
    if spec["scope"] not in ("Cluster", "Namespaced"):
        wrong.append(metadata.unsupported("spec.scope", spec["scope"], ["Cluster", "Namespaced"]))
    wanted = f"{names['plural']}.{spec['group']}"
    if crd["metadata"].get("name") != wanted:
        wrong.append(metadata.wrong_value("metadata.name", crd["metadata"].get("name"), 'must be spec.names.plural+"."+spec.group'))
    if names["plural"] != names["plural"].lower():
        wrong.append(metadata.wrong_value("spec.names.plural", names["plural"], metadata.LABEL_RULE))
    stored = [version for version in spec["versions"] if version.get("storage")]
    if len(stored) != 1:
        wrong.append(metadata.wrong_value("spec.versions", spec["versions"], "must have exactly one version marked as storage version"))
    for index, version in enumerate(spec["versions"]):
        at = f"spec.versions[{index}]"
        if not version.get("name"):
            wrong.append(metadata.required(f"{at}.name"))
        if not isinstance(dig(version, "schema", "openAPIV3Schema"), dict):
            wrong.append(metadata.required(f"{at}.schema.openAPIV3Schema", "schemas are required"))
        elif dig(version, "schema", "openAPIV3Schema", "type") != "object":
            told = dig(version, "schema", "openAPIV3Schema", "type", default="")
            wrong.append(metadata.wrong_value(f"{at}.schema.openAPIV3Schema.type", told, "must be object at the root"))
    return wrong


def expression_errors(crd: Object) -> list[FieldError]:
    """The CEL rules that do not compile, and the printer columns whose path cannot be read."""
    wrong: list[FieldError] = []
    for index, version in enumerate(crd["spec"]["versions"]):
        at = f"spec.versions[{index}]"
        wrong += wrong_rules(version["schema"]["openAPIV3Schema"], f"{at}.schema.openAPIV3Schema")
        for place, column in enumerate(version.get("additionalPrinterColumns") or []):
            try:
                check_path(column.get("jsonPath", ""))
            except BadPath as problem:
                field = f"{at}.additionalPrinterColumns[{place}].jsonPath"
                wrong.append(metadata.wrong_value(field, column.get("jsonPath", ""), str(problem)))
    return wrong


def established(crd: Object, before: Object | None = None) -> Object:
    """The status of a definition whose names nobody else has taken. Conditions keep their time when they were there before."""
    spec = crd.get("spec") or {}
    known = {condition.get("type"): condition for condition in (before or {}).get("conditions") or []}
    told = {
        "NamesAccepted": ("NoConflicts", "no conflicts found"),
        "Established": ("InitialNamesAccepted", "the initial names have been accepted"),
    }
    at = metadata.now()
    conditions = [
        {
            "type": type_,
            "status": "True",
            "reason": reason,
            "message": message,
            "lastTransitionTime": known.get(type_, {}).get("lastTransitionTime", at),
        }
        for type_, (reason, message) in told.items()
    ]
    storage = next((version.get("name") for version in spec.get("versions") or [] if version.get("storage")), "")
    versions = list(dict.fromkeys([*((before or {}).get("storedVersions") or []), storage]))
    return {"acceptedNames": dict(spec.get("names") or {}), "conditions": conditions, "storedVersions": versions}
