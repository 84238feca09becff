"""The conditions of an LLMInferenceService: those of its parts, rolled up, and Ready over them. Pure but for the time of a change.

Rules: pkg/apis/serving/v1alpha2/llm_inference_service_lifecycle.go of KServe, and knative's condition manager, which keeps conditions
sorted by type and takes reason and message off a condition that turns True.
"""

from __future__ import annotations

from typing import Final

from modeltui.demo.controllers.serving.conditions import entry, with_knative
from modeltui.demo.controllers.serving.rollout import rollout
from modeltui.demo.errors import Object

PRESETS, WORKLOADS, ROUTER = "PresetsCombined", "WorkloadsReady", "RouterReady"
_TOGETHER: Final = (PRESETS, WORKLOADS, ROUTER)
_OF_WORKLOADS: Final = ("MainWorkloadReady", "WorkerWorkloadReady", "PrefillWorkloadReady", "PrefillWorkerWorkloadReady")
_OF_ROUTER: Final = ("GatewaysReady", "HTTPRoutesReady", "InferencePoolReady", "SchedulerWorkloadReady")
STOPPED: Final = ("Stopped", "Service is stopped")


def marked(status: Object, type_: str, value: bool, reason: str = "", message: str = "") -> Object:
    return _set(status, type_, "True" if value else "False", reason, message)


def cleared(status: Object, *types: str) -> Object:
    return {**status, "conditions": [each for each in status.get("conditions") or [] if each["type"] not in types]}


def of_deployment(status: Object, type_: str, made: Object) -> Object:
    """A part is ready as soon as its Deployment is available, whatever of it still rolls."""
    found = {each["type"]: each for each in (made.get("status") or {}).get("conditions") or []}
    available, progressing = found.get("Available"), found.get("Progressing")
    if available is not None and available["status"] == "True":
        return marked(status, type_, True)
    why = available or progressing or {"reason": "Progressing", "message": ""}
    if progressing is not None and progressing["status"] == "False":
        why = progressing
    return marked(status, type_, False, why.get("reason", ""), why.get("message", ""))


def rolled_up(status: Object) -> Object:
    for type_, parts in ((WORKLOADS, _OF_WORKLOADS), (ROUTER, _OF_ROUTER)):
        bad = next((each for part in parts if (each := entry(status, part)) is not None and each["status"] == "False"), None)
        status = marked(status, type_, bad is None, *_words(bad))
    return ready(status)


def ready(status: Object) -> Object:
    """From the three that count; one that was never set leaves it Unknown."""
    found = [entry(status, type_) for type_ in _TOGETHER]
    for each in found:
        if each is not None and each["status"] == "False":
            return _set(status, "Ready", "False", *_words(each))
    known = all(each is not None and each["status"] == "True" for each in found)
    return _set(status, "Ready", "True" if known else "Unknown")


def _words(condition: Object | None) -> tuple[str, str]:
    return ("", "") if condition is None else (condition.get("reason", ""), condition.get("message", ""))


def _set(status: Object, type_: str, value: str, reason: str = "", message: str = "") -> Object:
    return with_knative(status, type_, value, reason, message, counts=type_ in (*_TOGETHER, "Ready"))


def workload_ref(made: Object) -> Object:
    return {"apiGroup": "apps", "kind": "Deployment", "name": made["metadata"]["name"], "readyReplicas": rollout(made).ready}
