"""Traps in which nodes are asked for: their labels, and the part of a node that is used. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from modeltui.domain import Finding, Severity
from modeltui.systems.core import selector
from modeltui.systems.core.types import NODES, LabelSelector, Node
from modeltui.systems.kaito.types import ResourceSpec
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus

_RESERVED = ("kaito.sh/", "inferenceset.kaito.sh/")


def labels(wanted: LabelSelector | None, field: str) -> Iterator[Finding]:
    if wanted is None:
        yield Finding(
            Severity.ERROR, "labelSelector is missing: the API server refuses it.", "Set matchLabels, such as apps: llama.", field
        )
    elif problem := selector.problem(wanted):
        yield Finding(Severity.ERROR, f"labelSelector: {problem}.", "Correct it.", field)
    elif any(one.operator != "In" or len(one.values) != 1 for one in wanted.match_expressions):
        reason = "labelSelector has matchExpressions that say more than one value of a label: KAITO's webhook refuses them."
        yield Finding(Severity.ERROR, reason, "Write matchLabels.", f"{field}.matchExpressions")
    elif not wanted.match_labels:
        yield Finding(
            Severity.ERROR,
            "labelSelector has no matchLabels: KAITO cannot label the nodes that it makes.",
            "Set matchLabels, such as apps: llama.",
            f"{field}.matchLabels",
        )
    elif all(name.startswith(_RESERVED) for name in wanted.match_labels):
        reason = "labelSelector has labels only that KAITO keeps for itself and ignores there: its webhook refuses it."
        yield Finding(Severity.ERROR, reason, "Set a label of your own, such as apps: llama.", f"{field}.matchLabels")


def partition(wanted: ResourceSpec, field: str) -> Iterator[Finding]:
    found, field = wanted.partition, f"{field}.partition"
    if found is None:
        return
    if wanted.instance_type:
        reason = "It asks for a part of a node, and for nodes to be made: KAITO's webhook takes parts of nodes that are there only."
        yield Finding(Severity.ERROR, reason, "Leave instanceType or the partition out.", field)
    if found.mode not in ("mig", "accelerator"):
        yield Finding(Severity.ERROR, f'"{found.mode}" is no way to partition GPUs.', "Write mig or accelerator.", f"{field}.mode")
    elif found.mode == "mig" and (found.count is not None or not found.profile):
        reason = "A MIG slice is named by its profile, and there is one of it: KAITO's webhook refuses anything else."
        yield Finding(Severity.ERROR, reason, "Set profile, such as 3g.40gb, and no count.", field)
    elif found.mode == "accelerator" and (found.profile or not found.count or found.count < 1):
        reason = "Whole GPUs are said by their count, without a profile: KAITO's webhook refuses anything else."
        yield Finding(Severity.ERROR, reason, "Set count, at least 1, and no profile.", field)


def enough(wanted: ResourceSpec, labels: LabelSelector | None, count: int, facts: Facts, field: str) -> Iterator[Finding]:
    """Where some nodes have the labels: whether as many as are wanted. `count`: of nodes, which `field` says."""
    fit = _fit(wanted, labels, facts)
    if 0 < len(fit) < count:
        reason = f"{len(fit)} of the {count} nodes that it wants are there ({_said(labels)}), and without an instance type none is made."
        remedy = "Ask for fewer, or label more nodes; set instanceType to have KAITO make them."
        yield Finding(Severity.WARNING, reason, remedy, field)


def with_gpus(wanted: ResourceSpec, labels: LabelSelector | None, facts: Facts, field: str) -> Iterator[Finding]:
    """Whether those that have the labels have any."""
    fit = _fit(wanted, labels, facts)
    if fit and not any(gpus.is_gpu(name) for node in fit for name in node.status.allocatable):
        reason = f"The nodes with the labels {_said(labels)} offer no GPU: what is served does not start there."
        yield Finding(Severity.WARNING, reason, "Choose nodes that have GPUs; or install the device plugin that offers them.", field)


def _fit(wanted: ResourceSpec, labels: LabelSelector | None, facts: Facts) -> Sequence[Node]:
    """None where KAITO makes nodes, or where nodes are not known."""
    if wanted.instance_type or labels is None or not labels.match_labels or not facts.known(NODES, ""):
        return ()
    own = labels.match_labels.items()
    return [node for node in facts.all(NODES, "") if isinstance(node, Node) and own <= node.metadata.labels.items()]


def _said(labels: LabelSelector | None) -> str:
    return ", ".join(f"{name}={value}" for name, value in (labels.match_labels if labels else {}).items())


def there(wanted: ResourceSpec, labels: LabelSelector | None, facts: Facts, field: str) -> Iterator[Finding]:
    """Without an instance type no node is made, so one has to have the labels. `facts` without the nodes say nothing."""
    if wanted.instance_type or labels is None or not labels.match_labels or not facts.known(NODES, ""):
        return
    if not _fit(wanted, labels, facts):
        reason = f"No node has the labels {_said(labels)}, and without an instance type none is made: it waits for one."
        yield Finding(Severity.WARNING, reason, "Label the nodes that it shall run on, correct the labels, or set instanceType.", field)
