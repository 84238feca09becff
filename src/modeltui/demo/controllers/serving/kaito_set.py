"""KAITO's controller of InferenceSets: as many Workspaces as are wanted, each under a name that nobody can tell beforehand.

Source: inferenceset_controller.go of KAITO.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.names import generated
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving.children import Children, owned
from modeltui.demo.controllers.serving.conditions import holds, told, with_condition
from modeltui.demo.controllers.serving.kaito_workspace import SET
from modeltui.demo.controllers.serving.kinds import INFERENCE_SETS, WORKSPACES
from modeltui.demo.errors import Object

READY: Final = "InferenceSetReady"


class InferenceSets:
    name = "kaito-inferenceset"
    watches: Mapping[str, Mapper] = {INFERENCE_SETS: itself, WORKSPACES: owned_by("InferenceSet")}

    def __init__(self) -> None:
        self._children = Children(self.name)
        self._made = 0

    def reconcile(self, api: Api, key: Key) -> None:
        wish = find(api, INFERENCE_SETS, key)
        if wish is None or deleting(wish):
            return
        count = wish["spec"].get("replicas", 1)
        there = [each for each in owned(api, WORKSPACES, wish) if not deleting(each)]
        kept = [each["metadata"]["name"] for each in _dearest_first(there)[:count]]
        for each in there:
            if (name := each["metadata"]["name"]) not in kept:
                api.delete(WORKSPACES, name, namespace=key[0])
        names = [*kept, *(self._name(key) for _ in range(count - len(kept)))]
        made = [self._children.keep(api, WORKSPACES, workspace_of(wish, name), owner=wish) for name in names]
        ready = sum(_ready(each) for each in made)
        new = {**status_of(wish), "replicas": count, "readyReplicas": ready, "selector": f"{SET}={key[1]}"}
        write_status(api, INFERENCE_SETS, wish, with_condition(new, _said(new, wish, ready, count)), manager=self.name)

    def _name(self, key: Key) -> str:
        self._made += 1
        return generated(f"{key[1]}-", random.Random(f"{key[0]}/{key[1]}/{self._made}/{clock.now()}"))


def _dearest_first(workspaces: Sequence[Object]) -> list[Object]:
    """Those that serve go last."""
    return sorted(workspaces, key=lambda each: (not _ready(each), each["metadata"]["creationTimestamp"], each["metadata"]["name"]))


def _ready(workspace: Object) -> bool:
    return holds(workspace.get("status") or {}, "WorkspaceSucceeded")


def _said(status: Object, wish: Object, ready: int, count: int) -> Object:
    words = ("inferencesetReady", "inferenceset is ready")
    if ready != count:
        words = ("inferencesetNotReady", f"inferenceset is not ready, {ready}/{count} replicas are ready")
    return told(status, READY, ready == count, *words, generation=wish["metadata"].get("generation", 1))


def workspace_of(wish: Object, name: str) -> Object:
    """The Workspace of an InferenceSet: its template, on nodes with the set's labels. Pure."""
    spec, metadata = wish["spec"], wish["metadata"]
    template = spec["template"]
    resource = {**(template.get("resource") or {}), "count": 1, "labelSelector": spec["labelSelector"]}
    about = {"name": name, "namespace": metadata["namespace"], "labels": {SET: metadata["name"]}}
    return {"metadata": about, "resource": resource, "inference": template["inference"]}
