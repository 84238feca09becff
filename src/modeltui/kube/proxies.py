"""Which proxy leads to an API server: the cluster's own `proxy-url`, else the environment's, by kubectl's rules.

httpx could read the environment itself, but would send 127.0.0.1 through the proxy and knows no networks in NO_PROXY.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from importlib.util import find_spec
from urllib.parse import urlsplit

from modeltui.kube.errors import ConfigError
from modeltui.kube.sentences import sentence


def proxy_for(server: str, *, configured: str = "", cluster: str = "", environ: Mapping[str, str] = os.environ) -> str | None:
    """The proxy's URL, or None to go straight. `configured` is the cluster's proxy-url. Raises ConfigError."""
    if configured:
        return _checked(configured, f'proxy-url of cluster "{cluster}"')
    url = urlsplit(server)
    host = url.hostname or ""
    port = url.port or (443 if url.scheme == "https" else 80)
    if _is_loopback(host) or _bypassed(host, port, _either(environ, "NO_PROXY")):
        return None
    variable = f"{url.scheme.upper()}_PROXY"
    found = _either(environ, variable)
    return _checked(found if "://" in found else f"http://{found}", variable) if found else None


def _either(environ: Mapping[str, str], name: str) -> str:
    return (environ.get(name) or environ.get(name.lower()) or "").strip()


def _checked(proxy: str, where: str) -> str:
    url = urlsplit(proxy)
    shown = sentence(proxy, limit=200)
    if url.scheme not in {"http", "https", "socks5", "socks5h"} or not url.hostname:
        raise ConfigError(f"{where} is {shown}, which is not a URL such as http://proxy:3128")
    if url.scheme.startswith("socks5") and find_spec("socksio") is None:
        raise ConfigError(f"{where} is {shown}, and SOCKS needs the package socksio: pip install socksio")
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def _bypassed(host: str, port: int, no_proxy: str) -> bool:
    """Go's rules for NO_PROXY: "*", a name (with its subdomains), ".suffix" (subdomains only), an address, a network; maybe ":port"."""
    address = _address(host)
    for entry in filter(None, (part.strip().lower() for part in no_proxy.split(","))):
        if entry == "*":
            return True
        if "/" in entry:
            if address is not None and _in_network(address, entry):
                return True
            continue
        name, _, wanted_port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        if wanted_port and wanted_port != str(port):
            continue
        name = name.strip("[]").removeprefix("*")
        if host.lower() == name or (address is None and host.lower().endswith(name if name.startswith(".") else f".{name}")):
            return True
    return False


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, network: str) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
