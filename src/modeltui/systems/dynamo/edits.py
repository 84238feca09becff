"""The small changes of a graph: replicas of a component, none of all and what they were before, a restart. Pure.

Each takes the live object and answers with the whole one as it shall become. All raise NotPossible when it is not such any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.kube.resource import Resource
from modeltui.systems.dynamo.types import GRAPHS, OLDER_GRAPHS
from modeltui.systems.manifest import Manifest, begun, part
from modeltui.systems.operations import NotPossible
from modeltui.systems.serving import replicas


def scaled(live: Mapping[str, Any], name: str, number: int) -> Manifest:
    desired = _begun(live)
    for component, found in _components(desired):
        if component == name:
            found["replicas"] = number
            return desired
    raise NotPossible(f'The graph has no component "{name}" any more.')


def stopped(live: Mapping[str, Any]) -> Manifest:
    """No replicas of anything but an endpoint picker, of which there is always one; what they were is remembered."""
    desired = _begun(live)
    before = {name: _number(found) for name, found in _components(desired) if not _is_picker(found)}
    if not any(before.values()):
        raise NotPossible("All its components have 0 replicas already.")
    replicas.remember(desired, {name: number for name, number in before.items() if number})
    for _, found in _components(desired):
        if not _is_picker(found):
            found["replicas"] = 0
    return desired


def started(live: Mapping[str, Any]) -> Manifest:
    """As many of each as before it was stopped; one each where nobody remembers."""
    desired = _begun(live)
    stopped_ones = [(name, found) for name, found in _components(desired) if not _is_picker(found)]
    if any(_number(found) for _, found in stopped_ones):
        raise NotPossible("It is not stopped: some of its components have replicas.")
    before = replicas.recall(desired)
    for name, found in stopped_ones:
        found["replicas"] = before.get(name, 0 if before else 1)
    return desired


def restarted(live: Mapping[str, Any], restart_id: str) -> Manifest:
    desired = _begun(live)
    part(part(desired, "spec"), "restart")["id"] = restart_id
    return desired


def adapter_scaled(live: Mapping[str, Any], number: int, *, resource: Resource) -> Manifest:
    desired = begun(resource, name="", namespace="", live=live)
    part(desired, "spec")["replicas"] = number
    return desired


def _begun(live: Mapping[str, Any]) -> Manifest:
    """In the version that it was read in: v1alpha1 has a map of services."""
    spec = live.get("spec")
    older = isinstance(spec, Mapping) and "services" in spec
    return begun(OLDER_GRAPHS if older else GRAPHS, name="", namespace="", live=live)


def _components(desired: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    spec = desired.get("spec") or {}
    yield from ((str(one.get("name", "")), one) for one in spec.get("components") or ())
    yield from ((name, one) for name, one in sorted((spec.get("services") or {}).items()))


def _number(component: Mapping[str, Any]) -> int:
    found = component.get("replicas")
    return 1 if found is None else int(found)


def _is_picker(component: Mapping[str, Any]) -> bool:
    return "epp" in (component.get("type"), component.get("componentType"))
