"""What makes pods, of the built-in kinds: read for whether it can, and for whose it is."""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.objects import Condition, Object
from modeltui.kube.resource import Resource

DEPLOYMENTS: Final = Resource(group="apps", version="v1", plural="deployments", kind="Deployment")
REPLICA_SETS: Final = Resource(group="apps", version="v1", plural="replicasets", kind="ReplicaSet")
STATEFUL_SETS: Final = Resource(group="apps", version="v1", plural="statefulsets", kind="StatefulSet")


class WorkloadSpec(msgspec.Struct, frozen=True):
    replicas: int | None = None
    """None stands for the default, 1."""


class WorkloadStatus(msgspec.Struct, frozen=True, rename="camel"):
    observed_generation: int = 0
    replicas: int = 0
    updated_replicas: int = 0
    ready_replicas: int = 0
    available_replicas: int = 0
    conditions: tuple[Condition, ...] = ()


class Workload(Object, frozen=True, kw_only=True):
    """A Deployment, a ReplicaSet or a StatefulSet: alike in all that is read of them."""

    kind: str = ""
    """Empty in a list: lists do not repeat it."""
    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = WorkloadStatus()
