"""Why is it not running: what stands in the way of a deployment's pods, the first cause first. Pure.

A pod that cannot be made comes before one that finds no node, that before one that cannot start, and that before one that starts and falls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from modeltui.domain import Finding, Severity, Subject
from modeltui.kube.events import Event, by_last_seen, is_about
from modeltui.kube.objects import Condition, Object
from modeltui.redaction import redact_text
from modeltui.systems.core.types import Node, PersistentVolumeClaim, Pod
from modeltui.systems.core.workloads import Workload
from modeltui.systems.serving import log_causes, pulls, unschedulable
from modeltui.systems.serving.pods import Container, claims, containers, is_ready

Tails = Mapping[tuple[str, str], Sequence[str]]
"""(pod, container) -> the last lines of its log before it ended, the newest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of a deployment's surroundings. What is None is not known, and not held against anybody."""

    pods: Sequence[Pod]
    events: Sequence[Event] | None = None
    """Of the namespace."""
    claims: Mapping[str, PersistentVolumeClaim] | None = None
    """By name."""
    nodes: Sequence[Node] | None = None
    """Of the cluster: what they have to offer."""
    workloads: Sequence[Workload] = ()
    """That make the pods: ReplicaSets, StatefulSets, Jobs."""
    tails: Tails = field(default_factory=dict)

    def about(self, obj: Object) -> list[Event]:
        """Newest first."""
        return by_last_seen(event for event in self.events or () if is_about(event, obj.metadata.uid)) if obj.metadata.uid else []


def why(evidence: Evidence) -> list[Finding]:
    """The findings, the first cause first; what several pods have in common is said once, with their number."""
    found = [*_not_made(evidence)]
    for cause in (_unscheduled, _volumes, _configuration, _pulls, _falls, _unready, _going):
        found += _in_common([finding for pod in evidence.pods for finding in cause(pod, evidence)])
    return found


def _in_common(found: Iterable[Finding]) -> Iterator[Finding]:
    alike: dict[tuple[Severity, str, str], list[Finding]] = {}
    for finding in found:
        alike.setdefault((finding.severity, finding.reason, finding.remedy), []).append(finding)
    for these in alike.values():
        more = f" and {len(these) - 1} more" if len(these) > 1 else ""
        yield replace(these[0], about=these[0].about + more)


def _pod(pod: Pod, severity: Severity, reason: str, remedy: str, container: str = "", *, subject: Subject | None = None) -> Finding:
    where = f", container {container}" if container and len(pod.spec.containers) + len(pod.spec.init_containers) > 1 else ""
    return Finding(severity, redact_text(reason), remedy, about=f"Pod {pod.metadata.name}{where}", subject=subject)


# ---- pods that are not made ------------------------------------------------------------------------------------------

_FAILED_TO_MAKE: Final = frozenset({"FailedCreate", "ReplicaSetCreateError", "FailedCreatePodSandBox"})


def _not_made(evidence: Evidence) -> Iterator[Finding]:
    """Quotas, admission webhooks, a missing ServiceAccount: said by what makes the pods, since there is no pod to say it."""
    seen: set[str] = set()
    for workload in evidence.workloads:
        told = [condition.message for condition in workload.status.conditions if _refused(condition)]
        told += [event.message for event in evidence.about(workload) if event.reason in _FAILED_TO_MAKE][:1]
        for message in told[:1]:
            reason, remedy = unmade(message)
            if reason not in seen:
                seen.add(reason)
                yield Finding(Severity.ERROR, redact_text(reason), remedy, about=f"{workload.kind or 'Workload'} {workload.metadata.name}")


def _refused(condition: Condition) -> bool:
    return condition.type == "ReplicaFailure" and condition.status == "True" and bool(condition.message)


def unmade(message: str) -> tuple[str, str]:
    """(reason, remedy) for what a ReplicaSet says when a pod was refused."""
    said = message.removeprefix("Error creating: ").strip()
    if "exceeded quota" in said:
        return (
            f"The namespace's quota is used up, so pods are refused: {said.partition('exceeded quota: ')[2] or said}",
            "Ask for less, stop something else in the namespace, or have the ResourceQuota raised.",
        )
    if "must specify" in said and "quota" in said:
        return f"The quota wants every container to say what it needs: {said}", "Give requests and limits for the resources that it names."
    if "serviceaccount" in said and "not found" in said:
        return f"The pods' ServiceAccount does not exist: {said}", "Make it, or name another one."
    if "violates PodSecurity" in said:
        return (
            f"The namespace's Pod Security level forbids such pods: {said}",
            "Give them the securityContext that it asks for, or label the namespace otherwise.",
        )
    if "admission webhook" in said:
        return f"An admission webhook refuses the pods: {said}", "Do what it asks for; its words name the rule."
    if "priority class" in said.lower() or "priorityclass" in said.lower():
        return f"The pods' PriorityClass does not exist: {said}", "Make it, or name another one."
    return f"Pods are refused: {said}", "The API server's words say what it wants."


# ---- pods that find no node, or whose volumes or settings are missing --------------------------------------------------


def _unscheduled(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    if pod.spec.node_name or pod.metadata.deletion_timestamp is not None:
        return
    condition = next((one for one in pod.status.conditions if one.type == "PodScheduled" and one.status == "False"), None)
    message = condition.message if condition is not None else ""
    if not message:
        message = next((event.message for event in evidence.about(pod) if event.reason == "FailedScheduling"), "")
    if condition is not None and condition.reason == "SchedulingGated":
        yield _pod(
            pod,
            Severity.WARNING,
            "It is held back by a scheduling gate, which a queue or another controller takes away.",
            "Look at that queue (Kueue, KAI): is there room in it?",
        )
    elif message and not (unschedulable.waits_for_claims(message) and any(_volumes(pod, evidence))):
        told = unschedulable.explained(message, pod, evidence.nodes)
        yield _pod(pod, Severity.ERROR, *told, subject=unschedulable.subject(message, pod, evidence.nodes))


def _volumes(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    if evidence.claims is None:
        return
    for name in claims(pod):
        claim = evidence.claims.get(name)
        if claim is None:
            yield _pod(
                pod,
                Severity.ERROR,
                f"It mounts the PersistentVolumeClaim {name}, which does not exist in this namespace.",
                "Make the claim, or name another one.",
            )
        elif claim.status.phase == "Lost":
            yield _pod(
                pod,
                Severity.ERROR,
                f"The volume behind the PersistentVolumeClaim {name} is gone.",
                "Its data is lost with it: make the claim anew, and fill it again.",
            )
        elif claim.status.phase == "Pending":
            told = next((event.message for event in evidence.about(claim) if event.type == "Warning"), "")
            waits = next((event.message for event in evidence.about(claim) if event.reason == "WaitForFirstConsumer"), "")
            if told or not waits:
                said = f": {told}" if told else "; nothing says why yet"
                yield _pod(
                    pod,
                    Severity.ERROR,
                    f"The PersistentVolumeClaim {name} has no volume{said}",
                    "Is there such a StorageClass, can it make volumes of that access mode, and is there room?",
                )


def _configuration(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    for container in containers(pod):
        waiting = container.state.waiting
        if waiting is not None and waiting.reason in ("CreateContainerConfigError", "CreateContainerError", "RunContainerError"):
            yield _pod(pod, Severity.ERROR, *_misconfigured(waiting.message or waiting.reason), container.spec.name)
    mount = next((event for event in evidence.about(pod) if event.reason in ("FailedMount", "FailedAttachVolume")), None)
    if mount is not None and pod.status.phase == "Pending":
        yield _pod(pod, Severity.ERROR, *_unmounted(mount.message))


def _misconfigured(message: str) -> tuple[str, str]:
    said = message.strip()
    if "secret" in said and "not found" in said:
        return (
            f"A Secret that it needs does not exist in this namespace: {said}",
            "Make the Secret here (Secrets are not shared between namespaces), or name another one.",
        )
    if "couldn't find key" in said:
        return f"A Secret or ConfigMap lacks a key that it needs: {said}", "Add the key, or name the one that is there."
    if "configmap" in said and "not found" in said:
        return f"A ConfigMap that it needs does not exist in this namespace: {said}", "Make it, or name another one."
    if "runAsNonRoot" in said or "run as root" in said:
        return (
            f"The image would run as root, which is forbidden here: {said}",
            "Set runAsUser in its securityContext, or use another image.",
        )
    if "executable file not found" in said or "no such file or directory" in said:
        return f"Its command is not in the image: {said}", "Check command and args; is it the right image?"
    return f"Its container cannot be made: {said}", "The kubelet's words say what it misses."


def _unmounted(message: str) -> tuple[str, str]:
    if "secret" in message and "not found" in message:
        return f"A Secret that it mounts does not exist in this namespace: {message}", "Make the Secret here, or name another one."
    if "configmap" in message and "not found" in message:
        return f"A ConfigMap that it mounts does not exist in this namespace: {message}", "Make it, or name another one."
    if "Multi-Attach" in message:
        return (
            f"Its volume is in use on another node: {message}",
            "A ReadWriteOnce volume is for one node: stop the other pod, or use ReadWriteMany.",
        )
    return f"A volume cannot be mounted: {message}", "The kubelet's words name the volume; look at its claim and at the storage's driver."


# ---- pods that do not start, that fall, that do not get ready ----------------------------------------------------------


def _pulls(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    for container in containers(pod):
        waiting = container.state.waiting
        if waiting is None or waiting.reason not in pulls.REASONS:
            continue
        image = container.spec.image
        told = [event.message for event in evidence.about(pod) if event.reason == "Failed" and image in event.message]
        said = next((message for message in (*told, waiting.message) if pulls.says_more(message)), waiting.message)
        yield _pod(
            pod,
            Severity.ERROR,
            *pulls.explained(image, said, secrets=[one.name for one in pod.spec.image_pull_secrets]),
            container.spec.name,
        )


def _falls(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    for container in containers(pod):
        ended = container.state.terminated or (container.status.last_state.terminated if container.status is not None else None)
        if ended is None or (container.init and ended.exit_code == 0 and container.state.terminated is not None):
            continue
        running = container.state.running is not None
        if (running and container.status is not None and container.status.ready) or (ended.exit_code == 0 and not container.state.waiting):
            continue
        yield _fell(pod, container, ended.reason, ended.exit_code, evidence)
    if pod.status.phase == "Failed" and pod.status.reason == "Evicted":
        yield _pod(
            pod,
            Severity.ERROR,
            f"The node threw it out: {pod.status.message or 'it ran short of something'}",
            "Ask for what it really uses (memory, ephemeral storage), so that the scheduler finds a node with room.",
        )


def _fell(pod: Pod, container: Container, reason: str, code: int, evidence: Evidence) -> Finding:
    times = container.status.restart_count if container.status is not None else 0
    again = f" ({times} restart{'s' if times != 1 else ''})" if times else ""
    name = container.spec.name
    if reason == "OOMKilled":
        limit = container.spec.resources.limits.get("memory")
        had = f"its limit of {limit}" if limit is not None else "what its node has"
        return _pod(
            pod,
            Severity.ERROR,
            f"It used more memory than {had} and was killed{again}.",
            "Raise its memory limit: weights pass through main memory while they are loaded.",
            name,
        )
    tail = evidence.tails.get((pod.metadata.name, name), ())
    if (known := log_causes.cause(tail)) is not None:
        said = f"{known.reason} It ended with exit code {code}{again}: {known.line}"
        return _pod(pod, Severity.ERROR, said, known.remedy, name, subject=known.subject)
    if code in _SIGNALS and not tail:
        return _pod(
            pod,
            Severity.ERROR,
            f"It was ended by {_SIGNALS[code]} (exit code {code}){again}.",
            "Its log says what it was doing; events say whether a probe had it killed.",
            name,
        )
    said = " / ".join(log_causes.last_words(tail))
    probe = next((event.message for event in evidence.about(pod) if event.reason == "Unhealthy" and "Liveness" in event.message), "")
    if probe:
        return _pod(
            pod,
            Severity.ERROR,
            f"It does not answer its liveness probe, so it is killed again and again{again}: {probe}",
            "Does loading the weights take longer than the probe allows? Give it a startup probe, or more time.",
            name,
        )
    last = f" Its last words: {said}" if said else ""
    return _pod(
        pod,
        Severity.ERROR,
        f"It ends by itself with exit code {code}{again}.{last}",
        "Read its log: l, and p for that of the run before.",
        name,
    )


_SIGNALS: Final = {134: "SIGABRT", 135: "SIGBUS", 137: "SIGKILL", 139: "a segmentation fault", 143: "SIGTERM"}


def _unready(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    if pod.metadata.deletion_timestamp is not None or is_ready(pod) or pod.status.phase != "Running":
        return
    for container in containers(pod):
        if container.state.running is None or container.status is None or container.status.ready:
            continue
        probe = next((event.message for event in evidence.about(pod) if event.reason == "Unhealthy"), "")
        said = f": {probe}" if probe else "."
        yield _pod(
            pod,
            Severity.WARNING,
            f"It runs, and is not ready{said}",
            "Loading large weights takes minutes; its log (l) shows how far it is.",
            container.spec.name,
        )


def _going(pod: Pod, evidence: Evidence) -> Iterator[Finding]:
    if pod.metadata.deletion_timestamp is not None and pod.metadata.finalizers:
        yield _pod(
            pod,
            Severity.WARNING,
            f"It is being deleted, and waits for {', '.join(pod.metadata.finalizers)}.",
            "What set that finalizer has to take it away.",
        )
    if pod.status.phase == "Unknown" or pod.status.reason == "NodeLost":
        yield _pod(
            pod,
            Severity.ERROR,
            f"Its node {pod.spec.node_name} does not answer.",
            "Look at the node: kubectl describe node says since when.",
        )
