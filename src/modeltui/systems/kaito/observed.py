"""What became of a Workspace, or of an InferenceSet, that is in the cluster, beyond what it asks for. Pure.

Source of the conditions and their reasons: KAITO's controllers. Nodes come first: without them nothing else is begun. Where KAITO makes
no nodes (no instanceType), those that are there have to have the labels, and be enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.objects import Condition
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.core.types import NODES, Node
from modeltui.systems.kaito import reading, status
from modeltui.systems.kaito.checks import nodes
from modeltui.systems.kaito.types import InferenceSet, Workspace
from modeltui.systems.protocol import Facts

_REMEDIES: Final = {
    "ModelMirrorReady": "Look at the ModelMirror and its job: a token, the model's terms, or room may be missing.",
    "JobStarted": "Look at the tuning job and its pods.",
    "InferenceReady": "Look at its pods, their events and logs.",
    "WorkspaceSucceeded": "Look at the conditions before it.",
}
_SUMMARY: Final = "WorkspaceSucceeded"


def of_workspace(workspace: Workspace, facts: Facts) -> Iterator[Finding]:
    """The first condition that is not met, which holds up the others."""
    conditions = {one.type: one for one in workspace.status.conditions}
    if "WorkspaceDeleting" in conditions:
        return
    waits = next((conditions[name] for name in status.ORDER if name in conditions and conditions[name].status == "False"), None)
    if waits is None:
        return
    if waits.type in status.NODES:
        yield from _nodes(workspace, waits, facts)
    elif waits.type != _SUMMARY and status.failed(waits):
        yield Finding(Severity.ERROR, f"{_said(waits)}.", _REMEDIES.get(waits.type, ""), _field(waits))


def _nodes(workspace: Workspace, waits: Condition, facts: Facts) -> Iterator[Finding]:
    wanted, labels = workspace.resource, workspace.resource.label_selector
    if wanted.instance_type:
        severity = Severity.ERROR if status.failed(waits) else Severity.WARNING
        yield Finding(
            severity,
            f"It waits for nodes of type {wanted.instance_type}: {_said(waits)}.",
            "Look at its NodeClaims: is a node provisioner (gpu-provisioner, Karpenter) installed, does the cloud offer that "
            "type here, and is there quota left for it?",
            "resource.instanceType",
        )
        return
    found = list(nodes.there(wanted, labels, facts, "resource.labelSelector"))
    if found:
        yield from (replace(one, severity=Severity.ERROR) for one in found)
        return
    count = workspace.status.target_node_count or wanted.count or 1
    own = (labels.match_labels if labels else {}).items()
    fit = [one for one in facts.all(NODES, "") if isinstance(one, Node) and own <= one.metadata.labels.items()]
    if few := list(nodes.enough(wanted, labels, count, facts, "resource.count")):
        yield from (replace(one, severity=Severity.ERROR) for one in few)
    elif ill := [one.metadata.name for one in fit if not _ready(one)]:
        reason = f"It waits for nodes that are not ready: {', '.join(sorted(ill))}."
        yield Finding(
            Severity.ERROR, reason, "Look at the nodes: kubectl describe node says since when, and why.", "resource.labelSelector"
        )
    else:
        yield Finding(Severity.WARNING, f"It waits for nodes: {_said(waits)}.", "Look at the device plugin on its nodes.", _field(waits))


def _ready(node: Node) -> bool:
    return not node.spec.unschedulable and any(one.type == "Ready" and one.status == "True" for one in node.status.conditions)


def _said(condition: Condition) -> str:
    return redact_text(status.said(condition)).rstrip(".")


def _field(condition: Condition) -> str:
    return f"status.conditions[{condition.type}]"


def of_set(found: InferenceSet, workspaces: Resource, facts: Facts) -> Iterator[Finding]:
    """What its Workspaces wait for: each cause once. `workspaces`: in the version that is watched."""
    told: dict[tuple[str, str], Finding] = {}
    for one in sorted(
        facts.where(workspaces, found.metadata.namespace, reading.set_of, found.metadata.name), key=lambda one: one.metadata.name
    ):
        if isinstance(one, Workspace) and status.of_workspace(one).phase is not Phase.READY:
            for finding in of_workspace(one, facts):
                about = f"Workspace {one.metadata.name}"
                told.setdefault((finding.reason, finding.remedy), replace(finding, field=_of_set(finding.field), about=about))
    yield from told.values()


def _of_set(field: str) -> str:
    """Where an InferenceSet says what stands there in its Workspaces."""
    return "spec.labelSelector" if field == "resource.labelSelector" else "" if field.startswith("status") else f"spec.template.{field}"
