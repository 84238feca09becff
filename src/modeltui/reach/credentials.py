"""The values of a source's Secret, fetched when somebody allows their use, and kept no longer than a run of checks."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

import msgspec

from modeltui.kube.client import Client, decoded
from modeltui.reach.urls import split
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.secret_value import SecretValue

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class _Values(msgspec.Struct):
    data: dict[str, str] | None = None


async def read(client: Client, namespace: str, name: str) -> dict[str, SecretValue]:
    """Raises KubeError. What is no text is left out: no check could send it."""
    answer = await client.request("GET", SECRETS.path(namespace, name))
    found = decoded(answer, _Values, what=f"Secret {name}")
    return {key: value for key, encoded in (found.data or {}).items() if (value := _text(encoded))}


def _text(encoded: str) -> SecretValue:
    try:
        return SecretValue(base64.b64decode(encoded, validate=True).decode().strip())
    except (binascii.Error, UnicodeDecodeError):
        return SecretValue()


def bearer(keys: Mapping[str, SecretValue]) -> dict[str, str]:
    token = keys.get("token", SecretValue())
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}


def basic(keys: Mapping[str, SecretValue]) -> dict[str, str]:
    """Of username and password; a password or token alone goes with any name, as the services that take tokens have it."""
    password = keys.get("password") or keys.get("token") or SecretValue()
    name = keys.get("username") or SecretValue("token" if password else "")
    return _basic(name.reveal(), password.reveal()) if name else {}


def of_url(url: str) -> dict[str, str]:
    """What stands in an address before its host."""
    parts = split(url)
    if "@" not in parts.netloc:
        return {}
    return _basic(unquote(parts.username or ""), unquote(parts.password or ""))


def _basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def would_be_read(url: str) -> bool:
    """Whether a header sent there can be read by everybody on the way."""
    parts = split(url)
    return parts.scheme != "https" and parts.hostname not in _LOOPBACK
