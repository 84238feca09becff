"""The components of a graph in one shape, whichever version of the API it was read in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from modeltui.systems.core import quantity
from modeltui.systems.core.kept import kept
from modeltui.systems.core.types import ContainerSpec, Env, EnvFrom, Named, RawQuantity
from modeltui.systems.dynamo.older import Amounts, OlderGraph, ServiceSpec
from modeltui.systems.dynamo.types import MAIN, WORKERS, ComponentSpec, ComponentStatus, Graph
from modeltui.systems.serving import command_line, gpus

AnyGraph = Graph | OlderGraph

_MAIN: Final = "podTemplate.spec.containers[name=main]"
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "image": (f"{_MAIN}.image", "extraPodSpec.mainContainer.image"),
    "args": (f"{_MAIN}.args", "extraPodSpec.mainContainer.args"),
    "env": (f"{_MAIN}.env", "envs"),
    "secrets": (f"{_MAIN}.envFrom", "envFromSecret"),
    "gpus": (f"{_MAIN}.resources", "resources"),
    "claims": ("podTemplate.spec.volumes", "extraPodSpec.volumes"),
}
"""Of what a component says: where it stands in v1beta1, and in v1alpha1."""

NVIDIA: Final = "nvidia.com/gpu"
_UNENGINED: Final = frozenset({"frontend", "epp", "planner"})
"""Roles that run no engine, whatever their image is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One component."""

    name: str
    field: str
    """Where it stands in the object: "spec.components[0]", "spec.services.Frontend"."""
    type: str
    """As it is written; of v1alpha1 the sub type where there is one."""
    role: str
    """As it works: of a plain worker what --disaggregation-mode says."""
    replicas: int | None
    """As it is written."""
    nodes: int
    """Of one replica."""
    line: tuple[str, ...]
    """The command line of its main container."""
    image: str
    env: Mapping[str, Env]
    secrets: tuple[str, ...]
    """That its main container gets variables from, wholly or by key."""
    claims: tuple[str, ...]
    """PersistentVolumeClaims that it mounts."""
    gpus: Mapping[str, int] | None
    """Of one of its pods, by resource; None when it claims devices, of which the claim knows the number."""
    adapted: bool
    """An adapter owns its replicas."""
    model_ref: str = ""
    min_available: int | None = None
    runtime_version: str = ""
    sidecar: bool = False
    """It answers requests itself, by a frontend in each of its pods."""
    multinode: bool = False
    """It says how many nodes a replica has."""

    def at(self, what: str) -> str:
        """Where the object says it: image, args, env, secrets, gpus, claims."""
        newer, older = _PLACES[what]
        return f"{self.field}.{older if self.field.startswith('spec.services') else newer}"

    @property
    def desired(self) -> int:
        return 1 if self.replicas is None else self.replicas

    @property
    def runs_engine(self) -> bool:
        """Whether it may: everything but what stands in front of engines, or plans how many there are."""
        return self.role not in _UNENGINED

    @property
    def works(self) -> bool:
        """Whether it certainly does."""
        return self.role in WORKERS or (self.runs_engine and self.engine != "")

    @property
    def answers(self) -> bool:
        """Whether requests of users go to it."""
        return self.role == "frontend" or self.sidecar

    @property
    def engine(self) -> str:
        """By what it runs, else by its image; "" when neither says."""
        said = command_line.engine_by_words(self.line)
        if said or self.role in _UNENGINED or "dynamo.frontend" in self.line:
            return said
        return command_line.engine_by_image(self.image)


@kept
def parts_of(graph: AnyGraph) -> tuple[Part, ...]:
    """In the order of the spec; v1alpha1 has none, so by name."""
    if isinstance(graph, Graph):
        return tuple(_of_component(one, f"spec.components[{place}]", graph.spec.env) for place, one in enumerate(graph.spec.components))
    return tuple(_of_service(name, graph.spec.services[name], graph.spec.envs) for name in sorted(graph.spec.services))


def statuses_of(graph: AnyGraph) -> Mapping[str, ComponentStatus]:
    """By the component's name in lower case: which spelling an operator uses has changed."""
    told = graph.status.components if isinstance(graph, Graph) else graph.status.services
    return {name.lower(): status for name, status in told.items()}


def is_stopped(parts: Sequence[Part]) -> bool:
    """Whether nothing of it is wanted. An endpoint picker does not count: there is always one."""
    wanted = [part.desired for part in parts if part.role != "epp"]
    return bool(wanted) and not any(wanted)


def is_empty(graph: AnyGraph) -> bool:
    return not (graph.spec.components if isinstance(graph, Graph) else graph.spec.services)


# ---- v1beta1 --------------------------------------------------------------------------------------------------------


def _of_component(component: ComponentSpec, field: str, shared: tuple[Env, ...]) -> Part:
    pod = component.pod_template.spec
    main = next((one for one in pod.containers if one.name == MAIN), ContainerSpec())
    line = _line(main, shared)
    return Part(
        name=component.name,
        field=field,
        type=component.type,
        role=_role(component.type, line),
        replicas=component.replicas,
        nodes=component.multinode.node_count if component.multinode else 1,
        line=line,
        image=main.image,
        env=_env(shared, main.env),
        secrets=_secrets(main.env_from, (*shared, *main.env)),
        claims=_unique(
            (
                *(volume.persistent_volume_claim.claim_name for volume in pod.volumes if volume.persistent_volume_claim),
                component.compilation_cache.pvc_name if component.compilation_cache else "",
            )
        ),
        gpus=None if pod.resource_claims else gpus.of_containers(pod.containers, pod.init_containers),
        adapted=component.scaling_adapter is not None,
        model_ref=component.model_ref.name if component.model_ref else "",
        min_available=component.min_available,
        runtime_version=component.runtime_version_override,
        sidecar=bool(component.frontend_sidecar),
        multinode=component.multinode is not None,
    )


# ---- v1alpha1 -------------------------------------------------------------------------------------------------------


def _of_service(name: str, service: ServiceSpec, shared: tuple[Env, ...]) -> Part:
    pod = service.extra_pod_spec
    main, around = pod.main_container, (*shared, *service.envs)
    line = _line(main, around)
    said = service.sub_component_type or service.component_type
    secret = EnvFrom(secret_ref=Named(name=service.env_from_secret)) if service.env_from_secret else EnvFrom()
    return Part(
        name=name,
        field=f"spec.services.{name}",
        type=said,
        role=_role(said, line),
        replicas=service.replicas,
        nodes=service.multinode.node_count if service.multinode else 1,
        line=line,
        image=main.image,
        env=_env(around, main.env),
        secrets=_secrets((secret, *main.env_from), (*around, *main.env)),
        claims=_unique(
            (
                *(mount.name for mount in service.volume_mounts),
                *(volume.persistent_volume_claim.claim_name for volume in pod.volumes if volume.persistent_volume_claim),
            )
        ),
        gpus=_older_gpus(service),
        adapted=service.scaling_adapter is not None and service.scaling_adapter.enabled,
        model_ref=service.model_ref.name if service.model_ref else "",
        min_available=service.min_available,
        runtime_version=service.runtime_version_override,
        sidecar=service.frontend_sidecar is not None,
        multinode=service.multinode is not None,
    )


def _older_gpus(service: ServiceSpec) -> Mapping[str, int] | None:
    """What the main container asks for itself goes before `resources`; containers beside it come on top."""
    pod = service.extra_pod_spec
    if service.resources.claims or pod.resource_claims:
        return None
    asked = {**_amount(service.resources.requests), **_amount(service.resources.limits)} | gpus.asked(pod.main_container.resources)
    beside = gpus.of_containers(pod.containers, pod.init_containers)
    return {name: asked.get(name, 0) + beside.get(name, 0) for name in (*asked, *(one for one in beside if one not in asked))}


def _amount(amounts: Amounts) -> dict[str, int]:
    """`custom` may name a resource that counts accelerators, too."""
    named: dict[str, RawQuantity] = {name: amount for name, amount in amounts.custom.items() if gpus.is_gpu(name)}
    if amounts.gpu is not None:
        named[amounts.gpu_type or NVIDIA] = amounts.gpu
    parsed = {name: quantity.parse(amount) for name, amount in named.items()}
    return {name: int(number) for name, number in parsed.items() if number is not None and number > 0}


# ---- both -----------------------------------------------------------------------------------------------------------


def _role(said: str, line: tuple[str, ...]) -> str:
    if said not in ("", "worker"):
        return said
    for mode in ("prefill", "decode"):
        if command_line.option(line, "--disaggregation-mode") == (mode,) or f"--is-{mode}-worker" in line:
            return mode
    return said or ("frontend" if "dynamo.frontend" in line else "")


def _line(container: ContainerSpec, around: tuple[Env, ...]) -> tuple[str, ...]:
    """`around`: variables that the container gets besides its own."""
    return command_line.words(msgspec.structs.replace(container, env=(*around, *container.env)))


def _env(*layers: Iterable[Env]) -> dict[str, Env]:
    return {one.name: one for layer in layers for one in layer}


def _secrets(sources: Iterable[EnvFrom], env: Iterable[Env]) -> tuple[str, ...]:
    whole = [source.secret_ref.name for source in sources if source.secret_ref and not source.secret_ref.optional]
    keyed = [one.value_from.secret_key_ref for one in env if one.value_from and one.value_from.secret_key_ref]
    return _unique((*whole, *(key.name for key in keyed if not key.optional)))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))
