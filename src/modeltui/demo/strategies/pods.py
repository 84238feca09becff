"""Pod: its defaults, the rules of its spec, and the words of its Status column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from modeltui.demo import metadata
from modeltui.demo.columns import AGE, NAME, Column, age, created, dig
from modeltui.demo.errors import Object
from modeltui.demo.schema.errors import ErrorType, FieldError
from modeltui.demo.strategies.base import FieldOf, Strategy, set_default


def default_pod_spec(spec: Object, *, restart: str = "Always") -> None:
    """The defaults of a pod's spec, as in a template or in the pod itself."""
    set_default(spec, "restartPolicy", restart)
    set_default(spec, "terminationGracePeriodSeconds", 30)
    set_default(spec, "dnsPolicy", "ClusterFirst")
    set_default(spec, "securityContext", {})
    set_default(spec, "schedulerName", "default-scheduler")
    for container in [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]:
        _default_container(container)
    for volume in spec.get("volumes") or []:
        for source in ("secret", "configMap", "projected", "downwardAPI"):
            if isinstance(volume.get(source), dict):
                set_default(volume[source], "defaultMode", 420)
        if set(volume) == {"name"}:
            volume["emptyDir"] = {}


def _default_container(container: Object) -> None:
    image = str(container.get("image", ""))
    tag = image.rpartition("/")[2].partition("@")[0].partition(":")[2]
    latest = "@" not in image and tag in ("", "latest")
    set_default(container, "imagePullPolicy", "Always" if latest else "IfNotPresent")
    set_default(container, "terminationMessagePath", "/dev/termination-log")
    set_default(container, "terminationMessagePolicy", "File")
    set_default(container, "resources", {})
    for port in container.get("ports") or []:
        set_default(port, "protocol", "TCP")
    for variable in container.get("env") or []:
        source = dig(variable, "valueFrom", "fieldRef")
        if isinstance(source, dict):
            set_default(source, "apiVersion", "v1")
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if isinstance(container.get(probe), dict):
            for key, value in (("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)):
                set_default(container[probe], key, value)
            if isinstance(container[probe].get("httpGet"), dict):
                set_default(container[probe]["httpGet"], "scheme", "HTTP")
                set_default(container[probe]["httpGet"], "path", "/")
            if isinstance(container[probe].get("grpc"), dict):
                set_default(container[probe]["grpc"], "service", "")


def pod_spec_errors(spec: Object, at: str) -> list[FieldError]:
    """The rules of a pod's spec that people meet: containers there are, with names and images of their own."""
    if not spec.get("containers"):
        return [metadata.required(f"{at}.containers")]
    wrong: list[FieldError] = []
    seen: set[str] = set()
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    for part in ("initContainers", "containers"):
        for index, container in enumerate(spec.get(part) or []):
            here, name = f"{at}.{part}[{index}]", container.get("name") or ""
            if not name:
                wrong.append(metadata.required(f"{here}.name"))
            else:
                wrong += [metadata.wrong_value(f"{here}.name", name, sentence) for sentence in metadata.label(name)]
            if name and name in seen:
                wrong.append(FieldError(ErrorType.DUPLICATE, f"{here}.name", name))
            seen.add(name)
            if not container.get("image"):
                wrong.append(metadata.required(f"{here}.image"))
            for number, mount in enumerate(container.get("volumeMounts") or []):
                if mount.get("name") not in volumes:
                    wrong.append(FieldError(ErrorType.NOT_FOUND, f"{here}.volumeMounts[{number}].name", mount.get("name", "")))
    if spec.get("restartPolicy") not in ("Always", "OnFailure", "Never"):
        wrong.append(metadata.unsupported(f"{at}.restartPolicy", spec.get("restartPolicy"), ["Always", "OnFailure", "Never"]))
    return wrong


class Pods(Strategy):
    returns_deleted = True
    has_status = True
    counts_generation = True
    fields: ClassVar[Mapping[str, FieldOf]] = {
        "spec.nodeName": lambda obj: str(dig(obj, "spec", "nodeName", default="")),
        "spec.restartPolicy": lambda obj: str(dig(obj, "spec", "restartPolicy", default="")),
        "spec.schedulerName": lambda obj: str(dig(obj, "spec", "schedulerName", default="")),
        "spec.serviceAccountName": lambda obj: str(dig(obj, "spec", "serviceAccountName", default="")),
        "spec.hostNetwork": lambda obj: str(bool(dig(obj, "spec", "hostNetwork"))).lower(),
        "status.phase": lambda obj: str(dig(obj, "status", "phase", default="")),
        "status.podIP": lambda obj: str(dig(obj, "status", "podIP", default="")),
        "status.nominatedNodeName": lambda obj: str(dig(obj, "status", "nominatedNodeName", default="")),
    }
    columns = (
        NAME,
        Column("Ready", description="The aggregate readiness state of this pod for accepting traffic."),
        Column("Status", description="The aggregate status of the containers in this pod."),
        Column("Restarts", description="The number of times the containers in this pod have been restarted."),
        AGE,
        Column("IP", priority=1),
        Column("Node", priority=1),
        Column("Nominated Node", priority=1),
        Column("Readiness Gates", priority=1),
    )

    def default(self, obj: Object) -> None:
        set_default(obj, "spec", {})
        default_pod_spec(obj["spec"])
        set_default(obj["spec"], "enableServiceLinks", True)
        for container in [*(obj["spec"].get("containers") or []), *(obj["spec"].get("initContainers") or [])]:
            resources = container.get("resources") or {}
            if resources.get("limits"):
                container["resources"] = {**resources, "requests": {**resources["limits"], **(resources.get("requests") or {})}}

    def prepare_create(self, obj: Object) -> None:
        obj["status"] = {"phase": "Pending", "qosClass": quality_of_service(obj["spec"])}
        # What the admission plugins of a plain cluster add.
        set_default(obj["spec"], "serviceAccountName", "default")
        set_default(obj["spec"], "serviceAccount", obj["spec"]["serviceAccountName"])
        set_default(obj["spec"], "preemptionPolicy", "PreemptLowerPriority")
        set_default(obj["spec"], "priority", 0)
        if obj["spec"].get("tolerations") is None:
            paths = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
            obj["spec"]["tolerations"] = [{"effect": "NoExecute", "key": k, "operator": "Exists", "tolerationSeconds": 300} for k in paths]

    def validate(self, new: Object, old: Object | None) -> list[FieldError]:
        wrong = pod_spec_errors(new.get("spec") or {}, "spec")
        if old is not None and not wrong:
            free = {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "schedulingGates", "nodeName"}
            if _frozen(new["spec"], free) != _frozen(old["spec"], free):
                told = (
                    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
                    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
                    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
                )
                wrong.append(metadata.forbidden("spec", told))
        return wrong

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


def _frozen(spec: Object, free: set[str]) -> Object:
    kept = {key: value for key, value in spec.items() if key not in free}
    for part in ("containers", "initContainers"):
        if part in kept:
            kept[part] = [{key: value for key, value in container.items() if key != "image"} for container in kept[part]]
    return kept


def quality_of_service(spec: Object) -> str:
    containers = [*(spec.get("containers") or []), *(spec.get("initContainers") or [])]
    resources = [container.get("resources") or {} for container in containers]
    if not any(dig(each, part, key) for each in resources for part in ("requests", "limits") for key in ("cpu", "memory")):
        return "BestEffort"
    guaranteed = all(
        dig(each, "limits", key) and dig(each, "requests", key, default=dig(each, "limits", key)) == dig(each, "limits", key)
        for each in resources
        for key in ("cpu", "memory")
    )
    return "Guaranteed" if guaranteed else "Burstable"


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
