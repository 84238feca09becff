"""Service: cluster IPs and ports."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default

_ADDRESSES = ipaddress.ip_network("10.96.0.0/16")
"""Where cluster IPs come from."""


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
        told = []
        if dig(new, "spec", "externalIPs"):
            told.append("spec.externalIPs is deprecated and may no longer be implemented in some clusters")
        if dig(new, "spec", "externalName") and dig(new, "spec", "type") != "ExternalName":
            told.append('spec.externalName is ignored when spec.type is not "ExternalName"')
        return told

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        spec = new["spec"]
        external, headless = spec.get("type") == "ExternalName", spec.get("clusterIP") == "None"
        if not spec.get("ports") and not external and not headless:
            return [metadata.required("spec.ports")]
        wrong = [*_port_errors(spec), *_address_errors(spec), *metadata.check_labels(spec.get("selector") or {}, "spec.selector")]
        if external and not spec.get("externalName"):
            wrong.append(metadata.required("spec.externalName"))
        elif external:
            wrong += [
                metadata.wrong_value("spec.externalName", spec["externalName"], told) for told in metadata.subdomain(spec["externalName"])
            ]
        for part, supported in _SUPPORTED.items():
            if spec.get(part) is not None and spec[part] not in supported:
                wrong.append(metadata.unsupported(f"spec.{part}", spec[part], supported))
        before = dig(old, "spec", "clusterIP")
        if before and dig(old, "spec", "type") != "ExternalName" and not external and spec.get("clusterIP") != before:
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


_SUPPORTED = {
    "ipFamilyPolicy": ["PreferDualStack", "RequireDualStack", "SingleStack"],
    "internalTrafficPolicy": ["Cluster", "Local"],
    "externalTrafficPolicy": ["Cluster", "Local"],
}
_NODE_PORTS = (30000, 32767)
"""kube-apiserver's --service-node-port-range."""


def _port_errors(spec: Object) -> Iterator[FieldError]:
    names: list[str] = []
    seen: list[tuple[Any, Any]] = []
    for index, port in enumerate(spec.get("ports") or []):
        at, target = f"spec.ports[{index}]", port.get("targetPort", 1)
        if len(spec["ports"]) > 1 and not port.get("name"):
            yield metadata.required(f"{at}.name")
        if port.get("name") in names:
            yield FieldError(ErrorType.DUPLICATE, f"{at}.name", port["name"])
        names += [port["name"]] if port.get("name") else []
        if (port.get("port"), port.get("protocol")) in seen:
            yield FieldError(ErrorType.DUPLICATE, at, {"protocol": port.get("protocol"), "port": port.get("port")})
        seen.append((port.get("port"), port.get("protocol")))
        if isinstance(target, int) and not 1 <= target <= 65535:
            yield metadata.wrong_value(f"{at}.targetPort", target, "must be between 1 and 65535, inclusive")
        elif isinstance(target, str) and not re.fullmatch(r"(?=.*[a-z])(?=.{1,15}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?", target):
            yield metadata.wrong_value(f"{at}.targetPort", target, "must contain only alphanumeric characters (a-z, 0-9), and hyphens (-)")
        given = port.get("nodePort")
        if given and spec.get("type") == "ClusterIP":
            yield metadata.forbidden(f"{at}.nodePort", "may not be used when `type` is 'ClusterIP'")
        elif given and not _NODE_PORTS[0] <= given <= _NODE_PORTS[1]:
            told = f"provided port is not in the valid range. The range of valid ports is {_NODE_PORTS[0]}-{_NODE_PORTS[1]}"
            yield metadata.wrong_value(f"{at}.nodePort", given, told)


def _address_errors(spec: Object) -> Iterator[FieldError]:
    address = spec.get("clusterIP")
    if address == "None" and spec.get("type") in ("NodePort", "LoadBalancer"):
        yield metadata.wrong_value("spec.clusterIPs[0]", address, f"may not be set to 'None' for {spec['type']} services")
    elif address and address != "None":
        if not _is_address(address):
            yield metadata.wrong_value("spec.clusterIPs[0]", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
        elif ipaddress.ip_address(address) not in _ADDRESSES:
            yield metadata.wrong_value(
                "spec.clusterIPs", [address], f"failed to allocate IP {address}: the provided IP is not in the valid range"
            )
    for index, each in enumerate(spec.get("externalIPs") or []):
        if not _is_address(each):
            yield metadata.wrong_value(f"spec.externalIPs[{index}]", each, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")
    for index, each in enumerate(spec.get("ipFamilies") or []):
        if each not in ("IPv4", "IPv6"):
            yield metadata.unsupported(f"spec.ipFamilies[{index}]", each, ["IPv4", "IPv6"])


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
