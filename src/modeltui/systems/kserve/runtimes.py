"""Which runtime an InferenceService gets, and what its container becomes of the two. Pure.

Source: KServe's controller. A runtime that is named is taken whether it may be selected automatically or not; of those that may, the
namespace's come before the cluster's, then the one with the highest priority for the format, then the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ContainerResources, ContainerSpec
from modeltui.systems.kserve.types import (
    CLUSTER_RUNTIMES,
    RUNTIMES,
    InferenceService,
    Predicted,
    RuntimeSpec,
    ServingRuntime,
)
from modeltui.systems.protocol import Facts

CONTAINER: Final = "kserve-container"
"""The one that the fields of spec.predictor.model are laid over."""
_PROTOCOL_TWO: Final = frozenset({"triton", "mlflow"})
"""Formats whose protocol is v2 when the spec names none; all others have v1."""


@dataclass(frozen=True, slots=True)
class Found:
    resource: Resource
    runtime: ServingRuntime

    @property
    def spec(self) -> RuntimeSpec:
        return self.runtime.spec

    def __str__(self) -> str:
        return f"{self.resource.kind} {self.runtime.metadata.name}"


def named(name: str, namespace: str, facts: Facts) -> Found | None:
    """The namespace's runtime of that name, else the cluster's; None when there is none, or when that is not known."""
    for resource, place in ((RUNTIMES, namespace), (CLUSTER_RUNTIMES, "")):
        found = facts.get(resource, place, name)
        if isinstance(found, ServingRuntime):
            return Found(resource, found)
    return None


def all_known(namespace: str, facts: Facts) -> bool:
    return facts.known(RUNTIMES, namespace) and facts.known(CLUSTER_RUNTIMES, "")


def of(service: InferenceService, facts: Facts) -> Found | None:
    """The runtime that it runs on: what the spec names, else what the controller has chosen. None when neither is known."""
    model, status = service.spec.predictor.predicted, service.status
    if model is None:
        return None
    name = model.runtime or status.serving_runtime_name or status.cluster_serving_runtime_name
    return named(name, service.metadata.namespace, facts) if name else None


def supports(runtime: RuntimeSpec, model: Predicted, *, chosen: bool) -> bool:
    """`chosen`: the spec names it, so that formats count which are not selected automatically."""
    return any(
        _fits(supported.name, supported.version, model) for supported in runtime.supported_model_formats if chosen or supported.auto_select
    )


def _fits(name: str, version: str | None, model: Predicted) -> bool:
    wanted = model.model_format
    return name == wanted.name and (wanted.version is None or wanted.version == version)


def speaks(runtime: RuntimeSpec, protocol: str) -> bool:
    """A runtime that lists no protocols speaks any."""
    return not runtime.protocol_versions or protocol in runtime.protocol_versions


def protocol(model: Predicted) -> str:
    return model.protocol_version or ("v2" if model.model_format.name in _PROTOCOL_TWO else "v1")


def candidates(model: Predicted, namespace: str, facts: Facts) -> list[Found]:
    """Those that KServe would choose among, best first."""
    found: list[Found] = []
    for resource, place in ((RUNTIMES, namespace), (CLUSTER_RUNTIMES, "")):
        able = [Found(resource, runtime) for runtime in facts.all(resource, place) if isinstance(runtime, ServingRuntime)]
        able = [one for one in able if _eligible(one.spec, model)]
        found += sorted(able, key=lambda one: (-priority(one, model), -_made(one), one.runtime.metadata.name))
    return found


def _eligible(runtime: RuntimeSpec, model: Predicted) -> bool:
    return not runtime.disabled and not runtime.multi_model and supports(runtime, model, chosen=False) and speaks(runtime, protocol(model))


def priority(found: Found, model: Predicted) -> int:
    return max(
        (one.priority for one in found.spec.supported_model_formats if one.auto_select and _fits(one.name, one.version, model)), default=0
    )


def _made(found: Found) -> float:
    created = found.runtime.metadata.creation_timestamp
    return created.timestamp() if created else 0.0


def merged(model: Predicted, runtime: RuntimeSpec | None) -> ContainerSpec:
    """The predictor's container: the spec's command, image, variables and amounts over the runtime's; arguments after the runtime's."""
    base = _base(runtime)
    if base is None:
        return model
    return ContainerSpec(
        name=base.name,
        image=model.image or base.image,
        command=model.command or base.command,
        args=(*base.args, *model.args),
        env=tuple({one.name: one for one in (*base.env, *model.env)}.values()),
        env_from=(*base.env_from, *model.env_from),
        ports=model.ports or base.ports,
        resources=ContainerResources(
            requests={**base.resources.requests, **model.resources.requests},
            limits={**base.resources.limits, **model.resources.limits},
            claims=model.resources.claims or base.resources.claims,
        ),
    )


def others(runtime: RuntimeSpec | None) -> tuple[ContainerSpec, ...]:
    """The runtime's containers beside the predictor's."""
    base = _base(runtime)
    return tuple(one for one in (runtime.containers if runtime else ()) if one is not base)


def says_amounts(runtime: RuntimeSpec) -> bool:
    """Whether the predictor's container asks for anything in the runtime; KServe fills in amounts of its own where it does not."""
    base = _base(runtime)
    return base is not None and bool(base.resources.requests or base.resources.limits)


def _base(runtime: RuntimeSpec | None) -> ContainerSpec | None:
    containers = runtime.containers if runtime else ()
    return next((one for one in containers if one.name == CONTAINER), None)
