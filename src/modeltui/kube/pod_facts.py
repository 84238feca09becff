"""What a Pod says about its containers, as far as reading their logs needs it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import msgspec

from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource

PODS: Final = Resource("", "v1", "pods", "Pod")


class Named(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    restart_policy: str = ""


class Waiting(msgspec.Struct, frozen=True, rename="camel"):
    reason: str = ""
    message: str = ""


class Terminated(msgspec.Struct, frozen=True, rename="camel"):
    exit_code: int = 0
    reason: str = ""
    signal: int = 0


class Running(msgspec.Struct, frozen=True, rename="camel"):
    started_at: datetime | None = None


class State(msgspec.Struct, frozen=True, rename="camel"):
    waiting: Waiting | None = None
    running: Running | None = None
    terminated: Terminated | None = None


class ContainerStatus(msgspec.Struct, frozen=True, rename="camel"):
    name: str = ""
    restart_count: int = 0
    state: State = State()
    last_state: State = State()


class Spec(msgspec.Struct, frozen=True, rename="camel"):
    containers: tuple[Named, ...] = ()
    init_containers: tuple[Named, ...] = ()
    ephemeral_containers: tuple[Named, ...] = ()
    restart_policy: str = "Always"
    node_name: str = ""


class Status(msgspec.Struct, frozen=True, rename="camel"):
    phase: str = ""
    reason: str = ""
    container_statuses: tuple[ContainerStatus, ...] = ()
    init_container_statuses: tuple[ContainerStatus, ...] = ()
    ephemeral_container_statuses: tuple[ContainerStatus, ...] = ()


class LogPod(Object, frozen=True, kw_only=True):
    spec: Spec = Spec()
    status: Status = Status()

    @property
    def containers(self) -> tuple[str, ...]:
        """Names: the main ones, then init and ephemeral ones."""
        return tuple(one.name for one in (*self.spec.containers, *self.spec.init_containers, *self.spec.ephemeral_containers))

    def container(self, name: str) -> ContainerStatus | None:
        """Empty name: the first main one."""
        status = self.status
        wanted = name or next((one.name for one in self.spec.containers), "")
        every = (*status.container_statuses, *status.init_container_statuses, *status.ephemeral_container_statuses)
        return next((one for one in every if one.name == wanted), None)

    def fate(self, name: str) -> Literal["running", "waiting", "restarting", "ended"]:
        """What may still be expected of that container's log. "restarting" is over, but not for good."""
        found = self.container(name)
        if self.status.phase in ("Succeeded", "Failed"):
            return "ended"
        if found is None:
            return "waiting"
        if found.state.running is not None:
            return "running"
        ended = found.state.terminated
        if ended is None:
            return "restarting" if found.last_state.terminated is not None else "waiting"
        return "restarting" if self._restarts(found.name, ended) else "ended"

    def _restarts(self, name: str, ended: Terminated) -> bool:
        if self.metadata.deletion_timestamp is not None or any(one.name == name for one in self.spec.ephemeral_containers):
            return False
        init = next((one for one in self.spec.init_containers if one.name == name), None)
        if init is not None and init.restart_policy != "Always":
            return ended.exit_code != 0 and self.spec.restart_policy != "Never"
        return self.spec.restart_policy == "Always" or (self.spec.restart_policy == "OnFailure" and ended.exit_code != 0)


def how_it_ended(status: ContainerStatus | None) -> str:
    """Such as "exit code 137 (OOMKilled)"; empty when the status does not say."""
    if status is None:
        return ""
    ended = status.state.terminated or status.last_state.terminated
    if ended is None:
        return ""
    word = f" ({ended.reason})" if ended.reason else ""
    return f"signal {ended.signal}{word}" if ended.signal and not ended.exit_code else f"exit code {ended.exit_code}{word}"
