"""The `oidc` auth provider of a kubeconfig user: an id-token, and a refresh-token to get the next one with.

The `kubernetes` package can do it as well, but waits for the identity provider without a timeout, needs a client secret, and
fails where the provider keeps the refresh-token.
"""

from __future__ import annotations

import base64
import binascii
import json
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from modeltui.kube.errors import ConfigError
from modeltui.kube.sentences import sentence

SKEW: Final = 10.0
"""Seconds before its end at which a token counts as expired, as in kubectl."""
TIMEOUT: Final = 20.0


def expiry(token: str) -> float | None:
    """The `exp` of a JWT in seconds since the epoch; None when it is no JWT or names none."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None


def fresh(config: Mapping[str, Any], *, now: float | None = None) -> bool:
    """Whether the id-token at hand can still be used."""
    token = str(config.get("id-token") or "")
    end = expiry(token)
    return bool(token) and (end is None or end - SKEW > (time.time() if now is None else now))


def refreshed(config: Mapping[str, Any], *, user: str) -> dict[str, str]:
    """New `id-token` and `refresh-token` from the provider. Blocking; raises ConfigError in one sentence."""
    missing = [key for key in ("idp-issuer-url", "client-id", "refresh-token") if not config.get(key)]
    if missing:
        raise ConfigError(
            f'the OIDC token of user "{user}" has expired and cannot be renewed without {" and ".join(missing)}: log in again'
        )
    import httpx

    issuer = str(config["idp-issuer-url"]).rstrip("/")
    where = f'the identity provider {sentence(issuer, limit=200)} of user "{user}"'
    try:
        with httpx.Client(verify=_tls(config, user), timeout=TIMEOUT) as client:
            found = client.get(f"{issuer}/.well-known/openid-configuration")
            endpoint = found.raise_for_status().json()["token_endpoint"]
            answer = _asked(client, endpoint, config)
    except httpx.HTTPStatusError as error:
        raise ConfigError(f"{where} answered {error.response.status_code} when asked for its configuration") from None
    except httpx.TimeoutException:
        raise ConfigError(f"{where} did not answer in time") from None
    except httpx.HTTPError as error:
        raise ConfigError(f"{where} cannot be reached: {sentence(str(error), limit=200)}") from None
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{where} gave a configuration without a token endpoint") from None
    return _tokens(answer, where, old=str(config["refresh-token"]))


def _tokens(answer: Any, where: str, *, old: str) -> dict[str, str]:
    """What the provider's answer gives; `old` is the refresh-token that stays when it sends no other."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    said = body if isinstance(body, dict) else {}
    if answer.is_success and said.get("id_token"):
        return {"id-token": str(said["id_token"]), "refresh-token": str(said.get("refresh_token") or old)}
    reason = sentence(str(said.get("error_description") or said.get("error") or ""), limit=200)
    if reason:
        raise ConfigError(f"{where} refuses to renew the token: {reason}: log in again")
    raise ConfigError(f"{where} gave no id-token ({answer.status_code}): log in again")


def _asked(client: Any, endpoint: str, config: Mapping[str, Any]) -> Any:
    """The provider's answer. RFC 6749 wants the client's secret as basic auth; some providers take it in the form only."""
    form = {"grant_type": "refresh_token", "refresh_token": str(config["refresh-token"]), "client_id": str(config["client-id"])}
    secret = str(config.get("client-secret") or "")
    if secret:
        answer = client.post(endpoint, data=form, auth=(quote(form["client_id"], safe=""), quote(secret, safe="")))
        if answer.status_code not in {400, 401}:
            return answer
        form["client_secret"] = secret
    return client.post(endpoint, data=form)


def _tls(config: Mapping[str, Any], user: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    try:
        if data := config.get("idp-certificate-authority-data"):
            context.load_verify_locations(cadata=base64.b64decode(str(data)).decode("ascii", "ignore"))
        elif path := config.get("idp-certificate-authority"):
            context.load_verify_locations(cafile=str(path))
    except (OSError, ValueError) as error:
        raise ConfigError(f'the idp-certificate-authority of user "{user}" cannot be used: {sentence(str(error), limit=200)}') from None
    return context
