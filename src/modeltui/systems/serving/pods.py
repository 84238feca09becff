"""A pod as people read it: one word for its state, as kubectl has it, and what of its containers matters. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import ContainerSpec, ContainerState, ContainerStatus, Pod
from modeltui.systems.serving import gpus

POD_COLUMNS: Final = (
    Column("name", "POD", max_width=52, end_matters=True),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("deployment", "DEPLOYMENT", max_width=36, help="What it belongs to, by its labels and owners."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=26),
    Column("ready", "READY", ColumnKind.RATIO, help="Containers that are ready / all of them."),
    Column("restarts", "RESTARTS", ColumnKind.NUMBER),
    Column("gpus", "GPUS", ColumnKind.NUMBER, help="Accelerators that it asks for."),
    Column("node", "NODE", max_width=28),
    Column("age", "AGE", ColumnKind.AGE),
    Column("containers", "CONTAINERS", ColumnKind.TAGS, wide=True, max_width=40),
    Column("image", "IMAGE", wide=True, max_width=56),
)

STUCK: Final = frozenset(
    {
        "CrashLoopBackOff",
        "ImagePullBackOff",
        "ErrImagePull",
        "ErrImageNeverPull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)
"""Reasons of a waiting container that do not go away by waiting."""


@dataclass(frozen=True, slots=True)
class Container:
    """What is asked for of a container, and what became of it (None: nothing yet)."""

    spec: ContainerSpec
    status: ContainerStatus | None
    init: bool = False

    @property
    def sidecar(self) -> bool:
        """An init container that goes on beside the others."""
        return self.init and self.spec.restart_policy == "Always"

    @property
    def state(self) -> ContainerState:
        return self.status.state if self.status is not None else ContainerState()


def containers(pod: Pod) -> Iterator[Container]:
    """In the order in which they run: the init containers first."""
    for init, specs, statuses in (
        (True, pod.spec.init_containers, pod.status.init_container_statuses),
        (False, pod.spec.containers, pod.status.container_statuses),
    ):
        by_name = {status.name: status for status in statuses}
        for spec in specs:
            yield Container(spec, by_name.get(spec.name), init)


def status(pod: Pod) -> Status:
    """The word that kubectl has in its column, normalised beside it."""
    word, why = _word(pod)
    if pod.metadata.deletion_timestamp is not None:
        return Status(Phase.PROCESSING, "Terminating", why)
    if word == "Running":
        return (
            Status(Phase.READY, word) if is_ready(pod) else Status(Phase.PROCESSING, "NotReady", "Runs, and does not say that it is ready.")
        )
    if word in ("Completed", "Succeeded"):
        return Status(Phase.COMPLETED, word, why)
    if word in ("Pending", "ContainerCreating", "PodInitializing", "SchedulingGated") or (word.startswith("Init:") and "/" in word):
        return Status(Phase.PENDING, word, why)
    if word == "Unknown":
        return Status(Phase.UNKNOWN, word, why or "Its node does not answer.")
    return Status(Phase.FAILED, word, why)


def _word(pod: Pod) -> tuple[str, str]:
    if pod.status.reason:
        return pod.status.reason, redact_text(pod.status.message)
    done = 0
    for container in (one for one in containers(pod) if one.init and not one.sidecar):
        state = container.state
        if state.terminated is not None and state.terminated.exit_code == 0:
            done += 1
            continue
        if state.terminated is not None:
            return f"Init:{state.terminated.reason or f'ExitCode:{state.terminated.exit_code}'}", _told(state)
        if state.waiting is not None and state.waiting.reason not in ("", "PodInitializing"):
            return f"Init:{state.waiting.reason}", _told(state)
        if pod.spec.node_name:
            return f"Init:{done}/{sum(not one.sidecar for one in containers(pod) if one.init)}", ""
        break
    for container in containers(pod):
        if container.init and not container.sidecar:
            continue
        state = container.state
        if state.waiting is not None and state.waiting.reason:
            return state.waiting.reason, _told(state)
        if state.terminated is not None:
            return state.terminated.reason or f"ExitCode:{state.terminated.exit_code}", _told(state)
    gated = next((one.reason for one in pod.status.conditions if one.type == "PodScheduled" and one.status == "False"), "")
    if gated == "SchedulingGated":
        return gated, ""
    return pod.status.phase or "Unknown", redact_text(pod.status.message)


def _told(state: ContainerState) -> str:
    told = state.waiting or state.terminated
    return redact_text(told.message) if told is not None else ""


@kept
def is_ready(pod: Pod) -> bool:
    """Whether it gets requests: its own condition says so."""
    return pod.metadata.deletion_timestamp is None and any(one.type == "Ready" and one.status == "True" for one in pod.status.conditions)


@kept
def restarts(pod: Pod) -> int:
    return sum(one.restart_count for one in (*pod.status.container_statuses, *pod.status.init_container_statuses))


def pod_row(pod: Pod, *, deployment: Value = None) -> Row:
    beside = [one for one in containers(pod) if not one.init or one.sidecar]
    ready = sum(one.status is not None and one.status.ready for one in beside)
    count = gpus.of_pod(pod)
    return Row(
        pod.metadata.key,
        (
            pod.metadata.name,
            pod.metadata.namespace,
            deployment,
            status(pod),
            f"{ready}/{len(beside)}",
            restarts(pod),
            UNKNOWN if count is None else count or None,
            pod.spec.node_name or None,
            metadata.age(pod),
            tuple(one.spec.name for one in containers(pod)) or None,
            redact_text(", ".join(dict.fromkeys(one.spec.image for one in beside))) or None,
        ),
        pod.metadata.labels,
        fault=is_unplaced(pod) or any(one.state.waiting is not None and one.state.waiting.reason in STUCK for one in containers(pod)),
    )


def is_unplaced(pod: Pod) -> bool:
    """Whether the scheduler has found no node for it. It may yet, when one is added or gets free; until then that is a fault."""
    return any(one.type == "PodScheduled" and one.status == "False" and one.reason == "Unschedulable" for one in pod.status.conditions)


def claims(pod: Pod) -> Iterable[str]:
    """Names of the PersistentVolumeClaims that it mounts."""
    return tuple(
        dict.fromkeys(
            volume.persistent_volume_claim.claim_name for volume in pod.spec.volumes if volume.persistent_volume_claim is not None
        )
    )
