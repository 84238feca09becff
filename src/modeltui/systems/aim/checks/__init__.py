"""Every trap of AIM Engine's kinds, found in a manifest or in what is in the cluster already. Pure.

One file per subject; each check yields findings with the field, the reason and the remedy. What is not known (`Facts.known`) is never
taken for wrong. Errors are what the API server refuses, or what would never serve as it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from modeltui.domain import Finding, Severity
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.checks import (
    claims,
    configs,
    credentials,
    immutability,
    kept,
    model_choice,
    models,
    naming,
    renamed,
    replicas,
    rights,
    routing,
    storage,
    templates,
    variables,
)
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import ARTIFACTS, SERVICES, TEMPLATE_CACHES, AimObject
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.kserve.checks.storage import account
from modeltui.systems.protocol import Facts

_T = TypeVar("_T", bound=AimObject)
Found = tuple[Finding, ...]


def check_service(manifest: Mapping[str, Any] | AIMService, facts: Facts) -> Found:
    return _checked(manifest, AIMService, facts, _service)


def check_model(manifest: Mapping[str, Any] | AIMModel, facts: Facts) -> Found:
    """Of either scope."""
    return _checked(manifest, AIMModel, facts, _model)


def check_template(manifest: Mapping[str, Any] | AIMTemplate, facts: Facts) -> Found:
    """Of either scope."""
    return _checked(manifest, AIMTemplate, facts, _template)


def check_template_cache(manifest: Mapping[str, Any] | AIMTemplateCache, facts: Facts) -> Found:
    return _checked(manifest, AIMTemplateCache, facts, _template_cache)


def check_artifact(manifest: Mapping[str, Any] | AIMArtifact, facts: Facts) -> Found:
    return _checked(manifest, AIMArtifact, facts, _artifact)


def check_config(manifest: Mapping[str, Any] | AIMConfig, facts: Facts) -> Found:
    """Of either scope."""
    return _checked(manifest, AIMConfig, facts, configs.own)


def check_model_source(manifest: Mapping[str, Any] | AIMModelSource, facts: Facts) -> Found:
    return _checked(manifest, AIMModelSource, facts, _model_source)


def _checked(manifest: Mapping[str, Any] | _T, kind: type[_T], facts: Facts, check: Callable[[_T, Facts], Iterator[Finding]]) -> Found:
    """Errors first."""
    old = tuple(renamed.fields(manifest)) if isinstance(manifest, Mapping) else ()
    wanted = typed(manifest, kind)
    if isinstance(wanted, Finding):
        # an old spelling is the likelier cause, and says what to write
        return errors_first((*old, wanted))
    return errors_first((*old, *naming.own(wanted), *check(wanted, facts)))


def _service(service: AIMService, facts: Facts) -> Iterator[Finding]:
    spec, namespace = service.spec, service.metadata.namespace
    yield from naming.service(service)
    yield from immutability.service(service, facts)
    yield from model_choice.one_of(service)
    yield from model_choice.by_name(service, facts)
    yield from model_choice.by_image(service, facts)
    yield from model_choice.custom(service, facts)
    yield from templates.named(service, facts)
    yield from templates.unoptimized(service, facts)
    yield from templates.choice(service, facts)
    yield from templates.overrides(service, facts)
    yield from model_choice.credentials(service, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    for place, source in enumerate(spec.model.custom.model_sources if spec.model.custom is not None else ()):
        yield from variables.own(source.env, namespace, facts, f"spec.model.custom.modelSources[{place}].env")
    yield from credentials.pull_secrets(spec.image_pull_secrets, namespace, facts)
    yield from account(spec.service_account_name, namespace, facts, "spec.serviceAccountName")
    yield from replicas.numbers(service)
    yield from replicas.autoscaling(service, facts)
    yield from configs.named(spec.runtime_config_name, namespace, facts)
    yield from routing.own(service, facts)
    yield from storage.caching(service)
    yield from storage.settings(spec.storage, facts)
    if service.status.cache.template_cache_ref is None:
        named = spec.storage.default_storage_class_name if spec.storage is not None else ""
        field = "spec.storage.defaultStorageClassName"
        yield from claims.own(named, spec.runtime_config_name, namespace, facts, field, certain=False)
    yield from rights.first_download(service, SERVICES, facts)


def _model(model: AIMModel, facts: Facts) -> Iterator[Finding]:
    spec, namespace = model.spec, model.metadata.namespace
    yield from naming.labels(model, "its templates")
    yield from models.model(model, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    for place, source in enumerate(spec.model_sources):
        yield from variables.own(source.env, namespace, facts, f"spec.modelSources[{place}].env")
    yield from credentials.pull_secrets(spec.image_pull_secrets, namespace, facts)
    yield from configs.named(spec.runtime_config_name, namespace, facts)


def _template(template: AIMTemplate, facts: Facts) -> Iterator[Finding]:
    spec, namespace = template.spec, template.metadata.namespace
    yield from immutability.template(template, facts)
    yield from naming.labels(template, "its caches and artifacts")
    yield from models.template(template, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    yield from credentials.pull_secrets(spec.image_pull_secrets, namespace, facts)
    yield from configs.named(spec.runtime_config_name, namespace, facts)


def _template_cache(cache: AIMTemplateCache, facts: Facts) -> Iterator[Finding]:
    spec, namespace = cache.spec, cache.metadata.namespace
    for place, source in enumerate(spec.model_sources):
        yield from variables.own(source.env, namespace, facts, f"spec.modelSources[{place}].env")
    yield from naming.labels(cache, "its artifacts")
    yield from kept.template_cache(cache, facts)
    if not cache.status.artifacts:
        yield from claims.own(spec.storage_class_name, spec.runtime_config_name, namespace, facts, "spec.storageClassName", certain=False)
    yield from rights.first_download(cache, TEMPLATE_CACHES, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    yield from credentials.pull_secrets(spec.image_pull_secrets, namespace, facts)
    yield from configs.named(spec.runtime_config_name, namespace, facts)


def _artifact(artifact: AIMArtifact, facts: Facts) -> Iterator[Finding]:
    spec, namespace = artifact.spec, artifact.metadata.namespace
    yield from immutability.artifact(artifact, facts)
    yield from naming.labels(artifact, "the Jobs that fetch it", refused=True)
    yield from kept.artifact(artifact, facts)
    if not artifact.status.persistent_volume_claim:
        yield from claims.own(spec.storage_class_name, spec.runtime_config_name, namespace, facts, "spec.storageClassName", certain=True)
    yield from rights.first_download(artifact, ARTIFACTS, facts)
    yield from variables.own(spec.env, namespace, facts, "spec.env")
    yield from credentials.pull_secrets(spec.image_pull_secrets, namespace, facts)
    yield from configs.named(spec.runtime_config_name, namespace, facts)


def _model_source(source: AIMModelSource, facts: Facts) -> Iterator[Finding]:
    yield from kept.model_source(source)
    yield from credentials.pull_secrets(source.spec.image_pull_secrets, "", facts)
    if source.status.models_limit_reached:
        reason = f"It has made {source.spec.max_models} models, and makes no more; those that are there are never deleted."
        yield Finding(Severity.WARNING, reason, "Raise spec.maxModels, or narrow the filters.", "spec.maxModels")
