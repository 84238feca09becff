"""An embedded cluster in a test's event loop, and its callers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from modeltui.demo.cluster import EmbeddedCluster


@dataclass
class Caller:
    """One identity's HTTP calls."""

    session: aiohttp.ClientSession
    url: str
    token: str = field(repr=False, default="")

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def request(self, method: str, path: str, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
        return self.session.request(method, self.url + path, headers={**self.headers, **(headers or {})}, **more)

    async def json(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self.request(method, path, **more) as response:
            return response.status, await response.json(content_type=None)


@dataclass
class Served:
    cluster: EmbeddedCluster
    session: aiohttp.ClientSession

    def caller(self, name: str = "admin") -> Caller:
        identity = self.cluster.identities.by_name(name)
        assert identity is not None
        return Caller(self.session, self.cluster.url, identity.token)


Serve = Callable[..., Any]
