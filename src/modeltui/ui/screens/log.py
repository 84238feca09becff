"""The log of the newest pod of the Jobs that a label selector finds, followed, with a bounded number of lines."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final, TypeVar

import msgspec

from modeltui.document import Line, line
from modeltui.kube.client import decoded
from modeltui.kube.errors import KubeError
from modeltui.kube.logs import pod_log
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.core.types import JOBS, PODS, Job, Pod
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.text import TextScreen

Made = TypeVar("Made", bound=Object)
T = TypeVar("T")

KEPT: Final = 5000
"""Lines."""
TAIL: Final = 500
EVERY: Final = 0.5
"""Seconds between two paintings: a log that runs must not flood an SSH link."""


ROUNDS: Final = 20
"""The newest Jobs whose pods are asked for: old rounds must not make the request too long."""


class _Jobs(msgspec.Struct):
    items: list[Job] = []


class _Pods(msgspec.Struct):
    items: list[Pod] = []


def newest(found: Iterable[Made], count: int) -> list[Made]:
    return sorted(found, key=lambda obj: str(obj.metadata.creation_timestamp or ""), reverse=True)[:count]


class LogScreen(TextScreen):
    def __init__(self, cluster: Cluster, namespace: str, selector: str, *, container: str, previous: bool, dataset: str) -> None:
        super().__init__("log", [line("Looking for the pod ...", "dim")], wrapped=False)
        self.heading = f"Log of {dataset}"
        self._cluster = cluster
        self._where = (namespace, selector, container, previous)
        self._kept: deque[Line] = deque(maxlen=KEPT)
        self._new = False

    def on_mount(self) -> None:
        super().on_mount()
        self.run_worker(self._read(), exclusive=True, group="log")
        self.set_interval(EVERY, self._paint)

    def refresh_now(self) -> None:
        self._kept.clear()
        self.run_worker(self._read(), exclusive=True, group="log")

    async def _read(self) -> None:
        namespace, selector, container, previous = self._where
        client = self._cluster.session.client
        try:
            jobs = newest((await self._list(JOBS, _Jobs, selector)).items, ROUNDS)
            if not jobs:
                self._add("There is no Job: none has been made yet, or it is gone with its pods and their logs.", "warn")
                return
            # the label of the selector stands on the Job alone; its pods carry the one that Kubernetes gives them
            of_jobs = f"job-name in ({','.join(job.metadata.name for job in jobs)})"
            pods = newest((await self._list(PODS, _Pods, of_jobs)).items, 2)
            if not pods:
                self._add("There is no pod: the Job has not made one, or it is gone with its log.", "warn")
                return
            pod = pods[0]
            if previous and len(pods) > 1 and not any(one.restart_count for one in pod.status.container_statuses):
                pod, previous = pods[1], False  # a Job that never restarts a container makes a new pod instead
            self._add(f"pod {pod.metadata.name}, {pod.status.phase or 'phase unknown'}", "dim")
            lines = pod_log(client, namespace, pod.metadata.name, container=container, previous=previous, follow=not previous, tail=TAIL)
            async for text in lines:
                self._add(redact_text(text))
            self._add("The log ends here.", "dim")
        except KubeError as error:
            self._add(str(error), "bad")
            self.console.say(str(error), error=True, raw=raw_words(error))

    async def _list(self, resource: Resource, kind: type[T], selector: str) -> T:
        path = resource.path(self._where[0])
        body = await self._cluster.session.client.request("GET", path, params={"labelSelector": selector}, timeout=15)
        return await asyncio.to_thread(decoded, body, kind, what=f"The answer at {path}")

    def _add(self, text: str, tone: str = "") -> None:
        self._kept.append(line(text, tone))  # type: ignore[arg-type]  # tones by name
        self._new = True

    def _paint(self) -> None:
        if self._new:
            self._new = False
            self.text.show(list(self._kept), follow=True)
