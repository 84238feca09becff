"""Pods whose logs are written by hand, for a console on a cluster without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from fake import FakeSession, meta

from modeltui.kube import errors, log_stream
from modeltui.kube.pod_facts import PODS
from modeltui.logs.stamps import SECOND, whole

BEGIN = 1_795_269_600 * SECOND  # 2026-11-21T14:00:00Z


@dataclass
class Logs:
    """Stands in for `pod_log`: what was written to each (pod, container), and what is refused."""

    written: dict[tuple[str, str], list[tuple[int, str]]] = field(default_factory=dict)
    refused: dict[tuple[str, str], errors.KubeError] = field(default_factory=dict)
    ended: set[tuple[str, str]] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def write(self, pod: str, *texts: str, container: str = "main", second: float | None = None) -> None:
        log = self.written.setdefault((pod, container), [])
        for text in texts:
            stamp = BEGIN + int((second if second is not None else len(log)) * SECOND)
            log.append((stamp, text))
        self._wake()

    def end(self, pod: str, container: str = "main") -> None:
        self.ended.add((pod, container))
        self._wake()

    def _wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    async def __call__(
        self, client: object, namespace: str, pod: str, *, opened: Callable[[], None], **asked: Any
    ) -> AsyncGenerator[str, None]:
        key = (pod, asked["container"])
        self.asked.append({"pod": pod, **asked})
        if key in self.refused:
            raise self.refused[key]
        opened()
        at = 0
        while True:
            news, log = self.news, self.written.get(key, [])
            while at < len(log):
                yield f"{whole(log[at][0])} {log[at][1]}"
                at += 1
            if key in self.ended or not asked["follow"]:
                return
            await news.wait()


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Logs:
    found = Logs()
    monkeypatch.setattr(log_stream, "pod_log", found)
    return found


def pod(
    name: str, *containers: str, init: tuple[str, ...] = (), phase: str = "Running", labels: dict[str, str] | None = None
) -> dict[str, Any]:
    running = (
        {"running": {"startedAt": "2026-11-20T00:00:00Z"}} if phase == "Running" else {"terminated": {"exitCode": 0, "reason": "Completed"}}
    )
    done = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    return {
        "metadata": meta(name, labels=labels or {}),
        "spec": {
            "containers": [{"name": one, "image": "i"} for one in containers or ("main",)],
            "initContainers": [{"name": one, "image": "i"} for one in init],
            "nodeName": "node-1",
        },
        "status": {
            "phase": phase,
            "containerStatuses": [{"name": one, "state": running} for one in containers or ("main",)],
            "initContainerStatuses": [{"name": one, "state": done} for one in init],
        },
    }


def session_of(*pods: dict[str, Any]) -> FakeSession:
    return FakeSession({PODS: list(pods)})
