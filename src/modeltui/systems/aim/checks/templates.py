"""Which template a service gets: the one that it names, or the best of those that fit, if there is just one."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.systems.aim import matching
from modeltui.systems.aim.checks import hardware_asked
from modeltui.systems.aim.conditions import NO_TEMPLATE
from modeltui.systems.aim.model_types import AIMTemplate
from modeltui.systems.aim.selection import select
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import CLUSTER_TEMPLATES, METRICS, PRECISIONS, TEMPLATES
from modeltui.systems.protocol import Facts


def named(service: AIMService, facts: Facts) -> Iterator[Finding]:
    name, namespace, field = service.spec.template.name, service.metadata.namespace, "spec.template.name"
    if not name:
        return
    found = facts.get(TEMPLATES, namespace, name) or facts.get(CLUSTER_TEMPLATES, "", name)
    if not isinstance(found, AIMTemplate):
        if facts.known(TEMPLATES, namespace) and facts.known(CLUSTER_TEMPLATES, ""):
            yield Finding(
                Severity.ERROR,
                f'There is no template "{name}", neither in namespace {namespace} nor in the cluster.',
                "Correct the name, or leave it out: then the best one is chosen. The choice cannot be changed afterwards.",
                field,
            )
        return
    if found.status.status in ("Failed", "NotAvailable", "Degraded"):
        wants = f" It wants {found.gpu_model}." if found.status.status == "NotAvailable" and found.gpu_model else ""
        reason = f"Template {name} is {found.status.status}: nothing is served with it until that changes.{wants}"
        yield Finding(Severity.WARNING, reason, "Name another, or look at its conditions.", field)
    models = {model.metadata.name for model in matching.candidates(service.spec, namespace, facts)}
    if models and found.spec.model_name not in models:
        reason = f"Template {name} is one of model {found.spec.model_name}, not of {', '.join(sorted(models))}."
        yield Finding(Severity.WARNING, reason, "Name a template of the model that shall be served.", field)


def unoptimized(service: AIMService, facts: Facts) -> Iterator[Finding]:
    """Weights of one's own have no profile that anybody has tuned: their templates are all unoptimized."""
    spec = service.spec
    if spec.model.custom is None or spec.template.name or spec.template.allow_unoptimized:
        return
    made = matching.like(spec.model.custom, service.metadata.namespace, facts)
    chosen = select(spec, service.metadata.namespace, made.metadata.name, facts) if made is not None else None
    if chosen is not None and chosen.best:
        return
    yield Finding(
        Severity.ERROR,
        "The templates of a custom model are not optimized, and others are not allowed: none would be chosen, and the service would wait "
        "for ever.",
        "Set spec.template.allowUnoptimized to true, or name a template. Neither can be changed afterwards.",
        "spec.template.allowUnoptimized",
        subject=NO_TEMPLATE,
    )


def choice(service: AIMService, facts: Facts) -> Iterator[Finding]:
    """What would be chosen among the templates that are there."""
    spec, namespace = service.spec, service.metadata.namespace
    models = matching.candidates(spec, namespace, facts)
    if spec.template.name or len(models) != 1 or models[0].spec.default_service_template:
        return
    found = select(spec, namespace, models[0].metadata.name, facts)
    if found is None or len(found.best) == 1:
        return
    if found.best:
        names = ", ".join(sorted(one.metadata.name for one in found.best))
        yield Finding(
            Severity.ERROR,
            f"Templates {names} are equally good, and AIM Engine chooses none of them.",
            "Name one in spec.template.name, or tell them apart with spec.overrides (metric, precision, hardware).",
            "spec.template",
        )
    elif found.only_unoptimized and not found.waits:
        yield Finding(
            Severity.ERROR,
            f"No template would be chosen: {found.why}.",
            "Set spec.template.allowUnoptimized to true: there is none that was tuned for what is asked.",
            "spec.template.allowUnoptimized",
            subject=NO_TEMPLATE,
        )
    elif found.candidates and not found.waits:
        reason = f"No template would be chosen: {found.why}."
        yield Finding(
            Severity.ERROR,
            reason,
            "Ask for what there is, or add a template that fits.",
            "spec.overrides" if spec.overrides else "spec.model",
            subject=NO_TEMPLATE,
        )


def overrides(service: AIMService, facts: Facts) -> Iterator[Finding]:
    found, field = service.spec.overrides, "spec.overrides"
    if found is None:
        return
    yield from words(found.metric, found.precision, field)
    if found.hardware is not None:
        yield from hardware_asked.shape(found.hardware, f"{field}.hardware")
        yield from hardware_asked.sense(found.hardware, facts, f"{field}.hardware", partial=True)
    if service.spec.model.custom is not None and (found.metric or found.precision):
        yield Finding(
            Severity.WARNING,
            "The one template of a custom model has neither metric nor precision, so that one which is asked for fits none.",
            "Leave them out; a model of your own (AIMModel) may have customTemplates with a profile.",
            field,
        )


def words(metric: str, precision: str, field: str) -> Iterator[Finding]:
    for said, known, name in ((metric, METRICS, "metric"), (precision, PRECISIONS, "precision")):
        if said and said not in known:
            reason = f'{name} "{said}" is none of {", ".join(known)}, so the API server refuses it.'
            yield Finding(Severity.ERROR, reason, "Choose one of them, or leave it out.", f"{field}.{name}")
