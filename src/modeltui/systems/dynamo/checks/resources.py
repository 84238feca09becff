"""What the workers ask of the cluster: GPUs for as many ways as the model is split, claims that exist, shared memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.core import quantity
from modeltui.systems.core.types import CLAIMS, PersistentVolumeClaim
from modeltui.systems.dynamo.older import OlderGraph
from modeltui.systems.dynamo.parts import AnyGraph, Part
from modeltui.systems.dynamo.types import FRAMEWORKS
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus
from modeltui.systems.serving.command_line import option

_TENSOR: Final = ("--tensor-parallel-size", "--tp-size", "--tp", "-tp")
_PIPELINE: Final = ("--pipeline-parallel-size", "--pp-size", "--pp", "-pp")
_DATA: Final = ("--data-parallel-size", "--dp-size", "--dp", "-dp")


def of_parts(graph: AnyGraph, parts: Sequence[Part], facts: Facts) -> Iterator[Finding]:
    for part in parts:
        yield from _gpus(part)
        yield from _claims(graph, part, facts)
    if isinstance(graph, OlderGraph):
        for part in parts:
            memory = graph.spec.services[part.name].shared_memory
            if memory is not None and memory.disabled:
                yield from _no_shared_memory(part, "sharedMemory.disabled")
    else:
        for place, component in enumerate(graph.spec.components):
            yield from _limits(component.name, component.pod_template.spec.containers, f"spec.components[{place}]")
            shared = component.shared_memory_size
            if shared is not None and quantity.parse(shared) == 0:
                yield from _no_shared_memory(parts[place], "sharedMemorySize")


def _gpus(part: Part) -> Iterator[Finding]:
    if part.gpus is None or not part.works or part.engine not in FRAMEWORKS:
        return
    asked = sum(part.gpus.values())
    if not asked:
        yield Finding(
            Severity.WARNING,
            f"{part.name} asks for no GPU: {part.engine} is put on any node, and ends there without one.",
            'Set resources.limits."nvidia.com/gpu".' if part.field.startswith("spec.components") else "Set resources.limits.gpu.",
            part.at("gpus"),
        )
        return
    ways = _number(part, _TENSOR) * _number(part, _PIPELINE)
    if ways > asked * part.nodes:
        nodes = f" on each of its {part.nodes} nodes" if part.nodes > 1 else ""
        yield Finding(
            Severity.ERROR,
            f"{part.name} splits the model {ways} ways and has {asked} GPU{'s' if asked > 1 else ''}{nodes}: the engine ends at once.",
            "Ask for more GPUs, or split the model less.",
            part.at("gpus"),
        )
    elif ways * _number(part, _DATA) < asked * part.nodes:
        yield Finding(
            Severity.WARNING,
            f"{part.name} asks for {asked * part.nodes} GPUs and splits the model {ways} way{'s' if ways > 1 else ''}: "
            "the others are held and not used.",
            f"Set --tensor-parallel-size {asked * part.nodes}, or ask for fewer.",
            part.at("gpus"),
        )


def _number(part: Part, names: tuple[str, ...]) -> int:
    for name in names:
        for value in option(part.line, name)[:1]:
            return int(value) if value.isdecimal() and value.isascii() and len(value) < 6 else 1
    return 1


def _limits(name: str, containers: Sequence[object], field: str) -> Iterator[Finding]:
    for place, container in enumerate(containers):
        resources = getattr(container, "resources", None)
        requests: Mapping[str, object] = getattr(resources, "requests", {})
        limits: Mapping[str, object] = getattr(resources, "limits", {})
        for resource in requests:
            if gpus.is_gpu(resource) and resource not in limits:
                yield Finding(
                    Severity.ERROR,
                    f"{name} requests {resource} without a limit: the API server refuses its pods.",
                    "Write the same number into limits.",
                    f"{field}.podTemplate.spec.containers[{place}].resources.limits",
                )


def _no_shared_memory(part: Part, field: str) -> Iterator[Finding]:
    if _number(part, _TENSOR) > 1:
        yield Finding(
            Severity.WARNING,
            f"{part.name} has no shared memory, which the processes of one model on several GPUs need.",
            "Leave it out, which gives 8Gi, or set a size.",
            f"{part.field}.{field}",
        )


def _claims(graph: AnyGraph, part: Part, facts: Facts) -> Iterator[Finding]:
    namespace = graph.metadata.namespace
    made = {one.name for one in graph.spec.pvcs if one.create} if isinstance(graph, OlderGraph) else set()
    for name in part.claims:
        claim = facts.get(CLAIMS, namespace, name)
        if claim is None and name not in made and facts.known(CLAIMS, namespace):
            yield Finding(
                Severity.ERROR,
                f"{part.name} mounts claim {name}, which namespace {namespace} does not have: its pods stay Pending.",
                "Create the PersistentVolumeClaim, or correct the name.",
                part.at("claims"),
            )
        elif isinstance(claim, PersistentVolumeClaim) and _alone(claim) and part.desired * part.nodes > 1:
            yield Finding(
                Severity.WARNING,
                f"{part.name} has {part.desired * part.nodes} pods that share claim {name}, which only one node may use at a time "
                f"({', '.join(claim.spec.access_modes)}).",
                "Use a claim that is ReadWriteMany or ReadOnlyMany.",
                part.at("claims"),
            )


def _alone(claim: PersistentVolumeClaim) -> bool:
    return bool(claim.spec.access_modes) and not {"ReadWriteMany", "ReadOnlyMany"} & set(claim.spec.access_modes)
