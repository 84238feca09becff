"""The log of a pod that a label selector finds: the newest one, followed, with a bounded number of lines."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

import msgspec

from modeltui.document import Line, line
from modeltui.kube.errors import KubeError
from modeltui.kube.logs import pod_log
from modeltui.redaction import redact_text
from modeltui.systems.core.types import PODS, Pod
from modeltui.ui.connection import Cluster, raw_words
from modeltui.ui.screens.text import TextScreen

KEPT: Final = 5000
"""Lines."""
TAIL: Final = 500
EVERY: Final = 0.5
"""Seconds between two paintings: a log that runs must not flood an SSH link."""


class _Pods(msgspec.Struct):
    items: list[Pod] = []


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
            body = await client.request("GET", PODS.path(namespace), params={"labelSelector": selector}, timeout=15)
            pods = await asyncio.to_thread(msgspec.json.decode, body, type=_Pods)
            if not pods.items:
                self._add("There is no pod: the Job has not made one, or it is gone with its log.", "warn")
                return
            newest = max(pods.items, key=lambda pod: str(pod.metadata.creation_timestamp or ""))
            self._add(f"pod {newest.metadata.name}, {newest.status.phase or 'phase unknown'}", "dim")
            lines = pod_log(client, namespace, newest.metadata.name, container=container, previous=previous, follow=not previous, tail=TAIL)
            async for text in lines:
                self._add(redact_text(text))
            self._add("The log ends here.", "dim")
        except KubeError as error:
            self._add(str(error), "bad")
            self.console.say(str(error), error=True, raw=raw_words(error))

    def _add(self, text: str, tone: str = "") -> None:
        self._kept.append(line(text, tone))  # type: ignore[arg-type]  # tones by name
        self._new = True

    def _paint(self) -> None:
        if self._new:
            self._new = False
            self.text.show(list(self._kept), follow=True)
