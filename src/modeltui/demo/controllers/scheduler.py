"""The scheduler: gives each Pod a node, or says in its own words why there is none, and tries again when there may be room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, condition, deleting, find
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, CLASSES, NODES, PODS, VOLUMES
from modeltui.demo.controllers.pod_conditions import with_condition
from modeltui.demo.controllers.pod_index import ENDED, index
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.scheduling import Placement, place, refused, requests
from modeltui.demo.controllers.storage import SELECTED_NODE, claims_of_pod, default_class
from modeltui.demo.errors import Object

PROFILE = "default-scheduler"
"""What a Pod's schedulerName says, and the component of the events."""
MANAGER = "kube-scheduler"
LOOK_AGAIN = 300.0


class Scheduler:
    name = MANAGER

    def __init__(self, *, pace: float) -> None:
        self._pace = pace
        self._waiting: dict[Key, tuple[datetime, frozenset[str]]] = {}
        """When a Pod without a node was last told why, and which resources would help it."""
        self.watches: Mapping[str, Mapper] = {PODS: self._pod, NODES: self._node, CLAIMS: self._claim, VOLUMES: self._volume}

    def _pod(self, api: Api, pod: Object) -> Iterable[Key]:
        key = (pod["metadata"]["namespace"], pod["metadata"]["name"])
        ended = (pod.get("status") or {}).get("phase") in ENDED
        if not pod["spec"].get("nodeName"):
            return [key]
        known = index(api).get(key)
        if ended or known is None or known.uid != pod["metadata"]["uid"]:
            freed = {*requests(pod), "pods"}
            return [each for each, (_, lacking) in self._waiting.items() if lacking & freed]
        return ()

    def _node(self, _api: Api, _node: Object) -> Iterable[Key]:
        return tuple(self._waiting)

    def _claim(self, api: Api, claim: Object) -> Iterable[Key]:
        found = index(api).referring(CLAIMS, claim["metadata"]["namespace"], claim["metadata"]["name"])
        return [key for key in found if (known := index(api).get(key)) and not known.node]

    def _volume(self, api: Api, volume: Object) -> Iterable[Key]:
        claim = volume["spec"].get("claimRef")
        return self._claim(api, {"metadata": claim}) if claim else ()

    def reconcile(self, api: Api, key: Key) -> float | None:
        pod = find(api, PODS, key)
        if pod is None or pod["spec"].get("nodeName") or deleting(pod) or (pod.get("status") or {}).get("phase") in ENDED:
            self._waiting.pop(key, None)
            return None
        if pod["spec"].get("schedulingGates"):
            self._tell(api, pod, reason="SchedulingGated", message="Scheduling is blocked due to non-empty scheduling gates")
            return None
        nodes = api.list(NODES)
        problem = _claims_problem(api, pod, len(nodes))
        found = Placement(problem=problem) if problem else place(pod, nodes, index(api).used)
        if not found.node:
            return self._refuse(api, key, pod, found)
        self._waiting.pop(key, None)
        if waiting := _unselected(api, pod):
            for claim in waiting:
                claim["metadata"]["annotations"] = {**(claim["metadata"].get("annotations") or {}), SELECTED_NODE: found.node}
                api.update(CLAIMS, claim, manager=MANAGER)
            return None  # the binding wakes us
        self._bind(api, pod, found.node)
        return None

    def _bind(self, api: Api, pod: Object, node: str) -> None:
        pod["spec"]["nodeName"] = node
        pod = api.update(PODS, pod, manager=MANAGER, subresource="binding")
        self._write(api, pod, {"type": "PodScheduled", "status": "True"})
        message = f"Successfully assigned {pod['metadata']['namespace']}/{pod['metadata']['name']} to {node}"
        record(api, pod, reason="Scheduled", message=message, component=PROFILE)

    def _refuse(self, api: Api, key: Key, pod: Object, found: Placement) -> float:
        """Says why; the same again only after LOOK_AGAIN. The seconds until then."""
        told = condition(pod, "PodScheduled") or {}
        known = self._waiting.get(key)
        if told.get("message") == found.problem and known is not None:
            left = LOOK_AGAIN - (clock.now() - known[0]).total_seconds() * self._pace
            if left > 0:
                self._waiting[key] = (known[0], found.lacking)
                return left
        self._waiting[key] = (clock.now(), found.lacking)
        self._tell(api, pod, reason="Unschedulable", message=found.problem)
        record(api, pod, type="Warning", reason="FailedScheduling", message=found.problem, component=PROFILE)
        return LOOK_AGAIN

    def _tell(self, api: Api, pod: Object, *, reason: str, message: str) -> None:
        self._write(api, pod, {"type": "PodScheduled", "status": "False", "reason": reason, "message": message})

    def _write(self, api: Api, pod: Object, told: Object) -> None:
        status = with_condition(pod.get("status") or {}, told)
        if status != pod.get("status"):
            api.update(PODS, {**pod, "status": status}, manager=MANAGER, subresource="status")


def _claims(api: Api, pod: Object) -> list[tuple[str, Object | None]]:
    return [(name, api.find(CLAIMS, name, namespace=namespace)) for namespace, name in claims_of_pod(api, pod)]


def _claims_problem(api: Api, pod: Object, nodes: int) -> str:
    """The scheduler's sentence when a claim keeps the Pod from any node; empty when none does."""
    for name, claim in _claims(api, pod):
        if claim is None:
            return refused(nodes, f'persistentvolumeclaim "{name}" not found')
        if deleting(claim):
            return refused(nodes, f'persistentvolumeclaim "{name}" is being deleted')
        if (claim.get("status") or {}).get("phase") != "Bound" and not _waits_for_consumer(api, claim):
            return refused(nodes, "pod has unbound immediate PersistentVolumeClaims")
    return ""


def _waits_for_consumer(api: Api, claim: Object) -> bool:
    wanted = claim["spec"].get("storageClassName") or default_class(api)
    storage_class = api.find(CLASSES, wanted) if wanted else None
    return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _unselected(api: Api, pod: Object) -> list[Object]:
    """The claims that are bound only once a node is chosen, and are not yet."""
    claims = [claim for _, claim in _claims(api, pod) if claim is not None]
    return [claim for claim in claims if (claim.get("status") or {}).get("phase") != "Bound"]
