"""The tables of Models, ModelSources, and what was shared of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.checking import in_turn
from modeltui.systems.core.types import (
    CLAIMS,
    NAMESPACES,
    STORAGE_CLASSES,
    Namespace,
    PersistentVolumeClaim,
    StorageClass,
)
from modeltui.systems.dataset.references import is_reference
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.dataset.views import DATASETS_VIEW
from modeltui.systems.modelfs import audit, observed, unsharing
from modeltui.systems.modelfs.checks import check_model, check_source
from modeltui.systems.modelfs.consequences import of_model, of_source
from modeltui.systems.modelfs.operations import of_model as operations_of_model
from modeltui.systems.modelfs.rows import MODEL_COLUMNS, SOURCE_COLUMNS, model_row, source_of, source_row
from modeltui.systems.modelfs.types import MODELS, SOURCES, Model, ModelSource
from modeltui.systems.modelfs.versions import datasets_of
from modeltui.systems.protocol import Facts, View


def models_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The Models that refer to a ModelSource, or that stand on a Dataset."""
    index = source_of if resource == SOURCES else datasets_of
    namespace, name = obj.metadata.key
    return [model.metadata.key for model in facts.where(MODELS, namespace, index, name)]


def sources_touched(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """The ModelSource that a Model refers to."""
    return [(obj.metadata.namespace, obj.spec.source_ref)]


MODELS_VIEW: Final = View(
    name="models",
    title="Models",
    aliases=("model", "mdl"),
    resource=MODELS,
    type=Model,
    joins={SOURCES: ModelSource, DATASETS: Dataset},
    columns=MODEL_COLUMNS,
    detail="model",
    row=model_row,
    dependents=models_touched,
    examine=in_turn(check_model, observed.of_model),
    check=check_model,
    consequences=of_model,
    operations=operations_of_model,
    evidence={NAMESPACES: Namespace, STORAGE_CLASSES: StorageClass, CLAIMS: PersistentVolumeClaim},
)

SOURCES_VIEW: Final = View(
    name="sources",
    title="Sources",
    aliases=("source", "modelsources", "modelsource", "msrc", "src"),
    resource=SOURCES,
    type=ModelSource,
    joins={MODELS: Model},
    columns=SOURCE_COLUMNS,
    detail="source",
    row=source_row,
    dependents=sources_touched,
    examine=in_turn(check_source, observed.of_source),
    check=check_source,
    consequences=of_source,
    evidence={CLAIMS: PersistentVolumeClaim, DATASETS: Dataset},
    secrets=lambda source: (source.spec.secret_ref,),
)

SHARES_VIEW: Final = replace(
    DATASETS_VIEW,
    name="shares",
    title="Shares",
    aliases=("share", "audit", "references"),
    joins={DATASETS: Dataset, MODELS: Model, NAMESPACES: Namespace},
    elsewhere=frozenset({DATASETS, MODELS}),
    columns=audit.COLUMNS,
    row=audit.row,
    examine=unsharing.examine,
    consequences=unsharing.of_reference,
    dependents=audit.touched,
    evidence={resource: kind for resource, kind in DATASETS_VIEW.evidence.items() if resource != NAMESPACES},
    shows=is_reference,
)
"""Datasets that came by sharing, in the namespaces that received them."""
