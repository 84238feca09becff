"""The last lines of containers that fell: read once for each fall, when somebody looks at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.logs import pod_log
from modeltui.systems.core.types import Pod
from modeltui.systems.serving.pods import Container, containers

LINES: Final = 60
"""Of the end of a log: a traceback, and what came before it."""
MOST: Final = 8
"""Logs that are read for one look: what many pods die of is mostly the same."""

Place = tuple[str, str]
"""(pod, container)."""


class Tails:
    """Use it on the event loop; `close` when nobody looks any more."""

    def __init__(self, client: Client, *, learned: Callable[[], None]) -> None:
        self._client = client
        self._learned = learned
        self._asked: dict[Place, tuple[str, int, bool]] = {}
        """Which fall was asked about: the pod's uid, its restarts, and whether the container lies."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.known: dict[Place, Sequence[str]] = {}

    def want(self, namespace: str, pods: Iterable[Pod]) -> None:
        """Reads those that are not known yet, of the first few pods that have fallen containers."""
        fallen = [(pod, one) for pod in pods for one in containers(pod) if _fell(one)]
        for pod, one in fallen[:MOST]:
            place, times = (pod.metadata.name, one.spec.name), one.status.restart_count if one.status is not None else 0
            lies = one.state.terminated is not None
            fall = (pod.metadata.uid, times, lies)
            if self._asked.get(place) != fall:
                self._asked[place] = fall
                task = asyncio.create_task(self._read(namespace, place, previous=not lies), name=f"log of {pod.metadata.name}")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _read(self, namespace: str, place: Place, *, previous: bool) -> None:
        try:
            lines = pod_log(self._client, namespace, place[0], container=place[1], previous=previous, follow=False, tail=LINES)
            self.known[place] = [line async for line in lines]
        except KubeError:
            return  # without its last words a fall is told by its exit code
        self._learned()

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()


def _fell(one: Container) -> bool:
    if one.status is None or one.status.ready:
        return False
    ended = one.state.terminated or one.status.last_state.terminated
    return ended is not None and ended.exit_code != 0
