"""What only v1alpha1 has: claims of the graph's own, mounts by name, and fields that nobody reads any more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.dynamo.checks.shape import COMPONENT_NAME
from modeltui.systems.dynamo.older import OlderGraph, ServiceSpec

COMPONENT_TYPES: Final = ("frontend", "worker", "prefill", "decode", "planner", "epp", "main")
"""The API server takes any word; these are what Dynamo knows."""


def of_graph(graph: OlderGraph) -> Iterator[Finding]:
    declared = {claim.name for claim in graph.spec.pvcs}
    for place, claim in enumerate(graph.spec.pvcs):
        missing = [
            field
            for field, value in (
                ("size", claim.size),
                ("storageClass", claim.storage_class),
                ("volumeAccessMode", claim.volume_access_mode),
            )
            if not value
        ]
        if claim.create and missing:
            reason = f"Claim {claim.name} is to be created, and does not say {', '.join(missing)}: the API server refuses that."
            yield Finding(Severity.ERROR, reason, "Fill them in.", f"spec.pvcs[{place}]")
    yield from _names(graph)
    for name, service in sorted(graph.spec.services.items()):
        yield from _of_service(name, service, declared)


def _names(graph: OlderGraph) -> Iterator[Finding]:
    """As v1beta1 has it, in which such graphs are kept; and what is made of a service is called after it, in lower case."""
    services = graph.spec.services
    times = Counter(name.lower() for name in services)
    for name in sorted(services):
        field = f"spec.services.{name}"
        if not COMPONENT_NAME.fullmatch(name):
            reason = f'"{name}" cannot be the name of a component: letters, digits and "-", at most 63 of them.'
            yield Finding(Severity.ERROR, reason, "Rename it.", field)
        elif times[name.lower()] > 1:
            reason = f'"{name}" is the name of several components; upper and lower case count as the same.'
            yield Finding(Severity.ERROR, reason, "Rename one of them.", field)
    if sum(service.component_type == "epp" for service in services.values()) > 1:
        reason = "It has several endpoint pickers (componentType epp); one is allowed."
        yield Finding(Severity.ERROR, reason, "Take the others out.", "spec.services")


def _of_service(name: str, service: ServiceSpec, declared: set[str]) -> Iterator[Finding]:
    field = f"spec.services.{name}"
    for place, mount in enumerate(service.volume_mounts):
        if mount.name not in declared:
            reason = f"{name} mounts {mount.name}, which spec.pvcs does not list."
            yield Finding(Severity.ERROR, reason, "Add it to spec.pvcs, with create: false if it exists.", f"{field}.volumeMounts[{place}]")
        if not mount.mount_point and not mount.use_as_compilation_cache:
            reason = f"{name}: the mount of {mount.name} has no mountPoint."
            yield Finding(Severity.ERROR, reason, "Say where it is mounted.", f"{field}.volumeMounts[{place}].mountPoint")
    if service.component_type not in COMPONENT_TYPES:
        said = f'componentType "{service.component_type}"' if service.component_type else "no componentType"
        reason = f"{name} has {said}, so that Dynamo sets up nothing of what a frontend or a worker needs."
        yield Finding(Severity.WARNING, reason, f"Set one of {', '.join(COMPONENT_TYPES)}.", f"{field}.componentType")
    if service.scaling_adapter is not None and not service.scaling_adapter.enabled:
        reason = f"{name}: scalingAdapter does nothing without enabled; replicas counts."
        yield Finding(Severity.WARNING, reason, "Set enabled to true, or leave it out.", f"{field}.scalingAdapter.enabled")
    if service.autoscaling is not None:
        reason = f"{name}: autoscaling is ignored by Dynamo; nothing scales it."
        yield Finding(Severity.WARNING, reason, "Use scalingAdapter with an autoscaler on the adapter.", f"{field}.autoscaling")
    if service.dynamo_namespace:
        reason = f"{name}: dynamoNamespace is ignored; Dynamo makes it of the namespace and the graph's name."
        yield Finding(Severity.WARNING, reason, "Leave it out.", f"{field}.dynamoNamespace")
    memory = service.shared_memory
    if memory is not None and not memory.disabled and not memory.size:
        reason = f"{name}: sharedMemory has no size."
        yield Finding(Severity.ERROR, reason, "Give it one, such as 8Gi, or set disabled.", f"{field}.sharedMemory.size")
    if service.component_type == "epp" and service.epp_config is None:
        reason = f"{name}: an endpoint picker needs its configuration."
        yield Finding(Severity.ERROR, reason, "Give eppConfig either config or configMapRef.", f"{field}.eppConfig")
    if service.sub_component_type and service.sub_component_type not in ("prefill", "decode"):
        reason = f'{name}: subComponentType "{service.sub_component_type}" is neither prefill nor decode.'
        yield Finding(Severity.WARNING, reason, "Correct it, or leave it out.", f"{field}.subComponentType")
