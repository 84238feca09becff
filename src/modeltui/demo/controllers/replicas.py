"""Deployments and ReplicaSets: as many Pods as wanted, and the counts in their statuses."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, controlling_owner, deleting, find, itself, owned_by, owner_reference, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.job import LETTERS
from modeltui.demo.controllers.kinds import DEPLOYMENTS, PODS, REPLICA_SETS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.errors import Object

HASH_LABEL = "pod-template-hash"
REVISION = "deployment.kubernetes.io/revision"


class Deployments:
    name = "deployment-controller"
    watches: Mapping[str, Mapper] = {DEPLOYMENTS: itself, REPLICA_SETS: owned_by("Deployment")}

    def reconcile(self, api: Api, key: Key) -> None:
        deployment = find(api, DEPLOYMENTS, key)
        if deployment is None or deleting(deployment):
            return
        wanted, current = deployment["spec"].get("replicas", 1), template_hash(deployment)
        sets = _owned(api, REPLICA_SETS, deployment)
        name = f"{key[1]}-{current}"
        if not any(each["metadata"]["name"] == name for each in sets):
            made = replica_set(deployment, name, current, revision=len(sets) + 1)
            api.create(REPLICA_SETS, made, manager=self.name)
            told = f"Scaled up replica set {name} from 0 to {wanted}"
            record(api, deployment, reason="ScalingReplicaSet", message=told, component=self.name)
        for each in sets:
            size = wanted if each["metadata"]["name"] == name else 0
            if each["spec"].get("replicas", 1) != size:
                each["spec"]["replicas"] = size
                api.update(REPLICA_SETS, each, manager=self.name)
        status = deployment_status(deployment, [each for each in _owned(api, REPLICA_SETS, deployment)], name)
        write_status(api, DEPLOYMENTS, deployment, status, manager=self.name)


class ReplicaSets:
    name = "replicaset-controller"
    watches: Mapping[str, Mapper] = {REPLICA_SETS: itself, PODS: owned_by("ReplicaSet")}

    def __init__(self, *, seed: int) -> None:
        self._seed = seed

    def reconcile(self, api: Api, key: Key) -> None:
        owner = find(api, REPLICA_SETS, key)
        if owner is None or deleting(owner):
            return
        pods = [pod for pod in _owned(api, PODS, owner) if not deleting(pod)]
        wanted = owner["spec"].get("replicas", 1)
        for number in range(len(pods), wanted):
            rng = random.Random(f"{self._seed}/{key}/{number}/{clock.now()}")
            name = f"{key[1]}-{''.join(rng.choices(LETTERS, k=5))}"
            template = owner["spec"]["template"]
            made = {
                "name": name,
                "namespace": key[0],
                "labels": template["metadata"]["labels"],
                "ownerReferences": [owner_reference(owner)],
            }
            api.create(
                PODS,
                {"apiVersion": "v1", "kind": "Pod", "metadata": made, "spec": {"serviceAccountName": "default", **template["spec"]}},
                manager=self.name,
            )
            record(api, owner, reason="SuccessfulCreate", message=f"Created pod: {name}", component=self.name)
        for pod in pods[wanted:]:
            api.delete(PODS, pod["metadata"]["name"], namespace=key[0])
            record(api, owner, reason="SuccessfulDelete", message=f"Deleted pod: {pod['metadata']['name']}", component=self.name)
        pods = [pod for pod in _owned(api, PODS, owner) if not deleting(pod)]
        ready = sum((pod.get("status") or {}).get("phase") == "Running" for pod in pods)
        counts = {"replicas": len(pods), "fullyLabeledReplicas": len(pods), "readyReplicas": ready, "availableReplicas": ready}
        status = {"observedGeneration": owner["metadata"].get("generation", 1)} | {k: v for k, v in counts.items() if v or k == "replicas"}
        write_status(api, REPLICA_SETS, owner, status, manager=self.name)


def template_hash(deployment: Object) -> str:
    printed = json.dumps(deployment["spec"]["template"], sort_keys=True).encode()
    return hashlib.sha256(printed).hexdigest()[:10]


def replica_set(deployment: Object, name: str, current: str, *, revision: int) -> Object:
    """The ReplicaSet of a Deployment's present template. Pure."""
    spec, metadata = deployment["spec"], deployment["metadata"]
    labels = {**(spec["template"].get("metadata") or {}).get("labels", {}), HASH_LABEL: current}
    selector = {"matchLabels": {**(spec["selector"].get("matchLabels") or {}), HASH_LABEL: current}}
    template = {**spec["template"], "metadata": {**(spec["template"].get("metadata") or {}), "labels": labels}}
    made = {
        "name": name,
        "namespace": metadata["namespace"],
        "labels": labels,
        "annotations": {REVISION: str(revision)},
        "ownerReferences": [owner_reference(deployment)],
    }
    wanted = {"replicas": spec.get("replicas", 1), "selector": selector, "template": template}
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": made, "spec": wanted}


def deployment_status(deployment: Object, sets: list[Object], current: str) -> Object:
    """Counts and conditions from those of the ReplicaSets."""
    wanted, old = deployment["spec"].get("replicas", 1), deployment.get("status") or {}
    statuses = {each["metadata"]["name"]: each.get("status") or {} for each in sets}
    total = sum(each.get("replicas", 0) for each in statuses.values())
    ready = sum(each.get("readyReplicas", 0) for each in statuses.values())
    counts = {
        "replicas": total,
        "updatedReplicas": statuses.get(current, {}).get("replicas", 0),
        "readyReplicas": ready,
        "availableReplicas": ready,
        "unavailableReplicas": max(0, wanted - ready),
    }
    enough = ready >= wanted
    available = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    unavailable = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    progressed = ("True", "NewReplicaSetAvailable", f'ReplicaSet "{current}" has successfully progressed.')
    progressing = ("True", "ReplicaSetUpdated", f'ReplicaSet "{current}" is progressing.')
    told = {"Available": available if enough else unavailable, "Progressing": progressed if enough else progressing}
    conditions = [_condition(old, type_, *words) for type_, words in told.items()]
    known = {"observedGeneration": deployment["metadata"].get("generation", 1), "conditions": conditions}
    return known | {name: count for name, count in counts.items() if count}


def _condition(old: Object, type_: str, status: str, reason: str, message: str) -> Object:
    now = clock.stamp(clock.now())
    before: Object = next((each for each in old.get("conditions") or [] if each["type"] == type_), {})
    changed = before.get("lastTransitionTime", now) if before.get("status") == status else now
    same = (before.get("status"), before.get("reason")) == (status, reason)
    updated = before.get("lastUpdateTime", now) if same else now
    entry = {"type": type_, "status": status, "reason": reason, "message": message}
    return {**entry, "lastUpdateTime": updated, "lastTransitionTime": changed}


def _owned(api: Api, resource: str, owner: Object) -> list[Object]:
    found = api.list(resource, namespace=owner["metadata"]["namespace"])
    return [each for each in found if (controlling_owner(each) or {}).get("uid") == owner["metadata"]["uid"]]
