"""AWS Signature Version 4 of a request without a body, after Amazon's "Create a signed AWS API request". Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, quote, urlsplit

EMPTY: Final = hashlib.sha256(b"").hexdigest()
"""The hash of no body."""
_ALGORITHM: Final = "AWS4-HMAC-SHA256"


def signed(
    method: str,
    url: str,
    *,
    access_key: str,
    secret_key: str,
    region: str,
    now: datetime,
    service: str = "s3",
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The headers to send, `headers` among them. `url`: with its path percent-encoded, as it is sent."""
    target, stamp = urlsplit(url), now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**(headers or {}), "x-amz-date": stamp} | ({"x-amz-content-sha256": EMPTY} if service == "s3" else {})
    covered = {name.lower(): " ".join(value.split()) for name, value in sent.items()} | {"host": target.netloc.rpartition("@")[2]}
    names = ";".join(sorted(covered))
    lines = [
        *(method, target.path or "/", _query(target.query)),
        *(f"{name}:{covered[name]}" for name in sorted(covered)),
        *("", names, EMPTY),
    ]
    scope = f"{stamp[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()))
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.new(key, to_sign.encode(), "sha256").hexdigest()
    return {**sent, "Authorization": f"{_ALGORITHM} Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"}


def _query(query: str) -> str:
    """Sorted by the encoded names, then by the values."""
    pairs = [(quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parse_qsl(query, keep_blank_values=True)]
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))
