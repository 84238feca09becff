"""EmbeddedCluster: the API server, its housekeeping and its world, running in this process until closed."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from aiohttp import web

from modeltui.demo import certificates, crd_loading, kubeconfig
from modeltui.demo.api import OWN_CRDS, Api
from modeltui.demo.crd_loading import CrdProblem
from modeltui.demo.errors import Object, StatusError
from modeltui.demo.faults import Faults
from modeltui.demo.identities import Identities
from modeltui.demo.storage import HISTORY
from modeltui.demo.transport import ApiServer

HOST = "127.0.0.1"
_GRACE = 2.0
"""Seconds that open connections get when the server stops."""


class EmbeddedCluster:
    """`async with EmbeddedCluster(...) as cluster:` serves `cluster.url`; `cluster.kubeconfig` is the text of its kubeconfig.

    `crds` are directories or files whose CRDs come in addition to the demo's own (of the same name: instead). Without `empty` there is a
    world in it: `steady` makes one in which nothing changes by itself, `objects` adds that many Models. `port` 0 takes a free one.
    In process, `cluster.api` writes without HTTP, `cluster.faults` breaks things, and `cluster.api.core.storage.compact()` forgets history.
    Raises CrdProblem for CRDs that cannot be loaded, and OSError for a port that cannot be had.
    """

    def __init__(
        self,
        *,
        crds: Sequence[Path] = (),
        empty: bool = True,
        steady: bool = False,
        objects: int = 0,
        port: int = 0,
        seed: int = 7,
        pace: float = 1.0,
        history: int = HISTORY,
        bookmark_period: float = 60.0,
    ) -> None:
        try:
            with _undisturbed():
                self.api = Api(_merged(crd_loading.read([OWN_CRDS]), crd_loading.read(crds)), history=history)
        except StatusError as refused:
            # A rule or a column that cannot be read shows only when the definition is stored.
            raise CrdProblem(f"--crds: {refused.message}; correct its file") from refused
        self.identities = Identities()
        self.certificates = certificates.make((HOST, "localhost"))
        self.server = ApiServer(self.api, self.identities, bookmark_period=bookmark_period, pace=pace)
        self.port = port
        self._empty, self._steady, self._objects, self._seed, self._pace = empty, steady, objects, seed, pace
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}"

    @property
    def faults(self) -> Faults:
        return self.server.faults

    @property
    def kubeconfig(self) -> str:
        return kubeconfig.render(server=self.url, certificates=self.certificates, identities=self.identities)

    def write_kubeconfig(self, path: Path) -> None:
        kubeconfig.write(path, self.kubeconfig)

    async def start(self) -> None:
        """Returns once requests are answered."""
        if not self._empty or self._objects:
            with _undisturbed():
                self._populate()
        self._runner = web.AppRunner(self.server.app, access_log=None, shutdown_timeout=_GRACE, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, self.port, ssl_context=self.certificates.context, reuse_address=True)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self.server.address = f"{HOST}:{self.port}"
        self._spawn(self.api.housekeeping.run())
        self._spawn(self.server.network.run())
        if not self._empty and not self._steady:
            self._spawn(self._live())

    def _populate(self) -> None:
        from modeltui.demo import world

        if not self._empty:
            world.populate(self.api, seed=self._seed)
        if not self._empty and self._steady:
            for _ in world.deploy(self.api, seed=self._seed):
                pass
        if self._objects:
            world.populate_many(self.api, self._objects, seed=self._seed)

    async def _live(self) -> None:
        """First what serves models: nobody waits for that before the first rows are there."""
        from modeltui.demo import world

        for _ in world.deploy(self.api, seed=self._seed):
            await asyncio.sleep(0)  # requests are answered between two steps
        await world.live(self.api, seed=self._seed, pace=self._pace)

    def _spawn(self, work: Any) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    async def wait(self) -> None:
        """Until one of the cluster's own tasks fails, which is then raised; forever when all is well."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    async def stop(self) -> None:
        """Ends the open streams cleanly, then the server."""
        self.server.stop()
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.server.network.aclose()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> EmbeddedCluster:
        await self.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.stop()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Without the cyclic collector, which takes half of the time in which many objects are made and all of them kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _merged(own: list[Object], given: list[Object]) -> list[Object]:
    """By name; a definition given replaces the demo's own."""
    return list(({crd["metadata"]["name"]: crd for crd in own} | {crd["metadata"]["name"]: crd for crd in given}).values())
