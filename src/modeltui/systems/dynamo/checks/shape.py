"""What a graph is put together from: that there is something at all, in the words of its version, and each with what it needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from modeltui.domain import Finding, Severity
from modeltui.systems.dynamo.parts import AnyGraph, Part, is_empty
from modeltui.systems.dynamo.types import MAIN, MOST_COMPONENTS, TYPES, WORKERS, ComponentSpec, Graph

COMPONENT_NAME: Final = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?")
_BOTH: Final = frozenset(
    {"annotations", "backendFramework", "experimental", "labels", "priorityClassName", "providerOverride", "restart", "topologyConstraint"}
)
_SPEC_FIELDS: Final = {"v1beta1": _BOTH | {"components", "env"}, "v1alpha1": _BOTH | {"services", "envs", "pvcs"}}
"""What the spec of each version may hold; everything else is dropped in silence by who does not ask for strictness."""
_TAKES: Final = {"v1beta1": "a list spec.components", "v1alpha1": "a mapping spec.services"}
_OTHER: Final = {"components": "v1beta1", "env": "v1beta1", "services": "v1alpha1", "envs": "v1alpha1", "pvcs": "v1alpha1"}
"""Fields that only one of the versions has."""


def unknown_fields(manifest: Mapping[str, Any] | AnyGraph) -> Iterator[Finding]:
    """Components that stand in the spec itself, as the first drafts of Dynamo had them, and fields of the other version."""
    spec = manifest.get("spec") if isinstance(manifest, Mapping) else None
    if not isinstance(manifest, Mapping) or not isinstance(spec, Mapping):
        return
    version = str(manifest.get("apiVersion", "")).rpartition("/")[2]
    for name in sorted(map(str, spec)):
        if name in _SPEC_FIELDS.get(version, spec):
            continue
        if (other := _OTHER.get(name)) is not None:
            reason = f"spec.{name} is a field of {other}, but the manifest is of {version}: the API server drops it."
            yield Finding(Severity.ERROR, reason, f"Write {_TAKES[version]}, or apiVersion nvidia.com/{other}.", f"spec.{name}")
            continue
        yield Finding(
            Severity.ERROR,
            f'spec has no field "{name}": without strict checking the API server drops it, and what stands in it never runs.',
            f"Components are {_TAKES[version]}.",
            f"spec.{name}",
        )


def emptiness(graph: AnyGraph) -> Iterator[Finding]:
    if is_empty(graph):
        field = "spec.components" if isinstance(graph, Graph) else "spec.services"
        yield Finding(
            Severity.ERROR,
            'It has no components: Dynamo makes nothing of it, and calls that "successful".',
            "Give it a frontend and a worker.",
            field,
        )


# ---- both versions --------------------------------------------------------------------------------------------------


def of_parts(parts: Sequence[Part]) -> Iterator[Finding]:
    if len(parts) > MOST_COMPONENTS:
        field = "spec.services" if parts[0].field.startswith("spec.services") else "spec.components"
        yield Finding(Severity.ERROR, f"It has {len(parts)} components; at most {MOST_COMPONENTS} are taken.", "Make two graphs.", field)
    for part in parts:
        yield from _minimum(part)
        if part.multinode and part.nodes < 2:
            reason = f"{part.name}: multinode is for replicas of several nodes, and not of {part.nodes}."
            yield Finding(Severity.ERROR, reason, "Write 2 or more, or leave multinode out.", f"{part.field}.multinode.nodeCount")
        if part.nodes > 1 and part.type and part.type not in WORKERS:
            reason = f"{part.name} is of type {part.type}: only workers run on several nodes."
            yield Finding(Severity.ERROR, reason, "Leave multinode out.", f"{part.field}.multinode")
        if part.role == "epp" and part.desired != 1:
            reason = f"{part.name}: there is exactly one endpoint picker, and {part.desired} replicas are asked for."
            yield Finding(Severity.ERROR, reason, "Set its replicas to 1.", f"{part.field}.replicas")
        if not part.image:
            yield _imageless(part)


def _minimum(part: Part) -> Iterator[Finding]:
    if part.min_available is not None and part.desired and part.min_available > part.desired:
        yield Finding(
            Severity.ERROR,
            f"{part.name}: minAvailable {part.min_available} is more than its {part.desired} replicas, which the API server refuses.",
            "Lower it, or ask for more replicas.",
            f"{part.field}.minAvailable",
        )


def _imageless(part: Part) -> Finding:
    if part.field.startswith("spec.services"):
        reason, field = f"{part.name} has no image.", f"{part.field}.extraPodSpec.mainContainer.image"
    else:
        reason = f'{part.name} has no container "{MAIN}" with an image, which is the one that Dynamo runs.'
        field = f"{part.field}.podTemplate.spec.containers"
    return Finding(Severity.ERROR, reason, "Name the runtime image of the engine.", field)


# ---- v1beta1 --------------------------------------------------------------------------------------------------------


def of_components(graph: Graph) -> Iterator[Finding]:
    components = graph.spec.components
    times = Counter(component.name.lower() for component in components)
    pickers = [component for component in components if component.type == "epp"]
    if len(pickers) > 1:
        yield Finding(
            Severity.ERROR, "It has several endpoint pickers (type epp); one is allowed.", "Take the others out.", "spec.components"
        )
    for place, component in enumerate(components):
        field = f"spec.components[{place}]"
        if not COMPONENT_NAME.fullmatch(component.name):
            reason = f'"{component.name}" cannot be the name of a component: letters, digits and "-", at most 63 of them.'
            yield Finding(Severity.ERROR, reason, "Rename it.", f"{field}.name")
        elif times[component.name.lower()] > 1:
            reason = f'"{component.name}" is the name of several components; upper and lower case count as the same.'
            yield Finding(Severity.ERROR, reason, "Rename one of them.", f"{field}.name")
        yield from _of_component(component, field)


def _of_component(component: ComponentSpec, field: str) -> Iterator[Finding]:
    name = component.name
    if not component.type:
        reason = f"{name} has no type, so that Dynamo sets up nothing of what a frontend or a worker needs."
        yield Finding(Severity.WARNING, reason, f"Set one of {', '.join(TYPES)}.", f"{field}.type")
    elif component.type not in TYPES:
        yield Finding(Severity.ERROR, f'{name}: there is no type "{component.type}".', f"There are {', '.join(TYPES)}.", f"{field}.type")
    if (component.type == "epp") != (component.epp_config is not None):
        if component.type == "epp":
            reason, remedy = f"{name}: an endpoint picker needs its configuration.", "Give eppConfig either config or configMapRef."
        else:
            reason, remedy = f"{name}: eppConfig is for an endpoint picker only.", "Leave it out, or make the type epp."
        yield Finding(Severity.ERROR, reason, remedy, f"{field}.eppConfig")
    elif component.epp_config is not None and ("config" in component.epp_config) == ("configMapRef" in component.epp_config):
        reason = f"{name}: eppConfig has to have exactly one of config and configMapRef."
        yield Finding(Severity.ERROR, reason, "Leave one of them.", f"{field}.eppConfig")
    containers = component.pod_template.spec.containers
    if component.frontend_sidecar and component.frontend_sidecar not in [container.name for container in containers]:
        reason = f'{name}: frontendSidecar names container "{component.frontend_sidecar}", which its podTemplate does not have.'
        yield Finding(Severity.ERROR, reason, "Add that container, or name one that is there.", f"{field}.frontendSidecar")
    for place, container in enumerate(containers):
        if container.name != MAIN and not container.image:
            reason = f"{name}: container {container.name or 'without a name'} has no image."
            yield Finding(Severity.ERROR, reason, "Name it.", f"{field}.podTemplate.spec.containers[{place}].image")
