"""The ip() and cidr() functions of Kubernetes' CEL."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from celpy import celtypes

_bool, _int, _str = celtypes.BoolType, celtypes.IntType, celtypes.StringType


def _parses(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    def call(text: str) -> Any:
        try:
            parse(text)
        except ValueError:
            return _bool(False)
        return _bool(True)

    return call


def _cidr(text: str) -> Any:
    if "/" not in text:
        raise ValueError(f"network address parse error: {text}")
    return ipaddress.ip_interface(text)


def _address(value: Any) -> Any:
    return ipaddress.ip_address(value) if isinstance(value, str) else value


ADDRESSES: dict[str, Callable[..., Any]] = {
    "ip": lambda value: ipaddress.ip_address(value) if isinstance(value, str) else value.ip,
    "isIP": _parses(ipaddress.ip_address),
    "cidr": _cidr,
    "isCIDR": _parses(_cidr),
    "family": lambda address: _int(address.version),
    "isUnspecified": lambda address: _bool(address.is_unspecified),
    "isLoopback": lambda address: _bool(address.is_loopback),
    "isLinkLocalMulticast": lambda address: _bool(address.is_multicast and address.is_link_local),
    "isLinkLocalUnicast": lambda address: _bool(address.is_link_local and not address.is_multicast),
    "isGlobalUnicast": lambda address: _bool(
        not (address.is_multicast or address.is_loopback or address.is_link_local or address.is_unspecified)
    ),
    "containsIP": lambda network, address: _bool(_address(address) in network.network),
    "containsCIDR": lambda network, other: _bool(
        (other if not isinstance(other, str) else _cidr(other)).network.subnet_of(network.network)
    ),
    "prefixLength": lambda network: _int(network.network.prefixlen),
    "masked": lambda network: ipaddress.ip_interface(str(network.network)),
}
