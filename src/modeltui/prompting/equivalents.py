"""The same question by `curl` and `kubectl`, to be copied. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote
from typing import Any, Final

from modeltui.characters import harmless
from modeltui.systems.shell import word

LOCAL: Final = 8000
"""The local port of a command that has to name one."""
PROXIED: Final = 8001
"""kubectl proxy's own."""


def curl(base: str, path: str, body: Mapping[str, Any] | None = None) -> str:
    """One line. -N: what comes is shown at once."""
    words = ["curl", "-N", base + path]
    if body is not None:
        text = json.dumps(body, ensure_ascii=False)
        if not text.isprintable():
            text = json.dumps(body)
        words += ["-H", "Content-Type: application/json", "-d", text]
    return " ".join(quote(harmless(each)) for each in words)


def kubectl_port_forward(*, context: str, namespace: str, what: str, local: int | str, remote: int | str) -> str:
    """`what` is "svc/NAME" or "pod/NAME". `local` may be ""."""
    words = ["kubectl", *(["--context", context] if context else []), "-n", namespace, "port-forward", what, f"{local}:{remote}"]
    return " ".join(word(each) for each in words)


def kubectl_proxy(*, context: str) -> str:
    """After it, the API server's proxy of a service is at http://127.0.0.1:8001 and its path."""
    words = ["kubectl", *(["--context", context] if context else []), "proxy", f"--port={PROXIED}"]
    return " ".join(word(each) for each in words)
