"""AIMService -> deployment. Pure: what the spec wants, what AIM Engine resolved it to, and what its conditions and pods say of that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from modeltui.domain import Phase, Status
from modeltui.kube.resource import Resource
from modeltui.systems.aim import hardware, references
from modeltui.systems.aim.cache_types import AIMTemplateCache
from modeltui.systems.aim.conditions import RAW_PHASES, Trouble, is_true, troubles
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.status import NOT_SEEN, deciding, is_old, with_pause
from modeltui.systems.aim.types import (
    ARTIFACTS,
    CLUSTER_CONFIGS,
    CLUSTER_MODELS,
    CLUSTER_TEMPLATES,
    COMPONENT_LABEL,
    CONFIGS,
    GPU,
    MODELS,
    SERVICE_LABEL,
    TEMPLATE_CACHES,
    TEMPLATES,
    Resolved,
    Source,
)
from modeltui.systems.core.secrets import SECRETS
from modeltui.systems.core.types import CLAIMS, Env, Pod
from modeltui.systems.protocol import Facts, ObjectType
from modeltui.systems.serving import readiness
from modeltui.systems.serving.deployment import Component, Deployment, Endpoint, Ref
from modeltui.systems.serving.rows import pods_of

HTTP_PORT: Final = 8000
"""Of the container kserve-container, in every InferenceService that AIM Engine makes."""
ENGINE_ARGS: Final = "AIM_ENGINE_ARGS"
"""A JSON object of arguments of the engine."""
_NOT_SERVING: Final = frozenset({"download", "check-size", "discovery", "model-storage"})


def read(service: AIMService, facts: Facts) -> Deployment:
    pods = pods_of(facts, service_of_pod, service)
    template, model = template_of(service, facts), model_of(service, facts)
    engine = template.profile.engine.lower() if template is not None else ""
    resource, count = gpus_of(service, template)
    stopped = is_stopped(service)
    ready = ready_replicas(service, pods)
    component = Component(
        name="predictor",
        role="predictor",
        desired=desired_replicas(service),
        ready=ready,
        gpus=count,
        engine=engine,
        image=image_of(service, model),
    )
    return Deployment(
        models=models_of(service),
        served=served_as(service, template),
        engine=engine,
        status=status(service, ready, template=template, model=model),
        components=(component,),
        gpu_resource=resource,
        endpoint=Endpoint(url=service.status.routing.path, port=HTTP_PORT),
        uses=tuple(dict.fromkeys(uses(service, facts))),
        stopped=stopped,
    )


def service_of_pod(pod: Pod) -> Iterable[str]:
    """The AIMService whose InferenceService a pod is of: KServe hands its labels down. Not the pods that fetch weights."""
    name = pod.metadata.labels.get(SERVICE_LABEL, "")
    return (name,) if name and pod.metadata.labels.get(COMPONENT_LABEL, "") not in _NOT_SERVING else ()


# ---- replicas -------------------------------------------------------------------------------------------------------


def is_stopped(service: AIMService) -> bool:
    """`minReplicas` is at least 1, so that only a service with a fixed number of replicas can want none."""
    return service.spec.replicas == 0 and not service.spec.autoscaled


def desired_replicas(service: AIMService) -> int | None:
    if service.spec.autoscaled:
        return service.status.runtime.desired_replicas
    return 1 if service.spec.replicas is None else service.spec.replicas


def ready_replicas(service: AIMService, pods: Sequence[Pod] | None) -> int | None:
    """By the pods: `status.runtime` repeats the spec for a service without autoscaler. It is asked when pods may not be seen, and the
    InferenceService is ready."""
    if pods is not None:
        return readiness.ready(pods)
    conditions = service.status.conditions
    if is_true(conditions, "InferenceServiceReady"):
        return service.status.runtime.current_replicas
    return 0 if any(one.type == "InferenceServiceReady" and one.reason == "CreatingRuntime" for one in conditions) else None


# ---- model, template, GPUs ------------------------------------------------------------------------------------------


def models_of(service: AIMService) -> tuple[str, ...]:
    choice = service.spec.model
    if choice.custom is not None:
        return tuple(source.model_id or source.source_uri for source in choice.custom.model_sources)
    said = choice.name or choice.image
    return (said,) if said else ()


def served_as(service: AIMService, template: AIMTemplate | None) -> tuple[str, ...]:
    """AIM's runtime serves a model under its id, unless the arguments of the engine say another name."""
    if found := _argument(service.spec.env, "served-model-name"):
        return found
    sources: Sequence[Source] = ()
    if template is not None:
        sources = template.spec.model_sources or template.status.model_sources
    if not sources and service.spec.model.custom is not None:
        sources = service.spec.model.custom.model_sources
    return tuple(source.model_id for source in sources[:1] if source.model_id)


def _argument(env: Iterable[Env], name: str) -> tuple[str, ...]:
    said = next((variable.value for variable in env if variable.name == ENGINE_ARGS), "")
    try:
        found = json.loads(said).get(name) if said else None
    except (ValueError, AttributeError, RecursionError):
        return ()
    match found:
        case str() if found:
            return (found,)
        case list():
            return tuple(one for one in found if isinstance(one, str) and one)
    return ()


def template_of(service: AIMService, facts: Facts) -> AIMTemplate | None:
    """The one that AIM Engine resolved; before that the one that is named. None when there is none, or it is not known."""
    namespace, resolved, named = service.metadata.namespace, service.status.resolved_template, service.spec.template.name
    if resolved is not None and resolved.name:
        cluster = resolved.scope == "Cluster"
        found = facts.get(CLUSTER_TEMPLATES if cluster else TEMPLATES, "" if cluster else namespace, resolved.name)
    else:
        found = (facts.get(TEMPLATES, namespace, named) or facts.get(CLUSTER_TEMPLATES, "", named)) if named else None
    return found if isinstance(found, AIMTemplate) else None


def model_of(service: AIMService, facts: Facts) -> AIMModel | None:
    namespace, resolved, named = service.metadata.namespace, service.status.resolved_model, service.spec.model.name
    if resolved is not None and resolved.name:
        cluster = resolved.scope == "Cluster"
        found = facts.get(CLUSTER_MODELS if cluster else MODELS, "" if cluster else namespace, resolved.name)
    else:
        found = (facts.get(MODELS, namespace, named) or facts.get(CLUSTER_MODELS, "", named)) if named else None
    return found if isinstance(found, AIMModel) else None


def image_of(service: AIMService, model: AIMModel | None) -> str:
    choice = service.spec.model
    return model.spec.image if model is not None else choice.custom.base_image if choice.custom is not None else choice.image


def gpus_of(service: AIMService, template: AIMTemplate | None) -> tuple[str, int | None]:
    """(resource, number per replica), as AIM Engine works it out: the service's own resources, then those of the template, then the
    hardware that the template was resolved to. Without a template what the service itself wants; None when nobody says."""
    for resources in (service.spec.resources, template.spec.resources if template is not None else None):
        if (found := hardware.asked(resources)) is not None:
            return found
    if template is not None:
        return _of_template(template)
    wanted = [service.spec.overrides.hardware if service.spec.overrides else None]
    wanted += [service.spec.model.custom.hardware if service.spec.model.custom else None]
    for one in wanted:
        if one is not None and one.gpu is not None:
            return one.gpu.resource_name or GPU, one.gpu.requests or 0
        if one is not None and one.cpu is not None:
            return "", 0
    return "", None


def _of_template(template: AIMTemplate) -> tuple[str, int | None]:
    resolved, said = template.status.resolved_hardware, template.spec.hardware
    if resolved is not None:
        return ("", 0) if resolved.gpu is None else (resolved.gpu.resource_name or GPU, resolved.gpu.requests or 0)
    if said is not None and said.gpu is None:
        return "", 0
    count = said.gpu.requests if said is not None and said.gpu is not None else None
    found = template.profile.gpu_count if count is None else count
    return ("" if found is None else GPU), found


# ---- status ---------------------------------------------------------------------------------------------------------


def status(service: AIMService, ready: int | None, *, template: AIMTemplate | None, model: AIMModel | None) -> Status:
    """`ready`: replicas, None when not known. AIM Engine's word is "Pending" for what waits for something that nobody will bring,
    "Failed" for what serves but not by its route, and "Running" while there is no pod."""
    told, raw = service.status, service.status.status
    if is_stopped(service):
        return with_pause(service, Status(Phase.PAUSED, raw, "Stopped: spec.replicas is 0."))
    if not raw and not told.conditions:
        return with_pause(service, Status(Phase.PENDING, "", NOT_SEEN))
    if is_old(service, told):
        return with_pause(service, Status(Phase.PROCESSING, raw, "The spec has been changed since AIM Engine looked at it."))
    found = troubles(told.conditions, raw)
    serves = is_true(told.conditions, "InferenceServiceReady")
    worst = deciding(found)
    if worst is None:
        phase = RAW_PHASES.get(raw, Phase.UNKNOWN)
        reason = ""
    else:
        phase = upstream_phase(worst, template=template, model=model)
        reason = f"{worst.sentence}."
        if raw in ("Failed", "Degraded"):  # it knows more than its conditions say
            phase = max(phase, RAW_PHASES[raw], key=lambda one: one.severity)
        if serves and phase is Phase.FAILED:
            phase, reason = Phase.DEGRADED, f"It serves, but: {worst.sentence}."
    if phase is Phase.READY and ready == 0:
        return with_pause(service, Status(Phase.PROCESSING, raw, "AIM Engine says that it runs, but none of its pods is ready."))
    return with_pause(service, Status(phase, raw, reason))


def upstream_phase(trouble: Trouble, *, template: AIMTemplate | None, model: AIMModel | None) -> Phase:
    """What it waits for may have failed for good, which a "not ready" does not say."""
    behind = {"TemplateNotReady": template, "ModelNotReady": model}.get(trouble.condition.reason)
    if behind is not None and behind.status.status in ("Failed", "Degraded", "NotAvailable"):
        return Phase.FAILED
    return trouble.meaning.phase


# ---- what it uses ---------------------------------------------------------------------------------------------------


def uses(service: AIMService, facts: Facts) -> Iterator[Ref]:
    namespace, spec, told = service.metadata.namespace, service.spec, service.status
    yield from _resolved(told.resolved_model, spec.model.name, namespace, facts, model=True)
    yield from _resolved(told.resolved_template, spec.template.name, namespace, facts, model=False)
    config = told.resolved_runtime_config
    if config is not None and config.name:
        if config.scope in ("Namespace", "Merged"):
            yield Ref(CONFIGS, config.name)
        if config.scope in ("Cluster", "Merged"):
            yield Ref(CLUSTER_CONFIGS, config.name, namespaced=False)
    cache = told.cache.template_cache_ref
    if cache is not None and cache.name:
        yield Ref(TEMPLATE_CACHES, cache.name)
        held = facts.get(TEMPLATE_CACHES, namespace, cache.name)
        if isinstance(held, AIMTemplateCache):
            for _, artifact in sorted(held.status.artifacts.items()):
                if artifact.name:
                    yield Ref(ARTIFACTS, artifact.name)
                if artifact.persistent_volume_claim:
                    yield Ref(CLAIMS, artifact.persistent_volume_claim)
    for name in references.of_service(service):
        yield Ref(SECRETS, name)


def _resolved(found: Resolved | None, named: str, namespace: str, facts: Facts, *, model: bool) -> Iterator[Ref]:
    own, cluster = (MODELS, CLUSTER_MODELS) if model else (TEMPLATES, CLUSTER_TEMPLATES)
    if found is not None and found.name:
        yield Ref(cluster, found.name, namespaced=False) if found.scope == "Cluster" else Ref(own, found.name)
    elif named:
        wide = facts.get(own, namespace, named) is None and facts.get(cluster, "", named) is not None
        yield Ref(cluster, named, namespaced=False) if wide else Ref(own, named)


# ---- indexes --------------------------------------------------------------------------------------------------------


def model_names(service: AIMService) -> tuple[str, ...]:
    """Of the models whose objects its row needs; an index function."""
    return _names(service.spec.model.name, service.status.resolved_model)


def template_names(service: AIMService) -> tuple[str, ...]:
    return _names(service.spec.template.name, service.status.resolved_template)


def cache_names(service: AIMService) -> tuple[str, ...]:
    return _names("", service.status.cache.template_cache_ref)


def _names(said: str, resolved: Resolved | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in (said, resolved.name if resolved else "") if name))


INDEXES: Final = {
    MODELS: model_names,
    CLUSTER_MODELS: model_names,
    TEMPLATES: template_names,
    CLUSTER_TEMPLATES: template_names,
    TEMPLATE_CACHES: cache_names,
}
JOINS: Final[Mapping[Resource, ObjectType]] = {
    MODELS: AIMModel,
    CLUSTER_MODELS: AIMModel,
    TEMPLATES: AIMTemplate,
    CLUSTER_TEMPLATES: AIMTemplate,
    TEMPLATE_CACHES: AIMTemplateCache,
}
