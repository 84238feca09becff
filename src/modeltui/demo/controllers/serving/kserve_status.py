"""The status that KServe writes on an InferenceService in Standard mode, with its quirks. Pure but for the time of a change.

Rules: pkg/apis/serving/v1beta1/inference_service_status.go, and knative's condition manager, which keeps conditions sorted by type, takes
reason and message off a condition that turns True, and lets Ready repeat what was marked last.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Final

from modeltui.demo.controllers.serving.conditions import entry, with_knative
from modeltui.demo.controllers.serving.kserve_predictor import CONTAINER, INITIALIZER
from modeltui.demo.errors import Object

STOPPED: Final = "Stopped"
_DEPENDENTS: Final = ("PredictorReady", "IngressReady")
NO_INGRESS: Final = "Predictor ingress not created"
"""Reason of IngressReady, and so of Ready, as long as the predictor is not ready, whatever is wrong with that."""


def marked(status: Object, type_: str, value: str, reason: str = "", message: str = "") -> Object:
    """The status with one condition set, and Ready after it. `value`: "True", "False" or "Unknown"."""
    status = _set(status, type_, value, reason, message)
    if type_ not in _DEPENDENTS:
        return status
    others = [each for name in _DEPENDENTS if (each := entry(status, name)) is not None]
    if value == "True":
        unhappy = next((each for word in ("False", "Unknown") for each in others if each["status"] == word), None)
        if unhappy is not None:
            return _set(status, "Ready", unhappy["status"], unhappy.get("reason", ""), unhappy.get("message", ""))
        return _set(status, "Ready", "True" if len(others) == len(_DEPENDENTS) else "Unknown")
    if value == "Unknown" and any(each["status"] == "False" for each in others):
        return status
    return _set(status, "Ready", value, reason, message)


def _set(status: Object, type_: str, value: str, reason: str = "", message: str = "") -> Object:
    return with_knative(status, type_, value, reason, message, counts=type_ in (*_DEPENDENTS, "Ready"))


def predictor(status: Object, deployment: Object, *, url: str) -> Object:
    """PredictorReady, from the Deployment's conditions: it is True as soon as one rollout has ended and enough replicas are there."""
    found = {each["type"]: each for each in (deployment.get("status") or {}).get("conditions") or []}
    value, why = "False", {}
    available, progressing = found.get("Available", {}), found.get("Progressing", {})
    if available.get("status") == "True":
        value, why = "True", available
    if progressing.get("status") == "False" and progressing.get("message"):
        value, why = "False", progressing
    elif progressing.get("status") == "True":
        value, why = ("True" if progressing.get("reason") == "NewReplicaSetAvailable" else "Unknown"), progressing
    if available.get("status") == "False":
        value, why = "False", available
    if (failed := found.get("ReplicaFailure", {})).get("status") == "True":
        value, why = "False", failed
    status = {**status, "components": {**(status.get("components") or {})}}
    component = {**status["components"].get("predictor", {})} | ({"url": url} if value == "True" else {})
    status["components"]["predictor"] = component
    status["observedGeneration"] = (deployment.get("status") or {}).get("observedGeneration", 0)
    return marked(status, "PredictorReady", value, why.get("reason", ""), why.get("message", ""))


def ingress(status: Object, *, url: str, address: str) -> Object:
    ready = entry(status, "PredictorReady") or {}
    if ready.get("status") != "True":
        return marked(status, "IngressReady", "Unknown" if ready.get("status", "Unknown") == "Unknown" else "False", NO_INGRESS)
    return marked({**status, "url": url, "address": {"url": address}}, "IngressReady", "True")


def model(status: Object, pods: Sequence[Object]) -> Object:
    """modelStatus, from the first Pod that is found: of the others only how many are ready."""
    ready = sum(_ready(pod) for pod in pods)
    status = {**status, "modelStatus": copy.deepcopy(status.get("modelStatus") or {"transitionStatus": ""})}
    status["modelStatus"]["copies"] = {"failedCopies": 0} | ({"totalCopies": ready} if ready else {})
    if not pods:
        return _state(status, "Pending")
    found = pods[0].get("status") or {}
    initial = next((each for each in found.get("initContainerStatuses") or [] if each["name"] == INITIALIZER), None)
    if initial is not None:
        if "running" in (initial.get("state") or {}):
            # Between two failures it runs for a moment; that is not told as loading.
            return status if (initial.get("lastState") or {}).get("terminated") else _state(status, "Loading")
        if failed := _failure(initial):
            return _state(status, "FailedToLoad", failed)
    if (entry(status, "Ready") or {}).get("status") == "True":
        return _state(status, "Loaded")
    main = next((each for each in found.get("containerStatuses") or [] if each["name"] == CONTAINER), None)
    if main is None:
        return status
    failed = _failure(main)
    return _state(status, "FailedToLoad", failed) if failed else _state(status, "Pending")


def _ready(pod: Object) -> bool:
    status = pod.get("status") or {}
    return status.get("phase") == "Running" and any(
        each["type"] == "Ready" and each["status"] == "True" for each in status.get("conditions") or []
    )


def _failure(container: Object) -> Object | None:
    """What a container that ended badly is told as."""
    state = container.get("state") or {}
    ended = state.get("terminated") if (state.get("terminated") or {}).get("reason") == "Error" else None
    if (state.get("waiting") or {}).get("reason") == "CrashLoopBackOff":
        ended = (container.get("lastState") or {}).get("terminated")
    if not ended:
        return None
    told = {"reason": "ModelLoadFailed", "exitCode": ended.get("exitCode", 0)}
    return {**told, "message": ended["message"]} if ended.get("message") else told


def _state(status: Object, target: str, failure: Object | None = None) -> Object:
    """What failed last stays told, also when all is well again."""
    found = status["modelStatus"]
    states = {"activeModelState": "", **(found.get("states") or {}), "targetModelState": target}
    transition = {"Loaded": "UpToDate", "FailedToLoad": "BlockedByFailedLoad"}.get(target, "InProgress")
    if target == "Loaded":
        states["activeModelState"] = "Loaded"
    told = {"lastFailureInfo": failure} if failure else {}
    return {**status, "modelStatus": {**found, "states": states, "transitionStatus": transition, **told}}


def invalid(status: Object, reason: str, message: str) -> Object:
    """No runtime: told in modelStatus alone, conditions stay as they are (at first there are none at all)."""
    found = copy.deepcopy(status.get("modelStatus") or {})
    states = {"activeModelState": "", **(found.get("states") or {}), "targetModelState": "FailedToLoad"}
    told = {"transitionStatus": "InvalidSpec", "states": states, "lastFailureInfo": {"reason": reason, "message": message}}
    return {**status, "modelStatus": {**found, **told}}


def stopped(status: Object) -> Object:
    """All that was told before is wiped."""
    if (entry(status, "PredictorReady") or {}).get("reason") != STOPPED:
        status = {"deploymentMode": status.get("deploymentMode", "Standard"), "modelStatus": {"transitionStatus": ""}}
    status = marked(status, "PredictorReady", "False", STOPPED)
    status = marked(status, "IngressReady", "False", STOPPED)
    return _set(status, "Stopped", "True")
