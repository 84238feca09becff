"""Which deployment a ReplicaSet or StatefulSet makes pods for: by the labels that it gives them, as for the pods themselves. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from modeltui.systems.core.types import Pod
from modeltui.systems.core.workloads import Workload


def names(workload: Workload, pods: Callable[[Pod], Iterable[str]]) -> tuple[str, ...]:
    """`pods`: as `Serves.pods`. A ReplicaSet carries its pods' labels itself, and most StatefulSets do."""
    return tuple(pods(Pod(metadata=workload.metadata)))


def named(workload: Workload, kind: str) -> Workload:
    """With its kind, which lists leave out."""
    return workload if workload.kind else msgspec.structs.replace(workload, kind=kind)
