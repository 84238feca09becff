"""What of a Dataset that is there cannot become something else, or does not last."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.dataset.rows import model_of
from modeltui.systems.dataset.types import Dataset


def immutable(dataset: Dataset, live: Dataset) -> Iterator[Finding]:
    for field, said, held in (
        ("spec.source.type", dataset.spec.source.type, live.spec.source.type),
        ("spec.source.uri", dataset.spec.source.uri, live.spec.source.uri),
        ("spec.mountOptions.path", dataset.spec.mount_options.path, live.spec.mount_options.path),
    ):
        if said != held:
            yield Finding(
                Severity.ERROR,
                f'{field} is immutable: it is "{redact_text(held)}" and cannot become "{redact_text(said)}".',
                "Delete the Dataset, and with it the data on its volume, and make it anew; or make another one.",
                field,
            )


def rounds(dataset: Dataset, live: Dataset | None) -> Iterator[Finding]:
    asked, held = dataset.spec.data_sync_round, live.spec.data_sync_round if live else None
    if asked <= 0:
        yield Finding(Severity.ERROR, f"dataSyncRound begins at 1, and cannot be {asked}.", "Set 1.", "spec.dataSyncRound")
    elif held is not None and asked > held + 1:
        yield Finding(
            Severity.ERROR,
            f"dataSyncRound can rise by one at a time: it is {held} and cannot become {asked}.",
            f"Set {held + 1} to have it fetched once more.",
            "spec.dataSyncRound",
        )
    if held is not None and asked > held and model_of(dataset):
        yield Finding(
            Severity.WARNING,
            "modelfs owns it, and its next reconcile sets dataSyncRound back to 1.",
            "For a fetch that lasts, set the version of the Model ABSENT until dataset and volume are gone, then PRESENT.",
            "spec.dataSyncRound",
        )
