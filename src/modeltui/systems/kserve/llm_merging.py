"""An LLMInferenceService and the configs that it names, put together as KServe does, as far as rows need it. Pure.

Source: KServe's controller. Configs are laid over one another in the order of `baseRefs`, the service's own spec over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from modeltui.kube.resource import Resource
from modeltui.systems.core.types import ContainerResources, ContainerSpec, PodSpec
from modeltui.systems.kserve.llm_types import LLMInferenceService, LLMInferenceServiceConfig, LlmModel, LlmSpec, Workload
from modeltui.systems.protocol import Facts

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Whole:
    """A spec with what its configs say."""

    spec: LlmSpec
    missing: tuple[str, ...]
    """Configs that it names and that are not there, or not known: what the spec leaves open is not known then."""


def whole(service: LLMInferenceService, configs: Resource, facts: Facts) -> Whole:
    """`configs`: the kind of the configs, in the version of the service."""
    found = {ref.name: facts.get(configs, service.metadata.namespace, ref.name) for ref in service.spec.base_refs}
    spec = LlmSpec()
    for config in found.values():
        if isinstance(config, LLMInferenceServiceConfig):
            spec = _over(spec, config.spec)
    missing = tuple(name for name, config in found.items() if not isinstance(config, LLMInferenceServiceConfig))
    return Whole(msgspec.structs.replace(_over(spec, service.spec), base_refs=service.spec.base_refs), missing)


def _over(base: LlmSpec, top: LlmSpec) -> LlmSpec:
    both = _workload(base, top)
    return LlmSpec(
        replicas=both.replicas,
        scaling=both.scaling,
        parallelism=both.parallelism,
        template=both.template,
        worker=both.worker,
        model=LlmModel(
            top.model.uri or base.model.uri,
            top.model.name or base.model.name,
            top.model.lora if top.model.lora.adapters else base.model.lora,
        ),
        prefill=_workload(base.prefill, top.prefill) if base.prefill and top.prefill else top.prefill or base.prefill,
        router=top.router if top.router and top.router.scheduler else base.router or top.router,
    )


def _workload(base: Workload, top: Workload) -> Workload:
    counted = top if top.replicas is not None or top.scaling is not None else base
    return Workload(
        replicas=counted.replicas,
        scaling=counted.scaling,
        parallelism=_first(top.parallelism, base.parallelism),
        template=_pod(base.template, top.template),
        worker=_pod(base.worker, top.worker),
    )


def _first(left: _T | None, right: _T | None) -> _T | None:
    return right if left is None else left


def _pod(base: PodSpec | None, top: PodSpec | None) -> PodSpec | None:
    if base is None or top is None:
        return _first(top, base)
    own = {one.name: one for one in top.containers}
    merged = [_container(one, own.pop(one.name)) if one.name in own else one for one in base.containers]
    return msgspec.structs.replace(
        top,
        containers=(*merged, *own.values()),
        volumes=(*base.volumes, *top.volumes),
        resource_claims=top.resource_claims or base.resource_claims,
        service_account_name=top.service_account_name or base.service_account_name,
    )


def _container(base: ContainerSpec, top: ContainerSpec) -> ContainerSpec:
    return msgspec.structs.replace(
        top,
        image=top.image or base.image,
        command=top.command or base.command,
        args=top.args or base.args,
        env=tuple({one.name: one for one in (*base.env, *top.env)}.values()),
        resources=ContainerResources(
            requests=_both(base.resources.requests, top.resources.requests),
            limits=_both(base.resources.limits, top.resources.limits),
            claims=top.resources.claims or base.resources.claims,
        ),
    )


def _both(base: Mapping[str, _T], top: Mapping[str, _T]) -> dict[str, _T]:
    return {**base, **top}
