"""Every trap of a Model and of a ModelSource, found in a manifest or in what is in the cluster already. Pure.

One file per subject; each check yields findings with the field, the reason and the remedy. What is not known (`Facts.known`)
is never taken for wrong. Errors are what the API server refuses, or what cannot be fetched as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

from modeltui.domain import Finding, Severity
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.core.types import NAMESPACES, Namespace
from modeltui.systems.modelfs.cause import cause_of
from modeltui.systems.modelfs.checks import fitness, immutability, in_vain, naming, repo, source_secret, source_settings, storage
from modeltui.systems.modelfs.checks.asked import Asked, asked_of
from modeltui.systems.modelfs.sharing import share_findings, share_targets
from modeltui.systems.modelfs.types import MODELS, SOURCES, UNUSABLE_TYPES, Model, ModelSource
from modeltui.systems.protocol import Facts

OfVersion = Callable[[Asked], Iterable[Finding]]

_VERSION_CHECKS: Final[tuple[OfVersion, ...]] = (
    *(naming.version_name, fitness.words, fitness.namespace_selector),
    *(repo.repo, repo.revision, immutability.drifted),
    *(storage.size, storage.kept_size, storage.access_modes, storage.storage_class),
)


def check_model(manifest: Mapping[str, Any] | Model, facts: Facts) -> tuple[Finding, ...]:
    """Errors first. A manifest without a status is looked at with that of the Model of its name, if there is one."""
    model = typed(manifest, Model)
    if isinstance(model, Finding):
        return (model,)
    if not isinstance(manifest, Mapping):
        return errors_first(_of_model(model, facts))
    live = facts.get(MODELS, model.metadata.namespace, model.metadata.name)
    if isinstance(live, Model) and "status" not in manifest:
        model = msgspec.structs.replace(model, status=live.status)
    return errors_first((*_of_model(model, facts), *in_vain.resync(manifest)))


def check_source(manifest: Mapping[str, Any] | ModelSource, facts: Facts) -> tuple[Finding, ...]:
    """Errors first."""
    source = typed(manifest, ModelSource)
    return (source,) if isinstance(source, Finding) else errors_first(_of_source(source, facts))


def _of_model(model: Model, facts: Facts) -> Iterator[Finding]:
    yield from naming.own_name(model.metadata.name)
    yield from fitness.completeness(model)
    yield from naming.duplicates(model)
    yield from _source_of(model, facts)
    for asked in asked_of(model, facts):
        for check in _VERSION_CHECKS:
            yield from check(asked)
        share = asked.version.share
        if asked.wanted and share is not None and share.enabled:
            targets = share_targets(share, model.metadata.namespace, namespaces_of(facts))
            yield from share_findings(targets, f"{asked.field}.share")


def _source_of(model: Model, facts: Facts) -> Iterator[Finding]:
    """What keeps everything of this source from being fetched: told at the Model too, where somebody waits for it."""
    if not model.spec.source_ref:
        return
    if (cause := cause_of(model, facts)) is not None and cause.holds is not False:
        yield cause.finding
    source = facts.get(SOURCES, model.metadata.namespace, model.spec.source_ref)
    if isinstance(source, ModelSource) and source.spec.type not in UNUSABLE_TYPES:
        broken = (*source_settings.settings(source), *source_settings.place(source, facts), *source_secret.keys(source, facts))
        for finding in broken:
            if finding.severity is Severity.ERROR:
                reason = f'With ModelSource "{source.metadata.name}" nothing can be fetched: {finding.reason}'
                yield Finding(Severity.ERROR, reason, finding.remedy, "spec.sourceRef")


def _of_source(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    yield from naming.own_name(source.metadata.name)
    yield from source_settings.own_type(source)
    yield from source_settings.settings(source)
    yield from source_settings.place(source, facts)
    yield from source_settings.secrets_in_clear(source)
    yield from source_secret.presence(source, facts)
    yield from source_secret.keys(source, facts)
    yield from source_secret.leak(source)
    yield from immutability.datasets_left_behind(source, facts)


def namespaces_of(facts: Facts) -> list[Namespace] | None:
    """None when they are not known."""
    if not facts.known(NAMESPACES, ""):
        return None
    return [found for found in facts.all(NAMESPACES, "") if isinstance(found, Namespace)]
