"""AIMTemplateCache, AIMArtifact and AIMClusterModelSource: what is fetched, and from where models come."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.checks import configs, storage, weights
from modeltui.systems.aim.config_types import AIMModelSource
from modeltui.systems.aim.types import CACHING_MODES, CLUSTER_TEMPLATES, TEMPLATES, Source
from modeltui.systems.protocol import Facts

SCOPES: Final = ("Namespace", "Cluster", "Unknown")
MOST_FILTERS: Final = 100
LONGEST_IMAGE: Final = 512
MOST_MODELS: Final = 10_000
SHORTEST_INTERVAL: Final = 15 * 60
"""Seconds; registries limit how often they may be asked."""
_DURATION: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s|m|h)")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_CONSTRAINT: Final = re.compile(r"\s*(>=|<=|!=|>|<|=|~>|~|\^)?\s*v?\d+(\.(\d+|x|\*)){0,2}([-+][0-9A-Za-z.+-]+)?\s*")


def template_cache(wanted: AIMTemplateCache, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    if not spec.template_name:
        reason = "The cache does not say of which template it is, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Set spec.templateName.", "spec.templateName")
    if spec.template_scope not in SCOPES:
        told = (
            f'templateScope "{spec.template_scope}" is none of {", ".join(SCOPES)}' if spec.template_scope else "templateScope is missing"
        )
        reason = f"{told}, so the API server refuses it: AIM Engine fills it in only where it makes the cache itself."
        yield Finding(Severity.ERROR, reason, "Write Namespace or Cluster: where the template is.", "spec.templateScope")
    elif spec.template_name:
        yield from _template(wanted, facts)
    if spec.mode and spec.mode not in CACHING_MODES:
        reason = f'Mode "{spec.mode}" is neither {" nor ".join(CACHING_MODES)}, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, f"Write {CACHING_MODES[0]}.", "spec.mode")
    elif spec.mode == "Dedicated" and not wanted.metadata.owner_references:
        reason = "What a dedicated cache fetches goes with it, and belongs to no service here."
        yield Finding(Severity.INFO, reason, "Write Shared, so that services find and share it.", "spec.mode")
    for place, source in enumerate(spec.model_sources):
        yield from weights.model_id(source.model_id, f"spec.modelSources[{place}].modelId")
        yield from weights.uri(source.source_uri, f"spec.modelSources[{place}].sourceUri")
    yield from storage.storage_class(spec.storage_class_name, facts, "spec.storageClassName")


def _template(wanted: AIMTemplateCache, facts: Facts) -> Iterator[Finding]:
    name, scope, namespace = wanted.spec.template_name, wanted.spec.template_scope, wanted.metadata.namespace
    places = {"Namespace": (TEMPLATES, namespace), "Cluster": (CLUSTER_TEMPLATES, "")}
    if scope not in places:
        return
    resource, where = places[scope]
    if not facts.known(resource, where) or facts.get(resource, where, name) is not None:
        return
    other = next(of for of in places if of != scope)
    there = facts.get(places[other][0], places[other][1], name) is not None
    reason = f'There is no template "{name}" of scope {scope}: nothing is fetched.'
    remedy = f"There is one of scope {other}: write that." if there else "Create it, or correct the name."
    yield Finding(Severity.ERROR, reason, remedy, "spec.templateScope" if there else "spec.templateName")


def artifact(wanted: AIMArtifact, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    yield from weights.uri(spec.source_uri, "spec.sourceUri")
    yield from weights.model_id(spec.model_id, "spec.modelId", needed=False)
    if spec.source_uri.startswith("s3://") and not spec.model_id:
        reason = "Weights from S3 have no modelId of their own, by which a service finds them on the volume."
        yield Finding(Severity.WARNING, reason, "Set modelId: org/name.", "spec.modelId")
    yield from weights.size(spec.size, "spec.size")
    source = Source(model_id=spec.model_id, source_uri=spec.source_uri)
    around = (*spec.env, *configs.environment(spec.runtime_config_name, wanted.metadata.namespace, facts))
    if wanted.status.status != "Ready":
        for finding in weights.credentials((source,), around, "spec", gated=None):
            yield Finding(finding.severity, finding.reason, finding.remedy, "spec.env")
    yield from storage.storage_class(spec.storage_class_name, facts, "spec.storageClassName")


def model_source(wanted: AIMModelSource) -> Iterator[Finding]:
    spec = wanted.spec
    if not 1 <= len(spec.filters) <= MOST_FILTERS:
        reason = f"There are {len(spec.filters)} filters: 1 to {MOST_FILTERS} are allowed, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Say which images shall become models, such as amdenterpriseai/aim-*.", "spec.filters")
    if not 1 <= spec.max_models <= MOST_MODELS:
        reason = f"maxModels is {spec.max_models}: 1 to {MOST_MODELS} are allowed, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Write 100, if in doubt.", "spec.maxModels")
    yield from _versions(spec.versions, "spec.versions")
    for place, one in enumerate(spec.filters):
        field = f"spec.filters[{place}]"
        if not one.image or len(one.image) > LONGEST_IMAGE:
            told = f"has {len(one.image)} characters, at most {LONGEST_IMAGE} are allowed" if one.image else "names no image"
            yield Finding(
                Severity.ERROR, f"A filter {told}, so the API server refuses it.", "Write amdenterpriseai/aim-*.", f"{field}.image"
            )
            continue
        yield from _versions(one.versions, f"{field}.versions")
        tagged = ":" in one.image.rpartition("/")[2]
        if tagged and (one.versions or spec.versions):
            reason = f"{one.image} names a tag, so that the versions are not looked at for it."
            yield Finding(Severity.INFO, reason, "Take the tag out, if the versions shall count.", f"{field}.image")
        if one.image.strip("*/") == "":
            reason = f'"{one.image}" matches every image of the registry.'
            yield Finding(Severity.WARNING, reason, "Begin it with an organisation: amdenterpriseai/aim-*.", f"{field}.image")
        host = one.image.split("/")[0]
        if any(":" in name or (name.split("/")[0] == host and "." in host) for name in one.exclude):
            reason = "exclude is compared with names of repositories, without registry and tag: what has them excludes nothing."
            yield Finding(Severity.WARNING, reason, "Write amdenterpriseai/aim-base.", f"{field}.exclude")
    yield from _interval(spec.sync_interval)


def _versions(said: tuple[str, ...], field: str) -> Iterator[Finding]:
    for one in said:
        if not all(_CONSTRAINT.fullmatch(part) for part in re.split(r",|\|\|", one)):
            reason = f'Version "{one}" is no constraint of semantic versions.'
            yield Finding(Severity.ERROR, reason, "Write >=0.8.0, ~0.8.0 or ^0.8.0.", field)


def _interval(said: str) -> Iterator[Finding]:
    seconds = sum(float(found["number"]) * _SECONDS[found["unit"]] for found in _DURATION.finditer(said))
    if _DURATION.sub("", said) or not said:
        yield Finding(Severity.ERROR, f'syncInterval "{said}" is no duration.', "Write 1h or 30m.", "spec.syncInterval")
    elif seconds < SHORTEST_INTERVAL:
        reason = f"The registry is asked every {said}: less than 15m may run into its limits."
        yield Finding(Severity.WARNING, reason, "Write 1h.", "spec.syncInterval")
