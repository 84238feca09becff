"""AIMModel and AIMServiceTemplate, of either scope: what a spec of one needs, and what it would come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from modeltui.domain import Finding, Severity
from modeltui.systems.aim import matching
from modeltui.systems.aim.checks import configs, hardware_asked, model_choice, templates, variables, weights
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.selection import model_name
from modeltui.systems.aim.types import CLUSTER_MODELS, CLUSTER_TEMPLATES, PROFILE_TYPES, TEMPLATES
from modeltui.systems.core.names import is_label_value
from modeltui.systems.protocol import Facts

MOST_TEMPLATES: Final = 16
LONGEST_TEMPLATE: Final = 63
MOST_VARIABLES: Final = 64


def model(wanted: AIMModel, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    if not spec.image:
        reason = "The model has no image, so the API server refuses it."
        remedy = "Name an AIM image; with weights of your own an AIM base image, such as amdenterpriseai/aim-base:0.9."
        yield Finding(Severity.ERROR, reason, remedy, "spec.image")
    else:
        yield from model_choice.reference(spec.image, "spec.image")
    yield from weights.sources(spec.model_sources, "spec.modelSources")
    gated = wanted.about.hf_token_required if wanted.about is not None else None
    namespace = wanted.metadata.namespace
    around = (*spec.env, *configs.environment(spec.runtime_config_name, namespace, facts))
    certain = bool(namespace) and configs.known(namespace, facts)  # in each namespace other configs apply to a cluster-wide model
    if wanted.status.status != "Ready":
        yield from weights.credentials(spec.model_sources, around, "spec.modelSources", gated=gated, certain=certain)
    yield from _custom(wanted, facts)
    yield from _templates(wanted, facts)
    yield from _none_made(wanted, facts)
    default, resource = spec.default_service_template, TEMPLATES if namespace else CLUSTER_TEMPLATES
    if default and facts.known(resource, namespace) and facts.get(resource, namespace, default) is None:
        reason = f'There is no template "{default}" yet: services of this model wait for it.'
        yield Finding(Severity.WARNING, reason, "Create it, or correct the name.", "spec.defaultServiceTemplate")


def _custom(wanted: AIMModel, facts: Facts) -> Iterator[Finding]:
    spec = wanted.spec
    base = spec.custom.hardware if spec.custom is not None else None
    if spec.model_sources and base is None and not all(one.hardware for one in spec.custom_templates):
        yield Finding(
            Severity.ERROR,
            "The model has its own weights, and not every template of it says on which hardware: the API server refuses it.",
            "Set spec.custom.hardware, which all templates take over, or hardware of each of customTemplates.",
            "spec.custom.hardware",
        )
    elif spec.model_sources and base is None and not spec.custom_templates:
        reason = "The model has its own weights, and nothing says on which hardware: no template can be made of it."
        yield Finding(Severity.ERROR, reason, "Set spec.custom.hardware.", "spec.custom.hardware")
    if base is not None:
        yield from hardware_asked.shape(base, "spec.custom.hardware")
        yield from hardware_asked.sense(base, facts, "spec.custom.hardware")
    if spec.custom is not None:
        yield from _type(spec.custom.type, "spec.custom.type")
        if not spec.model_sources:
            reason = "spec.custom is only looked at together with modelSources: without them the weights are those of the image."
            yield Finding(Severity.WARNING, reason, "Add modelSources, or take it out.", "spec.custom")


def _none_made(wanted: AIMModel, facts: Facts) -> Iterator[Finding]:
    """A model may leave its templates to others: then there have to be some."""
    spec, namespace, name = wanted.spec, *wanted.metadata.key
    resource = TEMPLATES if namespace else CLUSTER_TEMPLATES
    if not facts.known(resource, namespace) or any(facts.where(resource, namespace, model_name, name)):
        return
    if not spec.discovery.create_service_templates:
        reason = "createServiceTemplates is off, and there is no template of this model: services of it wait until somebody makes one."
        remedy = f"Make an {'AIMServiceTemplate' if namespace else 'AIMClusterServiceTemplate'} of it, or set it to true."
        yield Finding(Severity.WARNING, reason, remedy, "spec.discovery.createServiceTemplates")
    elif not spec.discovery.extract_metadata and not spec.model_sources and spec.image_metadata is None:
        reason = "extractMetadata is off, and imageMetadata does not say what stands in the image: no template is made of it."
        remedy = "Set it to true, or fill in imageMetadata.model.recommendedDeployments."
        yield Finding(Severity.WARNING, reason, remedy, "spec.discovery.extractMetadata")


def _templates(wanted: AIMModel, facts: Facts) -> Iterator[Finding]:
    found = wanted.spec.custom_templates
    if found and not wanted.spec.model_sources:
        reason = "customTemplates are only looked at together with modelSources: the templates of an image are those that it names."
        yield Finding(Severity.WARNING, reason, "Add modelSources, or make AIMServiceTemplates of their own.", "spec.customTemplates")
    if len(found) > MOST_TEMPLATES:
        reason = f"There are {len(found)} templates, at most {MOST_TEMPLATES} are allowed."
        yield Finding(Severity.ERROR, reason, "Make the others AIMServiceTemplates of their own.", "spec.customTemplates")
    for name, times in Counter(one.name for one in found if one.name).items():
        if times > 1:
            reason = f'Template name "{name}" stands {times} times: all of them mean the same template.'
            yield Finding(Severity.ERROR, reason, "Give each a name of its own.", "spec.customTemplates")
    for place, one in enumerate(found):
        field = f"spec.customTemplates[{place}]"
        if len(one.name) > LONGEST_TEMPLATE:
            reason = f"The name of a template has {len(one.name)} characters, at most {LONGEST_TEMPLATE} are allowed."
            yield Finding(Severity.ERROR, reason, "Make it shorter.", f"{field}.name")
        elif not is_label_value(one.name):
            reason = f'Template name "{one.name}" cannot stand in a label, and the template carries it as one: none is made of it.'
            remedy = 'Write letters, digits, "-", "_" and ".", with a letter or digit at either end.'
            yield Finding(Severity.ERROR, reason, remedy, f"{field}.name")
        if len(one.env) > MOST_VARIABLES:
            reason = f"A template has {len(one.env)} variables, at most {MOST_VARIABLES} are allowed, so the API server refuses it."
            yield Finding(Severity.ERROR, reason, "Move those that all templates share to spec.env.", f"{field}.env")
        yield from _type(one.type, f"{field}.type")
        yield from templates.words(one.profile.metric, one.profile.precision, f"{field}.profile")
        yield from variables.own(one.env, wanted.metadata.namespace, facts, f"{field}.env")
        if one.hardware is not None:
            yield from hardware_asked.shape(one.hardware, f"{field}.hardware")
            base = wanted.spec.custom.hardware if wanted.spec.custom is not None else None
            yield from hardware_asked.sense(one.hardware, facts, f"{field}.hardware", partial=base is not None)


def _type(said: str, field: str) -> Iterator[Finding]:
    if said and said not in PROFILE_TYPES:
        reason = f'type "{said}" is none of {", ".join(PROFILE_TYPES)}, so the API server refuses it.'
        yield Finding(Severity.ERROR, reason, "Choose one of them.", field)


def template(wanted: AIMTemplate, facts: Facts) -> Iterator[Finding]:
    spec, namespace = wanted.spec, wanted.metadata.namespace
    if not spec.model_name:
        reason = "The template does not say of which model it is, so the API server refuses it."
        yield Finding(Severity.ERROR, reason, "Set spec.modelName to an AIMModel or AIMClusterModel.", "spec.modelName")
    else:
        yield from _of_model(wanted, facts)
    yield from templates.words(spec.metric, spec.precision, "spec")
    yield from _type(spec.type, "spec.type")
    if spec.hardware is not None:
        yield from hardware_asked.shape(spec.hardware, "spec.hardware")
        yield from hardware_asked.sense(spec.hardware, facts, "spec.hardware")
    elif spec.model_sources:
        reason = "The template has weights of its own, so that the image is not asked, and it does not say on which hardware."
        yield Finding(Severity.WARNING, reason, "Set spec.hardware.", "spec.hardware")
    for place, source in enumerate(spec.model_sources):
        yield from weights.model_id(source.model_id, f"spec.modelSources[{place}].modelId")
        yield from weights.uri(source.source_uri, f"spec.modelSources[{place}].sourceUri")
        yield from weights.size(source.size, f"spec.modelSources[{place}].size")
        if source.size is None and wanted.status.status != "Ready":
            reason = f"Weights {source.model_id} have no size: it has to be found out before a claim can be made."
            yield Finding(Severity.INFO, reason, "Give the size if you know it.", f"spec.modelSources[{place}].size")
        yield from variables.own(source.env, namespace, facts, f"spec.modelSources[{place}].env")


def _of_model(wanted: AIMTemplate, facts: Facts) -> Iterator[Finding]:
    name, namespace = wanted.spec.model_name, wanted.metadata.namespace
    found = matching.named(name, namespace, facts) if namespace else [facts.get(CLUSTER_MODELS, "", name)]
    knows = matching.models_known(namespace, facts) if namespace else facts.known(CLUSTER_MODELS, "")
    if not any(found) and knows:
        where = f"neither in namespace {namespace} nor in the cluster" if namespace else "in the cluster"
        reason = f'There is no model "{name}", {where}: the template waits for it.'
        yield Finding(Severity.WARNING, reason, "Create the model, or correct the name. It cannot be changed afterwards.", "spec.modelName")
