"""The tables of KAITO's kinds, of both versions of its API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import Finding, RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import CLAIMS, NODES, Node, PersistentVolumeClaim
from modeltui.systems.kaito import consequences, observed, operations, reading, status
from modeltui.systems.kaito.checks import check_set, check_workspace
from modeltui.systems.kaito.types import CONFIG_MAPS, OLD_SETS, OLD_WORKSPACES, SETS, WORKSPACES, InferenceSet, Workspace
from modeltui.systems.protocol import Facts, Serves, View
from modeltui.systems.serving.views import serving_view

_EVIDENCE: Final = {CONFIG_MAPS: Object, NODES: Node, CLAIMS: PersistentVolumeClaim}


def _both(seen: Iterable[Finding], checked: Iterable[Finding]) -> tuple[Finding, ...]:
    """What became of it counts more than the same as a warning."""
    came = tuple(seen)
    told = {finding.reason for finding in came}
    return errors_first((*came, *(finding for finding in checked if finding.reason not in told)))


def examine_workspace(workspace: Workspace, facts: Facts) -> Iterable[Finding]:
    return _both(observed.of_workspace(workspace, facts), check_workspace(workspace, facts))


def _workspaces(resource: Resource, older: tuple[View, ...] = ()) -> View:
    return serving_view(
        name="workspaces",
        title="Workspaces",
        aliases=("workspace", "wk", "kaito"),
        system="KAITO",
        resource=resource,
        kind=Workspace,
        serves=Serves(read=reading.read, pods=reading.pods, good_when=status.good_when),
        evidence=_EVIDENCE,
        secrets=reading.secrets,
        examine=examine_workspace,
        check=check_workspace,
        consequences=consequences.of_workspace,
        operations=operations.of_workspace,
        older=older,
    )


def _sets(resource: Resource, workspaces: Resource, older: tuple[View, ...] = ()) -> View:
    def touched(of: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
        return [(obj.metadata.namespace, name) for name in reading.set_of(obj)]

    def examine(found: InferenceSet, facts: Facts) -> Iterable[Finding]:
        return _both(observed.of_set(found, workspaces, facts), check_set(found, facts))

    return serving_view(
        name="inferencesets",
        title="InferenceSets",
        aliases=("inferenceset", "isets"),
        system="KAITO",
        resource=resource,
        kind=InferenceSet,
        serves=Serves(read=reading.reader(workspaces), pods=reading.pods_of_set, good_when=status.good_when),
        joins={workspaces: Workspace},
        dependents=touched,
        evidence=_EVIDENCE,
        secrets=reading.secrets_of_set,
        examine=examine,
        check=check_set,
        consequences=consequences.of_set(workspaces),
        operations=operations.of_set(resource),
        older=older,
    )


WORKSPACES_VIEW: Final = _workspaces(WORKSPACES, older=(_workspaces(OLD_WORKSPACES),))
# InferenceSet v1alpha1 came with Workspace v1beta1
SETS_VIEW: Final = _sets(SETS, WORKSPACES, older=(_sets(OLD_SETS, WORKSPACES),))
