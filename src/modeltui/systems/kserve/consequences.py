"""What hangs on KServe's objects, told before they are changed or deleted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.systems.checking import errors_first
from modeltui.systems.kserve import llm_reading, reading, rows, runtimes
from modeltui.systems.kserve.cache_types import LocalModelCache
from modeltui.systems.kserve.llm_types import LLMInferenceService, LlmSpec
from modeltui.systems.kserve.types import SERVICES, InferenceService, ServiceSpec, ServingRuntime
from modeltui.systems.protocol import Facts, Unseen
from modeltui.systems.serving import leaving, owners
from modeltui.systems.unseen import listed, why_not

Found = tuple[Finding, ...]


def of_service(before: InferenceService, after: InferenceService | None, facts: Facts, unseen: Unseen) -> Found:
    if after is None:
        return errors_first(leaving.gone(before, reading.pods, reading.read(before, facts).uses, facts, unseen))
    was, now = before.spec.predictor.min_replicas, after.spec.predictor.min_replicas
    pods = () if before.metadata.stop else (*_fewer(was, now), *_anew(_made_of(before.spec), _made_of(after.spec)))
    return errors_first(_changed(before, stops=after.metadata.stop and not before.metadata.stop, pods=pods))


def of_llm(before: LLMInferenceService, after: LLMInferenceService | None, facts: Facts, unseen: Unseen) -> Found:
    if after is None:
        uses = tuple(llm_reading.uses(before))
        return errors_first(leaving.gone(before, llm_reading.pods, uses, facts, unseen))
    was, now = before.spec.prefill, after.spec.prefill
    fewer = (*_fewer(before.spec.replicas, after.spec.replicas), *(_fewer(was.replicas, now.replicas, of="prefill") if was and now else ()))
    pods = (*fewer, *_anew(_llm_made_of(before.spec), _llm_made_of(after.spec)))
    stops = after.metadata.stop and not before.metadata.stop
    return errors_first(_changed(before, stops=stops, pods=() if before.metadata.stop else pods))


def _changed(obj: Object, *, stops: bool, pods: Found) -> Iterator[Finding]:
    """`pods`: what becomes of them where they are not taken away altogether."""
    owner = owners.controller(obj)
    if stops:
        yield Finding(Severity.WARNING, "All of its pods are taken away: what it serves is not served until it is started.")
    elif not owner:
        yield from pods
    if owner:
        yield Finding(Severity.WARNING, f"{owner} made it and sets the change back.", f"Change {owner} instead.")


def _fewer(was: int | None, now: int | None, *, of: str = "") -> Found:
    """None is KServe's default, 1. `of`: which part, where there are several."""
    before, after = 1 if was is None else was, 1 if now is None else now
    whose = f" of {of}" if of else ""
    return (Finding(Severity.INFO, f"{before - after} of {before} replicas{whose} go."),) if after < before else ()


def _anew(was: object, now: object) -> Found:
    """`was`, `now`: what its pods are made of."""
    told = "A change of what its pods are made of replaces them; until the new ones are ready, GPUs for both are needed."
    return (Finding(Severity.INFO, told),) if was != now else ()


def _made_of(spec: ServiceSpec) -> tuple[object, ...]:
    """All of it but how many pods there are, and which share of the requests they get."""
    predictor = replace(spec.predictor, min_replicas=None, max_replicas=None, canary_traffic_percent=None)
    others = [part and replace(part, min_replicas=None, max_replicas=None) for part in (spec.transformer, spec.explainer)]
    return (predictor, *others)


def _llm_made_of(spec: LlmSpec) -> LlmSpec:
    prefill = replace(spec.prefill, replicas=None, scaling=None) if spec.prefill is not None else None
    return replace(spec, replicas=None, scaling=None, prefill=prefill)


def of_runtime(before: ServingRuntime, after: ServingRuntime | None, facts: Facts, unseen: Unseen) -> Found:
    """Of either scope: the InferenceServices that run on it."""
    if after is not None and after.spec == before.spec:
        return ()
    using = sorted("/".join(one.metadata.key) for one in _users(before, facts))
    found = []
    if using:
        what = "cannot be started anew without it" if after is None else "get new pods"
        found.append(Finding(Severity.WARNING, f"InferenceService{'s' if len(using) > 1 else ''} {listed(using)} {what}."))
    if not facts.known(SERVICES, before.metadata.namespace):
        told = why_not(unseen, SERVICES, before.metadata.namespace)
        found.append(Finding(Severity.WARNING, f"Which InferenceServices run on it is unknown: {told}.", "Ask somebody who may look."))
    return errors_first(found)


def _users(runtime: ServingRuntime, facts: Facts) -> Iterator[InferenceService]:
    """Those that name it and get no other of that name: what is deleted is not among `facts` any more."""
    for one in facts.where(SERVICES, runtime.metadata.namespace, rows.runtime_of, runtime.metadata.name):
        if isinstance(one, InferenceService) and ((other := runtimes.of(one, facts)) is None or other.resource == rows.kind_of(runtime)):
            yield one


def of_cache(before: LocalModelCache, after: LocalModelCache | None, facts: Facts, unseen: Unseen) -> Found:
    if after is not None:
        return ()
    using = sorted(map(str, before.status.used_by))
    found = [Finding(Severity.WARNING, f"Its copies are deleted from {len(before.status.node_status) or 'its'} nodes.")]
    if using:
        found.append(Finding(Severity.WARNING, f"{listed(using)} run from it: their next pods download the model, or do not start."))
    return errors_first(found)
