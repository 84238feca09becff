"""The tables of KServe's kinds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import Finding, RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.core.types import CLAIMS, NODES, Node, PersistentVolumeClaim
from modeltui.systems.kserve import consequences, llm_reading, observed, operations, reading, rows, status
from modeltui.systems.kserve.cache_types import CACHES, NODE_GROUPS, LocalModelCache, LocalModelNodeGroup
from modeltui.systems.kserve.checks import check_cache, check_llm, check_runtime, check_service
from modeltui.systems.kserve.llm_types import (
    LLM_CONFIGS,
    LLM_SERVICES,
    OLD_LLM_CONFIGS,
    OLD_LLM_SERVICES,
    LLMInferenceService,
    LLMInferenceServiceConfig,
)
from modeltui.systems.kserve.types import (
    CLUSTER_RUNTIMES,
    RUNTIMES,
    SERVICE_ACCOUNTS,
    SERVICES,
    InferenceService,
    ServiceAccount,
    ServingRuntime,
)
from modeltui.systems.protocol import Facts, Serves, View
from modeltui.systems.serving.views import serving_view


def services_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The InferenceServices that run on a runtime: one of the cluster may be that of any namespace."""
    namespace, name = obj.metadata.key
    return [service.metadata.key for service in facts.where(SERVICES, namespace, rows.runtime_of, name)]


def runtimes_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The runtime of an InferenceService, of its namespace or of the cluster."""
    return [key for name in rows.runtime_of(obj) for key in ((obj.metadata.namespace, name), ("", name))]


def examine_service(service: InferenceService, facts: Facts) -> Iterable[Finding]:
    checked = check_service(service, facts)
    return (*checked, *(one for one in observed.of_service(service) if not observed.told_already(one, checked)))


EVIDENCE: Final = {CLAIMS: PersistentVolumeClaim, NODES: Node, SERVICE_ACCOUNTS: ServiceAccount}

SERVICES_VIEW: Final = serving_view(
    name="inferenceservices",
    title="InferenceServices",
    aliases=("inferenceservice", "isvc", "kserve"),
    system="KServe",
    resource=SERVICES,
    kind=InferenceService,
    serves=Serves(read=reading.read, pods=reading.pods, good_when=status.good_when),
    joins={RUNTIMES: ServingRuntime, CLUSTER_RUNTIMES: ServingRuntime},
    dependents=services_touched,
    secrets=reading.secrets,
    examine=examine_service,
    check=check_service,
    consequences=consequences.of_service,
    operations=operations.of_service,
    evidence=EVIDENCE,
)


def _config_of(service: LLMInferenceService) -> Iterable[str]:
    """Names of the configs that an LLMInferenceService is put together from."""
    return [ref.name for ref in service.spec.base_refs]


def _llm_view(services: Resource, configs: Resource, older: tuple[View, ...] = ()) -> View:
    """Of one version of the API."""

    def touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
        namespace, name = obj.metadata.key
        return [service.metadata.key for service in facts.where(services, namespace, _config_of, name)]

    def checked(manifest: Any, facts: Facts) -> Iterable[Finding]:
        return check_llm(manifest, facts, kind=services, configs=configs)

    def examine(service: LLMInferenceService, facts: Facts) -> Iterable[Finding]:
        return (*observed.of_llm(service), *check_llm(service, facts, kind=services, configs=configs))

    return serving_view(
        name="llminferenceservices",
        title="LLMInferenceServices",
        aliases=("llminferenceservice", "llmisvc"),
        system="KServe",
        resource=services,
        kind=LLMInferenceService,
        serves=Serves(read=llm_reading.reader(configs), pods=llm_reading.pods, good_when=status.good_when),
        joins={configs: LLMInferenceServiceConfig},
        dependents=touched,
        secrets=llm_reading.secrets,
        examine=examine,
        check=checked,
        consequences=consequences.of_llm,
        operations=operations.of_llm(services),
        evidence=EVIDENCE,
        older=older,
    )


LLM_VIEW: Final = _llm_view(LLM_SERVICES, LLM_CONFIGS, older=(_llm_view(OLD_LLM_SERVICES, OLD_LLM_CONFIGS),))

RUNTIMES_VIEW: Final = View(
    name="servingruntimes",
    title="ServingRuntimes",
    aliases=("servingruntime", "runtimes"),
    resource=RUNTIMES,
    type=ServingRuntime,
    joins={SERVICES: InferenceService},
    columns=rows.RUNTIME_COLUMNS,
    row=rows.runtime_row,
    dependents=runtimes_touched,
    examine=check_runtime,
    check=check_runtime,
    consequences=consequences.of_runtime,
)

CLUSTER_RUNTIMES_VIEW: Final = replace(
    RUNTIMES_VIEW,
    name="clusterservingruntimes",
    title="ClusterServingRuntimes",
    aliases=("clusterservingruntime", "clusterruntimes"),
    resource=CLUSTER_RUNTIMES,
    elsewhere=frozenset({SERVICES}),
)

CACHES_VIEW: Final = View(
    name="localmodelcaches",
    title="LocalModelCaches",
    aliases=("localmodelcache", "lmc"),
    resource=CACHES,
    type=LocalModelCache,
    columns=rows.CACHE_COLUMNS,
    row=rows.cache_row,
    examine=check_cache,
    check=check_cache,
    consequences=consequences.of_cache,
    evidence={NODE_GROUPS: LocalModelNodeGroup},
)
