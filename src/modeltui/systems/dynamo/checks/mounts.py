"""Volumes that containers of v1beta1 mount, which are declared in the pod template itself: there are no claims of the graph any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity

_MADE: Final = "shared-memory"
"""Dynamo adds it."""


def of_manifest(manifest: object) -> Iterator[Finding]:
    spec = manifest.get("spec") if isinstance(manifest, Mapping) else None
    components = spec.get("components") if isinstance(spec, Mapping) else None
    for place, component in enumerate(components if isinstance(components, list | tuple) else ()):
        if isinstance(component, Mapping):
            yield from _of_component(component, f"spec.components[{place}]")


def _of_component(component: Mapping[str, Any], field: str) -> Iterator[Finding]:
    pod = _mapping(_mapping(component, "podTemplate"), "spec")
    cache = _mapping(component, "compilationCache").get("pvcName")
    declared = {_MADE, cache, *(volume.get("name") for volume in _mappings(pod, "volumes"))}
    for place, container in enumerate(_mappings(pod, "containers")):
        for mount in _mappings(container, "volumeMounts"):
            if mount.get("name") and mount.get("name") not in declared:
                where = f"{field}.podTemplate.spec.containers[{place}].volumeMounts"
                reason = f"{component.get('name', '')} mounts volume {mount['name']}, which its podTemplate does not have: no pod is made."
                yield Finding(Severity.ERROR, reason, "Declare it in podTemplate.spec.volumes, such as with a claim.", where)


def _mapping(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = found.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _mappings(found: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    inner = found.get(name)
    return [one for one in inner if isinstance(one, Mapping)] if isinstance(inner, list | tuple) else []
