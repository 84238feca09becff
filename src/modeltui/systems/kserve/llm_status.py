"""What the conditions of an LLMInferenceService come to. Pure.

`Ready` is True when the presets could be combined, the workloads are ready and the router is; a service that was stopped says False for
the reason "Stopped". `GroupDegraded` is bad when True; what concerns a group never makes the service itself less ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.objects import Condition
from modeltui.systems.kserve.llm_types import LLMInferenceService
from modeltui.systems.kserve.status import FAILING, STOPPED, raw_word, said

_WORKLOADS: Final = (
    *("MainWorkloadReady", "WorkerWorkloadReady", "PrefillWorkloadReady", "PrefillWorkerWorkloadReady"),
    *("ScalingReady", "PrefillScalingReady", "WorkloadsReady"),
)
_ROUTER: Final = (*("SchedulerWorkloadReady", "TokenizerReady", "InferencePoolReady", "HTTPRoutesReady", "GatewaysReady", "RouterReady"),)
_ORDER: Final = ("PresetsCombined", *_WORKLOADS, *_ROUTER)

_FAILING: Final = FAILING | {
    *("ConfigNotFound", "CombineBaseError", "InvalidRenderedConfig", "GatewayNotFound", "RefsInvalid", "HTTPRouteNotFound"),
    *("ModelNameMismatch", "LWSNotAvailable", "CRDNotInstalled", "SchedulerReconcileError", "HTTPRouteReconcileError"),
}


def of(service: LLMInferenceService, *, desired: int | None, ready: int | None) -> Status:
    """`desired`, `ready`: replicas that decode; None when not known."""
    conditions = {one.type: one for one in service.status.conditions}
    word = conditions.get("Ready")
    raw = raw_word(word)
    if service.metadata.stop:
        gone = ready == 0 if ready is not None else any(one.reason == STOPPED for one in conditions.values())
        return (
            Status(Phase.PAUSED, raw or STOPPED, "Somebody has stopped it.")
            if gone
            else Status(Phase.PROCESSING, raw, "It is being stopped.")
        )
    if not conditions:
        return Status(Phase.PENDING, raw, "KServe has not taken it up yet: it has no conditions.")
    if service.status.observed_generation and service.status.observed_generation < service.metadata.generation:
        return Status(Phase.PROCESSING, raw, "KServe has not seen its latest change yet.")
    if word is not None and word.status == "True":
        return _ready(conditions, raw, desired=desired, ready=ready)
    return _not_ready(conditions, raw)


def _ready(conditions: dict[str, Condition], raw: str, *, desired: int | None, ready: int | None) -> Status:
    if desired == 0:
        return Status(Phase.PAUSED, raw, "No replicas are asked for.")
    if ready == 0:
        return Status(Phase.DEGRADED, raw, "KServe says that it is ready, but none of its replicas is.")
    if desired is not None and ready is not None and ready < desired:
        return Status(Phase.DEGRADED, raw, f"{ready} of {desired} replicas are ready.")
    degraded = conditions.get("GroupDegraded")
    if degraded is not None and degraded.status == "True":
        return Status(Phase.READY, raw, f"It serves; its group is not complete: {said(degraded)}")
    return Status(Phase.READY, raw)


def failing(conditions: Iterable[Condition]) -> Condition | None:
    """The first that is False for a reason that does not pass by itself."""
    found = {one.type: one for one in conditions if one.status == "False" and one.reason in _FAILING}
    return next((found[name] for name in _ORDER if name in found), None)


def _not_ready(conditions: dict[str, Condition], raw: str) -> Status:
    waits = [conditions[name] for name in _ORDER if name in conditions and conditions[name].status != "True"]
    if waits and all(one.reason == STOPPED for one in waits if one.status == "False"):
        return Status(Phase.PROCESSING, raw, "It was stopped and is being started.")
    if (broken := failing(waits)) is not None:
        return Status(Phase.FAILED, raw, said(broken))
    first = waits[0] if waits else conditions.get("Ready")
    if first is None:
        return Status(Phase.PROCESSING, raw)
    served = conditions.get("WorkloadsReady")
    if first.type in _ROUTER and first.status == "False" and served is not None and served.status == "True":
        return Status(Phase.DEGRADED, raw, f"Its pods are ready, but requests do not reach them: {said(first)}")
    return Status(Phase.PROCESSING, raw, said(first))
