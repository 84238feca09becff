"""The last lines of containers that fell: read once for each fall, when somebody looks at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from modeltui.kube.client import Client
from modeltui.kube.errors import KubeError
from modeltui.kube.logs import pod_log
from modeltui.systems.core.types import Pod
from modeltui.systems.serving import why
from modeltui.systems.serving.pods import Container, containers

LINES: Final = 60
"""Of the end of a log: a traceback, and what came before it."""
MOST: Final = 8
"""Logs that are read for one look: what many pods die of is mostly the same."""

Place = tuple[str, str]
"""(pod, container)."""
Fall = tuple[str, int, bool]
"""The pod's uid, its restarts, and whether the container lies."""


class Tails:
    """Use it on the event loop; `close` when nobody looks any more."""

    def __init__(self, client: Client, *, learned: Callable[[Pod], None]) -> None:
        """`learned` is called with each pod of which a log has been read."""
        self._client = client
        self._learned = learned
        self._asked: dict[tuple[str, Place], Fall] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._known: dict[str, dict[Place, Sequence[str]]] = {}

    def of(self, namespace: str) -> why.Tails:
        """Those that are known by now."""
        return self._known.get(namespace, {})

    def want(self, pods: Iterable[Pod]) -> None:
        """Reads those that are not known yet, of the first few pods that have fallen containers."""
        for pod, one in fallen(pods):
            place = (pod.metadata.namespace, (pod.metadata.name, one.spec.name))
            if self._asked.get(place) != (fall := _fall(pod, one)):
                self._asked[place] = fall
                task = asyncio.create_task(self._read(pod, one), name=f"log of {pod.metadata.name}")
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    def forget(self, pod: Pod) -> None:
        """One that is gone."""
        for one in containers(pod):
            place = (pod.metadata.name, one.spec.name)
            self._asked.pop((pod.metadata.namespace, place), None)
            self._known.get(pod.metadata.namespace, {}).pop(place, None)

    async def _read(self, pod: Pod, one: Container) -> None:
        if (lines := await last_lines(self._client, pod, one)) is not None:
            self._known.setdefault(pod.metadata.namespace, {})[pod.metadata.name, one.spec.name] = lines
            self._learned(pod)

    @property
    def settled(self) -> bool:
        """Whether none is being read."""
        return not self._tasks

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()


async def read_tails(client: Client, pods: Iterable[Pod]) -> why.Tails:
    """Once, of pods of one namespace. Never raises KubeError."""
    found = fallen(pods)
    read = await asyncio.gather(*(last_lines(client, pod, one) for pod, one in found))
    return {(pod.metadata.name, one.spec.name): lines for (pod, one), lines in zip(found, read, strict=True) if lines is not None}


async def last_lines(client: Client, pod: Pod, one: Container) -> list[str] | None:
    """Of the run that fell; None when they cannot be had: without its last words a fall is told by its exit code."""
    namespace, name = pod.metadata.key
    lies = one.state.terminated is not None
    try:
        return [
            line async for line in pod_log(client, namespace, name, container=one.spec.name, previous=not lies, follow=False, tail=LINES)
        ]
    except KubeError:
        return None


def fallen(pods: Iterable[Pod]) -> list[tuple[Pod, Container]]:
    """The containers whose last words are wanted."""
    return [(pod, one) for pod in pods for one in containers(pod) if _fell(one)][:MOST]


def _fall(pod: Pod, one: Container) -> Fall:
    times = one.status.restart_count if one.status is not None else 0
    return pod.metadata.uid, times, one.state.terminated is not None


def _fell(one: Container) -> bool:
    if one.status is None or one.status.ready:
        return False
    ended = one.state.terminated or one.status.last_state.terminated
    return ended is not None and ended.exit_code != 0
