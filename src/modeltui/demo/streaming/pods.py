"""The network of the pods: who listens where, connections to it, and their end when the container that held them is gone.

Each connection is a pair of connected sockets in this process: nothing listens on any port of this machine for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field

from modeltui.demo.api import Api
from modeltui.demo.columns import dig
from modeltui.demo.controllers.serving_pods import served
from modeltui.demo.errors import Object, StatusError
from modeltui.demo.faults import Faults
from modeltui.demo.inference.server import Endpoint, ModelServer

PODS = "pods"


class Refused(Exception):
    """Nothing listens there: what the kernel says, and by it who asked."""


@dataclass(slots=True)
class Container:
    """What makes two looks at a pod the same run of its container: its server then lives on, and with it the connections."""

    server: ModelServer
    run: tuple[str, ...]


@dataclass(slots=True)
class PodNetwork:
    """`connect` leads to the server in a pod; `run()` ends the servers of pods that go, and `aclose()` all of them."""

    api: Api
    faults: Faults
    pace: float = 1.0
    _containers: dict[tuple[str, str], Container] = field(default_factory=dict)

    async def connect(self, pod: Object, port: int) -> Endpoint:
        """Raises Refused."""
        found = served(pod)
        if found is None or not found.ready or not found.port(port):
            raise Refused("connect: connection refused")
        key = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        held = self._containers.get(key)
        if held is None or held.run != _run(pod):
            if held is not None:
                await held.server.aclose()
            held = self._containers[key] = Container(ModelServer("/".join(key), found, self.faults, pace=self.pace), _run(pod))
        held.server.serving = found
        near, far = socket.socketpair()
        for each in (near, far):
            each.setblocking(False)
        return await held.server.accept(near, far)

    async def run(self) -> None:
        """Until cancelled: a server goes when its pod does, is not ready any more, or was started anew."""
        watch = self.api.watch(PODS)
        try:
            while True:
                await watch.wait()
                with contextlib.suppress(StatusError):  # the history was compacted; what there is now is looked at anyway
                    watch.deliveries()
                for key, container in list(self._containers.items()):
                    pod = self.api.find(PODS, key[1], namespace=key[0])
                    found = served(pod) if pod is not None and _run(pod) == container.run else None
                    if found is not None and found.ready:
                        container.server.serving = found
                    else:
                        del self._containers[key]
                        await container.server.aclose()
        finally:
            watch.close()

    async def aclose(self) -> None:
        for container in self._containers.values():
            await container.server.aclose()
        self._containers.clear()


def ready(pod: Object) -> bool:
    conditions = dig(pod, "status", "conditions") or []
    return dig(pod, "status", "phase") == "Running" and any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def _run(pod: Object) -> tuple[str, ...]:
    statuses = dig(pod, "status", "containerStatuses") or []
    return (pod["metadata"]["uid"], *(str(each.get("restartCount", 0)) for each in statuses))


async def link(endpoint: Endpoint) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The near end of a connection as streams."""
    return await asyncio.open_connection(sock=endpoint.socket)
