"""What only v1alpha1 has: claims of the graph's own, mounts by name, and fields that nobody reads any more."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.dynamo.older import OlderGraph, ServiceSpec


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
    for name, service in sorted(graph.spec.services.items()):
        yield from _of_service(name, service, declared)


def _of_service(name: str, service: ServiceSpec, declared: set[str]) -> Iterator[Finding]:
    field = f"spec.services.{name}"
    for place, mount in enumerate(service.volume_mounts):
        if mount.name not in declared:
            reason = f"{name} mounts {mount.name}, which spec.pvcs does not list."
            yield Finding(Severity.ERROR, reason, "Add it to spec.pvcs, with create: false if it exists.", f"{field}.volumeMounts[{place}]")
        if not mount.mount_point and not mount.use_as_compilation_cache:
            reason = f"{name}: the mount of {mount.name} has no mountPoint."
            yield Finding(Severity.ERROR, reason, "Say where it is mounted.", f"{field}.volumeMounts[{place}].mountPoint")
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
