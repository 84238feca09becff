"""What can be done with a Dataset: its data fetched once more. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.systems.dataset import manifests
from modeltui.systems.dataset.references import is_reference
from modeltui.systems.dataset.rows import model_of
from modeltui.systems.dataset.types import Dataset
from modeltui.systems.operations import Operation
from modeltui.systems.protocol import Facts


def of_dataset(dataset: Dataset, part: str, facts: Facts) -> Iterable[Operation]:
    if is_reference(dataset):
        return  # it fetches nothing
    owner = model_of(dataset)
    yield Operation(
        title="Run its sync again (one more round)",
        change="Run the sync again of",
        become=manifests.synced_anew,
        why_not=f"modelfs sets the round back: run the version again from Model {owner}" if owner else "",
    )
