"""What can be done with an InferenceSet and with a Workspace. Pure.

An InferenceSet has replicas, and so can be scaled, stopped and started. A Workspace has none: it can only be deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from modeltui.kube.resource import Resource
from modeltui.systems.kaito.types import InferenceSet, Workspace
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.operations import NotPossible, Operation, Stage
from modeltui.systems.protocol import Facts, Operations
from modeltui.systems.serving import replicas

_PART: Final = "workspaces"
_NO_RESTART: Final = "KAITO has no way to restart it: delete its pods, or change its config"


def of_set(resource: Resource) -> Operations:
    """`resource`: in the version of the sets that are meant."""

    def offered(found: InferenceSet, part: str, facts: Facts) -> Iterable[Operation]:
        stopped = found.spec.replicas == 0
        yield replicas.scaling(
            name="",
            now=found.spec.replicas,
            become=lambda live, number: scaled(live, number, resource=resource),
            whole="Replicas (Workspaces)",
        )
        yield Operation(
            title="Stop (0 replicas: its Workspaces and their nodes go)",
            change="Stop",
            word="stop",
            stages=(Stage(become=lambda live: stop(live, resource=resource)),),
            why_not="it is stopped" if stopped else "",
        )
        yield Operation(
            title="Start (as many replicas as before it was stopped)",
            change="Start",
            word="start",
            stages=(Stage(become=lambda live: start(live, resource=resource)),),
            why_not="" if stopped else "it is not stopped",
        )
        yield Operation(title="Restart", change="Restart", word="restart", why_not=_NO_RESTART)

    return offered


def of_workspace(workspace: Workspace, part: str, facts: Facts) -> Iterable[Operation]:
    """All of them are told with the reason why not, so that nobody looks for them."""
    if workspace.made_by:
        why_not = f"InferenceSet {workspace.made_by} made it: do it there"
    elif workspace.tuning is not None:
        why_not = "a tuning job serves nothing and has no replicas"
    else:
        why_not = "a Workspace has no replicas: delete it to free its nodes, or use an InferenceSet"
    for word in ("scale", "stop", "start"):
        yield Operation(title=word.capitalize(), change=word.capitalize(), word=word, why_not=why_not)
    yield Operation(title="Restart", change="Restart", word="restart", why_not=_NO_RESTART)


def scaled(live: Mapping[str, Any], number: int, *, resource: Resource) -> Manifest:
    desired = begun(resource, name="", namespace="", live=live)
    part(desired, "spec")["replicas"] = number
    if number:
        replicas.recall(desired)  # what was remembered is not what is wanted
    return desired


def stop(live: Mapping[str, Any], *, resource: Resource) -> Manifest:
    desired = begun(resource, name="", namespace="", live=live)
    spec = part(desired, "spec")
    before = spec.get("replicas", 1)
    if not before:
        raise NotPossible("It has 0 replicas already.")
    replicas.remember(desired, {_PART: int(before)})
    spec["replicas"] = 0
    return desired


def start(live: Mapping[str, Any], *, resource: Resource) -> Manifest:
    """As many as before it was stopped; one where nobody remembers."""
    desired = begun(resource, name="", namespace="", live=live)
    spec = part(desired, "spec")
    if spec.get("replicas", 1):
        raise NotPossible("It is not stopped.")
    spec["replicas"] = replicas.recall(desired).get(_PART, 1)
    return desired
