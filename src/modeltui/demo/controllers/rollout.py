"""The arithmetic of a Deployment's rollout: how many Pods its new ReplicaSet and its old ones are to have. Pure.

The rules are those of the deployment controller: never more than `replicas + maxSurge` Pods, never fewer than `replicas -
maxUnavailable` available ones, unhealthy old ones go first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from modeltui.demo.errors import Object

REVISION = "deployment.kubernetes.io/revision"
HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED = "deployment.kubernetes.io/desired-replicas"
MOST = "deployment.kubernetes.io/max-replicas"
HASH_LABEL = "pod-template-hash"


@dataclass(frozen=True, slots=True)
class Limits:
    replicas: int
    surge: int
    unavailable: int

    @property
    def most(self) -> int:
        return self.replicas + self.surge

    @property
    def fewest(self) -> int:
        """Available ones, at the least."""
        return self.replicas - self.unavailable


def limits(deployment: Object) -> Limits:
    spec = deployment["spec"]
    replicas = int(spec.get("replicas", 1))
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return Limits(replicas, 0, 0)
    rolling = strategy.get("rollingUpdate") or {}
    surge = _share(rolling.get("maxSurge", "25%"), replicas, up=True)
    unavailable = _share(rolling.get("maxUnavailable", "25%"), replicas, up=False)
    return Limits(replicas, surge, min(replicas, unavailable if surge or unavailable else 1))


def _share(value: int | str, whole: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    part = whole * int(value.rstrip("%")) / 100
    return math.ceil(part) if up else math.floor(part)


def size(replica_set: Object) -> int:
    return int(replica_set["spec"].get("replicas", 1))


def count(replica_set: Object, name: str) -> int:
    return int((replica_set.get("status") or {}).get(name, 0))


def revision(obj: Object) -> int:
    told = (obj["metadata"].get("annotations") or {}).get(REVISION, "0")
    return int(told) if str(told).isdecimal() else 0


def first_size(allowed: Limits, old: list[Object]) -> int:
    """What a ReplicaSet that is made now begins with."""
    return grown(allowed, 0, old)


def grown(allowed: Limits, now: int, old: list[Object]) -> int:
    """The new ReplicaSet's size, as far as the surge allows."""
    total = now + sum(size(each) for each in old)
    if total >= allowed.most:
        return now
    return now + min(allowed.most - total, allowed.replicas - now)


def shrunk(allowed: Limits, new: Object, old: list[Object]) -> dict[str, int]:
    """New sizes of old ReplicaSets, by name; only of those that change."""
    sizes = {each["metadata"]["name"]: size(each) for each in old}
    before = dict(sizes)
    waiting = size(new) - count(new, "availableReplicas")
    room = sum(sizes.values()) + size(new) - allowed.fewest - waiting
    if room <= 0:
        return {}
    oldest_first = sorted(old, key=lambda each: (each["metadata"]["creationTimestamp"], each["metadata"]["name"]))
    for each in oldest_first:
        unhealthy = max(0, size(each) - count(each, "availableReplicas"))
        taken = min(room, unhealthy)
        sizes[each["metadata"]["name"]] -= taken
        room -= taken
    available = count(new, "availableReplicas") + sum(count(each, "availableReplicas") for each in old)
    spare = available - allowed.fewest
    for each in oldest_first:
        name = each["metadata"]["name"]
        taken = max(0, min(spare, sizes[name]))
        sizes[name] -= taken
        spare -= taken
    return {name: now for name, now in sizes.items() if now != before[name]}


def proportional(allowed: Limits, sets: list[Object]) -> dict[str, int]:
    """Sizes, by name, after `replicas` changed midway through a rollout: each ReplicaSet gets its share, larger ones first."""
    active = [each for each in sets if size(each)]
    total = sum(size(each) for each in active)
    change = (allowed.most if allowed.replicas else 0) - total
    ordered = sorted(active, key=lambda each: -size(each))
    sizes: dict[str, int] = {}
    left = change
    for each in ordered:
        annotated = (each["metadata"].get("annotations") or {}).get(MOST, "")
        before = int(annotated) if annotated.isdecimal() and int(annotated) else total
        wanted = round(size(each) * allowed.most / before) - size(each)
        part = max(left, min(0, wanted)) if change < 0 else min(left, max(0, wanted))
        sizes[each["metadata"]["name"]] = max(0, size(each) + part)
        left -= part
    if ordered and left:
        first = ordered[0]["metadata"]["name"]
        sizes[first] = max(0, sizes[first] + left)
    return {each["metadata"]["name"]: sizes[each["metadata"]["name"]] for each in active if sizes[each["metadata"]["name"]] != size(each)}


def plain(template: Object) -> Object:
    """A template without the label that its ReplicaSet put on it."""
    metadata = dict(template.get("metadata") or {})
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != HASH_LABEL}
    return {**template, "metadata": {**metadata, "labels": labels}}
