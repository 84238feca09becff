"""How far a Deployment or StatefulSet is, from its status. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from modeltui.demo.errors import Object


@dataclass(frozen=True, slots=True)
class Rollout:
    desired: int
    replicas: int
    updated: int
    ready: int
    available: int
    observed: bool
    """Has its controller seen the newest spec?"""

    @property
    def done(self) -> bool:
        """All wanted replicas are of the newest template and available."""
        return self.observed and self.updated == self.available == self.replicas == self.desired


def rollout(workload: Object) -> Rollout:
    status = workload.get("status") or {}
    return Rollout(
        desired=workload["spec"].get("replicas", 1),
        replicas=status.get("replicas", 0),
        updated=status.get("updatedReplicas", 0),
        ready=status.get("readyReplicas", 0),
        available=status.get("availableReplicas", 0),
        observed=status.get("observedGeneration", 0) >= workload["metadata"].get("generation", 1),
    )
