"""One HTTP request from this machine to a place that somebody wrote into an object: bounded in time and size, careful with credentials."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final
from urllib.parse import urljoin

import httpx

from modeltui import __version__
from modeltui.kube.errors import ConfigError
from modeltui.kube.proxies import proxy_for
from modeltui.kube.unreachable import TRANSPORT_ERRORS
from modeltui.reach.failures import NoAnswer, no_answer, shown
from modeltui.reach.names import look_up
from modeltui.reach.urls import is_web, without_login
from modeltui.reach.urls import place as place_of

MOST_BYTES: Final = 256 * 1024
"""Of a body: what a check reads stands at its beginning."""
MOST_MOVES: Final = 5
"""Redirects."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `body` is its beginning."""

    status: int
    reason: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    moved_from: str = ""
    """The host that was asked first, when another one answered."""
    alone: bool = False
    """Whether credentials were held back, since another host (or one without TLS) answered."""


@dataclass(frozen=True, slots=True)
class Target:
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent wherever the request is led."""
    credentials: Mapping[str, str] = field(default_factory=dict)
    """Headers for the place of `url` alone: scheme, host and port."""


class Web:
    """Makes each request over a connection of its own: nothing of one check is there for the next, no cookie and no login."""

    def __init__(self, *, timeout: float = 5.0) -> None:
        """`timeout`: seconds for each step of a request; whoever asks bounds the whole."""
        self._timeout = timeout
        self._tls: ssl.SSLContext | None = None

    async def ask(self, method: str, target: Target) -> Reply:
        """The last answer after redirects. Raises NoAnswer."""
        start, url = monotonic(), without_login(target.url)
        home, at_home = place_of(url), True
        for _ in range(MOST_MOVES + 1):
            at_home = at_home and place_of(url) == home  # not even when another host leads back: it would choose what is asked
            reply = await self._one(method, url, {**target.headers, **(target.credentials if at_home else {})}, start)
            place = reply.headers.get("location", "")
            if reply.status not in (301, 302, 303, 307, 308) or not place:
                alone = bool(target.credentials) and not at_home
                return replace(reply, moved_from="" if at_home else home[1], alone=alone)
            url = _followed(url, place)
        raise NoAnswer(f"{shown(target.url)} leads on and on: more than {MOST_MOVES} redirects")

    async def _one(self, method: str, url: str, headers: Mapping[str, str], start: float) -> Reply:
        if any(not (name.isascii() and value.isascii() and value.isprintable()) for name, value in headers.items()):
            raise NoAnswer("a key of the Secret, or a setting, holds what no header may (a line break, perhaps), so nothing was sent")
        try:
            proxy = proxy_for(url)
        except ConfigError as error:
            raise NoAnswer(str(error)) from error
        await look_up(proxy or url)
        try:
            async with (
                httpx.AsyncClient(
                    verify=self._context() if url.startswith("https:") else False,
                    proxy=proxy,
                    trust_env=False,
                    timeout=self._timeout,
                    headers={"User-Agent": f"modeltui/{__version__}", "Accept-Encoding": "identity", "Accept": "*/*"},
                ) as client,
                client.stream(method, url, headers=dict(headers)) as response,
            ):
                body = b""
                if method != "HEAD":
                    async for chunk in response.aiter_raw():
                        body += chunk[: MOST_BYTES - len(body)]
                        if len(body) >= MOST_BYTES:
                            break
                found = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status_code, response.reason_phrase, url, found, body, monotonic() - start)
        except (*TRANSPORT_ERRORS, ValueError) as error:
            raise no_answer(error, url, proxy) from error

    def _context(self) -> ssl.SSLContext:
        """Of the machine's own authorities: what the console trusts for a cluster says nothing about a hub."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls


def _followed(url: str, place: str) -> str:
    try:
        onward = without_login(urljoin(url, place))
    except ValueError:
        onward = ""
    if not is_web(onward):
        raise NoAnswer(f"{shown(url)} leads to {shown(place)}, which is no web address")
    return onward
