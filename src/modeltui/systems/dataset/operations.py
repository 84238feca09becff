"""What can be done with a Dataset: its data fetched once more. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from modeltui.systems.dataset import manifests
from modeltui.systems.dataset.references import is_reference
from modeltui.systems.dataset.rows import model_of
from modeltui.systems.dataset.types import Dataset
from modeltui.systems.operations import Operation, Stage
from modeltui.systems.protocol import Facts


def of_dataset(dataset: Dataset, part: str, facts: Facts) -> Iterable[Operation]:
    if not is_reference(dataset):  # which fetches nothing
        yield Operation(
            title="Sync it again (one more round)",
            change="Sync again:",
            stages=(Stage(become=manifests.synced_anew),),
            why_not=_why_not(dataset),
        )


def _why_not(dataset: Dataset) -> str:
    if (owner := model_of(dataset)) is not None:
        return f"modelfs would set the round back; sync the version again from Model {owner}"
    if dataset.status.in_processing:
        return f"round {dataset.status.in_processing_round or dataset.spec.data_sync_round} is under way"
    return ""
