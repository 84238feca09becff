"""Namespace, Secret, ConfigMap, ServiceAccount, Node and Event."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, NAME_TEXT, Column, age, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default

SECRET_LIMIT = 1024 * 1024


class Namespaces(Strategy):
    has_status = True
    fields: ClassVar[Mapping[str, FieldOf]] = {"status.phase": lambda obj: dig(obj, "status", "phase", default="")}
    columns = (NAME, Column("Status", description="The status of the namespace"), AGE)

    def begin_deletion(self, obj: Object) -> bool:
        """A namespace is emptied first; housekeeping.py then takes its own finalizer off."""
        if not dig(obj, "spec", "finalizers"):
            return False
        obj["status"] = {**(obj.get("status") or {}), "phase": "Terminating"}
        return True

    def name_problems(self, name: str) -> list[str]:
        return metadata.label(name)

    def default(self, obj: Object) -> None:
        # The label is set at decoding, so whoever writes the namespace comes to own it.
        if obj["metadata"].get("name"):
            obj["metadata"]["labels"] = {**(obj["metadata"].get("labels") or {}), "kubernetes.io/metadata.name": obj["metadata"]["name"]}

    def prepare_create(self, obj: Object) -> None:
        given = dig(obj, "spec", "finalizers", default=[])
        obj["spec"] = {**(obj.get("spec") or {}), "finalizers": [*given, *({"kubernetes"} - {*given})]}
        obj["status"] = {"phase": "Active"}

    def prepare_update(self, new: Object, old: Object) -> None:
        new["spec"] = old.get("spec") or {}

    def row(self, obj: Object, now: datetime) -> list[Any]:
        return [obj["metadata"]["name"], dig(obj, "status", "phase", default=""), created(obj, now)]


class Secrets(Strategy):
    fields: ClassVar[Mapping[str, FieldOf]] = {"type": lambda obj: str(obj.get("type", ""))}
    columns = (NAME, Column("Type", shows="type"), Column("Data", shows="data"), AGE)

    def decode(self, obj: Object) -> None:
        plain = obj.pop("stringData", None)
        if plain:
            encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in plain.items()}
            obj["data"] = {**(obj.get("data") or {}), **encoded}

    def default(self, obj: Object) -> None:
        set_default(obj, "type", "Opaque")
        if not obj["type"]:
            obj["type"] = "Opaque"

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = _check_keys(new.get("data") or {}, "data")
        size = sum(len(value) * 3 // 4 for value in (new.get("data") or {}).values())
        if size > SECRET_LIMIT:
            wrong.append(metadata.too_long("data", SECRET_LIMIT))
        wrong += [metadata.required(f"data[{key}]") for key in _REQUIRED_KEYS.get(new["type"], ()) if key not in (new.get("data") or {})]
        wrong += _type_errors(new)
        if old is not None:
            if new["type"] != old.get("type"):
                wrong.append(metadata.wrong_value("type", new["type"], "field is immutable"))
            wrong += _check_immutable(new, old, ("data",))
        return wrong

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        if new["type"] != "kubernetes.io/tls":
            return []
        for part, what in (("tls.crt", "certificate"), ("tls.key", "key")):
            if b"-----BEGIN " not in base64.b64decode(dig(new, "data", part, default="")):
                return [f"tls: failed to find any PEM data in {what} input"]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        return [obj["metadata"]["name"], obj.get("type", ""), len(obj.get("data") or {}), created(obj, now)]


_REQUIRED_KEYS = {
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}


def _type_errors(secret: Object) -> list[FieldError]:
    """What the types of secrets promise beyond the keys that they must have."""
    data, kind = secret.get("data") or {}, secret["type"]
    if kind == "kubernetes.io/basic-auth" and not {"username", "password"} & {*data}:
        return [metadata.required(f"data[{key}]") for key in ("username", "password")]
    if kind == "kubernetes.io/service-account-token":
        account = "kubernetes.io/service-account.name"
        given = (secret["metadata"].get("annotations") or {}).get(account)
        return [] if given else [metadata.required(f"metadata.annotations[{account}]")]
    for key in (".dockerconfigjson", ".dockercfg"):
        if key in _REQUIRED_KEYS.get(kind, ()) and key in data and not _is_json(base64.b64decode(data[key])):
            return [metadata.wrong_value(f"data[{key}]", "<secret contents redacted>", "invalid character")]
    return []


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _check_keys(data: Object, field: str) -> list[FieldError]:
    rule = (
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', "
        "regex used for validation is '[-._a-zA-Z0-9]+')"
    )
    good = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._")
    wrong = [metadata.wrong_value(f"{field}[{key}]", key, rule) for key in sorted(data) if not key or not set(key) <= good]
    dots = [key for key in sorted(data) if key in (".", "..") or key.startswith("..")]
    wrong += [metadata.wrong_value(f"{field}[{key}]", key, f"must not start with '{key[:2]}'") for key in dots]
    too_long = "must be no more than 253 characters"
    return wrong + [metadata.wrong_value(f"{field}[{key}]", key, too_long) for key in sorted(data) if len(key) > 253]


def _check_immutable(new: Object, old: Object, parts: tuple[str, ...]) -> list[FieldError]:
    if not old.get("immutable"):
        return []
    told = "field is immutable when `immutable` is set"
    wrong = [] if new.get("immutable") else [metadata.forbidden("immutable", told)]
    return wrong + [metadata.forbidden(part, told) for part in parts if (new.get(part) or {}) != (old.get(part) or {})]


class ConfigMaps(Strategy):
    columns = (NAME, Column("Data", shows="data"), AGE)

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        data, binary = new.get("data") or {}, new.get("binaryData") or {}
        wrong = _check_keys(data, "data") + _check_keys(binary, "binaryData")
        wrong += [
            metadata.wrong_value(f"data[{key}]", key, "duplicate of key present in binaryData") for key in sorted(data) if key in binary
        ]
        size = sum(len(value.encode()) for value in data.values()) + sum(len(value) * 3 // 4 for value in binary.values())
        if size > SECRET_LIMIT:
            wrong.append(metadata.too_long("[]", SECRET_LIMIT))
        return wrong + (_check_immutable(new, old, ("data", "binaryData")) if old is not None else [])

    def row(self, obj: Object, now: datetime) -> list[Any]:
        return [obj["metadata"]["name"], len(obj.get("data") or {}) + len(obj.get("binaryData") or {}), created(obj, now)]


class ServiceAccounts(Strategy):
    returns_deleted = True
    columns = (NAME, AGE)


class Nodes(Strategy):
    has_status = True
    creates_status = True
    fields: ClassVar[Mapping[str, FieldOf]] = {"spec.unschedulable": lambda obj: str(bool(dig(obj, "spec", "unschedulable"))).lower()}
    columns = (
        NAME,
        Column("Status", description="The status of the node"),
        Column("Roles", description="The roles of the node"),
        AGE,
        Column("Version", description="Kubelet Version reported by the node."),
        Column("Internal-IP", priority=1, shows="status.addresses"),
        Column("External-IP", priority=1, shows="status.addresses"),
        Column(
            "OS-Image", priority=1, description="OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy))."
        ),
        Column("Kernel-Version", priority=1, shows="status.nodeInfo.kernelVersion"),
        Column("Container-Runtime", priority=1, shows="status.nodeInfo.containerRuntimeVersion"),
    )

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        status = obj.get("status") or {}
        if status.get("capacity"):
            set_default(status, "allocatable", dict(status["capacity"]))
        spec = obj["spec"]
        if spec.get("podCIDR") and (spec.get("podCIDRs") or [""])[0] != spec["podCIDR"]:
            spec["podCIDRs"] = [spec["podCIDR"]]

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec, before = new.get("spec") or {}, dig(old, "spec", default={})
        wrong: list[FieldError] = []
        seen: list[tuple[Any, Any]] = []
        for index, taint in enumerate(spec.get("taints") or []):
            if (taint.get("key"), taint.get("effect")) in seen:
                wrong.append(FieldError(ErrorType.DUPLICATE, f"metadata.taints[{index}]", taint))
            seen.append((taint.get("key"), taint.get("effect")))
        if before.get("podCIDRs") and spec.get("podCIDRs") != before["podCIDRs"]:
            wrong.append(metadata.forbidden("spec.podCIDRs", "node updates may not change podCIDR except from empty to valid"))
        if before.get("providerID") and spec.get("providerID") != before["providerID"]:
            wrong.append(metadata.forbidden("spec.providerID", "node updates may not change providerID except from empty to valid"))
        return wrong

    def prepare_create(self, obj: Object) -> None:
        # Until its controller has seen it to be ready, nothing is to run there.
        taint = {"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}
        if taint not in (obj["spec"].get("taints") or []):
            obj["spec"]["taints"] = [*(obj["spec"].get("taints") or []), taint]

    def row(self, obj: Object, now: datetime) -> list[Any]:
        ready = next((c for c in dig(obj, "status", "conditions", default=[]) if c.get("type") == "Ready"), None)
        status = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
        if dig(obj, "spec", "unschedulable"):
            status += ",SchedulingDisabled"
        prefix = "node-role.kubernetes.io/"
        roles = sorted(key.removeprefix(prefix) for key in obj["metadata"].get("labels") or {} if key.startswith(prefix))
        addresses = {each.get("type"): each.get("address") for each in dig(obj, "status", "addresses", default=[])}
        info = dig(obj, "status", "nodeInfo", default={})
        return [
            obj["metadata"]["name"],
            status,
            ",".join(roles) or "<none>",
            created(obj, now),
            info.get("kubeletVersion", ""),
            addresses.get("InternalIP") or "<none>",
            addresses.get("ExternalIP") or "<none>",
            info.get("osImage") or "<unknown>",
            info.get("kernelVersion") or "<unknown>",
            info.get("containerRuntimeVersion") or "<unknown>",
        ]


def _involved(part: str) -> FieldOf:
    return lambda obj: str(dig(obj, "involvedObject", part, default=""))


class Events(Strategy):
    fields: ClassVar[Mapping[str, FieldOf]] = {
        **{
            f"involvedObject.{part}": _involved(part)
            for part in ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")
        },
        "reason": lambda obj: str(obj.get("reason", "")),
        "type": lambda obj: str(obj.get("type", "")),
        "source": lambda obj: str(dig(obj, "source", "component", default="") or obj.get("reportingComponent", "")),
        "reportingComponent": lambda obj: str(obj.get("reportingComponent", "")),
    }
    columns = (
        Column("Last Seen", shows="lastTimestamp"),
        Column("Type", shows="type"),
        Column("Reason", shows="reason"),
        Column("Object", description="The object that this event is about."),
        Column("Subobject", priority=1, shows="involvedObject.fieldPath"),
        Column("Source", priority=1, description="The component reporting this event. Should be a short machine understandable string."),
        Column("Message", shows="message"),
        Column("First Seen", priority=1, shows="firstTimestamp"),
        Column("Count", priority=1, shows="count"),
        Column("Name", format="name", priority=1, description=NAME_TEXT),
    )

    def name_problems(self, name: str) -> list[str]:
        return metadata.path_segment(name)

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        namespace = dig(new, "involvedObject", "namespace", default="")
        wanted = new["metadata"].get("namespace") if namespace else "default"  # what belongs to no namespace has its events there
        if old is None and (namespace or new["metadata"].get("namespace")) != wanted:
            return [metadata.wrong_value("involvedObject.namespace", namespace, "does not match event.namespace")]
        return []

    def row(self, obj: Object, now: datetime) -> list[Any]:
        series = obj.get("series") or {}
        first = age(obj.get("firstTimestamp") or obj.get("eventTime"), now)
        last = age(series.get("lastObservedTime") or obj.get("lastTimestamp") or obj.get("eventTime"), now)
        about = obj.get("involvedObject") or {}
        source = obj.get("source") or {}
        origin = ", ".join(filter(None, (source.get("component") or obj.get("reportingComponent"), source.get("host"))))
        return [
            last,
            obj.get("type", ""),
            obj.get("reason", ""),
            f"{about.get('kind', '').lower()}/{about.get('name', '')}",
            about.get("fieldPath", ""),
            origin,
            str(obj.get("message", "")).strip(),
            first,
            series.get("count") or obj.get("count") or 1,
            obj["metadata"]["name"],
        ]
