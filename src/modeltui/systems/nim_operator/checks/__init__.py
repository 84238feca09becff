"""Traps of a NIMService and of a NIMCache, found in a manifest or in what is in the cluster already. Pure.

One file per subject. Source of what is refused: the CRDs and the webhooks of the NIM operator. What is not known is never taken for wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.types import ContainerSpec
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.checks import caching, credentials, naming, platform, shape, storage
from modeltui.systems.nim_operator.types import CACHES, SERVICES, NIMCache, NIMService
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import gpus, needs

Found = tuple[Finding, ...]


def check_service(manifest: Mapping[str, Any] | NIMService, facts: Facts) -> Found:
    wanted = typed(manifest, NIMService)
    if isinstance(wanted, Finding):
        return (wanted,)
    raw: list[Finding] = []
    if isinstance(manifest, Mapping):
        live = facts.get(SERVICES, *wanted.metadata.key)
        before = live if isinstance(live, NIMService) else None
        raw += [
            *shape.service(manifest),
            *platform.misplaced(manifest, wanted),
            *storage.not_ready(wanted, facts),
            *storage.fixed(before, wanted),
            *shape.fixed(before, wanted),
            *(platform.made_stopped(wanted) if live is None else ()),
        ]
    return errors_first((*raw, *_service(wanted, facts)))


def check_cache(manifest: Mapping[str, Any] | NIMCache, facts: Facts) -> Found:
    wanted = typed(manifest, NIMCache)
    if isinstance(wanted, Finding):
        return (wanted,)
    raw: list[Finding] = []
    live = None
    if isinstance(manifest, Mapping):
        live = facts.get(CACHES, *wanted.metadata.key)
        raw += [*shape.cache(manifest), *caching.chosen(manifest)]
    return errors_first((*raw, *_cache(wanted, live if isinstance(live, NIMCache) else None, facts)))


def _service(wanted: NIMService, facts: Facts) -> Iterator[Finding]:
    spec, namespace = wanted.spec, wanted.metadata.namespace
    yield from naming.of_service(wanted)
    if not (spec.image.repository and spec.image.tag):
        yield Finding(Severity.ERROR, "The image needs a repository and a tag.", "Set both.", "spec.image")
    if spec.replicas is not None and spec.replicas < 0:
        yield Finding(Severity.ERROR, f"replicas is {spec.replicas}.", "0 or more.", "spec.replicas")
    yield from platform.of_service(wanted)
    yield from platform.several_nodes(wanted)
    yield from storage.of_service(wanted, facts)
    yield from needs.secrets(reading.secrets(wanted), namespace, facts, "spec")
    yield from credentials.of_service(wanted, facts)
    container = ContainerSpec(env=spec.env, args=spec.args)
    if spec.resources is not None:
        container = ContainerSpec(env=spec.env, args=spec.args, resources=spec.resources)
        yield from needs.nodes(gpus.asked(spec.resources), facts, "spec.resources")
    yield from needs.amounts(container, "spec")
    yield from needs.keys((container,), namespace, facts, "spec")
    yield from needs.in_clear((container,), "spec")


def _cache(wanted: NIMCache, live: NIMCache | None, facts: Facts) -> Iterator[Finding]:
    yield from naming.of_cache(wanted)
    yield from caching.source(wanted)
    yield from caching.fixed(live, wanted)
    yield from storage.of_cache(wanted, facts)
    yield from needs.secrets(reading.cache_secrets(wanted), wanted.metadata.namespace, facts, "spec.source")
    yield from credentials.of_cache(wanted, facts)
    yield from needs.in_clear((ContainerSpec(env=wanted.spec.env),), "spec")
