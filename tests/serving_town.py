"""An embedded cluster in the test's own loop whose pods serve models, and sessions of its users."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from modeltui.demo.api import Api
from modeltui.demo.cluster import EmbeddedCluster
from modeltui.demo.faults import Faults
from modeltui.kube.credentials import load
from modeltui.kube.forward_target import Target
from modeltui.kube.forwards import Forwards
from modeltui.kube.session import Session

NS = "team-nlp"
LLM = Target(title="deployment llm", namespace=NS, port=8000, selector="app=llm")


@dataclass
class Town:
    cluster: EmbeddedCluster
    kubeconfig: Path
    sessions: list[Session] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return self.cluster.api

    @property
    def faults(self) -> Faults:
        return self.cluster.faults

    def session(self, who: str = "admin", *, read_only: bool = False) -> Session:
        session = Session(load(str(self.kubeconfig), who), read_only=read_only)
        self.sessions.append(session)
        return session


@asynccontextmanager
async def serving_town(folder: Path) -> AsyncIterator[Town]:
    """Without any pod yet; time there runs 5000 times as fast."""
    async with EmbeddedCluster(pace=5000) as cluster:
        path = folder / "kubeconfig"
        cluster.write_kubeconfig(path)
        cluster.api.create("namespaces", {"metadata": {"name": NS}}, manager="test")
        town = Town(cluster, path)
        yield town
        for session in town.sessions:
            await session.aclose()


async def until(forwards: Forwards, true: Callable[[], object], *, seconds: float = 10) -> None:
    """Waits without polling: what is waited for must be told."""
    async with asyncio.timeout(seconds):
        while True:
            changed = forwards.changed
            if true():
                return
            await changed.wait()
