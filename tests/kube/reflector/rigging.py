"""A reflector in front of a misbehaving server, and how to wait for what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import Random

import msgspec
from fake_clock import FakeClock
from misbehaving import Misbehaving

from modeltui.kube.auth import Credentials
from modeltui.kube.client import Client
from modeltui.kube.credentials import Connection
from modeltui.kube.objects import Object
from modeltui.kube.reflector import Features, Reflector
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store

THINGS = Resource("example.dev", "v1", "things", "Thing")


class Spec(msgspec.Struct, frozen=True):
    size: int = 0
    text: str = ""


class Thing(Object, frozen=True, kw_only=True):
    spec: Spec = Spec()


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Let the loop run until `condition` holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event
            await asyncio.sleep(0.001)


def connection(url: str, source: Callable[[], Credentials] | None = None) -> Connection:
    """A connection whose credentials come from `source`, now and when they are renewed."""

    def made() -> Connection:
        auth = source() if source is not None else Credentials("Bearer one")
        return Connection("test", "test", "someone", url, "ns", None, auth, source=made)

    return made()


class Recorder(Scope[Thing]):
    """A scope that remembers every state it was told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__("ns", state=SyncState(Sync.SYNCING, clock.now()))
        self.told: list[SyncState] = []
        self.pages: list[int] = []

    def state(self, state: SyncState) -> None:
        self.told.append(state)
        super().state(state)

    def page(self, objects):  # type: ignore[no-untyped-def]
        objects = list(objects)
        self.pages.append(len(objects))
        super().page(objects)


class Rig:
    """One reflector in front of one misbehaving server, on a clock that the test moves."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.server = Misbehaving(self.clock.monotonic)
        self.features = Features(watch_list=False)
        self.scope = Recorder(self.clock)
        self.store = Store(THINGS, Thing, [self.scope])
        self.task: asyncio.Task[None] | None = None

    def start(self, *, watch_list: bool = False, source: Callable[[], Credentials] | None = None) -> None:
        self.features.watch_list = watch_list
        self.client = Client(connection(self.server.url, source))
        self.reflector = Reflector(self.client, THINGS, "ns", Thing, self.scope, clock=self.clock, rng=Random(1), features=self.features)
        self.task = asyncio.create_task(self.reflector.run())

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
            await self.client.aclose()
        await self.server.stop()

    @property
    def sync(self) -> Sync:
        return self.scope.sync.sync

    @property
    def names(self) -> dict[str, str]:
        """What the store holds: name to resourceVersion."""
        return {key[1]: obj.metadata.resource_version for key, obj in self.scope.objects.items()}

    @property
    def lists(self) -> list[str | None]:
        return [request.version for request in self.server.asked(watch=False)]

    @property
    def watches(self) -> list[str | None]:
        return [request.version for request in self.server.asked(watch=True)]

    async def reached(self, sync: Sync) -> None:
        await until(lambda: self.sync is sync)

    async def holds(self, **versions: str) -> None:
        await until(lambda: self.names == versions)

    async def asked(self, *, lists: int | None = None, watches: int | None = None) -> None:
        """Until the server has seen so many requests, and no more than so many."""
        await until(lambda: (lists is None or len(self.lists) >= lists) and (watches is None or len(self.watches) >= watches))
        assert lists is None or len(self.lists) == lists
        assert watches is None or len(self.watches) == watches

    async def waits(self) -> float:
        """Until the reflector waits for its next try: in how many seconds that is."""
        await until(lambda: self.reflector.waiting)
        return self.clock.pending[0]

    async def next_try(self) -> float:
        """Let exactly the time pass that the reflector wants to wait."""
        delay = await self.waits()
        self.clock.advance(delay)
        assert not self.reflector.waiting
        return delay

    async def live(self) -> None:
        """Until a watch is open and the store is live."""
        await until(lambda: self.sync is Sync.LIVE and self.reflector.watching)
