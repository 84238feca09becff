"""What the checks of a version look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.modelfs.types import ABSENT, SOURCES, Model, ModelSource, Version
from modeltui.systems.modelfs.versions import VersionState, version_states
from modeltui.systems.protocol import Facts


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry of spec.versions, with its surroundings."""

    model: Model
    version: Version
    field: str
    """Its path: "spec.versions[0]"."""
    state: VersionState
    facts: Facts

    @property
    def wanted(self) -> bool:
        return self.version.state != ABSENT

    @property
    def source(self) -> ModelSource | None:
        """None when it is not there or not known."""
        found = self.facts.get(SOURCES, self.model.metadata.namespace, self.model.spec.source_ref)
        return found if isinstance(found, ModelSource) else None

    @property
    def source_type(self) -> str:
        return self.source.spec.type if self.source else ""

    @property
    def dataset(self) -> Dataset | None:
        found = self.facts.get(DATASETS, self.model.metadata.namespace, self.state.dataset_name)
        return found if isinstance(found, Dataset) else None


def asked_of(model: Model, facts: Facts) -> Iterator[Asked]:
    for place, (version, state) in enumerate(zip(model.spec.versions, version_states(model, facts), strict=False)):
        yield Asked(model, version, f"spec.versions[{place}]", state, facts)
