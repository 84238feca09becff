"""The small changes of an AIMService: how many replicas, none and as many as before, its pods anew. Pure.

Each takes the live object and answers with the whole one as it shall become. All raise NotPossible when it is not such any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from modeltui.systems.aim.types import SERVICES
from modeltui.systems.core import quantity
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.operations import NotPossible
from modeltui.systems.serving import replicas

RESTARTS: Final = "MODELTUI_RESTARTS"
"""A variable that nothing reads: AIM Engine hands a change of it down to the pods, which are replaced for it."""
_AUTOSCALING: Final = ("minReplicas", "maxReplicas", "autoScaling")
_PART: Final = "predictor"


def fixed(live: Mapping[str, Any], number: int) -> Manifest:
    """That many, and no autoscaler."""
    desired, spec = _begun(live)
    for name in _AUTOSCALING:
        spec.pop(name, None)
    spec["replicas"] = number
    if number:
        replicas.recall(desired)  # what was remembered is not what is wanted
    return desired


def between(live: Mapping[str, Any], least: int, most: int) -> Manifest:
    """As many as the autoscaler wants, between two numbers."""
    desired, spec = _begun(live)
    spec["minReplicas"], spec["maxReplicas"] = least, most
    return desired


def stopped(live: Mapping[str, Any]) -> Manifest:
    """No replicas; how many there were is remembered."""
    desired, spec = _begun(live)
    if autoscaled(spec):
        raise NotPossible("It is autoscaled by now, and AIM Engine does not scale to zero.")
    before = number_of(spec)
    if before == 0:
        raise NotPossible("It has 0 replicas already.")
    replicas.remember(desired, {_PART: before})
    spec["replicas"] = 0
    return desired


def started(live: Mapping[str, Any]) -> Manifest:
    """As many as before it was stopped; one where nobody remembers."""
    desired, spec = _begun(live)
    if autoscaled(spec) or number_of(spec):
        raise NotPossible("It is not stopped: it wants replicas.")
    spec["replicas"] = replicas.recall(desired).get(_PART, 1)
    return desired


def restarted(live: Mapping[str, Any]) -> Manifest:
    desired, spec = _begun(live)
    env = [dict(one) for one in spec.get("env") or ()]
    found = next((one for one in env if one.get("name") == RESTARTS), None)
    if found is None:
        env.append({"name": RESTARTS, "value": "1"})
    else:
        said = str(found.get("value", ""))
        found["value"] = str((quantity.whole(said) or 0) + 1)
    spec["env"] = env
    return desired


def _begun(live: Mapping[str, Any]) -> tuple[Manifest, dict[str, Any]]:
    desired = begun(SERVICES, name="", namespace="", live=live)
    return desired, part(desired, "spec")


def autoscaled(spec: Mapping[str, Any]) -> bool:
    return any(spec.get(name) is not None for name in _AUTOSCALING)


def number_of(spec: Mapping[str, Any]) -> int:
    found = spec.get("replicas")
    return 1 if found is None else int(found)
