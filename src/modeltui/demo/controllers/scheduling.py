"""Which node takes a Pod: room for what it asks for, labels, taints, and a node that is up. Pure."""

from __future__ import annotations

from collections import Counter

from modeltui.demo.errors import Object
from modeltui.demo.strategies.volumes import amount


def place(pod: Object, nodes: list[Object], pods: list[Object]) -> tuple[str | None, str]:
    """The node's name, the one with the most GPUs or else CPU left; or None and the scheduler's sentence."""
    wanted = requests(pod)
    used: dict[str, Counter[str]] = {}
    for other in pods:
        if (node := other["spec"].get("nodeName")) and (other.get("status") or {}).get("phase") not in ("Succeeded", "Failed"):
            used.setdefault(node, Counter()).update(requests(other))
    fitting: list[tuple[float, str]] = []
    reasons: Counter[str] = Counter()
    for node in nodes:
        name = node["metadata"]["name"]
        problems = _unfit(pod, node) or _lacking(wanted, node, used.get(name, Counter()))
        reasons.update(problems)
        if not problems:
            free = number(node["status"]["allocatable"].get("cpu", "0")) - used.get(name, Counter())["cpu"]
            fitting.append((-free, name))
    if fitting:
        return min(fitting)[1], ""
    told = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
    helpless = f"preemption: 0/{len(nodes)} nodes are available: {len(nodes)} Preemption is not helpful for scheduling."
    return None, f"0/{len(nodes)} nodes are available: {told}. {helpless}"


def number(quantity: object) -> float:
    """A quantity in plain units; 0 for what is none."""
    return float(amount(quantity) or 0)


def requests(pod: Object) -> dict[str, float]:
    """What the Pod's containers ask for together, by resource, in plain units."""
    total: dict[str, float] = {}
    for container in pod["spec"].get("containers") or []:
        for name, quantity in ((container.get("resources") or {}).get("requests") or {}).items():
            total[name] = total.get(name, 0.0) + number(quantity)
    return total


def _unfit(pod: Object, node: Object) -> list[str]:
    labels = node["metadata"].get("labels") or {}
    selector = pod["spec"].get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return ["node(s) didn't match Pod's node affinity/selector"]
    for taint in node.get("spec", {}).get("taints") or []:
        if taint["effect"] != "PreferNoSchedule" and not any(_tolerates(each, taint) for each in pod["spec"].get("tolerations") or []):
            value = f": {taint['value']}" if taint.get("value") else ": "
            return [f"node(s) had untolerated taint {{{taint['key']}{value}}}"]
    if node.get("spec", {}).get("unschedulable"):
        return ["node(s) were unschedulable"]
    return []


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", ""))


def _lacking(wanted: dict[str, float], node: Object, used: Counter[str]) -> list[str]:
    allocatable = node["status"]["allocatable"]
    return [f"Insufficient {name}" for name, size in wanted.items() if size > number(allocatable.get(name, "0")) - used[name]]
