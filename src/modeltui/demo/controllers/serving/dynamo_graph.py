"""The operator's controller of DynamoGraphDeployments: a Deployment and a Service for every component, new generations of workers beside
the old ones, restarts by id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.demo import clock
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, itself, owned_by, status_of, write_status
from modeltui.demo.controllers.events import record
from modeltui.demo.controllers.kinds import DEPLOYMENTS, PODS
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.serving import dynamo_status
from modeltui.demo.controllers.serving.children import Children, owned
from modeltui.demo.controllers.serving.dynamo_component import (
    COMPONENT,
    RESTARTED,
    base_name,
    components,
    deployment,
    deployment_name,
    is_worker,
    labels,
    models,
    service,
)
from modeltui.demo.controllers.serving.dynamo_versions import in_v1beta1, status_in
from modeltui.demo.controllers.serving.finalizing import held, leaves
from modeltui.demo.controllers.serving.kinds import GRAPHS, SERVICES
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.controllers.serving_pods import SERVES
from modeltui.demo.errors import Object, StatusError

FINALIZER: Final = "nvidia.com/finalizer"
POOLS: Final = "inferencepools.inference.networking.k8s.io"
"""What an endpoint picker picks from; of the Gateway API's inference extension, which this cluster does not have."""


class Graphs:
    name = "dynamographdeployment"
    watches: Mapping[str, Mapper] = {GRAPHS: itself, DEPLOYMENTS: owned_by("DynamoGraphDeployment")}

    def __init__(self) -> None:
        self._children = Children(self.name)

    def reconcile(self, api: Api, key: Key) -> None:
        kept = find(api, GRAPHS, key)
        if kept is None or leaves(api, GRAPHS, kept, FINALIZER, manager=self.name):
            return
        kept = held(api, GRAPHS, kept, FINALIZER, manager=self.name)
        graph = in_v1beta1(kept)
        old = status_of(graph)
        if any(each.get("multinode") for each in components(graph)):
            self._fail(api, kept, graph, old, "no multinode orchestrator available: install Grove, or LeaderWorkerSet and Volcano")
            return
        if any(each.get("type") == "epp" for each in components(graph)) and not api.served(POOLS):
            missing = 'no matches for kind "InferencePool" in version "inference.networking.k8s.io/v1"'
            self._fail(api, kept, graph, old, f"failed to reconcile EPP resources: {missing}")
            return
        try:
            found = self._components(api, graph, old)
        except StatusError as problem:
            self._fail(api, kept, graph, old, problem.message)
            raise
        self._tidy(api, graph, found)
        status = dynamo_status.status(old, graph, found)
        status = _rolling(status, old, graph, found)
        status = _restarting(status, old, graph, found)
        self._tell(api, kept, graph, status)
        self._register(api, graph, found)

    def _tell(self, api: Api, kept: Object, graph: Object, status: Object) -> None:
        write_status(api, GRAPHS, kept, status_in(kept["apiVersion"], graph, status), manager=self.name)

    def _fail(self, api: Api, kept: Object, graph: Object, old: Object, message: str) -> None:
        self._tell(api, kept, graph, dynamo_status.failed(old, graph, message))
        record(api, graph, type="Warning", reason="ReconcileError", message=message, component=self.name)

    def _components(self, api: Api, graph: Object, old: Object) -> dict[str, list[Object]]:
        """The Deployments of every component as they then are, the newest generation first."""
        there, found = owned(api, DEPLOYMENTS, graph), {}
        for component in components(graph):
            name, current = component["name"], deployment_name(graph, component)
            before = [each for each in there if _of(each, component) and each["metadata"]["name"] != current]
            existing = next((each for each in there if each["metadata"]["name"] == current), None)
            restart = _restart_for(name, old, graph, existing)
            wanted = deployment(graph, component, replicas=component.get("replicas", 1), restart=restart)
            newest = self._children.keep(api, DEPLOYMENTS, wanted, owner=graph)
            self._children.keep(api, SERVICES, service(graph, component), owner=graph)
            found[name] = [newest, *(left for each in before if (left := self._retire(api, each, newest)) is not None)]
        return found

    def _retire(self, api: Api, old: Object, newest: Object) -> Object | None:
        """An old generation keeps what the new one does not have yet, and goes when it has all."""
        target = rollout(newest)
        left = max(0, target.desired - target.available)
        name, namespace = old["metadata"]["name"], old["metadata"]["namespace"]
        if left == 0 and target.observed:
            api.delete(DEPLOYMENTS, name, namespace=namespace)
            return None
        if old["spec"].get("replicas", 1) > left:
            old["spec"]["replicas"] = left
            return api.update(DEPLOYMENTS, old, manager=self.name)
        return old

    def _tidy(self, api: Api, graph: Object, found: Mapping[str, list[Object]]) -> None:
        """What belongs to components that are no longer in the graph."""
        for each in owned(api, DEPLOYMENTS, graph):
            if (each["metadata"].get("labels") or {}).get(COMPONENT) not in found and not deleting(each):
                api.delete(DEPLOYMENTS, each["metadata"]["name"], namespace=each["metadata"]["namespace"])
        names = {base_name(graph, each) for each in components(graph)}
        for each in owned(api, SERVICES, graph):
            if each["metadata"]["name"] not in names:
                api.delete(SERVICES, each["metadata"]["name"], namespace=each["metadata"]["namespace"])

    def _register(self, api: Api, graph: Object, found: Mapping[str, list[Object]]) -> None:
        """A frontend serves the models of the workers that are ready: told on its Pods, for whoever answers in their place."""
        ready = [each for each in components(graph) if is_worker(each) and any(rollout(one).ready for one in found[each["name"]])]
        served = ",".join(dict.fromkeys(name for each in ready for name in models(each)))
        for component in components(graph):
            if component.get("type") != "frontend":
                continue
            selector = ",".join(f"{key}={value}" for key, value in labels(graph, component).items())
            for pod in api.list(PODS, namespace=graph["metadata"]["namespace"], labels=selector):
                if (pod["metadata"].get("annotations") or {}).get(SERVES) != served and not deleting(pod):
                    change = {"metadata": {"annotations": {SERVES: served}}}
                    api.patch(PODS, pod["metadata"]["name"], change, namespace=pod["metadata"]["namespace"], manager=self.name)


def _of(made: Object, component: Object) -> bool:
    return bool((made["metadata"].get("labels") or {}).get(COMPONENT) == component["name"])


def _rolling(status: Object, old: Object, graph: Object, found: Mapping[str, list[Object]]) -> Object:
    """status.rollingUpdate: workers of more than one generation, or none since the last rollout."""
    before = old.get("rollingUpdate") or {}
    workers = [each["name"] for each in components(graph) if is_worker(each)]
    if any(len(found[name]) > 1 for name in workers):
        begun = before if before.get("phase") == "InProgress" else {"startTime": clock.stamp(clock.now())}
        done = [name for name in workers if len(found[name]) == 1 and rollout(found[name][0]).done]
        told = {"phase": "InProgress", "startTime": begun["startTime"]} | ({"updatedComponents": done} if done else {})
        return {**status, "rollingUpdate": told}
    if before.get("phase") == "InProgress":
        ended = {"phase": "Completed", "startTime": before["startTime"], "endTime": clock.stamp(clock.now())}
        return {**status, "rollingUpdate": {**ended, "updatedComponents": workers}}
    return status


def _restart_for(name: str, old: Object, graph: Object, existing: Object | None) -> str:
    """The id that the component's Pods carry: the newest once it is its turn, until then the one that they have."""
    has = "" if existing is None else (existing["spec"]["template"]["metadata"].get("annotations") or {}).get(RESTARTED, "")
    wanted = (graph["spec"].get("restart") or {}).get("id", "")
    told = old.get("restart") or {}
    if not wanted or existing is None:
        return str(has)
    turn = told.get("observedID") == wanted and name in (told.get("inProgress") or [])
    return str(wanted if turn or (told.get("observedID") == wanted and told.get("phase") == "Completed") else has)


def _restarting(status: Object, old: Object, graph: Object, found: Mapping[str, list[Object]]) -> Object:
    """status.restart: one component after the other, in the order that is given or else by name, or all at once."""
    wish = graph["spec"].get("restart") or {}
    if not wish:
        return status
    before = old.get("restart") or {}
    strategy = wish.get("strategy") or {}
    order = strategy.get("order") or sorted(found)
    if before.get("observedID") != wish["id"]:
        first = order if strategy.get("type") == "Parallel" else order[:1]
        return {**status, "restart": {"observedID": wish["id"], "phase": "Restarting", "inProgress": first}}
    if before.get("phase") != "Restarting":
        return status
    left = [name for name in order if name in found and not _restarted(found[name][0], wish["id"])]
    if not left:
        return {**status, "restart": {"observedID": wish["id"], "phase": "Completed"}}
    now = left if strategy.get("type") == "Parallel" else left[:1]
    return {**status, "restart": {"observedID": wish["id"], "phase": "Restarting", "inProgress": now}}


def _restarted(made: Object, id_: str) -> bool:
    has = (made["spec"]["template"]["metadata"].get("annotations") or {}).get(RESTARTED)
    return has == id_ and rollout(made).done
