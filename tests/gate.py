"""The way into an embedded server in the test's own loop: what came through, and where it dies when a test says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web
from tests.changes.mortal import Death

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

READS = frozenset({"GET", "HEAD", "OPTIONS"})
REVIEWS = ("/apis/authorization.k8s.io/", "/apis/authentication.k8s.io/")
"""POSTs that write nothing."""


@dataclass(frozen=True)
class Sent:
    method: str
    path: str
    dry_run: bool
    body: bytes = field(repr=False, default=b"")

    @property
    def writes(self) -> bool:
        """Whether it was meant to change something."""
        return self.method not in READS and not self.dry_run and not self.path.startswith(REVIEWS)


@dataclass(eq=False)
class Gate:
    requests: list[Sent] = field(default_factory=list)
    strikes: Callable[[Sent], Death | None] = lambda sent: None
    stays_dead: bool = False
    dead: bool = False
    _open: list[web.Request] = field(default_factory=list, repr=False)

    @property
    def writes(self) -> list[Sent]:
        return [sent for sent in self.requests if sent.writes]

    def guard(self, app: web.Application) -> None:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._pass(request, handler)

        app.middlewares.append(guarded)

    def revive(self) -> None:
        self.strikes, self.dead = lambda sent: None, False

    async def _pass(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if self.dead:
            raise _cut(request)
        self._open.append(request)
        try:
            return await self._passed(request, handler)
        finally:
            self._open.remove(request)

    async def _passed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        sent = Sent(request.method, request.path, request.query.get("dryRun") == "All" or b'"dryRun":["All"]' in body, body)
        self.requests.append(sent)
        death = self.strikes(sent)
        if death == Death.BEFORE:
            self._die()
            raise _cut(request)
        response = await handler(request)
        if death == Death.AFTER:
            self._die()
            raise _cut(request)
        return response

    def _die(self) -> None:
        """A server that stays dead takes every open connection with it."""
        self.dead = self.stays_dead
        for request in self._open if self.dead else ():
            _cut(request)


def _cut(request: web.Request) -> ConnectionError:
    if request.transport is not None:
        request.transport.abort()
    return ConnectionResetError("the server died")
