"""Addresses that people have written, taken apart: what is no address has no parts. Pure, never raises."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

NOTHING = SplitResult("", "", "", "", "")


def split(url: str) -> SplitResult:
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return NOTHING
    return found


def host(url: str) -> str:
    return split(url).hostname or ""


def place(url: str) -> tuple[str, str, int]:
    """What credentials are good for: (scheme, host, port)."""
    parts = split(url)
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or (443 if parts.scheme == "https" else 80)


def is_web(url: str) -> bool:
    scheme, name, _ = place(url)
    return scheme in ("http", "https") and bool(name)


def without_login(url: str) -> str:
    """Without "user:password@": such are sent as a header, or not at all."""
    parts = split(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl() if parts != NOTHING else url
