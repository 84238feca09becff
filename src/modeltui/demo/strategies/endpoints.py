"""EndpointSlice, and Endpoints as they were before: the addresses behind a Service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, created
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import Strategy, set_default

_SHOWN = 3
DEPRECATED = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"


class EndpointSlices(Strategy):
    counts_generation = True
    columns = (
        NAME,
        Column("AddressType", shows="addressType"),
        Column("Ports", shows="ports"),
        Column("Endpoints", shows="endpoints"),
        AGE,
    )

    def default(self, obj: Object) -> None:
        for port in obj.get("ports") or []:
            set_default(port, "name", "")
            set_default(port, "protocol", "TCP")

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        types = ["FQDN", "IPv4", "IPv6"]
        if new.get("addressType") not in types:
            return [metadata.unsupported("addressType", new.get("addressType"), types)]
        if old is not None and new["addressType"] != old.get("addressType"):
            return [metadata.wrong_value("addressType", new["addressType"], "field is immutable")]
        return []

    def generated_state(self, obj: Object) -> Object:
        return {key: value for key, value in obj.items() if key != "metadata"} | {"labels": obj["metadata"].get("labels")}

    def row(self, obj: Object, now: datetime) -> list[Any]:
        ports = [str(port["port"]) if port.get("port") else "*" for port in obj.get("ports") or []]
        addresses = [address for endpoint in obj.get("endpoints") or [] for address in endpoint.get("addresses") or []]
        return [obj["metadata"]["name"], obj.get("addressType", ""), _listed(ports), _listed(addresses), created(obj, now)]


def _listed(words: list[str]) -> str:
    more = f" + {len(words) - _SHOWN} more..." if len(words) > _SHOWN else ""
    return ",".join(words[:_SHOWN]) + more or "<unset>"


class Endpoints(Strategy):
    columns = (
        NAME,
        Column(
            "Endpoints",
            description="The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they "
            "share. A single address with multiple ports, some of which are ready and some of which are not (because they come from "
            "different containers) will result in the address being displayed in different subsets for the different ports. No address "
            "will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.",
        ),
        AGE,
    )

    def default(self, obj: Object) -> None:
        for subset in obj.get("subsets") or []:
            for port in subset.get("ports") or []:
                set_default(port, "protocol", "TCP")

    def row(self, obj: Object, now: datetime) -> list[Any]:
        pairs = [
            f"{address['ip']}:{port['port']}"
            for subset in obj.get("subsets") or []
            for port in subset.get("ports") or []
            for address in subset.get("addresses") or []
        ]
        more = f" + {len(pairs) - _SHOWN} more..." if len(pairs) > _SHOWN else ""
        return [obj["metadata"]["name"], ",".join(pairs[:_SHOWN]) + more or "<none>", created(obj, now)]
