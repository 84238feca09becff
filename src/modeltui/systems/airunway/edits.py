"""The small changes of a ModelDeployment: replicas, none and what they were before, a restart. Pure.

Each takes the live object and answers with the whole one as it shall become. All raise NotPossible when it is not such any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.systems.airunway.types import DEPLOYMENTS, DISAGGREGATED
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.operations import NotPossible
from modeltui.systems.serving import replicas

RESTARTED: Final = "modeltui/restarted"
"""Annotation of its pods, of which a new value makes new pods."""
WORKER: Final = "worker"
"""What the one part of an aggregated deployment is called."""


def scaled(live: Mapping[str, Any], name: str, number: int) -> Manifest:
    desired = begun(DEPLOYMENTS, name="", namespace="", live=live)
    _holder(desired, name)["replicas"] = number
    return desired


def stopped(live: Mapping[str, Any]) -> Manifest:
    desired = begun(DEPLOYMENTS, name="", namespace="", live=live)
    before = {name: _number(_holder(desired, name)) for name in _parts(desired)}
    if not any(before.values()):
        raise NotPossible("It wants 0 replicas already.")
    replicas.remember(desired, {name: number for name, number in before.items() if number})
    for name in before:
        _holder(desired, name)["replicas"] = 0
    return desired


def started(live: Mapping[str, Any]) -> Manifest:
    """As many as before it was stopped; one where nobody remembers."""
    desired = begun(DEPLOYMENTS, name="", namespace="", live=live)
    if any(_number(_holder(desired, name)) for name in _parts(desired)):
        raise NotPossible("It is not stopped.")
    before = replicas.recall(desired)
    for name in _parts(desired):
        _holder(desired, name)["replicas"] = before.get(name, 0 if before else 1)
    return desired


def restarted(live: Mapping[str, Any], mark: str) -> Manifest:
    desired = begun(DEPLOYMENTS, name="", namespace="", live=live)
    part(part(part(part(desired, "spec"), "podTemplate"), "metadata"), "annotations")[RESTARTED] = mark
    return desired


def _parts(desired: Manifest) -> tuple[str, ...]:
    mode = ((desired.get("spec") or {}).get("serving") or {}).get("mode")
    return ("prefill", "decode") if mode == DISAGGREGATED else (WORKER,)


def _holder(desired: Manifest, name: str) -> dict[str, Any]:
    """What has `replicas`: spec.scaling itself, or one of its halves."""
    if name not in _parts(desired):
        raise NotPossible(f'It has no part "{name}" any more.')
    scaling = part(part(desired, "spec"), "scaling")
    return scaling if name == WORKER else part(scaling, name)


def _number(holder: Mapping[str, Any]) -> int:
    found = holder.get("replicas")
    return 1 if found is None else int(found)
