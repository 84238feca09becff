"""Deployments: a ReplicaSet for each template, and the rollout from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers import deployment_status as statuses
from modeltui.demo.controllers import rollout
from modeltui.demo.controllers.controller import Mapper, condition, deleting, find, itself, owned, owned_by, owner_reference, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CONTROLLER_MANAGER, DEPLOYMENTS, PODS, REPLICA_SETS
from modeltui.demo.controllers.names import template_hash
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.readiness import is_active
from modeltui.demo.errors import Object

_NOT_COPIED = (
    "kubectl.kubernetes.io/last-applied-configuration",
    "deprecated.deployment.rollback.to",
    *(rollout.REVISION, rollout.HISTORY, rollout.DESIRED, rollout.MOST),
)
"""Annotations of a Deployment that its ReplicaSets do not get."""


class Deployments:
    name = "deployment-controller"
    watches: Mapping[str, Mapper] = {DEPLOYMENTS: itself, REPLICA_SETS: owned_by("Deployment")}

    def __init__(self, *, pace: float) -> None:
        self._pace = pace
        self._got_on: dict[str, datetime] = {}
        """By uid, when the rollout last got on; its condition has whole seconds only."""

    def reconcile(self, api: Api, key: Key) -> float | None:
        deployment = find(api, DEPLOYMENTS, key)
        if deployment is None or deleting(deployment):
            return None
        sets = owned(api, REPLICA_SETS, deployment)
        deployment, paused = self._note_pause(api, deployment), bool(deployment["spec"].get("paused"))
        new = _current(deployment, sets)
        old = [each for each in sets if each is not new]
        allowed = rollout.limits(deployment)
        if _resized(deployment, sets):
            self._resize(api, deployment, new, old, allowed)
        elif not paused and deployment["spec"]["strategy"]["type"] == "Recreate":
            deployment = self._recreate(api, deployment, new, old)
        elif not paused:
            deployment = self._roll(api, deployment, new, old, allowed)
        return self._tell(api, deployment, allowed)

    def _note_pause(self, api: Api, deployment: Object) -> Object:
        """The Progressing condition says since when it is paused, or no longer."""
        paused, known = bool(deployment["spec"].get("paused")), condition(deployment, "Progressing") or {}
        if paused == (known.get("reason") == "DeploymentPaused") or deployment["spec"].get("progressDeadlineSeconds") is None:
            return deployment
        if not paused and known.get("reason") != "DeploymentPaused":
            return deployment
        words = ("DeploymentPaused", "Deployment is paused") if paused else ("DeploymentResumed", "Deployment is resumed")
        return self._progress(api, deployment, "Unknown", *words)

    def _progress(self, api: Api, deployment: Object, status: str, reason: str, message: str) -> Object:
        """Writes the Progressing condition at once: what follows is measured against it."""
        self._got_on[deployment["metadata"]["uid"]] = clock.now()
        before = deployment.get("status") or {}
        found = statuses.put(list(before.get("conditions") or []), "Progressing", status, reason, message)
        return write_status(api, DEPLOYMENTS, deployment, {**before, "conditions": found}, manager=CONTROLLER_MANAGER)

    # strategies ----------------------------------------------------------------------------------------------------

    def _roll(self, api: Api, deployment: Object, new: Object | None, old: list[Object], allowed: rollout.Limits) -> Object:
        deployment, new, made = self._new(api, deployment, new, old, rollout.first_size(allowed, old))
        wanted = rollout.grown(allowed, rollout.size(new), old) if rollout.size(new) <= allowed.replicas else allowed.replicas
        if made or self._size(api, deployment, new, wanted):
            return deployment
        for name, size in rollout.shrunk(allowed, new, [each for each in old if rollout.size(each)]).items():
            self._size(api, deployment, next(each for each in old if each["metadata"]["name"] == name), size)
        return self._clean_up(api, deployment, old)

    def _recreate(self, api: Api, deployment: Object, new: Object | None, old: list[Object]) -> Object:
        """The old ones go first, all of them."""
        going = [self._size(api, deployment, each, 0) for each in old if rollout.size(each)]
        if any(going) or any(is_active(pod) or _stops(pod) for each in old for pod in owned(api, PODS, each)):
            return deployment
        wanted = int(deployment["spec"].get("replicas", 1))
        deployment, new, _ = self._new(api, deployment, new, old, wanted)
        self._size(api, deployment, new, wanted)
        return self._clean_up(api, deployment, old)

    def _resize(self, api: Api, deployment: Object, new: Object | None, old: list[Object], allowed: rollout.Limits) -> None:
        """`replicas` was changed. Midway through a rollout the ReplicaSets share the change."""
        active = [each for each in [*old, *([new] if new is not None else [])] if rollout.size(each)]
        if len(active) <= 1:
            only = active[0] if active else new
            if only is not None:
                self._size(api, deployment, only, allowed.replicas, always=True)
            return
        sizes = rollout.proportional(allowed, active)
        for each in active:
            self._size(api, deployment, each, sizes.get(each["metadata"]["name"], rollout.size(each)), always=True)

    def _new(self, api: Api, deployment: Object, new: Object | None, old: list[Object], size: int) -> tuple[Object, Object, bool]:
        """The Deployment, the ReplicaSet of its present template, and whether that had to be made."""
        newest = max((rollout.revision(each) for each in old), default=0)
        if new is not None:
            number = max(rollout.revision(new), newest + 1)
            wanted = _annotations(deployment, new, number)
            if wanted != (new["metadata"].get("annotations") or {}):
                new["metadata"]["annotations"] = wanted
                new = api.update(REPLICA_SETS, new, manager=CONTROLLER_MANAGER)
            deployment = self._number(api, deployment, number)
            if condition(deployment, "Progressing") is None and deployment["spec"].get("progressDeadlineSeconds") is not None:
                told = f'Found new replica set "{new["metadata"]["name"]}"'
                deployment = self._progress(api, deployment, "True", "FoundNewReplicaSet", told)
            return deployment, new, False
        made = api.create(REPLICA_SETS, replica_set(deployment, size=size, number=newest + 1), manager=CONTROLLER_MANAGER)
        name = made["metadata"]["name"]
        if size:
            told = f"Scaled up replica set {name} from 0 to {size}"
            record(api, deployment, reason="ScalingReplicaSet", message=told, component=self.name)
        deployment = self._number(api, deployment, newest + 1)
        if deployment["spec"].get("progressDeadlineSeconds") is not None:
            deployment = self._progress(api, deployment, "True", "NewReplicaSetCreated", f'Created new replica set "{name}"')
        return deployment, made, True

    @staticmethod
    def _number(api: Api, deployment: Object, number: int) -> Object:
        """The Deployment with its revision on it."""
        annotations = deployment["metadata"].get("annotations") or {}
        if annotations.get(rollout.REVISION) == str(number):
            return deployment
        deployment["metadata"]["annotations"] = {**annotations, rollout.REVISION: str(number)}
        # Through the status, so that it counts as no new generation.
        return api.update(DEPLOYMENTS, deployment, manager=CONTROLLER_MANAGER, subresource="status")

    def _size(self, api: Api, deployment: Object, each: Object, size: int, *, always: bool = False) -> bool:
        """Scales a ReplicaSet; whether anything had to be done. `always`: at least what it says of the Deployment's size is renewed."""
        before, annotations = rollout.size(each), _sizes(deployment)
        known = each["metadata"].get("annotations") or {}
        if before == size and (not always or annotations.items() <= known.items()):
            return False
        each["spec"]["replicas"], each["metadata"]["annotations"] = size, {**known, **annotations}
        api.update(REPLICA_SETS, each, manager=CONTROLLER_MANAGER)
        if before != size:
            told = f"Scaled {'up' if size > before else 'down'} replica set {each['metadata']['name']} from {before} to {size}"
            record(api, deployment, reason="ScalingReplicaSet", message=told, component=self.name)
        return True

    @staticmethod
    def _clean_up(api: Api, deployment: Object, old: list[Object]) -> Object:
        """Of what a finished rollout left, the newest few are kept for going back."""
        told = statuses.counts(deployment, owned(api, REPLICA_SETS, deployment), None)
        kept = int(deployment["spec"].get("revisionHistoryLimit", 10))
        idle = [each for each in old if not rollout.size(each) and not rollout.count(each, "replicas") and not deleting(each)]
        if told.get("availableReplicas", 0) < deployment["spec"].get("replicas", 1) or len(idle) <= kept:
            return deployment
        for each in sorted(idle, key=rollout.revision)[: len(idle) - kept]:
            api.delete(REPLICA_SETS, each["metadata"]["name"], namespace=each["metadata"]["namespace"])
        return deployment

    # status --------------------------------------------------------------------------------------------------------

    def _tell(self, api: Api, deployment: Object, allowed: rollout.Limits) -> float | None:
        """Writes the status; seconds until the rollout would be late, while it is under way."""
        sets = owned(api, REPLICA_SETS, deployment)
        new = _current(deployment, sets)
        told, uid = statuses.counts(deployment, sets, new), deployment["metadata"]["uid"]
        if statuses.got_on(deployment, told):
            self._got_on[uid] = clock.now()
        left = self._left(deployment)
        late = left is not None and left <= 0
        found = statuses.conditions(deployment, told, sets, new, late=late, allowed=allowed)
        written = write_status(api, DEPLOYMENTS, deployment, {**told, "conditions": found}, manager=CONTROLLER_MANAGER)
        reason = (condition(written, "Progressing") or {}).get("reason")
        if reason in (statuses.COMPLETE, statuses.TIMED_OUT, "DeploymentPaused", None):
            self._got_on.pop(uid, None)
            return None
        return max(left, 0.0) + 1.0 if left is not None else None

    def _left(self, deployment: Object) -> float | None:
        """Seconds until the deadline of a rollout that is under way; None when there is none."""
        deadline, known = deployment["spec"].get("progressDeadlineSeconds"), condition(deployment, "Progressing")
        if deadline is None or known is None or known["reason"] in (statuses.COMPLETE, "DeploymentPaused"):
            return None
        if known["reason"] == statuses.TIMED_OUT:
            return 0.0
        since = self._got_on.setdefault(deployment["metadata"]["uid"], clock.parse(known["lastUpdateTime"]))
        return float(deadline) - (clock.now() - since).total_seconds() * self._pace


def _current(deployment: Object, sets: list[Object]) -> Object | None:
    """The ReplicaSet of the present template: the oldest, if there are several."""
    wanted = rollout.plain(deployment["spec"]["template"])
    same = [each for each in sets if rollout.plain(each["spec"]["template"]) == wanted]
    return min(same, key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["name"]), default=None)


def _resized(deployment: Object, sets: list[Object]) -> bool:
    """Has `replicas` changed since a ReplicaSet that has Pods was last looked at?"""
    wanted = str(deployment["spec"].get("replicas", 1))
    told = [(each["metadata"].get("annotations") or {}).get(rollout.DESIRED) for each in sets if rollout.size(each)]
    return any(each is not None and each != wanted for each in told)


def _stops(pod: Object) -> bool:
    return deleting(pod)


def _sizes(deployment: Object) -> dict[str, str]:
    allowed = rollout.limits(deployment)
    return {rollout.DESIRED: str(allowed.replicas), rollout.MOST: str(allowed.most)}


def _annotations(deployment: Object, each: Object, number: int) -> dict[str, str]:
    """Of the ReplicaSet with this number: its own, those of the Deployment, and which numbers it had before."""
    own = dict(each["metadata"].get("annotations") or {})
    given = {key: value for key, value in (deployment["metadata"].get("annotations") or {}).items() if key not in _NOT_COPIED}
    before = rollout.revision(each)
    if before and before != number:
        past = [*filter(None, own.get(rollout.HISTORY, "").split(",")), str(before)]
        own[rollout.HISTORY] = ",".join(past)
    return {**own, **given, **_sizes(deployment), rollout.REVISION: str(number)}


def replica_set(deployment: Object, *, size: int, number: int) -> Object:
    """The ReplicaSet of a Deployment's present template. Pure."""
    spec, metadata = deployment["spec"], deployment["metadata"]
    current = template_hash(spec["template"], (deployment.get("status") or {}).get("collisionCount", 0))
    given = spec["template"].get("metadata") or {}
    labels = {**(given.get("labels") or {}), rollout.HASH_LABEL: current}
    selector = {**spec["selector"], "matchLabels": {**(spec["selector"].get("matchLabels") or {}), rollout.HASH_LABEL: current}}
    made: Object = {
        "name": f"{metadata['name']}-{current}",
        "namespace": metadata["namespace"],
        "labels": labels,
        "ownerReferences": [owner_reference(deployment)],
    }
    made["annotations"] = _annotations(deployment, {"metadata": {}}, number)
    template = {**spec["template"], "metadata": {**given, "labels": labels}}
    wanted = {"replicas": size, "selector": selector, "template": template}
    if spec.get("minReadySeconds"):
        wanted["minReadySeconds"] = spec["minReadySeconds"]
    return {"apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": made, "spec": wanted}
