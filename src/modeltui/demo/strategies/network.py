"""Service: cluster IPs and ports."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default


class Services(Strategy):
    returns_deleted = True
    has_status = True
    fields: ClassVar[Mapping[str, FieldOf]] = {
        "spec.clusterIP": lambda obj: str(dig(obj, "spec", "clusterIP", default="")),
        "spec.type": lambda obj: str(dig(obj, "spec", "type", default="")),
    }
    columns = (
        NAME,
        Column("Type", shows="spec.type"),
        Column("Cluster-IP", shows="spec.clusterIP"),
        Column("External-IP", shows="spec.externalIPs"),
        Column("Port(s)", shows="spec.ports"),
        AGE,
        Column("Selector", priority=1, shows="spec.selector"),
    )

    def __init__(self) -> None:
        self._addresses = (f"10.96.{high}.{low}" for high in itertools.count(0) for low in range(2, 255))

    def name_problems(self, name: str) -> list[str]:
        return metadata.label(name)

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        spec = obj["spec"]
        set_default(spec, "type", "ClusterIP")
        set_default(spec, "sessionAffinity", "None")
        if spec["type"] != "ExternalName":
            set_default(spec, "internalTrafficPolicy", "Cluster")
        if spec["type"] in ("NodePort", "LoadBalancer") or spec.get("externalIPs"):
            set_default(spec, "externalTrafficPolicy", "Cluster")
        if spec["type"] == "LoadBalancer":
            set_default(spec, "allocateLoadBalancerNodePorts", True)
        if spec["sessionAffinity"] == "ClientIP":
            set_default(spec, "sessionAffinityConfig", {})
            set_default(spec["sessionAffinityConfig"], "clientIP", {})
            set_default(spec["sessionAffinityConfig"]["clientIP"], "timeoutSeconds", 10800)
        for port in spec.get("ports") or []:
            port["targetPort"] = port.get("targetPort") or port.get("port")

    def prepare_create(self, obj: Object) -> None:
        spec = obj["spec"]
        if spec["type"] != "ExternalName":
            set_default(spec, "clusterIP", next(self._addresses))
            set_default(spec, "clusterIPs", [spec["clusterIP"]])
            set_default(spec, "ipFamilies", ["IPv4"])
            set_default(spec, "ipFamilyPolicy", "SingleStack")
        obj["status"] = {"loadBalancer": {}}

    def prepare_update(self, new: Object, old: Object) -> None:
        if new["spec"].get("type") == "ExternalName":
            return
        for part in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if dig(new, "spec", part) is None and dig(old, "spec", part) is not None:
                new["spec"][part] = old["spec"][part]

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        told = "spec.externalIPs is deprecated and may no longer be implemented in some clusters"
        return [told] if dig(new, "spec", "externalIPs") else []

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new["spec"]
        headless = spec.get("clusterIP") == "None"
        if not spec.get("ports") and spec.get("type") != "ExternalName" and not headless:
            return [metadata.required("spec.ports")]
        wrong: list[FieldError] = []
        for index, port in enumerate(spec.get("ports") or []):
            number = port.get("port") or 0
            if not 1 <= number <= 65535:
                wrong.append(metadata.wrong_value(f"spec.ports[{index}].port", number, "must be between 1 and 65535, inclusive"))
            if len(spec["ports"]) > 1 and not port.get("name"):
                wrong.append(metadata.required(f"spec.ports[{index}].name"))
        before = dig(old, "spec", "clusterIP")
        if before and dig(old, "spec", "type") != "ExternalName" and spec.get("type") != "ExternalName" and spec.get("clusterIP") != before:
            wrong.append(metadata.wrong_value("spec.clusterIPs[0]", [spec.get("clusterIP")], "may not change once set"))
        return wrong

    def row(self, obj: Object, now: datetime) -> list[Any]:
        spec = obj.get("spec") or {}
        ports = [
            f"{p.get('port')}{':' + str(p['nodePort']) if p.get('nodePort') else ''}/{p.get('protocol', 'TCP')}"
            for p in spec.get("ports") or []
        ]
        ingress = [each.get("ip") or each.get("hostname", "") for each in dig(obj, "status", "loadBalancer", "ingress", default=[])]
        external = list(spec.get("externalIPs") or [])
        if spec.get("type") == "LoadBalancer":
            shown = ",".join([*ingress, *external]) or "<pending>"
        elif spec.get("type") == "ExternalName":
            shown = spec.get("externalName", "")
        else:
            shown = ",".join(external) or "<none>"
        selector = ",".join(f"{key}={value}" for key, value in sorted((spec.get("selector") or {}).items()))
        return [
            obj["metadata"]["name"],
            spec.get("type", ""),
            spec.get("clusterIP") or "<none>",
            shown,
            ",".join(ports) or "<none>",
            created(obj, now),
            selector or "<none>",
        ]
