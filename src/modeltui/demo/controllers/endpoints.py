"""The addresses behind a Service: EndpointSlices and, as long as there are such, Endpoints."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, deleting, find, key_of, owned, owner_reference
from modeltui.demo.controllers.kinds import CONTROLLER_MANAGER, ENDPOINTS, PODS, SERVICES, SLICES
from modeltui.demo.controllers.names import generated
from modeltui.demo.controllers.pod_index import ENDED, index
from modeltui.demo.controllers.queue import Key
from modeltui.demo.controllers.readiness import is_ready
from modeltui.demo.errors import Object

MANAGED_BY, SERVICE_NAME = "endpointslice.kubernetes.io/managed-by", "kubernetes.io/service-name"
Label = tuple[str, str, str]
"""(namespace, key, value)"""


class Services:
    name = "endpointslice-controller"

    def __init__(self) -> None:
        self._by_label: dict[Label, set[Key]] = {}
        self._labels: dict[Key, Label] = {}
        """Of each Service one pair of its selector: a Pod without it is none of its own."""
        self.watches: Mapping[str, Mapper] = {SERVICES: self._service, PODS: self._pod}

    def _service(self, _api: Api, service: Object) -> Iterable[Key]:
        key, selector = key_of(service), service["spec"].get("selector") or {}
        if (old := self._labels.pop(key, None)) is not None:
            self._by_label[old].discard(key)
        if selector:
            pair = min(selector.items())
            label = self._labels[key] = (key[0], pair[0], pair[1])
            self._by_label.setdefault(label, set()).add(key)
        return (key,)

    def _pod(self, _api: Api, pod: Object) -> Iterable[Key]:
        namespace, labels = pod["metadata"]["namespace"], pod["metadata"].get("labels") or {}
        return {key for pair in labels.items() for key in self._by_label.get((namespace, *pair), ())}

    def reconcile(self, api: Api, key: Key) -> None:
        service = find(api, SERVICES, key)
        if service is None:
            if api.find(ENDPOINTS, key[1], namespace=key[0]) is not None:
                api.delete(ENDPOINTS, key[1], namespace=key[0])
            return
        selector = service["spec"].get("selector") or {}
        if deleting(service) or not selector or service["spec"].get("type") == "ExternalName":
            return
        found = [find(api, PODS, each) for each in index(api).selected(key[0], selector)]
        pods = [pod for pod in found if pod is not None and _counts(pod)]
        self._slices(api, service, slices(service, pods))
        self._endpoints(api, service, subsets(service, pods))

    @staticmethod
    def _slices(api: Api, service: Object, wanted: list[Object]) -> None:
        """The ports of a Service's Pods may have different numbers, each of which has a slice of its own."""
        known = [each for each in owned(api, SLICES, service) if (each["metadata"].get("labels") or {}).get(MANAGED_BY)]
        for position, body in enumerate(wanted):
            if position < len(known):
                now = {part: known[position].get(part) for part in ("endpoints", "ports")}
                if now != {part: body.get(part) for part in ("endpoints", "ports")}:
                    api.update(SLICES, {**known[position], **body}, manager=CONTROLLER_MANAGER)
                continue
            base = f"{service['metadata']['name']}-"
            rng = random.Random(f"{service['metadata']['uid']}/{position}")
            metadata = {
                "name": generated(base, rng),
                "generateName": base,
                "namespace": service["metadata"]["namespace"],
                "labels": {
                    **(service["metadata"].get("labels") or {}),
                    MANAGED_BY: "endpointslice-controller.k8s.io",
                    SERVICE_NAME: service["metadata"]["name"],
                    **({"service.kubernetes.io/headless": ""} if service["spec"].get("clusterIP") == "None" else {}),
                },
                "ownerReferences": [owner_reference(service)],
            }
            made = {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": metadata, "addressType": "IPv4", **body}
            api.create(SLICES, made, manager=CONTROLLER_MANAGER)
        for each in known[len(wanted) :]:
            api.delete(SLICES, each["metadata"]["name"], namespace=each["metadata"]["namespace"])

    @staticmethod
    def _endpoints(api: Api, service: Object, wanted: list[Object]) -> None:
        metadata = service["metadata"]
        known = api.find(ENDPOINTS, metadata["name"], namespace=metadata["namespace"])
        if known is None:
            labels = {**(metadata.get("labels") or {}), "endpoints.kubernetes.io/managed-by": "endpoint-controller"}
            made: Object = {"metadata": {"name": metadata["name"], "namespace": metadata["namespace"], "labels": labels}}
            api.create(ENDPOINTS, {**made, **({"subsets": wanted} if wanted else {})}, manager=CONTROLLER_MANAGER)
        elif (known.get("subsets") or []) != wanted:
            api.update(ENDPOINTS, {**known, "subsets": wanted}, manager=CONTROLLER_MANAGER)


def _counts(pod: Object) -> bool:
    """Has it an address, and is it not over?"""
    status = pod.get("status") or {}
    return bool(status.get("podIP")) and status.get("phase") not in ENDED


def slices(service: Object, pods: list[Object]) -> list[Object]:
    """{endpoints, ports} of each slice; one that is empty when there is no Pod at all. Pure."""
    by_ports: dict[tuple[tuple[str, int, str, str], ...], list[Object]] = {}
    for pod in pods:
        by_ports.setdefault(_ports(service, pod), []).append(pod)
    if not by_ports:
        return [{"endpoints": None, "ports": None}]
    return [
        {"endpoints": [_endpoint(service, pod) for pod in found], "ports": [_port(each) for each in ports]}
        for ports, found in sorted(by_ports.items())
    ]


def _endpoint(service: Object, pod: Object) -> Object:
    terminating, ready = deleting(pod), is_ready(pod)
    published = bool(service["spec"].get("publishNotReadyAddresses"))
    metadata = pod["metadata"]
    found: Object = {
        "addresses": [pod["status"]["podIP"]],
        "conditions": {"ready": published or (ready and not terminating), "serving": ready, "terminating": terminating},
        "nodeName": pod["spec"].get("nodeName", ""),
        "targetRef": {"kind": "Pod", "name": metadata["name"], "namespace": metadata["namespace"], "uid": metadata["uid"]},
    }
    if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == service["metadata"]["name"]:
        found["hostname"] = pod["spec"]["hostname"]
    return found


def _port(told: tuple[str, int, str, str]) -> Object:
    name, number, protocol, application = told
    found: Object = {"name": name, "port": number, "protocol": protocol}
    return {**found, "appProtocol": application} if application else found


def _ports(service: Object, pod: Object) -> tuple[tuple[str, int, str, str], ...]:
    """(name, number, protocol, appProtocol) of the ports that this Pod has; a name that none of its containers knows is left out."""
    found = []
    for port in service["spec"].get("ports") or []:
        number = _number(port, pod)
        if number is not None:
            found.append((port.get("name", ""), number, port.get("protocol", "TCP"), port.get("appProtocol", "")))
    return tuple(found)


def _number(port: Object, pod: Object) -> int | None:
    target = port.get("targetPort") or port["port"]
    if isinstance(target, int):
        return target
    named = [each for container in pod["spec"]["containers"] for each in container.get("ports") or [] if each.get("name") == target]
    return next((int(each["containerPort"]) for each in named if each.get("protocol", "TCP") == port.get("protocol", "TCP")), None)


def subsets(service: Object, pods: list[Object]) -> list[Object]:
    """As Endpoints have it: addresses that are ready apart from those that are not. Pure."""
    by_ports: dict[tuple[tuple[str, int, str, str], ...], tuple[list[Object], list[Object]]] = {}
    for pod in sorted(pods, key=lambda each: str(each["status"]["podIP"])):
        endpoint = _endpoint(service, pod)
        if endpoint["conditions"]["terminating"]:
            continue
        address: Object = {"ip": endpoint["addresses"][0], "nodeName": endpoint["nodeName"], "targetRef": endpoint["targetRef"]}
        if "hostname" in endpoint:
            address["hostname"] = endpoint["hostname"]
        ready, unready = by_ports.setdefault(_ports(service, pod), ([], []))
        (ready if endpoint["conditions"]["ready"] else unready).append(address)
    found = []
    for ports, (ready, unready) in sorted(by_ports.items()):
        subset: Object = {"ports": [{key: value for key, value in _port(each).items() if value} for each in ports]}
        subset |= ({"addresses": ready} if ready else {}) | ({"notReadyAddresses": unready} if unready else {})
        found.append(subset)
    return found
