"""A list of 10,000 Models and a storm of events, through reflector and store, against a server in another process.

list_seconds: from nothing to a complete store, by LIST in pages of 500. watch_list_seconds: the same as a watch with
initial events. first_rows_seconds: until the first rows could be shown (and the same for the watch).
events_per_second: what reflector and store take when the server sends as fast as it can.
cpu_percent_at_5000_events: of one core, at 5,000 events a second.
bytes_per_object: memory that the store holds after the list, for each object, keys and changes noted included.
decode_seconds and json_loads_seconds: the 10,000 objects as one list, decoded to what we keep, and by json.loads.
"""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from benchmarks.watch_server import FINISHED, Server
from modeltui.kube.auth import Credentials
from modeltui.kube.client import Client
from modeltui.kube.clock import SystemClock
from modeltui.kube.credentials import Connection
from modeltui.kube.decode import Decoder
from modeltui.kube.reflector import Features, Reflector
from modeltui.kube.resource import Resource
from modeltui.kube.state import Sync, SyncState
from modeltui.kube.store import Scope, Store
from modeltui.systems.modelfs.types import Model

NAME = "watch"
OBJECTS = 10_000
FLOOD = 50_000
RATE, SECONDS = 5_000, 4
MODELS = Resource("model.samzong.dev", "v1", "models", "Model")
LIMIT = 60.0


def run() -> dict[str, float]:
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.watch_server", str(OBJECTS)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = int(server.stdout.readline())
        figures = asyncio.run(measure(f"http://127.0.0.1:{port}"))
    finally:
        server.terminate()
        server.wait()
    return figures | decoding()


class Watched:
    """A reflector at work, with a reader that looks four times a second as the console's table does."""

    def __init__(self, client: Client, *, watch_list: bool) -> None:
        self.scope: Scope[Model] = Scope("models", state=SyncState(Sync.SYNCING, datetime.now(UTC)))
        self.store = Store(MODELS, Model, [self.scope])
        self.reader = self.store.subscribe()
        self.reflector = Reflector(
            client, MODELS, "models", Model, self.scope, clock=SystemClock(), rng=Random(1), features=Features(watch_list=watch_list)
        )
        self.started = time.perf_counter()
        self._tasks = [asyncio.create_task(self.reflector.run()), asyncio.create_task(self._look())]

    async def _look(self) -> None:
        while True:
            await self.reader.wait()
            self.reader.take()
            await asyncio.sleep(0.25)

    async def until(self, condition: Callable[[], bool]) -> float:
        """Seconds since the start when `condition` came true."""
        async with asyncio.timeout(LIMIT):
            while not condition():  # noqa: ASYNC110  # polled on purpose: an event would need a hook in what is measured
                await asyncio.sleep(0.002)
        return time.perf_counter() - self.started

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def connection(url: str) -> Connection:
    return Connection("bench", "bench", "bench", url, "models", None, Credentials("Bearer none"), source=lambda: connection(url))


async def measure(url: str) -> dict[str, float]:
    client = Client(connection(url))
    figures: dict[str, float] = {}
    for prefix, watch_list in (("", False), ("watch_", True)):
        watched = Watched(client, watch_list=watch_list)
        figures[f"{prefix}first_rows_seconds"] = await watched.until(lambda watched=watched: len(watched.store) > 0)  # type: ignore[misc]
        figures[f"{prefix}list_seconds"] = await watched.until(lambda watched=watched: watched.scope.sync.sync is Sync.LIVE)  # type: ignore[misc]
        if watch_list:
            figures |= await events(client, watched)
        await watched.end()
    figures["bytes_per_object"] = await memory(client)
    await client.aclose()
    order = ("list_seconds", "events_per_second", "bytes_per_object")
    return {key: figures[key] for key in order} | figures


async def events(client: Client, watched: Watched) -> dict[str, float]:
    seconds = await flood(client, watched, FLOOD, rate=0)
    cpu = time.process_time()
    paced = await flood(client, watched, RATE * SECONDS, rate=RATE)
    return {"events_per_second": FLOOD / seconds, "cpu_percent_at_5000_events": 100 * (time.process_time() - cpu) / paced}


async def flood(client: Client, watched: Watched, count: int, *, rate: int) -> float:
    """Seconds from the first of `count` events to the last one's place in the store."""
    end = ("models", FINISHED)
    watched.scope.objects.pop(end, None)
    first = watched.scope.last_heard
    request = asyncio.create_task(client.request("GET", "/flood", params={"events": count, "rate": rate}, timeout=LIMIT))
    before = await watched.until(lambda: watched.scope.last_heard != first)
    after = await watched.until(lambda: end in watched.scope.objects)
    await request
    return after - before


async def memory(client: Client) -> float:
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    watched = Watched(client, watch_list=False)
    await watched.until(lambda: watched.scope.sync.sync is Sync.LIVE)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    await watched.end()
    return (after - before) / OBJECTS


def decoding() -> dict[str, float]:
    data = Server(OBJECTS).page(0, 0)
    decoder = Decoder(Model, namespace="models")
    return {
        "decode_seconds": best(lambda: [obj for part in decoder.page(data).slices() for obj in part]),
        "json_loads_seconds": best(lambda: json.loads(data)),
    }


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of three runs."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)
