"""Renewing OIDC tokens at a real (scripted) identity provider."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml
from scripted_server import Authority, Reply, Request, Server, b64, serving, write_kubeconfig
from test_credentials_load import jwt

from modeltui.kube import oidc
from modeltui.kube.credentials import Connection, load
from modeltui.kube.errors import ConfigError

API = "https://127.0.0.1:1"


class Provider:
    """Renews tokens, and demands the latest refresh-token: each can be used once, as many providers have it."""

    def __init__(self, *, rotate: bool = True, secret_in: str = "header") -> None:
        self.rotate = rotate
        self.secret_in = secret_in
        self.latest = "refresh-0"
        self.lifetime = 3600.0
        self.answer: Callable[[Reply], Any] | None = None
        self.forms: list[dict[str, str]] = []

    async def __call__(self, request: Request, reply: Reply) -> None:
        if request.path == "/realm/.well-known/openid-configuration":
            await reply.json({"token_endpoint": f"https://{request.header('host')}/realm/token"})
            return
        if self.answer is not None:
            await self.answer(reply)
            return
        form = {key: values[0] for key, values in parse_qs(request.body.decode()).items()}
        self.forms.append(form)
        by_header = request.header("authorization") == "Basic " + b64(b"console:s3cret%2Fsecret")
        by_form = form.get("client_secret") == "s3cret/secret"
        if not {"header": by_header, "form": by_form, "none": True}[self.secret_in]:
            await reply.json({"error": "invalid_client"}, code=401)
        elif form["refresh_token"] != self.latest:
            await reply.json({"error": "invalid_grant", "error_description": "Token is not active"}, code=400)
        else:
            number = int(self.latest.split("-")[1]) + 1
            tokens = {"id_token": jwt(exp=time.time() + self.lifetime, n=number)}
            if self.rotate:
                self.latest = f"refresh-{number}"
                tokens["refresh_token"] = self.latest
            await reply.json(tokens)


def configured(tmp_path: Path, server: Server, authority: Authority, **config: Any) -> str:
    options = {
        "idp-issuer-url": f"{server.url}/realm/",
        "idp-certificate-authority-data": b64(authority.pem),
        "client-id": "console",
        "client-secret": "s3cret/secret",
        "id-token": jwt(exp=1),
        "refresh-token": "refresh-0",
        **config,
    }
    return write_kubeconfig(tmp_path / "config", API, user={"auth-provider": {"name": "oidc", "config": options}})


def stored(path: str) -> dict[str, str]:
    document = yaml.safe_load(Path(path).read_text())
    config: dict[str, str] = document["users"][0]["user"]["auth-provider"]["config"]
    return config


async def loaded(path: str) -> Connection:
    return await asyncio.to_thread(load, path, None)


@pytest.mark.parametrize("secret_in", ["header", "form"])
async def test_an_expired_token_is_renewed_and_written_back(tmp_path: Path, authority: Authority, secret_in: str) -> None:
    provider = Provider(secret_in=secret_in)
    async with serving(provider, tls=authority.server()) as server:
        path = configured(tmp_path, server, authority)
        made = await loaded(path)
        assert provider.forms[-1]["grant_type"] == "refresh_token"
        assert stored(path)["refresh-token"] == "refresh-1"
        assert made.auth.headers() == [("Authorization", f"Bearer {stored(path)['id-token']}")]
        asked = len(server.requests)
        await loaded(path)
        assert len(server.requests) == asked


async def test_a_public_client_and_a_provider_that_keeps_the_refresh_token(tmp_path: Path, authority: Authority) -> None:
    provider = Provider(secret_in="none", rotate=False)
    async with serving(provider, tls=authority.server()) as server:
        path = configured(tmp_path, server, authority, **{"client-secret": ""})
        await loaded(path)
    assert provider.forms == [{"grant_type": "refresh_token", "refresh_token": "refresh-0", "client_id": "console"}]
    assert stored(path)["refresh-token"] == "refresh-0"


@pytest.mark.parametrize("writable", [True, False])
async def test_later_refreshes_use_the_latest_refresh_token(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch, writable: bool
) -> None:
    provider = Provider()
    provider.lifetime = 5  # within the skew: always to be renewed
    async with serving(provider, tls=authority.server()) as server:
        path = configured(tmp_path, server, authority)
        if not writable:
            (tmp_path / "config.lock").touch()
        made = await loaded(path)
        for _ in range(3):
            before, made = made, await asyncio.to_thread(made.renewed)
            assert made != before
    assert provider.latest == "refresh-4"
    assert stored(path)["refresh-token"] == ("refresh-4" if writable else "refresh-0")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            lambda reply: reply.json({"error": "invalid_grant", "error_description": "Token is not active"}, code=400),
            "Token is not active: log in again",
        ),
        (lambda reply: reply.send(b"<html>", code=500), "gave no id-token (500): log in again"),
        (lambda reply: reply.json({"access_token": "s3cret"}), "gave no id-token (200): log in again"),
        (lambda reply: reply.json(["?"], code=400), "gave no id-token (400)"),
    ],
)
async def test_refusals(tmp_path: Path, authority: Authority, answer: Callable[[Reply], Any], words: str) -> None:
    provider = Provider()
    provider.answer = answer
    async with serving(provider, tls=authority.server()) as server:
        path = configured(tmp_path, server, authority)
        with pytest.raises(ConfigError) as caught:
            await loaded(path)
    assert words in str(caught.value)
    assert server.url in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_provider_that_hangs_or_is_gone(tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(request: Request, reply: Reply) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr(oidc, "TIMEOUT", 0.3)
    async with serving(hang, tls=authority.server()) as server:
        path = configured(tmp_path, server, authority)
        with pytest.raises(ConfigError, match="did not answer in time"):
            await loaded(path)
    with pytest.raises(ConfigError, match="cannot be reached"):
        await loaded(path)


async def test_a_provider_without_configuration(tmp_path: Path, authority: Authority) -> None:
    async def nothing(request: Request, reply: Reply) -> None:
        await reply.send(b"no such realm", code=404)

    async with serving(nothing, tls=authority.server()) as server:
        with pytest.raises(ConfigError, match="answered 404 when asked for its configuration"):
            await loaded(configured(tmp_path, server, authority))


def test_only_a_jwt_with_an_end_expires() -> None:
    assert oidc.fresh({"id-token": jwt(exp=100)}, now=80)
    assert not oidc.fresh({"id-token": jwt(exp=100)}, now=91)
    assert oidc.fresh({"id-token": jwt(sub="x")}, now=91)
    assert oidc.fresh({"id-token": "opaque"}, now=91)
    assert not oidc.fresh({})
