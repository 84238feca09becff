"""Traps of a NIMService and of a NIMCache, found in a manifest or in what is in the cluster already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.names import name_problem
from modeltui.systems.kserve.types import STOP
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import CACHES, NIMCache, NIMService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus, needs

Found = tuple[Finding, ...]


def check_service(manifest: Mapping[str, Any] | NIMService, facts: Facts) -> Found:
    wanted = typed(manifest, NIMService)
    return (wanted,) if isinstance(wanted, Finding) else errors_first(_service(wanted, facts))


def check_cache(manifest: Mapping[str, Any] | NIMCache, facts: Facts) -> Found:
    wanted = typed(manifest, NIMCache)
    if isinstance(wanted, Finding):
        return (wanted,)
    live = facts.get(CACHES, wanted.metadata.namespace, wanted.metadata.name) if isinstance(manifest, Mapping) else None
    return errors_first(_cache(wanted, live if isinstance(live, NIMCache) else None, facts))


def _name(name: str) -> Iterator[Finding]:
    if problem := name_problem(name):
        yield Finding(Severity.ERROR, f'The name "{name}" {problem}.' if name else "The name is missing.", "Correct it.", "metadata.name")


def _service(wanted: NIMService, facts: Facts) -> Iterator[Finding]:
    spec, namespace = wanted.spec, wanted.metadata.namespace
    yield from _name(wanted.metadata.name)
    if not (spec.image.repository and spec.image.tag):
        yield Finding(Severity.ERROR, "The image needs a repository and a tag.", "Set both.", "spec.image")
    if not spec.auth_secret:
        yield Finding(
            Severity.WARNING,
            "It names no authSecret: NIM operators up to 3.1.0 refuse that, newer ones take it for an air-gapped cluster.",
            "Name a Secret with the key NGC_API_KEY, unless weights and image need none.",
            "spec.authSecret",
        )
    if spec.replicas is not None and spec.replicas < 0:
        yield Finding(Severity.ERROR, f"replicas is {spec.replicas}.", "0 or more.", "spec.replicas")
    if spec.annotations.stop and not reading.on_kserve(wanted):
        yield Finding(
            Severity.WARNING,
            f"The annotation {STOP} does nothing to a NIMService that stands alone.",
            "Set replicas to 0, or inferencePlatform to kserve.",
            f"spec.annotations.{STOP}",
        )
    named = spec.storage.nim_cache
    if named is not None and facts.known(CACHES, namespace) and facts.get(CACHES, namespace, named.name) is None:
        yield Finding(
            Severity.ERROR,
            f'There is no NIMCache "{named.name}" in namespace {namespace}: it is not started.',
            "Create it, or correct the name.",
            "spec.storage.nimCache.name",
        )
    pvc = spec.storage.pvc
    if pvc is not None and pvc.name and not pvc.create:
        yield from needs.claims((pvc.name,), namespace, facts, "spec.storage.pvc.name", pods=spec.replicas)
    yield from needs.secrets(reading.secrets(wanted), namespace, facts, "spec")
    if spec.resources is not None:
        yield from needs.nodes(gpus.asked(spec.resources), facts, "spec.resources")


def _cache(wanted: NIMCache, live: NIMCache | None, facts: Facts) -> Iterator[Finding]:
    yield from _name(wanted.metadata.name)
    source = wanted.spec.source
    told = [name for name, one in (("ngc", source.ngc), ("hf", source.hf), ("dataStore", source.data_store)) if one is not None]
    if len(told) != 1:
        yield Finding(
            Severity.ERROR,
            f"Its source is {' and '.join(told) if told else 'missing'}: exactly one of ngc, hf and dataStore may stand there.",
            "Keep one.",
            "spec.source",
        )
    before = live.spec.source.ngc if live is not None else None
    if before is not None and source.ngc is not None and before.model_puller != source.ngc.model_puller:
        yield Finding(
            Severity.ERROR,
            f"modelPuller is immutable: it is {before.model_puller}.",
            "Make another NIMCache, and delete this one when nothing uses it.",
            "spec.source.ngc.modelPuller",
        )
    yield from needs.secrets(reading.cache_secrets(wanted), wanted.metadata.namespace, facts, "spec.source")
