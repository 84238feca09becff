"""Which model a service is of: exactly one of name, image and custom, and what becomes of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim import hardware, matching
from modeltui.systems.aim.checks import configs, hardware_asked, weights
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.selection import select
from modeltui.systems.aim.service_types import AIMService, CustomModel
from modeltui.systems.aim.types import CLUSTER_MODELS, CLUSTER_TEMPLATES, MODELS, TEMPLATES, Hardware, Source
from modeltui.systems.core.types import Env
from modeltui.systems.protocol import Facts

FIELD: Final = "spec.model"
_IMAGE: Final = re.compile(r"[a-z0-9][a-z0-9._:-]*(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?")


def one_of(service: AIMService) -> Iterator[Finding]:
    choice = service.spec.model
    said = [name for name, value in (("name", choice.name), ("image", choice.image), ("custom", choice.custom)) if value]
    if len(said) != 1:
        told = f"It says {' and '.join(said)} of its model" if said else "It does not say which model"
        reason = f"{told}: exactly one of name, image and custom has to be said, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Say one: the name of an AIMModel, an AIM image, or weights of your own.", FIELD)


def by_name(service: AIMService, facts: Facts) -> Iterator[Finding]:
    name, namespace, field = service.spec.model.name, service.metadata.namespace, f"{FIELD}.name"
    if not name:
        return
    found = matching.named(name, namespace, facts)
    if not found and matching.models_known(namespace, facts):
        yield Finding(
            Severity.ERROR,
            f'There is no model "{name}", neither an AIMModel in namespace {namespace} nor an AIMClusterModel.',
            "Correct the name, or create the model first. The choice cannot be changed afterwards.",
            field,
        )
    if len(found) > 1:
        reason = f'"{name}" is an AIMModel in namespace {namespace} and an AIMClusterModel too: the one of the namespace is taken.'
        yield Finding(Severity.INFO, reason, "Give one of them another name, if the other is meant.", field)
    yield from _health(found[:1], field)


def by_image(service: AIMService, facts: Facts) -> Iterator[Finding]:
    image, namespace, field = service.spec.model.image, service.metadata.namespace, f"{FIELD}.image"
    if not image:
        return
    yield from reference(image, field)
    found = matching.with_image(image, namespace, facts)
    if len(found) > 1:
        yield Finding(
            Severity.ERROR,
            f"Several models have that image ({', '.join(_where(one) for one in found)}), and AIM Engine chooses none of them.",
            "Say which with spec.model.name.",
            field,
        )
    elif not found and matching.models_known(namespace, facts):
        reason = "No model has that image yet: AIM Engine makes an AIMModel of it, which stays when this service is deleted."
        yield Finding(Severity.INFO, reason, field=field)
    yield from _health(found[:1] if len(found) == 1 else [], field)


def reference(image: str, field: str) -> Iterator[Finding]:
    if not _IMAGE.fullmatch(image):
        reason = f'"{image}" is no image reference.'
        yield Finding(Severity.ERROR, reason, "Write registry/repository:tag, in lower case up to the tag.", field)
    elif ":" not in image.rpartition("/")[2] and "@" not in image:
        reason = f"{image} has no tag: what it means changes with the registry, and the model made of it does not follow."
        yield Finding(Severity.WARNING, reason, "Write the tag.", field)


def custom(service: AIMService, facts: Facts) -> Iterator[Finding]:
    found, field = service.spec.model.custom, f"{FIELD}.custom"
    if found is None:
        return
    if not found.base_image:
        reason = "The custom model has no baseImage, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Name an AIM base image, such as amdenterpriseai/aim-base:0.9.", f"{field}.baseImage")
    else:
        yield from reference(found.base_image, f"{field}.baseImage")
    if not found.model_sources:
        reason = "The custom model has no modelSources, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Say where its weights are.", f"{field}.modelSources")
    yield from weights.sources(found.model_sources, f"{field}.modelSources")
    yield from hardware_asked.shape(found.hardware, f"{field}.hardware")
    yield from hardware_asked.sense(found.hardware, facts, f"{field}.hardware")
    yield from _used_again(service, found, facts, field)


def _used_again(service: AIMService, wanted: CustomModel, facts: Facts, field: str) -> Iterator[Finding]:
    """AIM Engine compares image, weights and the endpoint as far as it is written. Whoever made the model first decides its hardware."""
    made = matching.like(wanted, service.metadata.namespace, facts)
    if made is None:
        return
    stores = [matching.endpoint(made.spec.model_sources, made.spec.env), matching.endpoint(wanted.model_sources, service.spec.env)]
    if stores[0] != stores[1]:
        its, ours = (one or "that of Amazon" for one in stores)
        yield Finding(
            Severity.WARNING,
            f"AIMModel {made.metadata.name} is of the same image and weights, and is used in place of a new one, though its store is "
            f"another ({its}, not {ours}): only an address that is written in env of the model source is compared.",
            f"Write {matching.ENDPOINT} with its value into env of the model source: it is no secret.",
            f"{field}.modelSources[0].env",
        )
    theirs = made.spec.custom.hardware if made.spec.custom is not None else None
    if theirs != wanted.hardware:
        yield Finding(
            Severity.WARNING,
            f"AIMModel {made.metadata.name} is of the same image and weights, and is used in place of a new one: its hardware "
            f"({hardware.summary(theirs) or 'as its templates say'}) counts, and {_asked(wanted.hardware)} is not looked at.",
            f"Delete AIMModel {made.metadata.name} first if nobody uses it; or make a model of your own with that hardware, and name it.",
            f"{field}.hardware",
        )


def _asked(wanted: Hardware) -> str:
    return hardware.summary(wanted) or "what is asked for here"


def _health(found: list[AIMModel], field: str) -> Iterator[Finding]:
    for model in found:
        if model.status.status in ("Failed", "Degraded", "NotAvailable"):
            reason = f"{_where(model)} is {model.status.status}: nothing is served of it until that is repaired."
            yield Finding(Severity.WARNING, reason, "Look at its conditions and its templates.", field)


def _where(model: AIMModel) -> str:
    return f"{(MODELS if model.metadata.namespace else CLUSTER_MODELS).kind} {model.metadata.name}"


def credentials(service: AIMService, facts: Facts) -> Iterator[Finding]:
    """Those that its weights take: of the service, its model, its template and the runtime configs that apply to it. None that runs needs
    to be told of them any more."""
    spec, namespace = service.spec, service.metadata.namespace
    if service.status.status == "Running":
        return
    models = matching.candidates(spec, namespace, facts)
    about = models[0].about if len(models) == 1 else None
    gated = about.hf_token_required if about is not None else None
    around = [*spec.env, *(variable for model in models for variable in model.spec.env), *_of_template(service, models, facts)]
    around += configs.environment(spec.runtime_config_name, namespace, facts)
    knows = configs.known(namespace, facts)
    if spec.model.custom is not None:
        field = f"{FIELD}.custom.modelSources"
        yield from weights.credentials(spec.model.custom.model_sources, around, field, gated=gated, certain=knows)
    elif gated:
        names = {variable.name for variable in around} | {one.name for source in _sources(models) for one in source.env}
        yield from weights.hub_token(True, names, "spec.env", what=_where(models[0]), certain=knows)


def _sources(models: list[AIMModel]) -> Iterator[Source]:
    for model in models:
        yield from model.spec.model_sources


def _of_template(service: AIMService, models: list[AIMModel], facts: Facts) -> tuple[Env, ...]:
    """Variables of the template that the service names, or would get."""
    spec, namespace = service.spec, service.metadata.namespace
    named = facts.get(TEMPLATES, namespace, spec.template.name) or facts.get(CLUSTER_TEMPLATES, "", spec.template.name)
    if isinstance(named, AIMTemplate):
        return named.spec.env
    found = select(spec, namespace, models[0].metadata.name, facts) if len(models) == 1 and not spec.template.name else None
    return found.best[0].spec.env if found is not None and len(found.best) == 1 else ()
