"""One connection and everything that is watched over it, shared between whoever looks at the same thing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any, Final, TypeVar

from modeltui.kube import errors
from modeltui.kube.access import Access
from modeltui.kube.client import Client
from modeltui.kube.clock import Clock, SystemClock, Timer
from modeltui.kube.credentials import Connection
from modeltui.kube.discovery import Discovery
from modeltui.kube.objects import Object
from modeltui.kube.outage import Outage
from modeltui.kube.reflector import Features, Reflector
from modeltui.kube.relogin import Relogin
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store

T = TypeVar("T", bound=Object)

log: Final = logging.getLogger(__name__)

GRACE: Final = 30.0
"""Seconds that a watch nobody looks at lives on, so that going back and forth between screens does not list anew."""
LISTS_AT_ONCE: Final = 8
"""How many lists may be under way together: many namespaces must not hit the server, or the screen, in one moment."""
CLOCK_CHECK: Final = 5.0
CLOCK_JUMP: Final = 10.0
"""Seconds by which the wall clock must outrun the monotonic one to mean that the machine slept."""

_Identity = tuple[Resource, str, str, type[Object]]


class _Shared:
    """A scope, what fills it, and how many stores show it."""

    def __init__(self, scope: Scope[Any], reflector: Reflector[Any]) -> None:
        self.scope = scope
        self.reflector = reflector
        self.task = asyncio.create_task(reflector.run(), name=f"watch {scope.namespace or 'all'}")
        self.task.add_done_callback(_report)
        self.users = 0
        self.ending: Timer | None = None


def _report(task: asyncio.Task[None]) -> None:
    """A reflector runs until cancelled; should one end otherwise, its exception is told."""
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("a watch died: %s", task.get_name(), exc_info=error)


class Session:
    """Use it on one event loop, from its creation to `aclose()`."""

    def __init__(
        self,
        connection: Connection,
        *,
        read_only: bool = False,
        clock: Clock | None = None,
        rng: Random | None = None,
    ) -> None:
        self.client = Client(connection, read_only=read_only)
        self.discovery = Discovery(self.client)
        self.access = Access(self.client)
        self._clock = clock or SystemClock()
        self._rng = rng or Random()
        self._outage = Outage(self._ask_version, self._server_is_back, self._clock)
        self._relogin = Relogin(lambda: self.client.connection.seen, self._login_has_changed, self._clock)
        self.client.reached = self._reached
        self.client.refused = self._relogin.refused
        self.client.renewed = self._connection_is_new
        self._features = Features()
        self._gate = asyncio.Semaphore(LISTS_AT_ONCE)
        self._shared: dict[_Identity, _Shared] = {}
        self._held: dict[Store[Any], list[_Identity]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        """Those that run but belong to no watch any more, or never did."""
        self._ticker: Timer | None = None
        self.chance = asyncio.Event()
        """Set once what has failed by now is worth asking again: the server is back, the login has changed, or the user says so.

        Each time there is a new event: hold the one from before the question.
        """

    def watch(self, resource: Resource, kind: type[T], namespaces: Sequence[str] = (), selector: str = "") -> Store[T]:
        """A store of `resource` in `namespaces` (none: in all), filled from now on; give it back with `release`.

        Who asks for the same resource, namespace, selector and kind shares one watch.
        """
        if self._ticker is None:
            self._tick()
        wanted = tuple(dict.fromkeys(namespaces)) if resource.namespaced else ()
        identities: list[_Identity] = [(resource, namespace, selector, kind) for namespace in wanted or ("",)]
        store: Store[T] = Store(resource, kind, [self._share(identity).scope for identity in identities])
        self._held[store] = identities
        return store

    def watched(self, resource: Resource, kind: type[Any]) -> bool:
        """Whether all namespaces are looked at already: who then asks for all of them shows at once what is known, even while
        there is no connection."""
        return (resource, "", "", kind) in self._shared

    def release(self, store: Store[Any]) -> None:
        """The watches of `store` end after a short grace, unless someone else looks. Releasing twice does nothing."""
        for identity in self._held.pop(store, ()):
            shared = self._shared[identity]
            shared.users -= 1
            if not shared.users:
                shared.ending = self._clock.call_later(GRACE, partial(self._end, identity))

    def retry_now(self) -> None:
        """Whatever waits for its next try, tries now."""
        self.client.retry_now()
        for shared in self._shared.values():
            shared.reflector.retry_now()
        self._give_chance()

    async def aclose(self) -> None:
        """End every watch and close the connection. What is released afterwards is gone already."""
        if self._ticker is not None:
            self._ticker.cancel()
        self._held.clear()
        for identity in list(self._shared):
            self._end(identity)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._outage.aclose()
        await self._relogin.aclose()
        await self.client.aclose()

    def _share(self, identity: _Identity) -> _Shared:
        shared = self._shared.get(identity)
        if shared is None:
            shared = self._shared[identity] = self._start(identity)
        if shared.ending is not None:
            shared.ending.cancel()
            shared.ending = None
        shared.users += 1
        return shared

    def _start(self, identity: _Identity) -> _Shared:
        resource, namespace, selector, kind = identity
        scope: Scope[Any] = Scope(namespace, state=SyncState(Sync.SYNCING, self._clock.now()), turned=self._turned)
        reflector: Reflector[Any] = Reflector(
            self.client,
            resource,
            namespace or None,
            kind,
            scope,
            clock=self._clock,
            rng=self._rng,
            selector=selector,
            features=self._features,
            gate=self._gate,
        )
        return _Shared(scope, reflector)

    def _end(self, identity: _Identity) -> None:
        shared = self._shared.pop(identity)
        if shared.ending is not None:
            shared.ending.cancel()
        shared.task.cancel()
        self._track(shared.task)

    def _track(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask_version(self) -> None:
        await self.client.request("GET", "/version", timeout=5.0)  # everybody may

    def _reached(self, well: bool) -> None:
        if well:
            self._relogin.accepted()
        self._outage.reached(well)

    def _server_is_back(self) -> None:
        for shared in self._shared.values():
            shared.reflector.server_is_back()
        self._give_chance()

    def _login_has_changed(self) -> None:
        self.client.retry_now()
        self._server_is_back()

    def _give_chance(self) -> None:
        chance, self.chance = self.chance, asyncio.Event()
        chance.set()

    def _connection_is_new(self) -> None:
        """Another address, CA or user: what was learnt about rights and resources may hold no longer."""
        self.access.forget()
        self._track(asyncio.create_task(self._rediscover(), name="discovery"))
        self._server_is_back()

    def _turned(self, was: Sync, now: Sync) -> None:
        """A CRD came or went: what discovery knows is out of date."""
        if Sync.NOT_INSTALLED in (was, now):
            self._track(asyncio.create_task(self._rediscover(), name="discovery"))

    async def _rediscover(self) -> None:
        try:
            await self.discovery.refresh()
        except errors.KubeError as error:
            log.info("discovery: %s", error)

    def _tick(self) -> None:
        """Notice that the machine slept: connections may be dead though no timer has run, so all are opened anew."""
        wall, steady = self._clock.now(), self._clock.monotonic()

        def check() -> None:
            asleep = self._clock.now() - wall - timedelta(seconds=self._clock.monotonic() - steady)
            if asleep > timedelta(seconds=CLOCK_JUMP):
                for shared in self._shared.values():
                    shared.reflector.reconnect("this machine was asleep")
            self._tick()

        self._ticker = self._clock.call_later(CLOCK_CHECK, check)
