"""The kubelets: each Pod that has a node is started, followed and stopped there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, key_of
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CONFIG_MAPS, PODS, SECRETS
from modeltui.demo.controllers.pod_index import ENDED, index
from modeltui.demo.controllers.pod_worker import KUBELET, Memory, PodWorker
from modeltui.demo.controllers.queue import Key
from modeltui.demo.errors import Object

STOPPING: Final = 2.0
"""Seconds from the wish to end to the end, for what stops when it is told to."""


def _with_node(_api: Api, pod: Object) -> Iterable[Key]:
    """A Pod without a node is the scheduler's."""
    return (key_of(pod),) if pod["spec"].get("nodeName") else ()


def _referring(resource: str) -> Mapper:
    """The Pods that may have waited for this Secret or ConfigMap."""
    return lambda api, obj: index(api).referring(resource, *key_of(obj))


class Kubelets:
    name = KUBELET
    watches: Mapping[str, Mapper] = {PODS: _with_node, SECRETS: _referring(SECRETS), CONFIG_MAPS: _referring(CONFIG_MAPS)}

    def __init__(self, *, seed: int, pace: float) -> None:
        self._seed = seed
        self._pace = pace
        self._memories: dict[Key, Memory] = {}

    def reconcile(self, api: Api, key: Key) -> float | None:
        pod = find(api, PODS, key)
        if pod is None or not pod["spec"].get("nodeName"):
            self._memories.pop(key, None)
            return None
        if deleting(pod):
            return self._stop(api, key, pod)
        if (pod.get("status") or {}).get("phase") in ENDED:
            self._memories.pop(key, None)
            return None
        return PodWorker(api, pod, self._memory(key, pod), seed=self._seed, pace=self._pace).step()

    def _memory(self, key: Key, pod: Object) -> Memory:
        known = self._memories.get(key)
        if known is None or known.uid != pod["metadata"]["uid"]:
            known = self._memories[key] = Memory(pod["metadata"]["uid"])
        return known

    def _stop(self, api: Api, key: Key, pod: Object) -> float | None:
        memory, metadata = self._memory(key, pod), pod["metadata"]
        running = [each["name"] for each in (pod.get("status") or {}).get("containerStatuses") or [] if "running" in each["state"]]
        began = memory.moments.get("stop")
        if began is None:
            began = memory.moments["stop"] = clock.now()
            for name in running:
                path, told = f"spec.containers{{{name}}}", f"Stopping container {name}"
                record(api, pod, reason="Killing", message=told, component=KUBELET, field_path=path, host=pod["spec"]["nodeName"])
        stubborn = any(runs.stubborn for name, (_, runs) in memory.programs.items() if name in running)
        takes = float(metadata.get("deletionGracePeriodSeconds") or 0) if stubborn else STOPPING
        left = takes - (clock.now() - began).total_seconds() * self._pace
        if left > 0:
            return left
        self._memories.pop(key, None)
        api.delete(PODS, metadata["name"], namespace=metadata["namespace"], grace=0)
        return None
