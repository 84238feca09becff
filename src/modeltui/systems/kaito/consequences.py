"""What hangs on KAITO's objects, told before they are changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from modeltui.domain import Finding, Severity
from modeltui.kube.resource import Resource
from modeltui.systems.checking import errors_first
from modeltui.systems.kaito import reading
from modeltui.systems.kaito.types import Inference, InferenceSet, Workspace
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.serving import leaving
from modeltui.systems.unseen import listed, why_not

Found = tuple[Finding, ...]


def of_workspace(before: Workspace, after: Workspace | None, facts: Facts, unseen: Unseen) -> Found:
    if after is None:
        return errors_first(_workspace_gone(before, facts, unseen))
    found = []
    if before.inference is not None and after.inference is not None and before.inference != after.inference:
        found.append(Finding(Severity.WARNING, "Its pods are replaced: it does not serve until the new ones are ready.", field="inference"))
    if before.made_by:
        reason = f"InferenceSet {before.made_by} made it and sets the change back."
        found.append(Finding(Severity.WARNING, reason, f"Change InferenceSet {before.made_by} instead."))
    return errors_first(found)


def _workspace_gone(workspace: Workspace, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    uses = tuple(reading.uses(workspace.inference or Inference()))
    yield from leaving.gone(workspace, reading.pods, uses, facts, unseen)
    nodes = workspace.status.worker_nodes
    if workspace.resource.instance_type:
        named = f" {listed(nodes)}" if nodes else ""
        reason = f"The nodes{named} of type {workspace.resource.instance_type} that KAITO made for it are given back."
        yield Finding(Severity.WARNING, reason, "A Workspace made anew waits for new ones: that takes minutes, and quota.")
    elif nodes:
        yield Finding(Severity.INFO, f"Node{'s' if len(nodes) > 1 else ''} {listed(nodes)} stay{'' if len(nodes) > 1 else 's'}.")


def of_set(workspaces: Resource) -> Callable[[InferenceSet, InferenceSet | None, Facts, Unseen], Found]:
    """`workspaces`: in the version that the cluster serves."""

    def hang(before: InferenceSet, after: InferenceSet | None, facts: Facts, unseen: Unseen) -> Found:
        made = [one.metadata.name for one in reading.of_set(before, workspaces, facts)]
        if after is None:
            return errors_first(
                (*leaving.gone(before, reading.pods_of_set, (), facts, unseen), *_made_goes(before, made, workspaces, facts, unseen))
            )
        return errors_first(_set_changed(before, after))

    return hang


def _made_goes(found: InferenceSet, made: list[str], workspaces: Resource, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    if made:
        named = f"Its Workspace{'s' if len(made) > 1 else ''} {listed(sorted(made))} go{'' if len(made) > 1 else 'es'} with it"
        nodes = ", and the nodes that KAITO made for them" if found.spec.template.resource.instance_type else ""
        yield Finding(Severity.WARNING, f"{named}{nodes}.")
    elif not facts.known(workspaces, found.metadata.namespace):
        told = why_not(unseen, workspaces, found.metadata.namespace)
        yield Finding(Severity.WARNING, f"Which Workspaces go with it is unknown: {told}.")


def _set_changed(before: InferenceSet, after: InferenceSet) -> Iterator[Finding]:
    was, now = before.spec.replicas, after.spec.replicas
    if now < was:
        nodes = " and the nodes made for them" if before.spec.template.resource.instance_type else ""
        gone = "All of its Workspaces" if not now else f"{was - now} of its {was} Workspaces"
        less = " What it serves does not answer until it is started again." if not now else ""
        yield Finding(Severity.WARNING, f"{gone}{nodes} go.{less}", field="spec.replicas")
    if before.spec.template.inference != after.spec.template.inference:
        reason = "The pods of its Workspaces are replaced: it serves less until the new ones are ready."
        yield Finding(Severity.WARNING, reason, field="spec.template.inference")
