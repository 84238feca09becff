"""Whatever happens to the server's objects and to the connections, the store ends up equal to the server."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field

from fake_clock import FakeClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from misbehaving import Json, Misbehaving, Request, Wire, answer, bookmark, error, event, failure, listing, thing
from rigging import THINGS, Thing, connection, until

from modeltui.kube.client import Client
from modeltui.kube.reflector import Features, Reflector
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope

FAULTS = ("none", "end", "drop", "cut", "410", "500", "429", "refuse", "rubbish", "codeless")


@dataclass
class World:
    """A versioned collection behind a list and a watch, which fails as the test says: one fault for each request."""

    objects: dict[str, Json] = field(default_factory=dict)
    log: list[tuple[int, bytes]] = field(default_factory=list)
    version: int = 1
    oldest: int = 0
    faults: list[str] = field(default_factory=list)
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, kind: str, name: str) -> None:
        self.version += 1
        if kind == "delete":
            if name not in self.objects:
                return
            final = self.objects.pop(name)
            final = thing(name, self.version, uid=final["metadata"]["uid"])
            self.log.append((self.version, event("DELETED", final)))
        elif kind == "recreate":
            self.change("delete", name)
            self.version += 1
            self.objects[name] = thing(name, self.version, uid=f"{name}-{self.version}")
            self.log.append((self.version, event("ADDED", self.objects[name])))
        elif kind == "compact":
            self.oldest = self.version
        else:
            was = self.objects.get(name)
            uid = was["metadata"]["uid"] if was else f"{name}-{self.version}"
            self.objects[name] = thing(name, self.version, uid=uid)
            self.log.append((self.version, event("MODIFIED" if was else "ADDED", self.objects[name])))
        self.grew.set()
        self.grew = asyncio.Event()

    async def list(self, request: Request, wire: Wire) -> None:
        fault = self.faults.pop() if self.faults else "none"
        items = sorted(self.objects.values(), key=lambda item: item["metadata"]["name"])
        match fault:
            case "410" if request.version not in (None, "0"):
                await failure(410, "Expired")(request, wire)
            case "500" | "codeless":
                await failure(500, "InternalError")(request, wire)
            case "429":
                await failure(429, "TooManyRequests", headers={"Retry-After": "2"})(request, wire)
            case "drop" | "refuse" | "cut":
                wire.drop()
            case "rubbish":
                await answer(200, b"<html>")(request, wire)
            case _:
                await listing(*items, version=self.version)(request, wire)

    async def watch(self, request: Request, wire: Wire) -> None:
        fault = self.faults.pop() if self.faults else "none"
        start = int(request.version or 0)
        if fault == "refuse":
            wire.drop()
            return
        if fault == "429":
            await failure(429, "TooManyRequests", headers={"Retry-After": "2"})(request, wire)
            return
        wire.keep = False
        await wire.begin()
        if request.params.get("sendInitialEvents"):
            for item in self.objects.values():
                await wire.chunk(event("ADDED", item))
            start = self.version
            await wire.chunk(bookmark(start, end=True))
        elif start < self.oldest:
            await wire.chunk(error(410, "Expired"))
            await wire.end()
            return
        sent = 0
        while True:
            for version, line in [entry for entry in self.log if entry[0] > start]:
                if fault == "cut" and sent == 1:
                    await wire.chunk(line[: len(line) // 2])
                    wire.drop()
                    return
                await wire.chunk(line)
                start, sent = version, sent + 1
                if sent == 2 and await self.spoil(fault, wire):
                    return
            grew = self.grew
            gone = asyncio.create_task(wire.reader.read())
            more = asyncio.create_task(grew.wait())
            await asyncio.wait({gone, more}, return_when=asyncio.FIRST_COMPLETED)
            more.cancel()
            if gone.done():
                return
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)

    async def spoil(self, fault: str, wire: Wire) -> bool:
        match fault:
            case "drop":
                wire.drop()
            case "end":
                await wire.end()
            case "410":
                await wire.chunk(error(410, "Expired"))
            case "500":
                await wire.chunk(error(500, "InternalError"))
            case "codeless":
                await wire.chunk(event("ERROR", {"message": "?"}))
            case "rubbish":
                await wire.chunk(b"<html>\n")
            case _:
                return False
        return True


changes = st.lists(
    st.tuples(st.sampled_from(["put", "put", "put", "delete", "recreate", "compact"]), st.sampled_from("abcde")), max_size=30
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(changes=changes, faults=st.lists(st.sampled_from(FAULTS), max_size=12), watch_list=st.booleans(), seed=st.integers(0, 99))
def test_the_store_converges_to_the_server(changes: list[tuple[str, str]], faults: list[str], watch_list: bool, seed: int) -> None:
    asyncio.run(converge(changes, faults, watch_list, seed))


async def converge(changes: list[tuple[str, str]], faults: list[str], watch_list: bool, seed: int) -> None:
    clock = FakeClock()
    server, world = Misbehaving(clock.monotonic), World(faults=faults)
    server.lists.always(world.list)
    server.watches.always(world.watch)
    await server.start()
    client = Client(connection(server.url))
    scope: Scope[Thing] = Scope("ns", state=SyncState(Sync.SYNCING, clock.now()))
    rng = random.Random(seed)
    features = Features(watch_list=watch_list)
    reflector = Reflector(client, THINGS, "ns", Thing, scope, clock=clock, rng=rng, features=features)
    task = asyncio.create_task(reflector.run())

    def same() -> bool:
        if reflector.waiting:
            clock.advance(clock.pending[0])
        return {name: item["metadata"] for name, item in world.objects.items()} == {
            key[1]: {"name": key[1], "namespace": "ns", "uid": obj.metadata.uid, "resourceVersion": obj.metadata.resource_version}
            for key, obj in scope.objects.items()
        }

    def live() -> bool:
        if reflector.watching and scope.sync.sync is not Sync.LIVE:
            clock.advance(1.1)
        return scope.sync.sync is Sync.LIVE

    try:
        for kind, name in changes:
            world.change(kind, name)
            for _ in range(rng.randint(0, 3)):
                await asyncio.sleep(0)
                same()
        await until(same)
        await until(lambda: same() and reflector.watching)
        world.change("put", "last")  # and it goes on
        await until(same)
        await until(lambda: same() and live())
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await client.aclose()
        await server.stop()
