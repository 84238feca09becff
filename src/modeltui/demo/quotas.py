"""What counts against a ResourceQuota: of one object, and the sentences that refuse one. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from modeltui.demo.columns import dig
from modeltui.demo.errors import Object
from modeltui.demo.strategies.podspec import quality_of_service
from modeltui.demo.strategies.volumes import amount

Usage = Mapping[str, Decimal]

_COMPUTE = ("cpu", "memory", "ephemeral-storage")
_PLAIN = ("pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "resourcequotas", "replicationcontrollers")


def usage(resource: str, obj: Object) -> Usage:
    """What an object of this resource ("pods", "deployments.apps") takes, by the names that quotas know."""
    plural, _, group = resource.partition(".")
    found = {f"count/{resource}": Decimal(1)}
    if not group and plural in _PLAIN:
        found[plural] = Decimal(1)
    if resource == "pods":
        if dig(obj, "status", "phase") in ("Succeeded", "Failed"):
            return {"count/pods": Decimal(1)}
        found |= _of_pod(obj)
    elif resource == "persistentvolumeclaims":
        size = amount(dig(obj, "spec", "resources", "requests", "storage", default="0")) or Decimal(0)
        found["requests.storage"] = size
        if storage_class := dig(obj, "spec", "storageClassName"):
            prefix = f"{storage_class}.storageclass.storage.k8s.io"
            found |= {f"{prefix}/requests.storage": size, f"{prefix}/persistentvolumeclaims": Decimal(1)}
    elif resource == "services":
        kind = dig(obj, "spec", "type", default="ClusterIP")
        found["services.loadbalancers"] = Decimal(kind == "LoadBalancer")
        found["services.nodeports"] = Decimal(len(dig(obj, "spec", "ports", default=[])) if kind in ("NodePort", "LoadBalancer") else 0)
    return found


def _of_pod(pod: Object) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for part in ("requests", "limits"):
        steady = [_sizes(each, part) for each in dig(pod, "spec", "containers", default=[])]
        first = [_sizes(each, part) for each in dig(pod, "spec", "initContainers", default=[])]
        names = {name for each in (*steady, *first) for name in each}
        for name in names:
            total = sum((each.get(name, Decimal(0)) for each in steady), Decimal(0))
            size = max([total, *(each.get(name, Decimal(0)) for each in first)])
            if part == "requests" and name in _COMPUTE:
                found[name] = size
            if part == "requests" or name in _COMPUTE:
                found[f"{part}.{name}"] = size
    return found


def _sizes(container: Object, part: str) -> dict[str, Decimal]:
    return {name: amount(size) or Decimal(0) for name, size in dig(container, "resources", part, default={}).items()}


def applies(quota: Object, resource: str, obj: Object) -> bool:
    """Do the scopes of the quota take this object in?"""
    scopes = list(dig(quota, "spec", "scopes", default=[]))
    if not scopes:
        return True
    if resource != "pods":
        return False
    best_effort = quality_of_service(obj["spec"]) == "BestEffort"
    ends = dig(obj, "spec", "activeDeadlineSeconds") is not None
    holds = {"BestEffort": best_effort, "NotBestEffort": not best_effort, "Terminating": ends, "NotTerminating": not ends}
    return all(holds.get(scope, True) for scope in scopes)


def hard(quota: Object) -> dict[str, Decimal]:
    return {name: amount(size) or Decimal(0) for name, size in dig(quota, "spec", "hard", default={}).items()}


def unspecified(quota: Object, pod: Object) -> str:
    """Where there is a limit on cpu or memory each container must say what it wants; "" when all do."""
    missing: dict[str, list[str]] = {}
    containers = [*dig(pod, "spec", "containers", default=[]), *dig(pod, "spec", "initContainers", default=[])]
    for name in sorted(hard(quota)):
        part, _, resource = name.rpartition(".") if name.startswith(("requests.", "limits.")) else ("requests", "", name)
        if resource not in ("cpu", "memory"):
            continue
        for container in containers:
            if resource not in dig(container, "resources", part, default={}):
                missing.setdefault(name, []).append(container["name"])
    if not missing:
        return ""
    told = "; ".join(f"{name} for: {','.join(sorted(names))}" for name, names in missing.items())
    return f"failed quota: {quota['metadata']['name']}: must specify {told}"


def exceeded(quota: Object, used: Usage, wanted: Usage) -> str:
    """The sentence when these would be too many; "" when there is room."""
    limited = hard(quota)
    over = sorted(name for name, size in wanted.items() if name in limited and size and used.get(name, Decimal(0)) + size > limited[name])
    if not over:
        return ""
    shown = [",".join(f"{name}={written(sizes.get(name, Decimal(0)), name)}" for name in over) for sizes in (wanted, used, limited)]
    return f"exceeded quota: {quota['metadata']['name']}, requested: {shown[0]}, used: {shown[1]}, limited: {shown[2]}"


def total(quota: Object, found: Iterable[Usage]) -> dict[str, str]:
    """status.used of a quota."""
    sums = dict.fromkeys(hard(quota), Decimal(0))
    for each in found:
        for name in sums.keys() & each.keys():
            sums[name] += each[name]
    return {name: written(size, name) for name, size in sums.items()}


def written(size: Decimal, name: str) -> str:
    """As a quantity: 1500m of cpu, 64Gi of memory."""
    if re.search(r"memory|storage", name) and size and not size % 1024:
        for suffix, unit in (("Ti", 1024**4), ("Gi", 1024**3), ("Mi", 1024**2), ("Ki", 1024)):
            if not size % unit:
                return f"{int(size / unit)}{suffix}"
    return f"{int(size)}" if not size % 1 else f"{int(size * 1000)}m"
