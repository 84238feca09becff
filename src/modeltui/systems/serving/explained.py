"""Why a deployment is not well: what its pods say, what its system says and what its controller says, the first cause first. Pure.

What a pod says is nearest to the cause, so it comes before what the system makes of it; where there are no pods, the system's word is all
there is. A pod that is merely not ready yet explains less than an error of the system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from modeltui.domain import Finding, Phase, Severity
from modeltui.kube.events import EVENTS, Event, by_last_seen
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import CLAIMS, NODES, PODS, Node, PersistentVolumeClaim, Pod
from modeltui.systems.core.workloads import REPLICA_SETS, STATEFUL_SETS, Workload
from modeltui.systems.protocol import Facts, ObjectType, View
from modeltui.systems.serving import makers
from modeltui.systems.serving.deployment import Deployment
from modeltui.systems.serving.pods import claims
from modeltui.systems.serving.rows import pods_of
from modeltui.systems.serving.told_once import says_nothing, told_once
from modeltui.systems.serving.told_once import subject as subject_of
from modeltui.systems.serving.why import Evidence, Tails, why

EVIDENCE: Final[Mapping[Resource, ObjectType]] = {
    PODS: Pod,
    EVENTS: Event,
    CLAIMS: PersistentVolumeClaim,
    REPLICA_SETS: Workload,
    STATEFUL_SETS: Workload,
    NODES: Node,
}
"""What an explanation is made of beyond what the view itself asks for. Any of it may be unknown."""
MOST_SAID: Final = 2
"""Of a controller's own events: the newest, where nothing else explains it."""
_REMEDIES: Final = {
    "KnativeModeRejected": "Set the annotation serving.kserve.io/deploymentMode to Standard, or have Knative Serving installed.",
}
"""By the event's reason."""
_NO_CAUSES: Final = frozenset({"InferenceServiceNotReady", "LLMInferenceServiceNotReady"})
"""Reasons of events that repeat the status: that it is not ready, and not why."""
_WORDS: Final = 20
"""Characters from which on the same words are no accident."""
_WELL: Final = frozenset({Phase.READY, Phase.PAUSED, Phase.COMPLETED})
_T = TypeVar("_T", bound=Object)


@dataclass(frozen=True, slots=True)
class Explanation:
    causes: tuple[Finding, ...]
    """Why it is not well, the first cause first; of one that is, what is wrong with single pods."""
    others: tuple[Finding, ...]
    """What else there is to know of it, errors first."""


def is_ill(deployment: Deployment) -> bool:
    """Whether there is a why to be told."""
    return deployment.status.phase not in _WELL


def explained(view: View, obj: Any, facts: Facts, *, tails: Tails | None = None) -> Explanation:
    """`view`: of a kind that serves. Raises nothing: what is not known is left out."""
    assert view.serves is not None
    deployment = view.serves.read(obj, facts)
    found = errors_first(view.examine(obj, facts)) if view.examine is not None else ()
    evidence = gathered(view, obj, facts, tails=tails)
    of_pods = why(evidence)
    causes = tuple(told_once(ranked(deployment, of_pods, found, evidence.about(obj))))
    if not is_ill(deployment):
        return Explanation(causes, tuple(finding for finding in found if finding not in causes))
    spoken = {subject_of(one) for one in causes if one.severity is Severity.ERROR} - {None}

    def is_told(one: Finding) -> bool:
        return _repeats(one, of_pods) or subject_of(one) in spoken or (says_nothing(one) and bool(causes))

    told = {(one.reason, one.field) for one in causes}  # one may be told as worse than it was found
    others = [one for one in found if (one.reason, one.field) not in told and not (one.severity is Severity.ERROR and is_told(one))]
    return Explanation(causes, tuple(others))


def ranked(deployment: Deployment, of_pods: Sequence[Finding], of_system: Sequence[Finding], said: Sequence[Event]) -> Iterator[Finding]:
    """`said`: events about the object itself, newest first."""
    if not is_ill(deployment):
        yield from of_pods
        return
    errors = list(_of(Severity.ERROR, of_pods))
    errors += [finding for finding in _of(Severity.ERROR, of_system) if not _repeats(finding, errors)]
    errors = errors or list(_of_controller(said))
    yield from errors
    yield from (finding for finding in of_pods if finding.severity is not Severity.ERROR)
    if not errors:
        yield from _of_status(deployment, of_system)


def _of_status(deployment: Deployment, of_system: Sequence[Finding]) -> Iterator[Finding]:
    """What decides its status first, with the remedy of whoever found it, then the other warnings; what nobody has found by itself last."""
    reason, phase, known = redact_text(deployment.status.reason), deployment.status.phase, None
    severity = Severity.ERROR if phase is Phase.FAILED else Severity.WARNING
    to_tell = bool(reason) and phase in (Phase.FAILED, Phase.DEGRADED)
    if to_tell and (known := next((one for one in of_system if one.remedy and _same(one.reason, reason)), None)) is not None:
        yield replace(known, severity=severity)
    yield from (one for one in _of(Severity.WARNING, of_system) if one is not known)
    if to_tell and known is None:
        yield Finding(severity, reason, "Its conditions and events say more; so does the log of its controller.", "status")


def _same(one: str, other: str) -> bool:
    return one.rstrip(". ") == other.rstrip(". ")


def _repeats(finding: Finding, told: Iterable[Finding]) -> bool:
    """Whether it hands on the very words that end one of those: a system's condition repeats what its pods' maker was told."""
    quoted = (one.reason.partition(": ")[2].rstrip(". ") for one in told)
    return any(len(words) >= _WORDS and words in finding.reason for words in quoted)


def _of(severity: Severity, found: Iterable[Finding]) -> Iterator[Finding]:
    return (finding for finding in found if finding.severity is severity)


def _of_controller(said: Sequence[Event]) -> Iterator[Finding]:
    """Its words, where neither pods nor checks know a cause: some controllers tell what they stumble over in events alone."""
    warnings = {
        (event.reason, event.message): event for event in reversed(said) if event.type == "Warning" and event.reason not in _NO_CAUSES
    }
    for event in by_last_seen(warnings.values())[:MOST_SAID]:
        about = f"{event.involved_object.kind} {event.involved_object.name}"
        yield Finding(
            Severity.ERROR,
            f"{event.reason}: {redact_text(event.message).strip().rstrip('.')}.",
            _REMEDIES.get(event.reason, f"So says {event.reporter or 'its controller'}, which tries again by itself: mend what it names."),
            about=about,
        )


# ---- what is known ------------------------------------------------------------------------------------------------------


def gathered(view: View, obj: Any, facts: Facts, *, tails: Tails | None = None) -> Evidence:
    assert view.serves is not None
    serves, namespace = view.serves, obj.metadata.namespace
    pods = pods_of(facts, serves.pods, obj, serves.made(obj, facts)) or []
    held = _each(facts, CLAIMS, PersistentVolumeClaim, namespace, {name for pod in pods for name in claims(pod)})
    workloads = list(_makers(view, obj, facts))
    about: list[Object] = [obj, *pods, *held.values(), *workloads]
    events = [event for one in about if one.metadata.uid for event in facts.where(EVENTS, namespace, subject, one.metadata.uid)]
    return Evidence(
        pods=pods,
        events=[event for event in events if isinstance(event, Event)] if facts.known(EVENTS, namespace) else None,
        claims=held if facts.known(CLAIMS, namespace) else None,
        nodes=[node for node in facts.all(NODES, "") if isinstance(node, Node)] if facts.known(NODES, "") else None,
        workloads=workloads,
        tails=tails or {},
    )


def subject(event: Event) -> Iterable[str]:
    """The uid of what it is about; an index function."""
    return (event.involved_object.uid,)


def _each(facts: Facts, resource: Resource, kind: type[_T], namespace: str, names: Iterable[str]) -> dict[str, _T]:
    found = ((name, facts.get(resource, namespace, name)) for name in sorted(names))
    return {name: one for name, one in found if isinstance(one, kind)}


def _makers(view: View, obj: Any, facts: Facts) -> Iterator[Workload]:
    """The ReplicaSets and StatefulSets of its pods, which there may be none of just because these cannot make them."""
    assert view.serves is not None
    namespace, name = obj.metadata.key
    looks = [(view.serves.pods, name), *view.serves.made(obj, facts)]
    for resource in (REPLICA_SETS, STATEFUL_SETS):
        for one in facts.all(resource, namespace):
            if isinstance(one, Workload) and any(value in makers.names(one, index) for index, value in looks):
                yield makers.named(one, resource.kind)
