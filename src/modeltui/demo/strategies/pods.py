"""Pod: its defaults, the rules of its spec, and the words of its Status column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import errors, metadata
from modeltui.demo.columns import AGE, NAME, Column, age, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default
from modeltui.demo.strategies.podrules import pod_spec_errors
from modeltui.demo.strategies.podspec import default_pod_spec, pod_spec_warnings, quality_of_service


class Pods(Strategy):
    returns_deleted = True
    has_status = True
    counts_generation = True
    graceful = True
    fields: ClassVar[Mapping[str, FieldOf]] = {
        "spec.nodeName": lambda obj: str(dig(obj, "spec", "nodeName", default="")),
        "spec.restartPolicy": lambda obj: str(dig(obj, "spec", "restartPolicy", default="")),
        "spec.schedulerName": lambda obj: str(dig(obj, "spec", "schedulerName", default="")),
        "spec.serviceAccountName": lambda obj: str(dig(obj, "spec", "serviceAccountName", default="")),
        "spec.hostNetwork": lambda obj: str(bool(dig(obj, "spec", "hostNetwork"))).lower(),
        "status.phase": lambda obj: str(dig(obj, "status", "phase", default="")),
        "status.podIP": lambda obj: str(dig(obj, "status", "podIP", default="")),
        "status.podIPs": lambda obj: ",".join(each.get("ip", "") for each in dig(obj, "status", "podIPs", default=[])),
        "status.nominatedNodeName": lambda obj: str(dig(obj, "status", "nominatedNodeName", default="")),
    }
    columns = (
        NAME,
        Column("Ready", description="The aggregate readiness state of this pod for accepting traffic."),
        Column("Status", description="The aggregate status of the containers in this pod."),
        Column(
            "Restarts",
            description="The number of times the containers in this pod have been restarted and when the last container in this pod "
            "has restarted.",
        ),
        AGE,
        Column("IP", priority=1, shows="status.podIP"),
        Column("Node", priority=1, shows="spec.nodeName"),
        Column("Nominated Node", priority=1, shows="status.nominatedNodeName"),
        Column("Readiness Gates", priority=1, shows="spec.readinessGates"),
    )

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        spec = obj["spec"]
        default_pod_spec(spec)
        status = obj.get("status") or {}
        if status.get("podIP") and not status.get("podIPs"):
            status["podIPs"] = [{"ip": status["podIP"]}]
        elif status.get("podIPs"):
            status["podIP"] = status["podIPs"][0].get("ip", "")
        set_default(spec, "enableServiceLinks", True)
        holders = [*(spec.get("containers") or []), *(spec.get("initContainers") or []), *([spec] if spec.get("resources") else [])]
        for holder in holders:
            resources = holder.get("resources") or {}
            if resources.get("limits"):
                holder["resources"] = {**resources, "requests": {**resources["limits"], **(resources.get("requests") or {})}}
        if spec.get("hostNetwork"):
            for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
                for port in container.get("ports") or []:
                    set_default(port, "hostPort", port.get("containerPort"))

    def prepare_create(self, obj: Object) -> None:
        spec = obj["spec"]
        obj["status"] = {"phase": "Pending", "qosClass": quality_of_service(spec)}
        # What the admission plugins of a plain cluster add.
        set_default(spec, "preemptionPolicy", "PreemptLowerPriority")
        spec["priority"] = _priority(obj)
        tolerations = spec.get("tolerations") or []
        for key in _ADDED:
            if not any(_tolerates(each, key) for each in tolerations):
                tolerations = [*tolerations, {"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}]
        spec["tolerations"] = tolerations

    def warnings(self, new: Object, old: Object | None) -> list[str]:
        return pod_spec_warnings(new.get("spec") or {}, "spec")

    def prepare_update(self, new: Object, old: Object) -> None:
        for toleration in dig(old, "spec", "tolerations", default=[]):
            # What admission added at creation it adds again.
            given = new["spec"].get("tolerations") or []
            if toleration.get("key") in _ADDED and not any(_tolerates(each, toleration["key"]) for each in given):
                new["spec"]["tolerations"] = [*given, toleration]

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = pod_spec_errors(new.get("spec") or {}, "spec")
        return wrong + (_changes(new["spec"], old["spec"]) if old is not None else [])

    def grace_seconds(self, obj: Object, wanted: int | None) -> int:
        # A pod that no kubelet knows of needs no time to stop.
        if not dig(obj, "spec", "nodeName") or dig(obj, "status", "phase") in ("Succeeded", "Failed"):
            return 0
        return int(dig(obj, "spec", "terminationGracePeriodSeconds", default=30)) if wanted is None else wanted

    def row(self, obj: Object, now: datetime) -> list[Any]:
        containers = dig(obj, "spec", "containers", default=[])
        statuses = dig(obj, "status", "containerStatuses", default=[])
        restarts = sum(status.get("restartCount", 0) for status in statuses)
        ended = [dig(status, "lastState", "terminated", "finishedAt") for status in statuses if status.get("restartCount")]
        last = max(filter(None, ended), default=None)
        ips = [each.get("ip") for each in dig(obj, "status", "podIPs", default=[])] or [dig(obj, "status", "podIP")]
        return [
            obj["metadata"]["name"],
            f"{sum(bool(status.get('ready')) for status in statuses)}/{len(containers)}",
            pod_status(obj),
            f"{restarts} ({age(last, now)} ago)" if restarts and last else str(restarts),
            created(obj, now),
            ips[0] or "<none>",
            dig(obj, "spec", "nodeName", default="<none>"),
            dig(obj, "status", "nominatedNodeName", default="<none>"),
            "<none>",
        ]


def _changes(new: Object, old: Object) -> list[FieldError]:
    """What an update may not change. Images may; tolerations may be added; a deadline may come nearer."""
    if len(new.get("containers") or []) != len(old.get("containers") or []):
        return [metadata.forbidden("spec.containers", "pod updates may not add or remove containers")]
    wrong: list[FieldError] = []
    before, after = old.get("activeDeadlineSeconds"), new.get("activeDeadlineSeconds")
    if before is not None and (after is None or after > before):
        told = "must be less than or equal to previous value"
        wrong.append(metadata.wrong_value("spec.activeDeadlineSeconds", after, told))
    gates = [each.get("name") for each in old.get("schedulingGates") or []]
    for index, gate in enumerate(new.get("schedulingGates") or []):
        if gate.get("name") not in gates:
            wrong.append(
                metadata.forbidden(f"spec.schedulingGates[{index}].name", "only deletion is allowed, but found new scheduling gate")
            )
    kept = all(each in (new.get("tolerations") or []) for each in old.get("tolerations") or [])
    if not wrong and (not kept or _frozen(new) != _frozen(old)):
        told = (
            "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
            "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
        )
        wrong.append(metadata.forbidden("spec", told))
    return wrong


def _frozen(spec: Object) -> Object:
    kept = {key: value for key, value in spec.items() if key not in ("activeDeadlineSeconds", "tolerations", "schedulingGates")}
    for part in ("containers", "initContainers"):
        if part in kept:
            kept[part] = [{key: value for key, value in container.items() if key != "image"} for container in kept[part]]
    return kept


_ADDED = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
"""Taints that every pod tolerates for five minutes."""
_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""The PriorityClasses that every cluster has. Others are not served here, so nobody can name one."""


def _priority(obj: Object) -> int:
    """Raises 403."""
    wanted = obj["spec"].get("priorityClassName")
    if not wanted:
        return 0
    if wanted not in _PRIORITIES:
        name = obj["metadata"].get("name", "")
        raise errors.forbidden(plural="pods", group="", name=name, because=f"no PriorityClass with name {wanted} was found")
    return _PRIORITIES[wanted]


def _tolerates(toleration: Object, key: str) -> bool:
    return toleration.get("key", "") in ("", key) and toleration.get("effect", "") in ("", "NoExecute")


def pod_status(obj: Object) -> str:
    """The word of kubectl's Status column: the reason nearest to what holds the pod up."""
    word = dig(obj, "status", "reason") or dig(obj, "status", "phase", default="")
    for index, status in enumerate(dig(obj, "status", "initContainerStatuses", default=[])):
        ended, waiting = dig(status, "state", "terminated"), dig(status, "state", "waiting")
        if ended is not None and ended.get("exitCode") == 0:
            continue
        if ended is not None:
            word = "Init:" + (ended.get("reason") or f"ExitCode:{ended.get('exitCode')}")
        elif waiting is not None and waiting.get("reason") not in (None, "", "PodInitializing"):
            word = f"Init:{waiting['reason']}"
        else:
            word = f"Init:{index}/{len(dig(obj, 'spec', 'initContainers', default=[]))}"
        break
    else:
        running = False
        for status in reversed(dig(obj, "status", "containerStatuses", default=[])):
            ended, waiting = dig(status, "state", "terminated"), dig(status, "state", "waiting")
            if waiting and waiting.get("reason"):
                word = waiting["reason"]
            elif ended is not None:
                word = ended.get("reason") or (f"Signal:{ended['signal']}" if ended.get("signal") else f"ExitCode:{ended.get('exitCode')}")
            elif status.get("ready") and dig(status, "state", "running") is not None:
                running = True
        if word == "Completed" and running:
            ready = any(c.get("type") == "Ready" and c.get("status") == "True" for c in dig(obj, "status", "conditions", default=[]))
            word = "Running" if ready else "NotReady"
    if obj["metadata"].get("deletionTimestamp"):
        return "Unknown" if dig(obj, "status", "reason") == "NodeLost" else "Terminating"
    return str(word)
