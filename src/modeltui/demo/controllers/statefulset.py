"""StatefulSets: Pods with ordinals and claims of their own, made and replaced in order."""

from __future__ import annotations

from collections.abc import Mapping

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, Requeue, deleting, find, itself, owned, owned_by, owner_reference, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import CLAIMS, CONTROLLER_MANAGER, PODS, REVISIONS, STATEFUL_SETS
from modeltui.demo.controllers.names import template_hash
from modeltui.demo.controllers.pod_index import ENDED
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.readiness import Availability, is_ready
from modeltui.demo.controllers.templates import pod_of
from modeltui.demo.copying import copied
from modeltui.demo.errors import Object, StatusError

HASH, POD_NAME, POD_INDEX = "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"


class StatefulSets:
    name = "statefulset-controller"
    watches: Mapping[str, Mapper] = {STATEFUL_SETS: itself, PODS: owned_by("StatefulSet")}

    def __init__(self, *, pace: float) -> None:
        self._availability = Availability(pace=pace)

    def reconcile(self, api: Api, key: Key) -> float | None:
        owner = find(api, STATEFUL_SETS, key)
        if owner is None or deleting(owner):
            return None
        current, update = self._revisions(api, owner)
        problem = ""
        try:
            again = self._work(api, owner, current, update)
        except StatusError as refused:
            problem, again = refused.message, None
        self._tell(api, owner, current["metadata"]["name"], update["metadata"]["name"])
        self._forget_old(api, owner, {current["metadata"]["name"], update["metadata"]["name"]})
        if problem:
            raise Requeue
        return again

    # revisions -----------------------------------------------------------------------------------------------------

    def _revisions(self, api: Api, owner: Object) -> tuple[Object, Object]:
        """What the Pods were made from before, and what they are to be made from."""
        known = sorted(owned(api, REVISIONS, owner), key=lambda each: int(each.get("revision", 0)))
        data = _data(owner)
        update = next((each for each in known if each.get("data") == data), None)
        if update is None:
            number = int(known[-1].get("revision", 0)) + 1 if known else 1
            update = api.create(REVISIONS, _revision(owner, data, number), manager=CONTROLLER_MANAGER)
        elif update is not known[-1]:  # back to what was before
            update["revision"] = int(known[-1].get("revision", 0)) + 1
            update = api.update(REVISIONS, update, manager=CONTROLLER_MANAGER)
        named = (owner.get("status") or {}).get("currentRevision")
        return next((each for each in known if each["metadata"]["name"] == named), update), update

    @staticmethod
    def _forget_old(api: Api, owner: Object, kept: set[str]) -> None:
        used = {(pod["metadata"].get("labels") or {}).get(HASH) for pod in owned(api, PODS, owner)}
        old = [each for each in owned(api, REVISIONS, owner) if each["metadata"]["name"] not in kept | used]
        surplus = len(old) - int(owner["spec"].get("revisionHistoryLimit", 10))
        for each in sorted(old, key=lambda each: int(each.get("revision", 0)))[: max(0, surplus)]:
            api.delete(REVISIONS, each["metadata"]["name"], namespace=each["metadata"]["namespace"])

    # pods ----------------------------------------------------------------------------------------------------------

    def _work(self, api: Api, owner: Object, current: Object, update: Object) -> float | None:
        """One move towards what is wanted, or all of them where order does not matter. Raises StatusError."""
        spec, metadata = owner["spec"], owner["metadata"]
        start = int((spec.get("ordinals") or {}).get("start", 0))
        ordinals = range(start, start + int(spec.get("replicas", 1)))
        in_order = spec.get("podManagementPolicy") != "Parallel"
        pods = {ordinal: pod for pod in owned(api, PODS, owner) if (ordinal := _ordinal(pod)) is not None}
        wait: float | None = None
        for ordinal in ordinals:
            pod = pods.get(ordinal)
            if pod is None:
                revision = self._revision_of(owner, current, update, ordinal - start)
                self._make(api, owner, ordinal, revision)
            elif (pod.get("status") or {}).get("phase") in ENDED and not deleting(pod):
                name = pod["metadata"]["name"]
                told = f"StatefulSet {metadata['namespace']}/{metadata['name']} is recreating failed Pod {name}"
                record(api, owner, type="Warning", reason="RecreatingFailedPod", message=told, component=self.name)
                api.delete(PODS, name, namespace=metadata["namespace"])
            else:
                left = None if deleting(pod) else self._availability.left(pod, float(spec.get("minReadySeconds") or 0))
                if left == 0:
                    continue
                wait = left if left is not None else wait
            if in_order:
                return wait
        surplus = sorted((ordinal for ordinal in pods if ordinal not in ordinals), reverse=True)
        for ordinal in surplus:
            if not deleting(pods[ordinal]):
                self._delete(api, owner, pods[ordinal])
            if in_order:
                return wait
        if not surplus and spec["updateStrategy"].get("type") == "RollingUpdate":
            self._replace(api, owner, pods, ordinals, update)
        return wait

    def _replace(self, api: Api, owner: Object, pods: dict[int, Object], ordinals: range, update: Object) -> None:
        """The highest Pod that is outdated goes next, as soon as those above it are well."""
        partition = int((owner["spec"]["updateStrategy"].get("rollingUpdate") or {}).get("partition", 0))
        for ordinal in reversed(ordinals):
            pod = pods.get(ordinal)
            if pod is None or deleting(pod) or ordinal - ordinals.start < partition:
                return
            if (pod["metadata"].get("labels") or {}).get(HASH) != update["metadata"]["name"]:
                self._delete(api, owner, pod)
                return
            if not is_ready(pod):
                return

    @staticmethod
    def _revision_of(owner: Object, current: Object, update: Object, position: int) -> Object:
        """Below the partition Pods are made as they were; others, too, while the update has not come that far down."""
        strategy, status = owner["spec"]["updateStrategy"], owner.get("status") or {}
        if strategy.get("type") != "RollingUpdate":
            return update
        partition = int((strategy.get("rollingUpdate") or {}).get("partition", 0))
        untouched = partition or int(status.get("currentReplicas", 0))
        return current if position < untouched and current is not update else update

    def _make(self, api: Api, owner: Object, ordinal: int, revision: Object) -> None:
        """Raises StatusError."""
        metadata = owner["metadata"]
        name = f"{metadata['name']}-{ordinal}"
        verb = f"Pod {name} in StatefulSet {metadata['name']}"
        try:
            for claim in claims(owner, ordinal):
                if api.find(CLAIMS, claim["metadata"]["name"], namespace=metadata["namespace"]) is None:
                    api.create(CLAIMS, claim, manager=CONTROLLER_MANAGER)
                    told = f"Create Claim {claim['metadata']['name']} {verb} success"
                    record(api, owner, reason="SuccessfulCreate", message=told, component=self.name)
            api.create(PODS, pod(owner, ordinal, revision), manager=CONTROLLER_MANAGER)
        except StatusError as refused:
            told = f"Create {verb} failed error: {refused.message}"
            record(api, owner, type="Warning", reason="FailedCreate", message=told, component=self.name)
            raise
        record(api, owner, reason="SuccessfulCreate", message=f"Create {verb} successful", component=self.name)

    def _delete(self, api: Api, owner: Object, pod: Object) -> None:
        name = pod["metadata"]["name"]
        api.delete(PODS, name, namespace=pod["metadata"]["namespace"])
        told = f"Delete Pod {name} in StatefulSet {owner['metadata']['name']} successful"
        record(api, owner, reason="SuccessfulDelete", message=told, component=self.name)

    # status --------------------------------------------------------------------------------------------------------

    def _tell(self, api: Api, owner: Object, current: str, update: str) -> None:
        pods = [pod for pod in owned(api, PODS, owner) if _ordinal(pod) is not None]
        living = [pod for pod in pods if not deleting(pod)]
        seconds = float(owner["spec"].get("minReadySeconds") or 0)
        hashes = [(pod["metadata"].get("labels") or {}).get(HASH) for pod in living]
        available = sum(self._availability.left(pod, seconds) == 0 for pod in living)
        wanted = owner["spec"].get("replicas", 1)
        updated, ready = hashes.count(update), sum(is_ready(pod) for pod in living)
        rolling = owner["spec"]["updateStrategy"].get("type") == "RollingUpdate"
        if rolling and updated == wanted == ready and len(pods) == wanted:
            current = update
        counts = {
            "currentReplicas": hashes.count(current),
            "readyReplicas": ready,
            "updatedReplicas": updated,
        }
        status: Object = {
            "observedGeneration": owner["metadata"].get("generation", 1),
            "replicas": len(pods),
            "availableReplicas": available,
            "collisionCount": (owner.get("status") or {}).get("collisionCount", 0),
            "currentRevision": current,
            "updateRevision": update,
        }
        status |= {name: number for name, number in counts.items() if number}
        write_status(api, STATEFUL_SETS, owner, status, manager=CONTROLLER_MANAGER)


def _ordinal(pod: Object) -> int | None:
    tail = pod["metadata"]["name"].rpartition("-")[2]
    return int(tail) if tail.isdecimal() else None


def _data(owner: Object) -> Object:
    """What a revision remembers: the template, as a patch that would bring it back."""
    return {"spec": {"template": {**copied(owner["spec"]["template"]), "$patch": "replace"}}}


def _revision(owner: Object, data: Object, number: int) -> Object:
    metadata = owner["metadata"]
    current = template_hash(owner["spec"]["template"])
    labels = dict((owner["spec"]["template"].get("metadata") or {}).get("labels") or {})
    made: Object = {
        "name": f"{metadata['name']}-{current}",
        "namespace": metadata["namespace"],
        "labels": {**labels, "controller.kubernetes.io/hash": current},
        "ownerReferences": [owner_reference(owner)],
    }
    if metadata.get("annotations"):
        made["annotations"] = dict(metadata["annotations"])
    return {"apiVersion": "apps/v1", "kind": "ControllerRevision", "metadata": made, "data": data, "revision": number}


def claims(owner: Object, ordinal: int) -> list[Object]:
    """The claims of one Pod. Pure."""
    found = []
    for template in owner["spec"].get("volumeClaimTemplates") or []:
        given = template["metadata"]
        labels = {**(given.get("labels") or {}), **(owner["spec"]["selector"].get("matchLabels") or {})}
        name = f"{given['name']}-{owner['metadata']['name']}-{ordinal}"
        metadata: Object = {"name": name, "namespace": owner["metadata"]["namespace"], "labels": labels}
        if given.get("annotations"):
            metadata["annotations"] = dict(given["annotations"])
        found.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": copied(template["spec"])})
    return found


def pod(owner: Object, ordinal: int, revision: Object) -> Object:
    """The Pod with this ordinal, as the revision has it. Pure."""
    template = {key: value for key, value in revision["data"]["spec"]["template"].items() if key != "$patch"}
    name = f"{owner['metadata']['name']}-{ordinal}"
    made = pod_of(copied(template), owner, name=name, base=f"{owner['metadata']['name']}-")
    own = {HASH: revision["metadata"]["name"], POD_NAME: name, POD_INDEX: str(ordinal)}
    made["metadata"]["labels"] = {**made["metadata"].get("labels", {}), **own}
    spec = made["spec"]
    spec["hostname"] = name
    if owner["spec"].get("serviceName"):
        spec["subdomain"] = owner["spec"]["serviceName"]
    claimed = {each["metadata"]["name"]: f"{each['metadata']['name']}-{name}" for each in owner["spec"].get("volumeClaimTemplates") or []}
    volumes = [{"name": each, "persistentVolumeClaim": {"claimName": claim}} for each, claim in claimed.items()]
    others = [each for each in spec.get("volumes") or [] if each["name"] not in claimed]
    if volumes or others:
        spec["volumes"] = [*others, *volumes]
    return made
