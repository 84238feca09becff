"""ReplicaSets: as many Pods as wanted, and the counts in their statuses."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, Requeue, condition, deleting, find, itself, owned, owned_by, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CONTROLLER_MANAGER, PODS, REPLICA_SETS
from modeltui.demo.controllers.names import generated
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.readiness import Availability, is_active, is_ready
from modeltui.demo.controllers.templates import pod_of
from modeltui.demo.errors import Object, StatusError

DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
FAILURE = "ReplicaFailure"


class ReplicaSets:
    name = "replicaset-controller"
    watches: Mapping[str, Mapper] = {REPLICA_SETS: itself, PODS: owned_by("ReplicaSet")}

    def __init__(self, *, seed: int, pace: float) -> None:
        self._seed = seed
        self._made = 0
        self._availability = Availability(pace=pace)

    def reconcile(self, api: Api, key: Key) -> float | None:
        owner = find(api, REPLICA_SETS, key)
        if owner is None or deleting(owner):
            return None
        mine = owned(api, PODS, owner)
        pods = [pod for pod in mine if is_active(pod)]
        terminating = sum(deleting(pod) for pod in mine)
        wanted, problem = int(owner["spec"].get("replicas", 1)), ""
        if len(pods) < wanted:
            made, problem = self._make(api, owner, wanted - len(pods))
            pods += made
        elif len(pods) > wanted:
            going = sorted(pods, key=_dispensable)[: len(pods) - wanted]
            terminating += sum(self._delete(api, owner, pod) for pod in going)
            pods = [pod for pod in pods if pod not in going]
        again = self._tell(api, owner, pods, problem, terminating=terminating)
        if problem:
            raise Requeue
        return again

    def _make(self, api: Api, owner: Object, number: int) -> tuple[list[Object], str]:
        """The Pods made, and the server's words when it would have no more: the rest is tried again later."""
        made: list[Object] = []
        base = f"{owner['metadata']['name']}-"
        for _ in range(number):
            self._made += 1
            rng = random.Random(f"{self._seed}/{owner['metadata']['namespace']}/{base}/{self._made}/{clock.now()}")
            pod = pod_of(owner["spec"]["template"], owner, name=generated(base, rng), base=base)
            try:
                made.append(api.create(PODS, pod, manager=CONTROLLER_MANAGER))
            except StatusError as refused:
                told = f"Error creating: {refused.message}"
                record(api, owner, type="Warning", reason="FailedCreate", message=told, component=self.name)
                return made, refused.message
            told = f"Created pod: {pod['metadata']['name']}"
            record(api, owner, reason="SuccessfulCreate", message=told, component=self.name)
        return made, ""

    def _delete(self, api: Api, owner: Object, pod: Object) -> bool:
        """Whether the Pod takes its time to go."""
        self._availability.forget(pod)
        left = api.delete(PODS, pod["metadata"]["name"], namespace=pod["metadata"]["namespace"])
        record(api, owner, reason="SuccessfulDelete", message=f"Deleted pod: {pod['metadata']['name']}", component=self.name)
        return left is not None

    def _tell(self, api: Api, owner: Object, pods: list[Object], problem: str, *, terminating: int) -> float | None:
        """Writes the status; seconds until another Pod has been ready for long enough."""
        seconds = float(owner["spec"].get("minReadySeconds") or 0)
        left = [self._availability.left(pod, seconds) for pod in pods]
        labels = owner["spec"]["template"]["metadata"]["labels"].items()
        counts = {
            "fullyLabeledReplicas": sum(labels <= (pod["metadata"].get("labels") or {}).items() for pod in pods),
            "readyReplicas": sum(is_ready(pod) for pod in pods),
            "availableReplicas": sum(each == 0 for each in left),
        }
        status: dict[str, Any] = {"observedGeneration": owner["metadata"].get("generation", 1), "replicas": len(pods)}
        status |= {name: number for name, number in counts.items() if number} | {"terminatingReplicas": terminating}
        if problem:
            # The first refusal stays. Each has another Pod's name in it, and a status that changes is a reason to try again at once.
            entry = {"type": FAILURE, "status": "True", "reason": "FailedCreate", "message": problem}
            status["conditions"] = [condition(owner, FAILURE) or {**entry, "lastTransitionTime": clock.stamp(clock.now())}]
        write_status(api, REPLICA_SETS, owner, status, manager=CONTROLLER_MANAGER)
        return min((each for each in left if each), default=None)


def _dispensable(pod: Object) -> tuple[Any, ...]:
    """The order in which Pods go: those that do the least so far, then the youngest."""
    cost = str((pod["metadata"].get("annotations") or {}).get(DELETION_COST, "0"))
    status = pod.get("status") or {}
    phase = {"Pending": 0, "Unknown": 1}.get(status.get("phase", ""), 2)
    restarts = sum(each.get("restartCount", 0) for each in status.get("containerStatuses") or [])
    age = -clock.parse(pod["metadata"]["creationTimestamp"]).timestamp()
    number = int(cost) if cost.lstrip("-").isdecimal() else 0
    return (bool(pod["spec"].get("nodeName")), phase, is_ready(pod), number, -restarts, age, pod["metadata"]["name"])
