"""From what somebody types for a log, "web-1", "deploy/web" or "isvc/qwen", to the pods that are meant."""

from __future__ import annotations

from typing import Final

import msgspec

from modeltui.kube.client import Client
from modeltui.kube.discovery import Discovery
from modeltui.kube.errors import Forbidden, NotFound
from modeltui.kube.log_targets import OnePod, SelectedPods
from modeltui.kube.pod_facts import PODS
from modeltui.kube.resource import Resource
from modeltui.options import UsageError
from modeltui.systems.core.types import JOBS, LabelSelectorRequirement
from modeltui.systems.core.workloads import DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS
from modeltui.systems.serving.log_sources import logs_of
from modeltui.systems.serving.named import NotFoundByName
from modeltui.systems.serving.named import find as find_deployment

Pods = OnePod | SelectedPods

_DAEMON_SETS: Final = Resource(group="apps", version="v1", plural="daemonsets", kind="DaemonSet")
_POD: Final = ("pod", "pods", "po")
_WORKLOADS: Final = {
    **dict.fromkeys(("deployment", "deployments", "deploy"), DEPLOYMENTS),
    **dict.fromkeys(("replicaset", "replicasets", "rs"), REPLICA_SETS),
    **dict.fromkeys(("statefulset", "statefulsets", "sts"), STATEFUL_SETS),
    **dict.fromkeys(("daemonset", "daemonsets", "ds"), _DAEMON_SETS),
    **dict.fromkeys(("job", "jobs"), JOBS),
}
"""Words of kubectl for the kinds whose selector says which pods are theirs."""


class _Selector(msgspec.Struct, frozen=True, rename="camel"):
    match_labels: dict[str, str] = {}
    match_expressions: tuple[LabelSelectorRequirement, ...] = ()


class _Spec(msgspec.Struct, frozen=True):
    selector: _Selector = _Selector()


class _Workload(msgspec.Struct, frozen=True):
    spec: _Spec = _Spec()


async def find(client: Client, namespace: str, typed: str) -> Pods:
    """Raises UsageError in one sentence, and KubeError."""
    kind, slash, name = typed.rpartition("/")
    if slash and kind.lower() in _POD:
        return OnePod(namespace, name)
    if slash and (resource := _WORKLOADS.get(kind.lower().partition(".")[0])) is not None:
        workload = await client.get(resource.path(namespace, name), _Workload)
        selector = selector_of(workload.spec.selector)
        if not selector:
            raise UsageError(f"{typed} has no selector, so there is no telling which pods are its own")
        return SelectedPods(namespace, selector)
    if not slash and await _is_pod(client, namespace, name):
        return OnePod(namespace, name)
    try:
        found = await find_deployment(client, Discovery(client), namespace, typed)
    except NotFoundByName as error:
        also = "" if slash else ", and no pod of that name"
        raise UsageError(f"{error}{also}") from error
    return logs_of(namespace, [(found.view, found.obj.metadata.name)], found.facts)


async def _is_pod(client: Client, namespace: str, name: str) -> bool:
    """Also when that may not be seen: its log may be."""
    try:
        await client.request("GET", PODS.path(namespace, name))
    except NotFound:
        return False
    except Forbidden:
        return False
    return True


def selector_of(selector: _Selector) -> str:
    """As the API server takes it in a query."""
    parts = [f"{key}={value}" for key, value in sorted(selector.match_labels.items())]
    for one in selector.match_expressions:
        match one.operator:
            case "In" | "NotIn":
                parts.append(f"{one.key} {one.operator.lower()} ({','.join(one.values)})")
            case "Exists":
                parts.append(one.key)
            case "DoesNotExist":
                parts.append(f"!{one.key}")
    return ",".join(parts)
