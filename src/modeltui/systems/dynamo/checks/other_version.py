"""Fields of components that only the other version of the API has: the API server drops them, and what they say is lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity

_MAIN: Final = "podTemplate.spec.containers, at the one called main"
_BY_HAND: Final = "Leave it out; what it asked for is an object of its own now, which leads to the Service of the frontend."
_IN_V1BETA1: Final[Mapping[str, str]] = {
    "componentType": "Write type.",
    "subComponentType": "Write type: prefill or decode.",
    "extraPodSpec": "Write podTemplate.spec; what was mainContainer is the container called main there.",
    "extraPodMetadata": "Write podTemplate.metadata.",
    "annotations": "Write podTemplate.metadata.annotations.",
    "labels": "Write podTemplate.metadata.labels.",
    "envs": f"Write env into {_MAIN}.",
    "envFromSecret": f"Write envFrom with a secretRef into {_MAIN}.",
    "resources": f'Write resources into {_MAIN}; GPUs are limits."nvidia.com/gpu" there.',
    "livenessProbe": f"Write it into {_MAIN}.",
    "readinessProbe": f"Write it into {_MAIN}.",
    "volumeMounts": f"Write volumes into podTemplate.spec and volumeMounts into {_MAIN}; of a compiler's cache compilationCache.",
    "sharedMemory": "Write sharedMemorySize; 0 is none.",
    "dynamoNamespace": "Leave it out; Dynamo makes it of the namespace and the graph's name.",
    "autoscaling": "Write scalingAdapter, with an autoscaler on the adapter.",
    "ingress": _BY_HAND,
    "serviceName": "Leave it out; the name of the component counts.",
}
"""Fields of a v1alpha1 service: what says it in v1beta1."""
_IN_V1ALPHA1: Final[Mapping[str, str]] = {
    "name": "Leave it out; its key in spec.services is its name.",
    "type": "Write componentType; of prefill and decode worker, with subComponentType.",
    "podTemplate": "Write extraPodSpec, with the main container as mainContainer.",
    "sharedMemorySize": "Write sharedMemory.size, or sharedMemory.disabled.",
    "compilationCache": "Write volumeMounts with useAsCompilationCache, and the claim into spec.pvcs.",
}
"""And the other way round."""


def of_manifest(manifest: object) -> Iterator[Finding]:
    """Nothing of what the API server has taken already: there they are not any more."""
    if not isinstance(manifest, Mapping):
        return
    version, spec = str(manifest.get("apiVersion", "")).rpartition("/")[2], manifest.get("spec")
    if version == "v1beta1":
        for place, component in enumerate(_list(spec, "components")):
            yield from _dropped(component, str(component.get("name", "")) or f"Component {place}", f"spec.components[{place}]", version)
            yield from _adapter(component, f"spec.components[{place}]")
    elif version == "v1alpha1":
        services = spec.get("services") if isinstance(spec, Mapping) else None
        for name, service in services.items() if isinstance(services, Mapping) else ():
            if isinstance(service, Mapping):
                yield from _dropped(service, str(name), f"spec.services.{name}", version)


def _dropped(component: Mapping[str, Any], name: str, field: str, version: str) -> Iterator[Finding]:
    moved, other = (_IN_V1BETA1, "v1alpha1") if version == "v1beta1" else (_IN_V1ALPHA1, "v1beta1")
    for said in map(str, component):
        if said in moved:
            reason = f"{name}: {said} is a field of {other}, but the manifest is of {version}: without strict checking it is dropped."
            yield Finding(Severity.ERROR, reason, moved[said], f"{field}.{said}")


def _adapter(component: Mapping[str, Any], field: str) -> Iterator[Finding]:
    """In v1alpha1 it says whether; in v1beta1 that it stands there at all is the answer."""
    said = component.get("scalingAdapter")
    if isinstance(said, Mapping) and said.get("enabled") is False:
        yield Finding(
            Severity.ERROR,
            f"{component.get('name', '')}: scalingAdapter gives the replicas away by being there; enabled is no field of it in v1beta1.",
            "Take scalingAdapter out, so that replicas counts.",
            f"{field}.scalingAdapter",
        )


def _list(spec: object, name: str) -> list[Mapping[str, Any]]:
    found = spec.get(name) if isinstance(spec, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list | tuple) else []
