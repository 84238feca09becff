"""What a Deployment's status says: counts, and whether it is available and gets on. Pure, but for the time that conditions carry."""

from __future__ import annotations

from modeltui.demo import clock
from modeltui.demo.controllers.controller import condition
from modeltui.demo.controllers.rollout import Limits, count, size
from modeltui.demo.errors import Object

COMPLETE, TIMED_OUT, FAILURE = "NewReplicaSetAvailable", "ProgressDeadlineExceeded", "ReplicaFailure"


def counts(deployment: Object, sets: list[Object], new: Object | None) -> Object:
    """Zeroes are left out, as the API server does."""
    available = sum(count(each, "availableReplicas") for each in sets)
    found = {
        "replicas": sum(count(each, "replicas") for each in sets),
        "updatedReplicas": count(new, "replicas") if new is not None else 0,
        "readyReplicas": sum(count(each, "readyReplicas") for each in sets),
        "availableReplicas": available,
        "unavailableReplicas": max(0, sum(size(each) for each in sets) - available),
    }
    told: Object = {"observedGeneration": deployment["metadata"].get("generation", 1)}
    if collisions := (deployment.get("status") or {}).get("collisionCount"):
        told["collisionCount"] = collisions
    terminating = sum(count(each, "terminatingReplicas") for each in sets)
    return told | {name: number for name, number in found.items() if number} | {"terminatingReplicas": terminating}


def conditions(deployment: Object, told: Object, sets: list[Object], new: Object | None, *, late: bool, allowed: Limits) -> list[Object]:
    """`told` are the counts; `late`: nothing has got on for as long as the deadline allows."""
    found = list((deployment.get("status") or {}).get("conditions") or [])
    enough = told.get("availableReplicas", 0) >= allowed.fewest
    available = ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    unavailable = ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    found = put(found, "Available", *(available if enough else unavailable))
    now = progressing(deployment, told, new, late=late)
    if now is not None:
        found = put(found, "Progressing", *now, renew=got_on(deployment, told) and now[1] == "ReplicaSetUpdated")
    failed = next((each for each in map(_failure, [*([new] if new else []), *sets]) if each is not None), None)
    found = [each for each in found if each["type"] != FAILURE or failed is not None]
    return put(found, FAILURE, "True", failed["reason"], failed["message"]) if failed is not None else found


def progressing(deployment: Object, told: Object, new: Object | None, *, late: bool) -> tuple[str, str, str] | None:
    """The Progressing condition as (status, reason, message); None when it stays as it is."""
    before = condition(deployment, "Progressing")
    if deployment["spec"].get("progressDeadlineSeconds") is None or deployment["spec"].get("paused"):
        return None
    finished = told.get("replicas", 0) == told.get("updatedReplicas", 0)
    if before is not None and before.get("reason") == COMPLETE and finished:
        return None
    named = f'ReplicaSet "{new["metadata"]["name"]}"' if new is not None else f'Deployment "{deployment["metadata"]["name"]}"'
    if is_complete(deployment, told):
        return ("True", COMPLETE, f"{named} has successfully progressed.")
    if got_on(deployment, told):
        return ("True", "ReplicaSetUpdated", f"{named} is progressing.")
    if late:
        return ("False", TIMED_OUT, f"{named} has timed out progressing.")
    return None


def is_complete(deployment: Object, told: Object) -> bool:
    wanted = deployment["spec"].get("replicas", 1)
    return all(told.get(each, 0) == wanted for each in ("updatedReplicas", "replicas", "availableReplicas"))


def got_on(deployment: Object, told: Object) -> bool:
    """More new Pods, fewer old ones, or more that are ready or available than the last status says."""
    old = deployment.get("status") or {}

    def outdated(status: Object) -> int:
        return int(status.get("replicas", 0)) - int(status.get("updatedReplicas", 0))

    more = ("updatedReplicas", "readyReplicas", "availableReplicas")
    return any(told.get(each, 0) > old.get(each, 0) for each in more) or outdated(told) < outdated(old)


def _failure(replica_set: Object) -> Object | None:
    found = condition(replica_set, FAILURE)
    return found if found is not None and found["status"] == "True" else None


def put(found: list[Object], type_: str, status: str, reason: str, message: str, *, renew: bool = False) -> list[Object]:
    """The conditions with this one. Its update time changes with its reason, or when it is renewed; the transition's with its status."""
    now = clock.stamp(clock.now())
    before: Object = next((each for each in found if each["type"] == type_), {})
    if (before.get("status"), before.get("reason"), before.get("message")) == (status, reason, message) and not renew:
        return found
    changed = before["lastTransitionTime"] if before.get("status") == status else now
    entry = {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastUpdateTime": now,
        "lastTransitionTime": changed,
    }
    return [each for each in found if each["type"] != type_] + [entry]
