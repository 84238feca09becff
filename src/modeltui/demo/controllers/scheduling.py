"""Which node takes a Pod: room for what it asks for, labels, taints, and a node that is up. Pure; the words are kube-scheduler's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from modeltui.demo.errors import Object
from modeltui.demo.strategies.volumes import amount

Used = Callable[[str], Mapping[str, float]]
"""What the Pods on a node ask for together, by resource."""
HELPLESS, NO_VICTIMS = "Preemption is not helpful for scheduling", "No preemption victims found for incoming pod"


@dataclass(frozen=True, slots=True)
class Placement:
    """A node, or else the sentence why there is none, and which resources would help if they got free."""

    node: str = ""
    problem: str = ""
    lacking: frozenset[str] = frozenset()


def place(pod: Object, nodes: list[Object], used: Used) -> Placement:
    """The node with the most CPU left of those that fit."""
    wanted = requests(pod)
    fitting: list[tuple[float, str]] = []
    reasons: Counter[str] = Counter()
    chances: Counter[str] = Counter()
    lacking: set[str] = set()
    for node in nodes:
        name = node["metadata"]["name"]
        taken = used(name)
        problem = unfit(pod, node)
        short = [] if problem else _short(wanted, node, taken)
        if problem or short:
            reasons.update([problem] if problem else [_insufficient(each) for each in short])
            chances[NO_VICTIMS if short else HELPLESS] += 1
            lacking.update(short)
            continue
        free = number(node["status"]["allocatable"].get("cpu", "0")) - taken.get("cpu", 0.0)
        fitting.append((-free, name))
    if fitting:
        return Placement(node=min(fitting)[1])
    if not nodes:
        return Placement(problem="no nodes available to schedule pods")
    return Placement(
        problem=f"0/{len(nodes)} nodes are available: {_counted(reasons)}. {preemption(len(nodes), chances)}", lacking=frozenset(lacking)
    )


def refused(nodes: int, why: str) -> str:
    """The sentence of a Pod that no node is even looked at for."""
    return f"0/{nodes} nodes are available: {why}. {preemption(nodes, Counter({HELPLESS: nodes}))}"


def preemption(nodes: int, chances: Counter[str]) -> str:
    return f"preemption: 0/{nodes} nodes are available: {_counted(chances)}."


def _counted(reasons: Counter[str]) -> str:
    return ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items()))


@lru_cache(maxsize=4096)
def _size(quantity: str) -> float:
    return float(amount(quantity) or 0)


def number(quantity: object) -> float:
    """A quantity in plain units; 0 for what is none."""
    return _size(str(quantity))


def requests(pod: Object) -> dict[str, float]:
    """What the Pod takes of a node, by resource, in plain units: its containers together, or its largest init container if that is more."""
    spec = pod["spec"]
    steady: dict[str, float] = {}
    peak: dict[str, float] = {}
    for container in spec.get("initContainers") or []:
        if container.get("restartPolicy") == "Always":
            _add(steady, container)
            continue
        first = dict(steady)
        _add(first, container)
        peak = {name: max(peak.get(name, 0.0), first.get(name, 0.0)) for name in {*peak, *first}}
    for container in spec.get("containers") or []:
        _add(steady, container)
    total = {name: max(steady.get(name, 0.0), peak.get(name, 0.0)) for name in {*steady, *peak}}
    for name, quantity in (spec.get("overhead") or {}).items():
        total[name] = total.get(name, 0.0) + number(quantity)
    return total


def _add(total: dict[str, float], container: Object) -> None:
    resources = container.get("resources") or {}
    for name, quantity in {**(resources.get("limits") or {}), **(resources.get("requests") or {})}.items():
        total[name] = total.get(name, 0.0) + number(quantity)


def unfit(pod: Object, node: Object) -> str:
    """Why this node is not for this Pod, whatever room it has; empty when it is."""
    if node.get("spec", {}).get("unschedulable") and not _tolerated(
        pod, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    ):
        return "node(s) were unschedulable"
    for taint in node.get("spec", {}).get("taints") or []:
        if taint["effect"] != "PreferNoSchedule" and not _tolerated(pod, taint):
            return f"node(s) had untolerated taint {{{taint['key']}: {taint.get('value', '')}}}"
    if not selected(pod["spec"], node):
        return "node(s) didn't match Pod's node affinity/selector"
    return ""


def _tolerated(pod: Object, taint: Object) -> bool:
    return any(_tolerates(each, taint) for each in pod["spec"].get("tolerations") or [])


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return bool(toleration.get("key") == taint["key"] and toleration.get("value", "") == taint.get("value", ""))


def selected(spec: Object, node: Object) -> bool:
    """Is it a node that the Pod's nodeSelector and node affinity ask for?"""
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if not required:
        return True
    named = {"metadata.name": node["metadata"]["name"]}
    return any(
        (term.get("matchExpressions") or term.get("matchFields"))
        and all(_matches(each, labels) for each in term.get("matchExpressions") or [])
        and all(_matches(each, named) for each in term.get("matchFields") or [])
        for term in required.get("nodeSelectorTerms") or []
    )


def _matches(requirement: Object, labels: Mapping[str, str]) -> bool:
    value, values = labels.get(requirement["key"]), requirement.get("values") or []
    match requirement["operator"]:
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt" | "Lt" if value is not None and re.fullmatch(r"-?\d+", value) and values:
            return int(value) > int(values[0]) if requirement["operator"] == "Gt" else int(value) < int(values[0])
    return False


def _short(wanted: Mapping[str, float], node: Object, taken: Mapping[str, float]) -> list[str]:
    """The resources that this node has not enough of."""
    allocatable = node["status"].get("allocatable") or {}
    short = []
    if "pods" in allocatable and taken.get("pods", 0) + 1 > number(allocatable["pods"]):
        short.append("pods")
    short += [name for name, size in wanted.items() if size > 0 and size > number(allocatable.get(name, "0")) - taken.get(name, 0.0) + 1e-6]
    return short


def _insufficient(resource: str) -> str:
    return "Too many pods" if resource == "pods" else f"Insufficient {resource}"
