"""What the scheduler and the kubelets do to a Pod: give it a node, start it, let a loader load, stop it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers import loader
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, CLASSES, NODES, PODS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.scheduling import number, place
from modeltui.demo.controllers.storage import SELECTED_NODE, claims_of_pod, default_class
from modeltui.demo.errors import Object

SCHEDULER = "default-scheduler"
KUBELET = "kubelet"
LOOK_AGAIN = 300.0
STARTING, STOPPING = 2.0, 2.0
"""Seconds from node to running, and from the wish to end to the end."""


def _pods_of_claim(api: Api, claim: Object) -> Iterable[Key]:
    """A claim that got bound wakes the Pods that wait for it."""
    key = (claim["metadata"]["namespace"], claim["metadata"]["name"])
    return [
        (key[0], pod["metadata"]["name"])
        for pod in api.list(PODS, namespace=key[0], fields="spec.nodeName=")
        if key in claims_of_pod(api, pod)
    ]


class Kubelets:
    name = KUBELET
    watches: Mapping[str, Mapper] = {PODS: itself, CLAIMS: _pods_of_claim}

    def __init__(self, *, seed: int, pace: float) -> None:
        self._seed = seed
        self._pace = pace
        self._since: dict[str, datetime] = {}
        """By uid, when the Pod came into the state it is in; its own status has whole seconds only."""

    def reconcile(self, api: Api, key: Key) -> float | None:
        pod = find(api, PODS, key)
        if pod is None:
            return None
        phase = (pod.get("status") or {}).get("phase")
        if deleting(pod):
            return self._stop(api, pod)
        if phase in ("Succeeded", "Failed"):
            self._since.pop(pod["metadata"]["uid"], None)
            return None
        if not pod["spec"].get("nodeName"):
            return self._schedule(api, pod)
        if phase == "Pending":
            return self._start(api, pod)
        return self._follow(api, pod) if _loads(pod) else None

    def _elapsed(self, pod: Object, otherwise: str) -> float:
        """Seconds of cluster time since the Pod came into this state; `otherwise` is what its status says."""
        since = self._since.setdefault(pod["metadata"]["uid"], clock.parse(otherwise))
        return (clock.now() - since).total_seconds() * self._pace

    def _now_in(self, pod: Object) -> None:
        self._since[pod["metadata"]["uid"]] = clock.now()

    def _schedule(self, api: Api, pod: Object) -> float | None:
        problem = _unready_claims(api, pod)
        node = None
        if not problem:
            node, problem = place(pod, api.list(NODES), api.list(PODS))
        if node is None:
            if (left := self._patience(pod, problem)) > 0:
                return left
            told = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": problem}
            self._write(api, pod, {"phase": "Pending", "conditions": [_transition(told, pod)]})
            record(api, pod, type="Warning", reason="FailedScheduling", message=problem, component=SCHEDULER)
            return LOOK_AGAIN
        if waiting := _unselected(api, pod):
            for claim in waiting:
                claim["metadata"]["annotations"] = {**(claim["metadata"].get("annotations") or {}), SELECTED_NODE: node}
                api.update(CLAIMS, claim, manager=SCHEDULER)
            return None  # the binding wakes us
        pod["spec"]["nodeName"] = node
        pod = api.update(PODS, pod, manager=SCHEDULER, subresource="binding")
        told = {"type": "PodScheduled", "status": "True"}
        self._write(api, pod, {"phase": "Pending", "conditions": [_transition(told, pod)]})
        message = f"Successfully assigned {pod['metadata']['namespace']}/{pod['metadata']['name']} to {node}"
        record(api, pod, reason="Scheduled", message=message, component=SCHEDULER)
        self._now_in(pod)
        return STARTING

    def _patience(self, pod: Object, problem: str) -> float:
        """Seconds until the same problem may be told again; 0 for a new one."""
        uid, old = pod["metadata"]["uid"], (pod.get("status") or {}).get("conditions") or []
        if not any(each.get("message") == problem for each in old):
            self._now_in(pod)
            return 0.0
        left = LOOK_AGAIN - (clock.now() - self._since.setdefault(uid, clock.now())).total_seconds() * self._pace
        if left <= 0:
            self._now_in(pod)
        return left

    def _start(self, api: Api, pod: Object) -> float | None:
        left = STARTING - self._elapsed(pod, pod["metadata"]["creationTimestamp"])
        if left > 0:
            return left
        node, rng = pod["spec"]["nodeName"], random.Random(f"{self._seed}/{pod['metadata']['name']}")
        container, now = pod["spec"]["containers"][0], clock.stamp(clock.now())
        path = f"spec.containers{{{container['name']}}}"
        if bad := _bad_image(pod):
            state = {"waiting": {"reason": "ImagePullBackOff", "message": f'Back-off pulling image "{bad}": ErrImagePull'}}
            self._write(api, pod, {"phase": "Pending", "startTime": now, "containerStatuses": [_container(container, state, ready=False)]})
            told = {"reason": "Failed", "message": f'Failed to pull image "{bad}": rpc error: code = NotFound desc = {bad}: not found'}
            record(api, pod, type="Warning", **told, component=KUBELET, field_path=path, host=node)
            return 300.0
        address = f"10.{rng.randrange(42, 46)}.{rng.randrange(256)}.{rng.randrange(2, 255)}"
        status = {
            "phase": "Running",
            "conditions": [{"type": each, "status": "True", "lastTransitionTime": now} for each in _READY],
            "containerStatuses": [_container(each, {"running": {"startedAt": now}}, ready=True) for each in pod["spec"]["containers"]],
            "hostIP": f"10.0.0.{rng.randrange(10, 60)}",
            "podIP": address,
            "podIPs": [{"ip": address}],
            "startTime": now,
        }
        self._write(api, pod, status)
        pulled = f'Container image "{container["image"]}" already present on machine'
        for reason, message in (
            ("Pulled", pulled),
            ("Created", f"Created container: {container['name']}"),
            ("Started", f"Started container {container['name']}"),
        ):
            record(api, pod, reason=reason, message=message, component=KUBELET, field_path=path, host=node)
        self._now_in(pod)
        return 0.0 if _loads(pod) else None

    def _follow(self, api: Api, pod: Object) -> float | None:
        metadata, container = pod["metadata"], pod["spec"]["containers"][0]
        began = pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]
        elapsed, plan = self._elapsed(pod, began), self._plan(api, pod)
        where = (metadata["namespace"], metadata["name"], container["name"])
        said = len(api.logs.read(*where))
        due = [line for line in plan.lines if line[0] <= elapsed]
        for at, text in due[said:]:
            moment = clock.now() - timedelta(seconds=(elapsed - at) / self._pace)
            api.logs.append(*where, f'time="{clock.stamp(moment)}" {text}' if text.startswith("level=") else text, at=moment)
        if elapsed < plan.seconds:
            return min([plan.seconds, *(at for at, _ in plan.lines[len(due) :])]) - elapsed
        good = plan.exit_code == 0
        ended = {
            "exitCode": plan.exit_code,
            "reason": "Completed" if good else "Error",
            "startedAt": began,
            "finishedAt": clock.stamp(clock.now()),
        }
        now, reason = clock.stamp(clock.now()), "PodCompleted" if good else "PodFailed"
        conditions = [
            {"type": each, "status": "False", "reason": reason, "lastTransitionTime": now}
            if each in ("Ready", "ContainersReady")
            else {"type": each, "status": "True", "lastTransitionTime": pod["status"]["startTime"]}
            for each in _READY
        ]
        status = {**pod["status"], "phase": "Succeeded" if good else "Failed", "conditions": conditions}
        self._write(api, pod, {**status, "containerStatuses": [_container(container, {"terminated": ended}, ready=False)]})
        api.logs.end(*where)
        return None

    def _plan(self, api: Api, pod: Object) -> loader.Run:
        metadata, container = pod["metadata"], pod["spec"]["containers"][0]
        rng = random.Random(f"{self._seed}/{metadata['namespace']}/{metadata['name']}")
        token = any(volume.get("secret") for volume in pod["spec"].get("volumes") or [])
        return loader.run(container["args"], room=_room(api, pod), token=token, rng=rng)

    def _stop(self, api: Api, pod: Object) -> float | None:
        metadata = pod["metadata"]
        if f"stop/{metadata['uid']}" not in self._since:
            self._since[f"stop/{metadata['uid']}"] = clock.now()
            for container in pod["spec"]["containers"]:
                path, told = f"spec.containers{{{container['name']}}}", f"Stopping container {container['name']}"
                record(api, pod, reason="Killing", message=told, component=KUBELET, field_path=path, host=pod["spec"].get("nodeName", ""))
            return STOPPING
        if (clock.now() - self._since[f"stop/{metadata['uid']}"]).total_seconds() * self._pace < STOPPING:
            return STOPPING
        for state in (metadata["uid"], f"stop/{metadata['uid']}"):
            self._since.pop(state, None)
        api.delete(PODS, metadata["name"], namespace=metadata["namespace"], grace=0)
        return None

    def _write(self, api: Api, pod: Object, status: dict[str, Any]) -> None:
        status.setdefault("qosClass", (pod.get("status") or {}).get("qosClass", "BestEffort"))
        api.update(PODS, {**pod, "status": status}, manager=self.name, subresource="status")


_READY = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")


def _loads(pod: Object) -> bool:
    return bool(pod["spec"]["containers"][0]["name"] == "dataset-loader")


def _transition(condition: Object, pod: Object) -> Object:
    """The condition with its time, which stays while its status does."""
    for old in (pod.get("status") or {}).get("conditions") or []:
        if old["type"] == condition["type"] and old["status"] == condition["status"]:
            return {**condition, "lastTransitionTime": old["lastTransitionTime"]}
    return {**condition, "lastTransitionTime": clock.stamp(clock.now())}


def _container(container: Object, state: Object, *, ready: bool) -> Object:
    image = container["image"]
    known: Object = {"name": container["name"], "image": image, "imageID": "", "ready": ready, "restartCount": 0, "state": state}
    return {**known, "started": "running" in state}


def _bad_image(pod: Object) -> str:
    return next((str(each["image"]) for each in pod["spec"]["containers"] if each["image"].rpartition(":")[2].endswith("-typo")), "")


def _claims(api: Api, pod: Object) -> list[tuple[str, Object | None]]:
    return [(name, api.find(CLAIMS, name, namespace=namespace)) for namespace, name in claims_of_pod(api, pod)]


def _unready_claims(api: Api, pod: Object) -> str:
    """The scheduler's sentence when a claim keeps the Pod from any node; empty when none does."""
    for name, claim in _claims(api, pod):
        if claim is None:
            return f'persistentvolumeclaim "{name}" not found'
        if deleting(claim):
            return f'persistentvolumeclaim "{name}" is being deleted'
        if (claim.get("status") or {}).get("phase") != "Bound" and not _waits_for_consumer(api, claim):
            nodes = len(api.list(NODES))
            helpless = f"preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling."
            return f"0/{nodes} nodes are available: pod has unbound immediate PersistentVolumeClaims. {helpless}"
    return ""


def _waits_for_consumer(api: Api, claim: Object) -> bool:
    wanted = claim["spec"].get("storageClassName") or default_class(api)
    storage_class = api.find(CLASSES, wanted) if wanted else None
    return storage_class is not None and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _unselected(api: Api, pod: Object) -> list[Object]:
    """The claims that are bound only once a node is chosen, and are not yet."""
    claims = [claim for _, claim in _claims(api, pod) if claim is not None]
    return [claim for claim in claims if (claim.get("status") or {}).get("phase") != "Bound"]


def _room(api: Api, pod: Object) -> float | None:
    """Bytes of the first claimed volume."""
    for _, claim in _claims(api, pod):
        size = ((claim or {}).get("status") or {}).get("capacity", {}).get("storage")
        return number(size) if size else None
    return None
