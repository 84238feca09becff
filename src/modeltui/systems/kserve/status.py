"""What the conditions of an InferenceService come to. Pure.

Of its conditions all are good when True but `Stopped`. `Ready` is not the whole truth: it stays True while the latest change fails or is
not taken up yet, it is False while pods begin as when they fail, and it is False, for the reason "Stopped", of what somebody has stopped.
`observedGeneration` says nothing about the service: KServe copies it off the Deployment or Knative Service that it made, whose generations
begin anew whenever that is made anew, as after a stop.
"""

from __future__ import annotations

from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Condition
from modeltui.systems.kserve.types import InferenceService, ModelStatus

STOPPED: Final = "Stopped"

FAILING: Final = frozenset(
    {
        *("ProgressDeadlineExceeded", "RevisionFailed", "RevisionMissing", "ContainerMissing", "ReplicaFailure", "FailedCreate"),
        *("ModelLoadFailed", "RuntimeUnhealthy", "RuntimeDisabled", "NoSupportingRuntime", "RuntimeNotRecognized", "InvalidPredictorSpec"),
        *("InvalidWorkerSpecNotSet", "InvalidGPUAllocation", "InternalError", "ReconcileFailed"),
    }
)
"""Reasons of a condition that is False which do not pass by themselves; others do, as a rule, such as MinimumReplicasUnavailable."""

_PARTS: Final = (
    *("PredictorReady", "TransformerReady", "ExplainerReady", "PredictorConfigurationReady", "PredictorRouteReady"),
    *("IngressReady", "RoutesReady", "LatestDeploymentReady"),
)
"""In the order in which they become True: the first that is not says what it waits for."""


def of(service: InferenceService, *, desired: int | None, ready: int | None, scales_to_zero: bool) -> Status:
    """`desired`, `ready`: pods that answer requests; None when not known, or when an autoscaler decides."""
    status, conditions = service.status, {one.type: one for one in service.status.conditions}
    word = conditions.get("Ready")
    raw = raw_word(word)
    if service.metadata.stop:
        return _stopped(conditions, raw, ready)
    if not conditions and not status.model_status.last_failure_info:
        return Status(Phase.PENDING, raw, "KServe has not taken it up yet: it has no conditions.")
    if word is not None and word.status == "True":
        return _ready(service, conditions, raw, desired=desired, ready=ready, scales_to_zero=scales_to_zero)
    if failure := _failure(status.model_status):
        return Status(Phase.FAILED, raw, failure)
    if conditions.get(STOPPED) is not None and conditions[STOPPED].status == "True":
        return Status(Phase.PROCESSING, raw, "It was stopped and is being started.")
    return _not_ready(conditions, raw)


def raw_word(word: Condition | None) -> str:
    """KServe has no phase: its word is the condition Ready, as `kubectl get isvc` shows it, and why."""
    if word is None:
        return ""
    return f"Ready={word.status}" + (f" ({word.reason})" if word.reason and word.status != "True" else "")


def _stopped(conditions: dict[str, Condition], raw: str, ready: int | None) -> Status:
    told = conditions.get(STOPPED)
    if (told is not None and told.status == "True") or (told is None and ready == 0):
        return Status(Phase.PAUSED, raw or STOPPED, "Somebody has stopped it.")
    return Status(Phase.PROCESSING, raw, "It is being stopped.")


def _ready(
    service: InferenceService, conditions: dict[str, Condition], raw: str, *, desired: int | None, ready: int | None, scales_to_zero: bool
) -> Status:
    model = service.status.model_status
    if model.transition_status in ("BlockedByFailedLoad", "InvalidSpec") or model.states.target_model_state == "FailedToLoad":
        return Status(Phase.DEGRADED, raw, f"What was there before serves; the latest change does not: {_failure(model)}")
    latest = conditions.get("LatestDeploymentReady")
    if latest is not None and latest.status == "False":
        return Status(Phase.DEGRADED, raw, f"An earlier revision serves; the latest is not ready: {said(latest)}")
    if ready == 0 and scales_to_zero:
        return Status(Phase.READY, raw, "Scaled to zero: the first request starts a pod.")
    if desired == 0:
        return Status(Phase.PAUSED, raw, "No replicas are asked for.")
    if ready == 0:
        return Status(Phase.DEGRADED, raw, "KServe says that it is ready, but none of its pods is.")
    if model.transition_status == "InProgress" or (latest is not None and latest.status == "Unknown"):
        return Status(Phase.PROCESSING, raw, "It serves; the latest change is being rolled out.")
    if desired is not None and ready is not None and ready < desired:
        return Status(Phase.DEGRADED, raw, f"{ready} of {desired} replicas are ready.")
    return Status(Phase.READY, raw)


def _failure(model: ModelStatus) -> str:
    """What KServe says of a model that will not come up as it is; "" when it says nothing of the kind."""
    info = model.last_failure_info
    failed = model.transition_status in ("BlockedByFailedLoad", "InvalidSpec") or model.states.target_model_state == "FailedToLoad"
    if not failed and model.states.active_model_state != "FailedToLoad":
        return ""
    if info is None:
        return f"{model.transition_status or 'FailedToLoad'}: KServe does not say why."
    code = f" (exit code {info.exit_code})" if info.exit_code else ""
    message = " ".join(info.message.split()) or "KServe does not say why."
    return f"{info.reason or model.transition_status}{code}: {message}"


def _not_ready(conditions: dict[str, Condition], raw: str) -> Status:
    waits = [conditions[name] for name in _PARTS if name in conditions and conditions[name].status != "True"]
    if broken := next((one for one in waits if one.status == "False" and one.reason in FAILING), None):
        return Status(Phase.FAILED, raw, said(broken))
    predictor = conditions.get("PredictorReady")
    if predictor is not None and predictor.status == "True" and waits and waits[0].type == "IngressReady" and waits[0].status == "False":
        return Status(Phase.DEGRADED, raw, f"Its pods are ready, but it cannot be reached from outside: {said(waits[0])}")
    first = waits[0] if waits else conditions.get("Ready")
    return Status(Phase.PROCESSING, raw, said(first) if first is not None else "")


def said(condition: Condition) -> str:
    """One line: which condition, its reason, its message."""
    message = " ".join(condition.message.split())
    why = ": ".join(part for part in (condition.reason, message) if part)
    return f"{condition.type} is {condition.status}" + (f": {why}" if why else ".")


def good_when(condition: str) -> bool | None:
    """As `Serves.good_when`: these two are good when False, all other conditions of KServe when True."""
    return condition not in (STOPPED, "GroupDegraded")
