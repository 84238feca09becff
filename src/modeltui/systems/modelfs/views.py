"""The tables of Models and ModelSources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.dataset.types import DATASETS, Dataset
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
    default_sort="name",
    detail="model",
    row=model_row,
    dependents=models_touched,
)

SOURCES_VIEW: Final = View(
    name="sources",
    title="Sources",
    aliases=("source", "modelsources", "modelsource", "msrc", "src"),
    resource=SOURCES,
    type=ModelSource,
    joins={MODELS: Model},
    columns=SOURCE_COLUMNS,
    default_sort="name",
    detail="source",
    row=source_row,
    dependents=sources_touched,
)
