"""The small changes of an InferenceService and of an LLMInferenceService: replicas, stopped or not, a restart. Pure.

Each takes the live object and answers with the whole one as it shall become.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.kube.resource import Resource
from modeltui.systems.kserve.types import SERVICES, STOP
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.operations import NotPossible

RESTARTED: Final = "modeltui/restarted"
"""Annotation of its pods, of which a new value makes new pods."""


def scaled(live: Mapping[str, Any], number: int) -> Manifest:
    """That many at least. A fixed number stays fixed; an autoscaler keeps its upper bound where that leaves it room. None at all is
    what the stop annotation is for: no autoscaler of Kubernetes goes below one."""
    if number == 0:
        return stopped(live, resource=SERVICES)
    desired = begun(SERVICES, name="", namespace="", live=live)
    _resume(desired)
    predictor = part(part(desired, "spec"), "predictor")
    least, most = predictor.get("minReplicas"), predictor.get("maxReplicas")
    if isinstance(most, int) and most and (most < number or most == (1 if least is None else least)):
        predictor["maxReplicas"] = number
    predictor["minReplicas"] = number
    return desired


def llm_scaled(live: Mapping[str, Any], name: str, number: int, *, resource: Resource) -> Manifest:
    """`name`: main or prefill. Raises NotPossible when an autoscaler has taken over."""
    desired = begun(resource, name="", namespace="", live=live)
    spec = part(desired, "spec")
    workload = part(spec, "prefill") if name == "prefill" else spec
    if workload.get("scaling"):
        raise NotPossible("It is autoscaled by now.")
    workload["replicas"] = number
    if number:
        _resume(desired)
    return desired


def stopped(live: Mapping[str, Any], *, resource: Resource) -> Manifest:
    desired = begun(resource, name="", namespace="", live=live)
    part(part(desired, "metadata"), "annotations")[STOP] = "true"
    return desired


def started(live: Mapping[str, Any], *, resource: Resource) -> Manifest:
    desired = begun(resource, name="", namespace="", live=live)
    _resume(desired)
    return desired


def _resume(desired: Manifest) -> None:
    metadata = part(desired, "metadata")
    annotations = metadata.get("annotations")
    if isinstance(annotations, dict):
        annotations.pop(STOP, None)
        if not annotations:
            del metadata["annotations"]


def restarted(live: Mapping[str, Any], mark: str) -> Manifest:
    """KServe hands the annotations of a component on to its pods."""
    desired = begun(SERVICES, name="", namespace="", live=live)
    part(part(part(desired, "spec"), "predictor"), "annotations")[RESTARTED] = mark
    return desired


def llm_restarted(live: Mapping[str, Any], mark: str, *, resource: Resource) -> Manifest:
    """KServe hands the annotations of a workload on to its pods."""
    desired = begun(resource, name="", namespace="", live=live)
    spec = part(desired, "spec")
    part(spec, "annotations")[RESTARTED] = mark
    if isinstance(spec.get("prefill"), dict):
        part(spec["prefill"], "annotations")[RESTARTED] = mark
    return desired
