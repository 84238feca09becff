"""The table of Datasets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from modeltui.domain import RowKey
from modeltui.kube.resource import Resource
from modeltui.systems.dataset.rows import COLUMNS, row
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.protocol import Facts, View


def _no_dependents(resource: Resource, obj: Any, facts: Facts) -> Iterable[RowKey]:
    """A Dataset's row needs nothing but the Dataset."""
    return ()


DATASETS_VIEW: Final = View(
    name="datasets",
    title="Datasets",
    aliases=("dataset", "data", "ds"),
    resource=DATASETS,
    type=Dataset,
    joins={},
    columns=COLUMNS,
    default_sort="name",
    detail="dataset",
    row=row,
    dependents=_no_dependents,
)
