"""The tables of AIM Engine's kinds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.objects import Object
from modeltui.kube.resource import Resource
from modeltui.systems.aim import cache_rows, checks, config_rows, consequences, model_rows, observed, operations, reading, references
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate
from modeltui.systems.aim.service_types import AIMService
from modeltui.systems.aim.types import (
    ARTIFACTS,
    CLUSTER_CONFIGS,
    CLUSTER_MODELS,
    CLUSTER_TEMPLATES,
    CONFIGS,
    GATEWAYS,
    MODEL_SOURCES,
    MODELS,
    SCALED_OBJECTS,
    SERVICES,
    TEMPLATE_CACHES,
    TEMPLATES,
)
from modeltui.systems.checking import in_turn
from modeltui.systems.core.types import NODES, STORAGE_CLASSES, Node, StorageClass
from modeltui.systems.kserve.types import SERVICE_ACCOUNTS, ServiceAccount
from modeltui.systems.protocol import Facts, ObjectType, Serves, View
from modeltui.systems.serving.views import serving_view


def services_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The services that a model, a template or a cache is behind."""
    namespace, name = obj.metadata.key
    index = reading.INDEXES.get(resource)
    return () if index is None else [service.metadata.key for service in facts.where(SERVICES, namespace, index, name)]


def models_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The model that a template of its own scope is a profile of."""
    return [(obj.metadata.namespace, obj.spec.model_name)]


# below, what became of an object stands before what its spec is warned about: it says what is there, and not only what would be

_CONFIGS: Final[Mapping[Resource, ObjectType]] = {CONFIGS: AIMConfig, CLUSTER_CONFIGS: AIMConfig}
_MODELS: Final[Mapping[Resource, ObjectType]] = {MODELS: AIMModel, CLUSTER_MODELS: AIMModel}
_TEMPLATES: Final[Mapping[Resource, ObjectType]] = {TEMPLATES: AIMTemplate, CLUSTER_TEMPLATES: AIMTemplate}
_NODES: Final[Mapping[Resource, ObjectType]] = {NODES: Node}
_CLASSES: Final[Mapping[Resource, ObjectType]] = {STORAGE_CLASSES: StorageClass}
_GATEWAYS: Final[Mapping[Resource, ObjectType]] = {GATEWAYS: Object}


SERVICES_VIEW: Final = serving_view(
    name="aimservices",
    title="AIM services",
    aliases=("aimservice", "aimsvc"),
    system="AIM",
    resource=SERVICES,
    kind=AIMService,
    serves=Serves(read=reading.read, pods=reading.service_of_pod),
    joins=reading.JOINS,
    dependents=services_touched,
    examine=in_turn(observed.of_service, checks.check_service),
    check=checks.check_service,
    consequences=consequences.of_service,
    operations=operations.of_service,
    evidence={
        **{**_NODES, **_CONFIGS, **_CLASSES, **_GATEWAYS},
        **{SCALED_OBJECTS: Object, SERVICE_ACCOUNTS: ServiceAccount, ARTIFACTS: AIMArtifact},
    },
    secrets=references.of_service,
)

MODELS_VIEW: Final = View(
    name="aimmodels",
    title="AIM models",
    aliases=("aimmodel", "aimmdl"),
    resource=MODELS,
    type=AIMModel,
    joins={TEMPLATES: AIMTemplate},
    columns=model_rows.MODEL_COLUMNS,
    row=model_rows.model_row,
    dependents=models_touched,
    examine=in_turn(observed.of_model, checks.check_model),
    check=checks.check_model,
    consequences=consequences.of_model,
    evidence={**_NODES, **_CONFIGS, SERVICES: AIMService},
    secrets=references.of_model,
)

CLUSTER_MODELS_VIEW: Final = replace(
    MODELS_VIEW,
    name="aimclustermodels",
    title="AIM cluster models",
    aliases=("aimclustermodel", "aimclmdl"),
    resource=CLUSTER_MODELS,
    joins={CLUSTER_TEMPLATES: AIMTemplate},
    secrets=references.of_nothing,
)

TEMPLATES_VIEW: Final = View(
    name="aimservicetemplates",
    title="AIM service templates",
    aliases=("aimservicetemplate", "aimtpl", "aimtemplates"),
    resource=TEMPLATES,
    type=AIMTemplate,
    columns=model_rows.TEMPLATE_COLUMNS,
    row=model_rows.template_row,
    examine=in_turn(observed.of_template, checks.check_template),
    check=checks.check_template,
    consequences=consequences.of_template,
    evidence={**_NODES, **_CONFIGS, **_MODELS, SERVICES: AIMService, TEMPLATE_CACHES: AIMTemplateCache},
    secrets=references.of_template,
)

CLUSTER_TEMPLATES_VIEW: Final = replace(
    TEMPLATES_VIEW,
    name="aimclusterservicetemplates",
    title="AIM cluster service templates",
    aliases=("aimclusterservicetemplate", "aimcltpl", "aimclustertemplates"),
    resource=CLUSTER_TEMPLATES,
    secrets=references.of_nothing,
)

TEMPLATE_CACHES_VIEW: Final = View(
    name="aimtemplatecaches",
    title="AIM template caches",
    aliases=("aimtemplatecache", "aimtc"),
    resource=TEMPLATE_CACHES,
    type=AIMTemplateCache,
    columns=cache_rows.CACHE_COLUMNS,
    row=cache_rows.cache_row,
    examine=in_turn(observed.of_cache, checks.check_template_cache),
    check=checks.check_template_cache,
    consequences=consequences.of_cache,
    evidence={**_TEMPLATES, **_CONFIGS, **_CLASSES, ARTIFACTS: AIMArtifact, SERVICES: AIMService},
    secrets=references.of_cache,
)

ARTIFACTS_VIEW: Final = View(
    name="aimartifacts",
    title="AIM artifacts",
    aliases=("aimartifact", "aimart"),
    resource=ARTIFACTS,
    type=AIMArtifact,
    columns=cache_rows.ARTIFACT_COLUMNS,
    row=cache_rows.artifact_row,
    examine=in_turn(observed.of_artifact, checks.check_artifact),
    check=checks.check_artifact,
    consequences=consequences.of_artifact,
    evidence={**_CONFIGS, **_CLASSES, TEMPLATE_CACHES: AIMTemplateCache},
    secrets=references.of_artifact,
)

CONFIGS_VIEW: Final = View(
    name="aimruntimeconfigs",
    title="AIM runtime configs",
    aliases=("aimruntimeconfig", "aimrc"),
    resource=CONFIGS,
    type=AIMConfig,
    columns=config_rows.CONFIG_COLUMNS,
    row=config_rows.config_row,
    examine=in_turn(observed.of_object, checks.check_config),
    check=checks.check_config,
    consequences=consequences.of_config,
    evidence={**_CLASSES, **_GATEWAYS, SERVICES: AIMService},
    secrets=references.of_config,
)

CLUSTER_CONFIGS_VIEW: Final = replace(
    CONFIGS_VIEW,
    name="aimclusterruntimeconfigs",
    title="AIM cluster runtime configs",
    aliases=("aimclusterruntimeconfig", "aimclrc"),
    resource=CLUSTER_CONFIGS,
    secrets=references.of_nothing,
)

MODEL_SOURCES_VIEW: Final = View(
    name="aimclustermodelsources",
    title="AIM cluster model sources",
    aliases=("aimclustermodelsource", "aimclsrc"),
    resource=MODEL_SOURCES,
    type=AIMModelSource,
    columns=config_rows.SOURCE_COLUMNS,
    row=config_rows.source_row,
    examine=in_turn(observed.of_object, checks.check_model_source),
    check=checks.check_model_source,
    consequences=consequences.of_source,
    evidence={CLUSTER_MODELS: AIMModel},
)

VIEWS: Final = (
    *(SERVICES_VIEW, MODELS_VIEW, CLUSTER_MODELS_VIEW, TEMPLATES_VIEW, CLUSTER_TEMPLATES_VIEW, TEMPLATE_CACHES_VIEW, ARTIFACTS_VIEW),
    *(CONFIGS_VIEW, CLUSTER_CONFIGS_VIEW, MODEL_SOURCES_VIEW),
)
