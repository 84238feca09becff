"""What a forward leads to: not a pod, but whichever of some pods is ready now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object


class ForwardPort(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    container_port: int = 0


class ForwardContainer(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    ports: tuple[ForwardPort, ...] = ()


class ForwardSpec(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[ForwardContainer, ...] = ()
    node_name: str = ""


class Waiting(msgspec.Struct, frozen=True):
    reason: str = ""


class ContainerState(msgspec.Struct, frozen=True):
    waiting: Waiting | None = None


class ContainerStatus(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    ready: bool = False
    state: ContainerState = ContainerState()


class ForwardStatus(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    container_statuses: tuple[ContainerStatus, ...] = ()


class ForwardPod(Object, frozen=True, kw_only=True):
    """Of a pod just what decides whether it can be connected to, and at which port."""

    spec: ForwardSpec = ForwardSpec()
    status: ForwardStatus = ForwardStatus()

    @property
    def ready(self) -> bool:
        return self.status.phase == "Running" and any(each.type == "Ready" and each.status == "True" for each in self.status.conditions)


def _any(pod: ForwardPod) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    title: str
    """As people call it: "deployment qwen", "svc/llm", "pod/llm-0"."""
    namespace: str
    port: int | str
    """Of the pod: a number, or the name of a container's port."""
    selector: str = ""
    """Label selector of its pods."""
    pod: str = ""
    """The one pod that is meant, where one is."""
    includes: Callable[[ForwardPod], bool] = _any
    """Which of those that the selector finds; for what labels alone do not tell."""

    def mine(self, pods: Iterable[ForwardPod]) -> list[ForwardPod]:
        found = [pod for pod in pods if self.pod in ("", pod.metadata.name) and self.includes(pod)]
        return sorted(found, key=lambda pod: pod.metadata.name)


class NoPort(ValueError):
    """The pod has no port of that name; `str()` is one sentence."""


def choose(pods: Iterable[ForwardPod], now: str) -> ForwardPod | None:
    """A ready pod, `now` (a uid) when it still is: connections should not wander. One that is going only when there is no other."""
    ready = [pod for pod in pods if pod.ready]
    ready.sort(key=lambda pod: (pod.metadata.deletion_timestamp is not None, pod.metadata.uid != now, pod.metadata.name))
    return ready[0] if ready else None


def port_of(pod: ForwardPod, port: int | str) -> int:
    """The number of a port. Raises NoPort."""
    if isinstance(port, int):
        return port
    named = [each for container in pod.spec.containers for each in container.ports if each.name == port]
    if named:
        return named[0].container_port
    raise NoPort(f'no container of pod {pod.metadata.name} has a port named "{port}"')


_SHOWN: Final = 3
"""Pods that are named when none is ready; of more the number is told."""


def why_none(target: Target, pods: Iterable[ForwardPod]) -> str:
    """Why no pod of the target can be connected to, in one sentence."""
    known = list(pods)
    if not known:
        what = f"there is no pod {target.pod}" if target.pod else f"{target.title} has no pods"
        return f"{what} in namespace {target.namespace}"
    told = ", ".join(f"{pod.metadata.name} {_state(pod)}" for pod in known[:_SHOWN])
    more = f", and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    return f"no pod of {target.title} is ready: {told}{more}"


def _state(pod: ForwardPod) -> str:
    waiting = next((each.state.waiting.reason for each in pod.status.container_statuses if each.state.waiting), "")
    if pod.metadata.deletion_timestamp is not None:
        return "is being deleted"
    if waiting:
        return f"is waiting ({waiting})"
    if pod.status.phase != "Running":
        return f"is {pod.status.phase or 'of unknown phase'}{f' ({pod.status.reason})' if pod.status.reason else ''}"
    return "runs but is not ready"
