"""The quota controller: what a namespace uses of each ResourceQuota, counted anew when something goes or ends.

What comes is counted by the API server itself, as it lets it in (admission.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from modeltui.demo import quotas
from modeltui.demo.api import Api
from modeltui.demo.controllers.controller import Mapper, find, itself, write_status
from modeltui.demo.controllers.kinds import CLAIMS, CONTROLLER_MANAGER, DEPLOYMENTS, PODS, QUOTAS, SERVICES
from modeltui.demo.controllers.pod_index import ENDED
from modeltui.demo.controllers.queue import Key
from modeltui.demo.errors import Object


def _quotas_of(api: Api, obj: Object) -> Iterable[Key]:
    namespace = obj["metadata"]["namespace"]
    return [(namespace, key.rpartition("/")[2]) for key in api.core.storage.bucket(QUOTAS).under(f"{namespace}/")]


def _freed(api: Api, pod: Object) -> Iterable[Key]:
    """A Pod that ended or went gives back what it took."""
    ended = (pod.get("status") or {}).get("phase") in ENDED
    gone = api.core.storage.get(PODS, f"{pod['metadata']['namespace']}/{pod['metadata']['name']}") is None
    return _quotas_of(api, pod) if ended or gone else ()


class Quotas:
    name = "resourcequota-controller"
    watches: Mapping[str, Mapper] = {
        QUOTAS: itself,
        PODS: _freed,
        CLAIMS: _quotas_of,
        SERVICES: _quotas_of,
        DEPLOYMENTS: _quotas_of,
    }

    def reconcile(self, api: Api, key: Key) -> None:
        quota = find(api, QUOTAS, key)
        if quota is None:
            return
        resources = {resource for name in quotas.hard(quota) for resource in _resources(name)}
        found: list[quotas.Usage] = []
        for kind in api.core.registry:
            if kind.resource in resources and kind.stored:
                objects = api.list(kind.resource, namespace=key[0])
                found += [quotas.usage(kind.resource, each) for each in objects if quotas.applies(quota, kind.resource, each)]
        status = {"hard": dict(quota["spec"].get("hard") or {}), "used": quotas.total(quota, found)}
        write_status(api, QUOTAS, quota, status, manager=CONTROLLER_MANAGER)


def _resources(name: str) -> tuple[str, ...]:
    """Objects of which resources count towards this name of a quota."""
    if name.startswith("count/"):
        return (name.removeprefix("count/"),)
    if name in ("services", "services.loadbalancers", "services.nodeports"):
        return (SERVICES,)
    if name.endswith(("requests.storage", "persistentvolumeclaims")):
        return (CLAIMS,)
    if name in ("secrets", "configmaps", "resourcequotas"):
        return (name,)
    return (PODS,)
