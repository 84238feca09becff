"""Every trap of a Dataset, found in a manifest or in what is in the cluster already. Pure. One file per subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from modeltui.domain import Finding
from modeltui.systems.checking import errors_first, typed
from modeltui.systems.dataset.checks import changing, fetching, sharing, volume
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.protocol import Facts


def check_dataset(manifest: Mapping[str, Any] | Dataset, facts: Facts) -> tuple[Finding, ...]:
    """Errors first. `manifest` is compared with the Dataset of its name, if there is one: some of it can never change."""
    dataset = typed(manifest, Dataset)
    if isinstance(dataset, Finding):
        return (dataset,)
    live = None if manifest is dataset else facts.get(DATASETS, *dataset.metadata.key)
    return errors_first(_all(dataset, live if isinstance(live, Dataset) else None, facts))


def _all(dataset: Dataset, live: Dataset | None, facts: Facts) -> Iterator[Finding]:
    yield from fetching.name(dataset)
    yield from fetching.source(dataset)
    yield from fetching.options(dataset)
    yield from fetching.secret(dataset, facts)
    yield from volume.claim(dataset, facts)
    yield from volume.size(dataset)
    yield from volume.mount_options(dataset)
    yield from sharing.sharing(dataset)
    yield from sharing.reference(dataset, facts)
    yield from changing.rounds(dataset, live)
    if live is not None:
        yield from changing.immutable(dataset, live)
