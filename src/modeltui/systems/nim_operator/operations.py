"""What can be done with a NIMService: scale, stop, start, restart. Pure.

On KServe it is stopped by an annotation that the operator hands on; one that stands alone by zero replicas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from modeltui.systems.kserve.types import STOP
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.nim_operator.reading import is_stopped, on_kserve
from modeltui.systems.nim_operator.types import SERVICES, NIMService
from modeltui.systems.operations import NotPossible, Operation, Stage
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import owners, replicas

RESTARTED: Final = "modeltui/restarted"
"""Annotation that the operator hands on to the pods, of which a new value makes new pods."""
_PART: Final = "nim"


def of_service(service: NIMService, part: str, facts: Facts) -> Iterable[Operation]:
    spec = service.spec
    number = 1 if spec.replicas is None else spec.replicas
    stopped = is_stopped(service) or (number == 0 and not spec.scale.enabled)
    overruled = owners.overruled(service)
    autoscaled = "an autoscaler decides: edit spec.scale.hpa" if spec.scale.enabled else ""
    no_zero = autoscaled and not on_kserve(service)
    yield replicas.scaling(name="", now=number, become=scaled, whole="Replicas", why_not=overruled or autoscaled)
    yield Operation(
        title="Stop (takes all of its pods away)",
        change="Stop",
        word="stop",
        stages=(Stage(become=stop),),
        why_not="it is stopped" if stopped else overruled or ("it is autoscaled: switch spec.scale off first" if no_zero else ""),
    )
    yield Operation(
        title="Start (as many replicas as before)",
        change="Start",
        word="start",
        stages=(Stage(become=start),),
        why_not=overruled if stopped else "it is not stopped",
    )
    mark = f"generation-{service.metadata.generation}"
    yield Operation(
        title="Restart (its pods are made anew)",
        change="Restart",
        word="restart",
        stages=(Stage(become=lambda live: restarted(live, mark)),),
        why_not="it is stopped" if stopped else overruled,
    )


def scaled(live: Mapping[str, Any], number: int) -> Manifest:
    desired, spec = _begun(live)
    spec["replicas"] = number
    if number:
        replicas.recall(desired)  # what was remembered is not what is wanted
        _resume(spec)
    return desired


def stop(live: Mapping[str, Any]) -> Manifest:
    desired, spec = _begun(live)
    if spec.get("inferencePlatform") == "kserve":
        part(spec, "annotations")[STOP] = "true"
        return desired
    before = spec.get("replicas", 1)
    if not before:
        raise NotPossible("It has 0 replicas already.")
    replicas.remember(desired, {_PART: int(before)})
    spec["replicas"] = 0
    return desired


def start(live: Mapping[str, Any]) -> Manifest:
    desired, spec = _begun(live)
    _resume(spec)
    if spec.get("replicas", 1) == 0:
        spec["replicas"] = replicas.recall(desired).get(_PART, 1)
    return desired


def restarted(live: Mapping[str, Any], mark: str) -> Manifest:
    desired, spec = _begun(live)
    part(spec, "annotations")[RESTARTED] = mark
    return desired


def _begun(live: Mapping[str, Any]) -> tuple[Manifest, dict[str, Any]]:
    desired = begun(SERVICES, name="", namespace="", live=live)
    return desired, part(desired, "spec")


def _resume(spec: dict[str, Any]) -> None:
    annotations = spec.get("annotations")
    if isinstance(annotations, dict) and annotations.pop(STOP, None) is not None and not annotations:
        del spec["annotations"]
