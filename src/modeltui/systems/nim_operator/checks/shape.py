"""Fields that are not there, and such as may not stand together: what the CRD's rules and the webhook of the NIM operator refuse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.nim_operator.types import NIMService

_SERVICE: Final = frozenset(
    {
        *("affinity", "annotations", "args", "authSecret", "command", "draResources", "env", "expose", "groupID", "image"),
        *("inferencePlatform", "initContainers", "labels", "livenessProbe", "metrics", "multiNode", "nodeSelector", "podAffinity"),
        *("priorityClassName", "proxy", "readinessProbe", "replicas", "resources", "runtimeClassName", "scale", "schedulerName"),
        *("sidecarContainers", "startupProbe", "storage", "tolerations", "userID"),
    }
)
_CACHE: Final = frozenset(
    {
        *("certConfig", "env", "groupID", "initContainers", "nodeSelector", "proxy", "resources", "runtimeClassName", "source", "storage"),
        *("tolerations", "userID"),
    }
)
_MOVED: Final = {
    "router": "Routes stand in spec.expose.router.",
    "ingress": "It stands in spec.expose.router.ingress.",
    "service": "It stands in spec.expose.service.",
    "hpa": "It stands in spec.scale.hpa.",
    "nimCache": "It stands in spec.storage.nimCache.",
    "pvc": "It stands in spec.storage.pvc.",
    "gpuSelectors": "GPUs are chosen in spec.source.ngc.model.gpus.",
}


def at(manifest: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    """The object at a path, {} when there is none."""
    found: Any = manifest
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def service(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    spec = at(manifest, "spec")
    yield from _unknown(spec, _SERVICE, "NIMService")
    scale, router, nodes = at(spec, "scale"), at(spec, "expose.router"), at(spec, "multiNode")
    if scale.get("enabled") is True:
        if spec.get("replicas") is not None:
            yield _together("replicas", "an autoscaler (scale.enabled)", "spec.replicas", "Take replicas out: scale.hpa has the bounds.")
        if not scale.get("hpa"):
            yield Finding(
                Severity.ERROR,
                "scale is enabled and says no bounds: the NIM operator's webhook refuses it without hpa.",
                "Set scale.hpa.maxReplicas.",
                "spec.scale.hpa",
            )
        if spec.get("multiNode") is not None:
            yield _together("multiNode", "an autoscaler (scale.enabled)", "spec.multiNode", "Take one of them out.")
    hpa = at(scale, "hpa")
    least, most = hpa.get("minReplicas", 1), hpa.get("maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Finding(
            Severity.ERROR,
            f"minReplicas is {least} and maxReplicas {most}: the API server refuses such an autoscaler.",
            "Raise maxReplicas, or lower minReplicas.",
            "spec.scale.hpa.maxReplicas",
        )
    if router.get("gateway") is not None and router.get("ingress") is not None:
        yield _together("gateway", "ingress", "spec.expose.router", "Keep one way in.")
    if at(spec, "expose.ingress").get("enabled") is True and router.get("ingress") is not None:
        yield _together("expose.ingress", "expose.router.ingress", "spec.expose.ingress", "Keep expose.router.ingress: the other one ends.")
    if nodes.get("mpi") is not None and nodes.get("ray") is not None:
        yield _together("mpi", "ray", "spec.multiNode", "Keep one.")
    if at(spec, "resources").get("claims"):
        yield Finding(
            Severity.ERROR,
            "resources.claims is refused: devices of a NIMService are claimed in draResources.",
            "Move them to spec.draResources.",
            "spec.resources.claims",
        )
    yield from _devices(spec)


def _devices(spec: Mapping[str, Any]) -> Iterator[Finding]:
    claimed = spec.get("draResources")
    ways = ("resourceClaimName", "resourceClaimTemplateName", "claimCreationSpec")
    for place, one in enumerate(claimed if isinstance(claimed, list) else ()):
        said = [name for name in ways if isinstance(one, Mapping) and one.get(name) is not None]
        field = f"spec.draResources[{place}]"
        if len(said) != 1:
            yield Finding(
                Severity.ERROR,
                f"It claims devices by {' and '.join(said) or 'nothing'}: exactly one of {', '.join(ways)} may stand there.",
                "Keep one.",
                field,
            )
        replicas = spec.get("replicas")
        if said == ["resourceClaimName"] and isinstance(replicas, int) and replicas > 1:
            yield Finding(
                Severity.ERROR,
                f"{replicas} replicas cannot share one claim for devices: the NIM operator's webhook refuses it.",
                "Name a template in resourceClaimTemplateName, of which each pod gets a claim.",
                f"{field}.resourceClaimName",
            )


def cache(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _unknown(at(manifest, "spec"), _CACHE, "NIMCache")


def _unknown(spec: Mapping[str, Any], known: frozenset[str], kind: str) -> Iterator[Finding]:
    for name in spec:
        if name not in known:
            yield Finding(
                Severity.ERROR,
                f"spec.{name} is no field of {kind}: the API server refuses it, or drops it in silence.",
                _MOVED.get(name, "Take it out, or correct its name."),
                f"spec.{name}",
            )


def _together(one: str, other: str, field: str, remedy: str) -> Finding:
    return Finding(Severity.ERROR, f"{one} and {other} stand side by side: the API server refuses both together.", remedy, field)


def fixed(live: NIMService | None, wanted: NIMService) -> Iterator[Finding]:
    """What cannot be changed of one that is there."""
    if live is None:
        return
    for what, before, after, field in (
        ("multiNode", live.spec.multi_node, wanted.spec.multi_node, "spec.multiNode"),
        ("draResources", live.spec.dra_resources, wanted.spec.dra_resources, "spec.draResources"),
    ):
        if before != after:
            yield Finding(
                Severity.ERROR,
                f"{what} cannot be changed once it is made: the NIM operator refuses it.",
                "Make a second NIMService that is as wished, and delete this one when that serves.",
                field,
            )
