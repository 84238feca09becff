"""The string formats that the API server checks. A format that is not here is only a hint and never an error.

Source: the formats that apiextensions-apiserver supports, as k8s.io/kube-openapi/pkg/validation/strfmt reads them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from email.utils import parseaddr
from urllib.parse import urlsplit

_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?{version}[0-9a-f]{3}-?{variant}[0-9a-f]{3}-?[0-9a-f]{12}"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d{2}:\d{2})", re.IGNORECASE)
_GO_DURATION = re.compile(r"[+-]?(0|((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+)")
_UNITS = ("ns", "nano", "us", "µs", "micro", "ms", "milli", "s", "sec", "m", "min", "h", "hr", "hour", "d", "day", "w", "wk", "week")
_WORDED_DURATION = re.compile(r"(\d+)\s*([A-Za-zµ]+)")
_HOSTNAME = re.compile(r"[a-z0-9]-?[a-z0-9]{0,62}|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.IGNORECASE)
_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"


def _pattern(text: str, *, ignore_case: bool = False) -> Callable[[str], bool]:
    compiled = re.compile(text, re.IGNORECASE if ignore_case else 0)
    return lambda value: compiled.fullmatch(value) is not None


def _uuid(version: str = "[0-9a-f]", variant: str = "[0-9a-f]") -> Callable[[str], bool]:
    return _pattern(_UUID.replace("{version}", version).replace("{variant}", variant), ignore_case=True)


def _date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2006-01-02")


def _date_time(value: str) -> bool:
    day, separator, time = value[:10], value[10:11], value[11:]
    return separator in ("T", "t") and _date(day) and _TIME.fullmatch(time) is not None


def _ip(version: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            # Leading zeros are nothing: 01.2.3.4 is 1.2.3.4.
            return ipaddress.ip_address(re.sub(r"(^|\.)0+(?=\d)", r"\1", value) if version == 4 else value).version == version
        except ValueError:
            return False

    return check


def _cidr(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return "/" in value


def _uri(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme or value.startswith("/")) and " " not in parts.netloc


def _duration(value: str) -> bool:
    """As Go writes them (1h30m), or numbers with units that somewhere stand in the text (2 days)."""
    worded = _WORDED_DURATION.findall(value)
    return bool(_GO_DURATION.fullmatch(value) or (worded and all(unit.lower().startswith(_UNITS) for _, unit in worded)))


def _email(value: str) -> bool:
    address = parseaddr(value)[1]
    return "@" in address.strip("@") and " " not in address


FORMATS: dict[str, Callable[[str], bool]] = {
    "byte": _pattern(r"(?!$)(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})?"),
    "date": _date,
    "date-time": _date_time,
    "datetime": _date_time,
    "duration": _duration,
    "email": _email,
    "hostname": lambda value: len(value) <= 253 and _HOSTNAME.fullmatch(value) is not None,
    "ipv4": _ip(4),
    "ipv6": _ip(6),
    "cidr": _cidr,
    "mac": _pattern(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", ignore_case=True),
    "uri": _uri,
    "uuid": _uuid(),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4", "[89ab]"),
    "uuid5": _uuid("5", "[89ab]"),
    "hexcolor": _pattern(r"#?([0-9a-f]{3}|[0-9a-f]{6})", ignore_case=True),
    "bsonobjectid": _pattern(r"[0-9a-f]{24}", ignore_case=True),
    "k8s-short-name": lambda value: len(value) <= 63 and re.fullmatch(_LABEL, value) is not None,
    "k8s-long-name": lambda value: len(value) <= 253 and re.fullmatch(rf"{_LABEL}(\.{_LABEL})*", value) is not None,
}


def fits(name: str, value: str) -> bool:
    check = FORMATS.get(name)
    return check is None or check(value)
