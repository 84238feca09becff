"""ResourceSlice, ResourceClaim and DeviceClass: dynamic resource allocation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.cel import program
from modeltui.demo.schema.errors import ErrorType, FieldError
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
        spec, before = new.get("spec") or {}, dig(old, "spec", default={})
        wrong = [] if spec.get("driver") else [metadata.required("spec.driver")]
        if not dig(spec, "pool", "name"):
            wrong.append(metadata.required("spec.pool.name"))
        where = [each for each in ("nodeName", "nodeSelector", "allNodes", "perDeviceNodeSelection") if spec.get(each)]
        if len(where) != 1:
            told = "exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required"
            wrong.append(metadata.wrong_value("spec", where, told) if where else metadata.required("spec", told))
        names: list[str] = []
        for index, device in enumerate(spec.get("devices") or []):
            if device.get("name") in names:
                wrong.append(FieldError(ErrorType.DUPLICATE, f"spec.devices[{index}]", device["name"]))
            names.append(device.get("name", ""))
            for name, value in sorted((device.get("attributes") or {}).items()):
                wrong += _attribute_errors(value, f"spec.devices[{index}].attributes[{name}]")
        fixed = ("driver", "pool.name", "nodeName") if old is not None else ()
        for part in fixed:
            if dig(spec, *part.split(".")) != dig(before, *part.split(".")):
                wrong.append(metadata.wrong_value(f"spec.{part}", dig(spec, *part.split(".")), "field is immutable"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        spec = obj.get("spec") or {}
        node = spec.get("nodeName") or ("<all>" if spec.get("allNodes") else "<unset>")
        return [obj["metadata"]["name"], node, spec.get("driver", ""), dig(spec, "pool", "name", default=""), created(obj, now)]


def _attribute_errors(attribute: Object, at: str) -> list[FieldError]:
    given = [each for each in ("int", "bool", "string", "version") if each in attribute]
    if len(given) != 1:
        told = "exactly one value must be specified"
        return [metadata.wrong_value(at, attribute, told) if given else metadata.required(at, told)]
    if "version" in attribute and not re.fullmatch(r"\d+\.\d+\.\d+([-+].+)?", attribute["version"]):
        return [metadata.wrong_value(f"{at}.version", attribute["version"], "must be a string compatible with semver.org spec 2.0.0")]
    return []


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
        if old is not None:
            fixed = new.get("spec") == old.get("spec")
            return [] if fixed else [metadata.wrong_value("spec", new.get("spec"), "field is immutable")]
        wrong: list[FieldError] = []
        names: list[str] = []
        for index, request in enumerate(dig(new, "spec", "devices", "requests", default=[])):
            at = f"spec.devices.requests[{index}]"
            if request.get("name") in names:
                wrong.append(FieldError(ErrorType.DUPLICATE, at, request["name"]))
            names.append(request.get("name", ""))
            if ("exactly" in request) == ("firstAvailable" in request):
                wrong.append(metadata.required(at, "exactly one of `exactly` or `firstAvailable` is required"))
            for number, selector in enumerate(dig(request, "exactly", "selectors", default=[])):
                wrong += _selector_errors(selector, f"{at}.exactly.selectors[{number}].cel")
        return wrong

    def validate_status(self, new: Object, old: Object) -> list[FieldError]:
        if dig(new, "status", "reservedFor") and not dig(new, "status", "allocation"):
            return [metadata.forbidden("status.reservedFor", "may not be specified when `allocated` is not set")]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        states = ["deleted"] if obj["metadata"].get("deletionTimestamp") else []
        if dig(obj, "status", "allocation"):
            states.append("allocated")
        if dig(obj, "status", "reservedFor"):
            states.append("reserved")
        return [obj["metadata"]["name"], ",".join(states) or "pending", created(obj, now)]


def _selector_errors(selector: Object, at: str) -> list[FieldError]:
    if not selector.get("cel"):
        return [metadata.required(at)]
    expression = dig(selector, "cel", "expression", default="")
    problem = program.syntax_error(expression)
    return [metadata.wrong_value(f"{at}.expression", expression, f"compilation failed: {problem}")] if problem else []


class DeviceClasses(Strategy):
    returns_deleted = True
    counts_generation = True
