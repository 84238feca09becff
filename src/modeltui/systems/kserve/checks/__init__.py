"""Every trap of KServe's kinds, found in a manifest or in what is in the cluster already. Pure.

One file per subject; each check yields findings with the field, the reason and the remedy. What is not known (`Facts.known`) is never
taken for wrong. Errors are what the API server or a webhook refuses, or what would never serve as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from modeltui.domain import Finding
from modeltui.kube.resource import Resource
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.types import ContainerSpec, PodSpec
from modeltui.systems.kserve import llm_reading, reading, runtimes
from modeltui.systems.kserve.cache_types import CACHES, LocalModelCache
from modeltui.systems.kserve.checks import catalogued, engine, llm, naming, others, predictor, scaling, storage
from modeltui.systems.kserve.llm_types import LLM_CONFIGS, LLM_SERVICES, LLMInferenceService
from modeltui.systems.kserve.types import SERVICES, InferenceService, ServingRuntime
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, needs, uris

Found = tuple[Finding, ...]


# ---- InferenceService -----------------------------------------------------------------------------------------------


def check_service(manifest: Mapping[str, Any] | InferenceService, facts: Facts) -> Found:
    wanted = typed(manifest, InferenceService)
    if isinstance(wanted, Finding):
        return (wanted,)
    written = isinstance(manifest, Mapping)
    live = facts.get(SERVICES, wanted.metadata.namespace, wanted.metadata.name) if written else None
    before = live if isinstance(live, InferenceService) else None
    if before is not None and wanted.status == type(wanted.status)():
        wanted = msgspec.structs.replace(wanted, status=before.status)
    raw = (*predictor.pruned(manifest), *scaling.created_stopped(manifest, wanted, live)) if isinstance(manifest, Mapping) else ()
    return errors_first((*raw, *_service(wanted, before, facts), *(_catalogued(wanted, facts) if written else ())))


def _catalogued(wanted: InferenceService, facts: Facts) -> Iterator[Finding]:
    model, found = wanted.spec.predictor.predicted, runtimes.of(wanted, facts)
    container = runtimes.merged(model, found.spec if found else None) if model is not None else None
    yield from catalogued.of_service(wanted, reading.read(wanted, facts), container, facts)


def _service(wanted: InferenceService, live: InferenceService | None, facts: Facts) -> Iterator[Finding]:
    namespace, spec = wanted.metadata.namespace, wanted.spec.predictor
    yield from naming.of_service(wanted)
    yield from predictor.shape(wanted)
    yield from predictor.runtime(wanted, facts)
    yield from predictor.workers(wanted, facts)
    yield from predictor.amounts(wanted, facts)
    yield from scaling.replicas(wanted)
    yield from scaling.notes(wanted, live)
    yield from storage.of_service(wanted, facts)
    yield from storage.notes(wanted, facts)
    yield from storage.claims(wanted, facts)
    yield from storage.account(spec.service_account_name, namespace, facts, "spec.predictor.serviceAccountName")
    yield from needs.secrets(reading.secrets(wanted), namespace, facts, "spec.predictor")
    own = [(f"spec.predictor.{spec.framework or 'model'}", spec.predicted)] if spec.predicted is not None else []
    containers = [*own, *((f"spec.predictor.containers[{place}]", one) for place, one in enumerate(spec.containers))]
    for field, container in containers:
        yield from _container(container, namespace, facts, field)
    found = runtimes.of(wanted, facts)
    whole = runtimes.merged(spec.predicted, found.spec if found else None) if spec.predicted is not None else None
    asked = gpus.of_containers((whole, *spec.containers) if whole is not None else spec.containers)
    too_many = [*needs.nodes(asked, facts, f"{containers[0][0]}.resources" if containers else "spec.predictor")]
    yield from too_many
    serving, runs = whole or reading.serving(wanted), reading.engine(wanted, facts)
    if serving is not None and containers:
        words, field = engine.line(serving), containers[0][0]
        if spec.worker_spec is None:  # else its ranks are spread over several pods, so that one of them tells nothing
            known = found is not None or spec.predicted is None
            yield from engine.parallel(words, serving, runs, field, whole=known and not too_many)
        yield from engine.settings(words, runs, field)


def _container(container: ContainerSpec, namespace: str, facts: Facts, field: str) -> Iterator[Finding]:
    yield from needs.amounts(container, field)
    yield from needs.keys((container,), namespace, facts, field)
    yield from needs.in_clear((container,), field)


# ---- LLMInferenceService --------------------------------------------------------------------------------------------


def check_llm(
    manifest: Mapping[str, Any] | LLMInferenceService, facts: Facts, *, kind: Resource = LLM_SERVICES, configs: Resource = LLM_CONFIGS
) -> Found:
    wanted = typed(manifest, LLMInferenceService)
    if isinstance(wanted, Finding):
        # a field that is not there any more is the likelier cause, and says what to write
        return errors_first((*(llm.fields(manifest) if isinstance(manifest, Mapping) else ()), wanted))
    raw: list[Finding] = []
    live = None
    if isinstance(manifest, Mapping):
        live = facts.get(kind, wanted.metadata.namespace, wanted.metadata.name)
        raw += [
            *llm.fields(manifest),
            *llm.scaling(manifest, wanted),
            *llm.router(manifest),
            *scaling.created_stopped(manifest, wanted, live),
            *catalogued.of_llm(wanted, facts),
        ]
    return errors_first((*raw, *_llm(wanted, live if isinstance(live, LLMInferenceService) else None, facts, configs)))


def _llm(wanted: LLMInferenceService, live: LLMInferenceService | None, facts: Facts, configs: Resource) -> Iterator[Finding]:
    namespace = wanted.metadata.namespace
    yield from naming.of_llm(wanted.metadata.name)
    yield from scaling.stop(wanted.metadata.annotations.stop)
    yield from llm.model(wanted)
    yield from llm.fetching(wanted, facts)
    yield from llm.parallelism(wanted, live)
    yield from llm.configs(wanted, facts, configs)
    yield from llm.templates(wanted)
    yield from needs.secrets(llm_reading.secrets(wanted), namespace, facts, "spec")
    named = dict.fromkeys(filter(None, map(uris.claim, (wanted.spec.model.uri, *(one.uri for one in wanted.spec.model.lora.adapters)))))
    yield from needs.claims(named, namespace, facts, "spec.model.uri", pods=wanted.spec.replicas)
    for field, template in _templates(wanted):
        yield from storage.account(template.service_account_name, namespace, facts, f"{field}.serviceAccountName")
        mounted = dict.fromkeys(one.persistent_volume_claim.claim_name for one in template.volumes if one.persistent_volume_claim)
        yield from needs.claims(mounted, namespace, facts, f"{field}.volumes")
        for place, container in enumerate(template.containers):
            yield from _container(container, namespace, facts, f"{field}.containers[{place}]")
            yield from engine.settings(engine.line(container), command_line.engine_of(container) or "vllm", f"{field}.containers[{place}]")
        yield from needs.nodes(gpus.of_containers(template.containers, template.init_containers), facts, field)


def _templates(wanted: LLMInferenceService) -> Iterator[tuple[str, PodSpec]]:
    for field, workload in llm.workloads(wanted):
        for name, template in (("template", workload.template), ("worker", workload.worker)):
            if template is not None:
                yield f"{field}.{name}", template


# ---- the others -----------------------------------------------------------------------------------------------------


def check_runtime(manifest: Mapping[str, Any] | ServingRuntime, facts: Facts) -> Found:
    """Of either scope."""
    wanted = typed(manifest, ServingRuntime)
    if isinstance(wanted, Finding):
        return (wanted,)
    found = [*naming.of_other(wanted.metadata.name), *others.runtime(wanted, facts)]
    for place, container in enumerate(wanted.spec.containers):
        found += [
            *needs.amounts(container, f"spec.containers[{place}]"),
            *needs.in_clear((container,), f"spec.containers[{place}]"),
        ]
    return errors_first(found)


def check_cache(manifest: Mapping[str, Any] | LocalModelCache, facts: Facts) -> Found:
    wanted = typed(manifest, LocalModelCache)
    if isinstance(wanted, Finding):
        return (wanted,)
    live = facts.get(CACHES, "", wanted.metadata.name) if isinstance(manifest, Mapping) else None
    return errors_first(
        (*naming.of_other(wanted.metadata.name), *others.cache(wanted, live if isinstance(live, LocalModelCache) else None, facts))
    )
