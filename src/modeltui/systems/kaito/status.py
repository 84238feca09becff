"""What the conditions of a Workspace, and the Workspaces of an InferenceSet, come to. Pure.

All conditions of KAITO are good when True but those that say that it is being deleted. They become True in order: nodes, then the
workload. A workload that is beginning is reported by the same False as one that never will.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Condition
from modeltui.systems.kaito.types import InferenceSet, Workspace

ORDER: Final = (
    *("NodeClaimReady", "NodesReady", "ResourceReady", "ModelMirrorReady", "JobStarted", "InferenceReady", "WorkspaceSucceeded"),
)
NODES: Final = frozenset({"NodeClaimReady", "MachineReady", "NodesReady", "ResourceReady"})
"""Those that wait for nodes."""


def good_when(condition: str) -> bool | None:
    """As `Serves.good_when`."""
    return condition not in ("WorkspaceDeleting", "InferenceSetDeleting")


def of_workspace(workspace: Workspace) -> Status:
    conditions = {one.type: one for one in workspace.status.conditions}
    raw = workspace.status.state or _word(conditions)
    if _holds(conditions, "WorkspaceDeleting"):
        return Status(Phase.PROCESSING, raw, "It is being deleted.")
    if not conditions and not raw:
        return Status(Phase.PENDING, "", "KAITO has not taken it up yet: it has no conditions.")
    first = next((conditions[name] for name in ORDER if name in conditions and conditions[name].status != "True"), None)
    why = said(first) if first is not None else ""
    if workspace.tuning is not None:
        return _of_tuning(workspace.status.state, conditions, raw, why)
    if raw == "Failed" or (first is not None and failed(first)):
        return Status(Phase.FAILED, raw, why or "KAITO says that it failed, and not why.")
    if _holds(conditions, "InferenceReady") and workspace.status.state in ("", "Ready"):
        waits = first is not None and first.type in NODES
        return Status(Phase.DEGRADED, raw, f"It serves, but not all of its nodes are there: {why}") if waits else Status(Phase.READY, raw)
    if workspace.status.state == "NotReady":
        return Status(Phase.DEGRADED, raw, why or "It was ready and is not any more.")
    if first is not None and first.type in NODES:
        return Status(Phase.PENDING, raw, f"Waits for nodes: {why}")
    return Status(Phase.PROCESSING, raw, why)


def _of_tuning(state: str, conditions: dict[str, Condition], raw: str, why: str) -> Status:
    if _holds(conditions, "WorkspaceSucceeded"):
        return Status(Phase.READY, raw, "The tuning job has ended well. It serves nothing.")
    if state == "Failed":
        return Status(Phase.FAILED, raw, why or "The tuning job failed.")
    return Status(Phase.PROCESSING, raw, f"A tuning job, which serves nothing. {why}".strip())


def _word(conditions: dict[str, Condition]) -> str:
    told = conditions.get("WorkspaceSucceeded")
    return f"WorkspaceSucceeded={told.status}" if told is not None else ""


def _holds(conditions: dict[str, Condition], name: str) -> bool:
    return name in conditions and conditions[name].status == "True"


def failed(condition: Condition) -> bool:
    """Its reason names a failure; KAITO tries again all the same."""
    return condition.status == "False" and condition.reason.lower().endswith(("failed", "error", "mismatch"))


def said(condition: Condition) -> str:
    message = " ".join(condition.message.split())
    why = ": ".join(part for part in (condition.reason, message) if part)
    return f"{condition.type} is {condition.status}" + (f": {why}" if why else ".")


def of_set(found: InferenceSet, children: Iterable[Status]) -> Status:
    """`children`: of the Workspaces that it has made, as far as they are known."""
    told = found.status
    ready = told.ready_replicas
    raw = f"{'?' if ready is None else ready}/{found.spec.replicas}" if told.replicas is not None or ready is not None else ""
    if found.spec.replicas == 0:
        return Status(Phase.PAUSED, raw, "No replicas are asked for.")
    worst = max(children, key=lambda one: one.phase.severity, default=None)
    if not raw and not told.conditions and worst is None:
        return Status(Phase.PENDING, "", "KAITO has not taken it up yet: it has no status.")
    if ready is not None and ready >= found.spec.replicas:
        return Status(Phase.READY, raw)
    if ready:
        return Status(Phase.DEGRADED, raw, f"{ready} of {found.spec.replicas} replicas are ready.")
    if worst is not None and worst.phase is Phase.FAILED:
        return Status(Phase.FAILED, raw, f"None of its Workspaces is ready: {worst.reason}")
    waits = next((one for one in told.conditions if one.status == "False"), None)
    why = worst.reason if worst is not None and worst.reason else said(waits) if waits else ""
    return Status(Phase.PROCESSING, raw, why or "None of its Workspaces is ready yet.")
