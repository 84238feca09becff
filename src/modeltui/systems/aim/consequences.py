"""What hangs on an object of AIM Engine, told before it is changed or deleted: what goes with it, and what stays behind. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.kube.objects import Object
from modeltui.systems.aim import reading, references
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.selection import model_name
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import (
    AUTO_GENERATED,
    CLUSTER_MODELS,
    CLUSTER_TEMPLATES,
    DEFAULT_CONFIG,
    LEGACY_CACHING,
    MAKER_LABELS,
    MODELS,
    ORIGIN_LABEL,
    SERVICES,
    TEMPLATE_CACHES,
    TEMPLATES,
)
from modeltui.systems.checking import errors_first
from modeltui.systems.core.types import PODS
from modeltui.systems.protocol import Facts, IndexFunction, Unseen
from modeltui.systems.unseen import listed, why_not

Found = tuple[Finding, ...]


def of_service(before: AIMService, after: AIMService | None, facts: Facts, unseen: Unseen) -> Found:
    return errors_first(_service_deleted(before, facts, unseen) if after is None else _service_changed(before, after))


def of_model(before: AIMModel, after: AIMModel | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_model_deleted(before, facts, unseen))


def of_template(before: AIMTemplate, after: AIMTemplate | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_template_deleted(before, facts, unseen))


def of_cache(before: AIMTemplateCache, after: AIMTemplateCache | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_cache_deleted(before, facts, unseen))


def of_artifact(before: AIMArtifact, after: AIMArtifact | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_artifact_deleted(before, facts, unseen))


def of_config(before: AIMConfig, after: AIMConfig | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_config_deleted(before, facts, unseen))


def of_source(before: AIMModelSource, after: AIMModelSource | None, facts: Facts, unseen: Unseen) -> Found:
    return () if after is not None else errors_first(_source_deleted(before, facts, unseen))


# ---- a service ------------------------------------------------------------------------------------------------------


def _service_deleted(service: AIMService, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = service.metadata.key
    served = ", ".join(reading.models_of(service)) or "what it serves"
    goes = "Its InferenceService goes with it, and its route"
    if facts.known(PODS, namespace):
        pods = [pod.metadata.name for pod in facts.where(PODS, namespace, reading.service_of_pod, name)]
        told = f", and its pods {listed(sorted(pods))}" if pods else "; it has no pods"
        yield Finding(Severity.WARNING, f"{goes}{told}: {served} does not answer any more.")
    else:
        told = why_not(unseen, PODS, namespace)
        yield Finding(Severity.WARNING, f"{goes}: {served} does not answer any more. Which pods go is unknown: {told}.")
    yield from _caches_of(service, facts, unseen)
    yield from _models_left(service, facts, unseen)
    template = reading.template_of(service, facts)
    if template is not None and _owned(template, service):
        yield Finding(Severity.INFO, f"Template {template.metadata.name}, which its overrides brought about, goes with it.")
    if names := references.of_service(service):
        yield Finding(Severity.INFO, f"Secret{'s' if len(names) > 1 else ''} {listed(names)} stay{'' if len(names) > 1 else 's'}.")


def _caches_of(service: AIMService, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, ref = service.metadata.namespace, service.status.cache.template_cache_ref
    mode = service.spec.caching.mode if service.spec.caching is not None else ""
    dedicated = LEGACY_CACHING.get(mode, mode) == "Dedicated"
    if ref is None or not ref.name:
        if dedicated:
            yield Finding(Severity.WARNING, "Its caching is dedicated: weights that it has fetched go with it.")
        return
    cache = facts.get(TEMPLATE_CACHES, namespace, ref.name)
    if not isinstance(cache, AIMTemplateCache):
        unknown = (
            ""
            if facts.known(TEMPLATE_CACHES, namespace)
            else f" (on which claims is unknown: {why_not(unseen, TEMPLATE_CACHES, namespace)})"
        )
        what = f"AIMTemplateCache {ref.name} with its weights"
        yield Finding(Severity.WARNING if dedicated else Severity.INFO, f"{what} {'goes with it' if dedicated else 'stays'}{unknown}.")
        return
    held = _held(cache)
    if dedicated or _owned(cache, service):
        yield Finding(
            Severity.WARNING,
            f"AIMTemplateCache {ref.name} goes with it, and what it holds{held}: another service would have to fetch it again.",
            "Keep it by making an AIMTemplateCache of mode Shared of the same template first.",
        )
    elif cache.status.status == "Ready":
        reason = f"AIMTemplateCache {ref.name} stays, and what it holds{held}: it keeps its disk space until somebody deletes it."
        yield Finding(Severity.INFO, reason, "Delete the cache and its AIMArtifacts, if nobody serves it again.")
    else:
        yield Finding(Severity.WARNING, f"AIMTemplateCache {ref.name} is not ready, and is removed with it, if this service made it.")


def _held(cache: AIMTemplateCache) -> str:
    names = [one.name for _, one in sorted(cache.status.artifacts.items()) if one.name]
    claims = [one.persistent_volume_claim for _, one in sorted(cache.status.artifacts.items()) if one.persistent_volume_claim]
    told = [f"AIMArtifact{'s' if len(names) > 1 else ''} {listed(names)}"] if names else []
    told += [f"claim{'s' if len(claims) > 1 else ''} {listed(claims)}"] if claims else []
    return f" ({'; '.join(told)})" if told else ""


def _models_left(service: AIMService, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    """A model that the service brought about has no owner: it is left for others to use."""
    namespace, name = service.metadata.key
    if service.spec.model.name:
        return
    made = [one for one in facts.all(MODELS, namespace) if isinstance(one, AIMModel) and _brought_about(one, service)]
    for model in sorted(made, key=lambda one: one.metadata.name):
        others = sorted(
            one.metadata.name
            for one in facts.where(SERVICES, namespace, reading.model_names, model.metadata.name)
            if one.metadata.name != name
        )
        if others:
            yield Finding(
                Severity.INFO, f"AIMModel {model.metadata.name} stays: {listed(others)} use{'' if len(others) > 1 else 's'} it too."
            )
        else:
            yield Finding(
                Severity.INFO,
                f"AIMModel {model.metadata.name}, which AIM Engine made for it, stays, with its templates: a later service of the same "
                "image and weights uses it again, whatever hardware that asks for.",
                f"Delete AIMModel {model.metadata.name} too, if it is not wanted any more.",
            )
    if not made and not facts.known(MODELS, namespace):
        told = why_not(unseen, MODELS, namespace)
        yield Finding(Severity.INFO, f"The AIMModel that AIM Engine made for it stays; which one is unknown: {told}.")


def _brought_about(model: AIMModel, service: AIMService) -> bool:
    labels = model.metadata.labels
    if labels.get(ORIGIN_LABEL) != AUTO_GENERATED:
        return False
    resolved = service.status.resolved_model
    named = any(labels.get(label) == service.metadata.name for label in MAKER_LABELS)
    return named or (resolved is not None and resolved.name == model.metadata.name)


def _owned(obj: Object, owner: Object) -> bool:
    return any(one.name == owner.metadata.name and one.kind == SERVICES.kind for one in obj.metadata.owner_references)


_OF_THE_POD: Final = {
    "env": "spec.env",
    "resources": "spec.resources",
    "image_pull_secrets": "spec.imagePullSecrets",
    "service_account_name": "spec.serviceAccountName",
}
"""What a change of is handed down to the pods of a service that runs."""


def _service_changed(before: AIMService, after: AIMService) -> Iterator[Finding]:
    if reading.is_stopped(before):
        return
    if reading.is_stopped(after):
        served = ", ".join(reading.models_of(before)) or "what it serves"
        reason = f"All its pods go: {served} does not answer until it is started again."
        yield Finding(Severity.WARNING, reason, field="spec.replicas")
        return
    if before.spec.autoscaled and not after.spec.autoscaled:
        reason = "The autoscaling goes, with its metrics: the number of replicas stays what is set."
        yield Finding(Severity.INFO, reason, field="spec.replicas")
    was, now = reading.desired_replicas(before), reading.desired_replicas(after)
    if not before.spec.autoscaled and not after.spec.autoscaled and was is not None and now is not None and was > now:
        yield Finding(Severity.INFO, f"{was - now} of {was} replicas go.", field="spec.replicas")
    changed = [name for name in _OF_THE_POD if getattr(before.spec, name) != getattr(after.spec, name)]
    if changed:
        count = reading.gpus_of(before, None)[1]
        gpus = f"{count} GPUs of its own" if count else "GPUs of its own"
        yield Finding(
            Severity.INFO,
            f"Its pods are replaced one after another: each new one needs {gpus} before an old one gives its back.",
            field=_OF_THE_POD[changed[0]],
        )


# ---- what services are made of --------------------------------------------------------------------------------------


def _model_deleted(model: AIMModel, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = model.metadata.key
    yield from _services(namespace, name, reading.model_names, facts, unseen, "model")
    resource = TEMPLATES if namespace else CLUSTER_TEMPLATES
    templates = [one for one in facts.where(resource, namespace, model_name, name) if isinstance(one, AIMTemplate)]
    owned = [one.metadata.name for one in templates if any(owner.name == name for owner in one.metadata.owner_references)]
    left = [one.metadata.name for one in templates if one.metadata.name not in owned]
    if owned:
        yield Finding(
            Severity.INFO,
            f"Its template{'s' if len(owned) > 1 else ''} {listed(sorted(owned))} go{'' if len(owned) > 1 else 'es'} with it.",
        )
    if left:
        what = f"Templates {listed(sorted(left))} stay" if len(left) > 1 else f"Template {left[0]} stays"
        yield Finding(Severity.WARNING, f"{what} without a model, of no use.")
    if not templates and not facts.known(resource, namespace):
        yield Finding(Severity.INFO, f"Which templates go with it is unknown: {why_not(unseen, resource, namespace)}.")


def _template_deleted(template: AIMTemplate, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = template.metadata.key
    yield from _services(namespace, name, reading.template_names, facts, unseen, "template")
    caches = [one for one in facts.all(TEMPLATE_CACHES, namespace) if isinstance(one, AIMTemplateCache) and _is_cache_of(one, template)]
    owned = sorted(one.metadata.name for one in caches if any(owner.name == name for owner in one.metadata.owner_references))
    if owned:
        what = f"AIMTemplateCaches {listed(owned)} go" if len(owned) > 1 else f"AIMTemplateCache {owned[0]} goes"
        reason = f"{what} with it; weights that are shared stay."
        yield Finding(Severity.INFO, reason)
    if any(owner.controller for owner in template.metadata.owner_references):
        owner = next(one for one in template.metadata.owner_references if one.controller)
        reason = f"{owner.kind} {owner.name} made it, and makes it again."
        yield Finding(Severity.INFO, reason, f"Change {owner.kind} {owner.name} instead.")


def _is_cache_of(cache: AIMTemplateCache, template: AIMTemplate) -> bool:
    scope = "Namespace" if template.metadata.namespace else "Cluster"
    return cache.spec.template_name == template.metadata.name and cache.spec.template_scope in (scope, "Unknown")


def _cache_deleted(cache: AIMTemplateCache, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = cache.metadata.key
    held = _held(cache)
    if cache.spec.mode == "Dedicated":
        yield Finding(Severity.WARNING, f"What it holds goes with it{held}: the weights have to be fetched again.")
    else:
        ready = f"What is ready of it stays{held}, and is found again by the next cache; what is not ready is removed."
        yield Finding(Severity.WARNING, ready, "Delete the AIMArtifacts too, if the disk space is wanted.")
    yield from _services(namespace, name, reading.cache_names, facts, unseen, "cache")


def _artifact_deleted(artifact: AIMArtifact, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = artifact.metadata.key
    claim = artifact.status.persistent_volume_claim
    told = f"claim {claim}" if claim else "its claim"
    yield Finding(
        Severity.WARNING,
        f"Its weights go with it, and {told}: they have to be fetched again. Pods that have them keep them until they end.",
    )
    caches = [
        one
        for one in facts.all(TEMPLATE_CACHES, namespace)
        if isinstance(one, AIMTemplateCache) and any(held.name == name for held in one.status.artifacts.values())
    ]
    if caches:
        names = sorted(one.metadata.name for one in caches)
        plural = len(names) > 1
        who = f"AIMTemplateCaches {listed(names)} need it, and have" if plural else f"AIMTemplateCache {names[0]} needs it, and has"
        reason = f"{who} it made again."
        yield Finding(Severity.INFO, reason)
    elif not facts.known(TEMPLATE_CACHES, namespace):
        yield Finding(Severity.INFO, f"Which caches need it is unknown: {why_not(unseen, TEMPLATE_CACHES, namespace)}.")


def _config_deleted(config: AIMConfig, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    namespace, name = config.metadata.key
    if name == DEFAULT_CONFIG:
        reason = "It applies to everything that names no runtime config: storage class, routes and variables of it are then missing."
        yield Finding(Severity.WARNING, reason)
    users = sorted(
        "/".join(one.metadata.key) for one in facts.all(SERVICES, namespace) if isinstance(one, AIMService) and _uses_config(one, name)
    )
    if users:
        plural = len(users) > 1
        reason = f"AIMService{'s' if plural else ''} {listed(users)} name{'' if plural else 's'} it, and would be refused when changed."
        yield Finding(Severity.WARNING, reason, "Let them name another first.")
    elif not facts.known(SERVICES, namespace):
        yield Finding(
            Severity.WARNING, f"Which services name it is unknown: {why_not(unseen, SERVICES, namespace)}.", "Ask somebody who may look."
        )


def _uses_config(service: AIMService, name: str) -> bool:
    resolved = service.status.resolved_runtime_config
    return service.spec.runtime_config_name == name or (resolved is not None and resolved.name == name != DEFAULT_CONFIG)


def _source_deleted(source: AIMModelSource, facts: Facts, unseen: Unseen) -> Iterator[Finding]:
    name = source.metadata.name
    if not facts.known(CLUSTER_MODELS, ""):
        told = why_not(unseen, CLUSTER_MODELS, "")
        yield Finding(Severity.WARNING, f"Which AIMClusterModels go with it is unknown: {told}.", "Ask somebody who may look.")
        return
    owned = sorted(
        one.metadata.name for one in facts.all(CLUSTER_MODELS, "") if any(owner.name == name for owner in one.metadata.owner_references)
    )
    if owned:
        plural = len(owned) > 1
        reason = f"AIMClusterModel{'s' if plural else ''} {listed(owned)} go{'' if plural else 'es'} with it."
        yield Finding(Severity.WARNING, reason, "Services of them cannot be made anew.")
    else:
        yield Finding(Severity.INFO, "New images of the registry are not found any more; AIMClusterModels that it made stay.")


def _services(namespace: str, name: str, index: IndexFunction, facts: Facts, unseen: Unseen, what: str) -> Iterator[Finding]:
    """Those that stand on it. They go on as they are: AIM Engine looks for model and template only to make an InferenceService."""
    found = sorted("/".join(one.metadata.key) for one in facts.where(SERVICES, namespace, index, name))
    if found:
        plural = len(found) > 1
        goes_on = "go on as they are" if plural else "goes on as it is"
        consequence = {
            "model": f"{goes_on}, and cannot be made anew when its InferenceService is lost",
            "template": f"{goes_on}, and cannot be made anew when its InferenceService is lost",
            "cache": "may lose the volume with the weights: a new pod does not start without it",
        }[what]
        yield Finding(
            Severity.WARNING, f"AIMService{'s' if plural else ''} {listed(found)} use{'' if plural else 's'} this {what}: {consequence}."
        )
    elif not facts.known(SERVICES, namespace):
        told = why_not(unseen, SERVICES, namespace)
        yield Finding(Severity.WARNING, f"Which services use this {what} is unknown: {told}.")
