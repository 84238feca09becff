"""What cannot be changed any more: a Dataset keeps the source that it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from modeltui.domain import Finding, Severity
from modeltui.redaction import redact_text
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.modelfs.checks.asked import Asked
from modeltui.systems.modelfs.rows import source_of
from modeltui.systems.modelfs.types import ABSENT, MODELS, Model, ModelSource
from modeltui.systems.modelfs.uri import drift
from modeltui.systems.modelfs.versions import dataset_name
from modeltui.systems.protocol import Facts


def drifted(asked: Asked) -> Iterator[Finding]:
    if (apart := asked.state.drift) is not None:
        yield Finding(
            Severity.ERROR,
            f"Version {asked.version.name} asks for {redact_text(apart.asked)}, but dataset {asked.state.dataset_name} holds "
            f"{redact_text(apart.held)}: a Dataset's source is immutable, so modelfs cannot follow the edit.",
            "Set the version ABSENT until dataset and volume are gone, then PRESENT; or add a version with a new name.",
            f"{asked.field}.repo",
        )


def datasets_left_behind(source: ModelSource, facts: Facts) -> Iterator[Finding]:
    """Datasets made from an earlier form of this source."""
    left = []
    for model in facts.where(MODELS, source.metadata.namespace, source_of, source.metadata.name):
        if isinstance(model, Model):
            left += [name for name in _datasets(model, source, facts) if name not in left]
    if left:
        yield Finding(
            Severity.ERROR,
            f"Datasets {', '.join(left)} were made from another type or address: a Dataset's source is immutable, so modelfs cannot "
            "make them follow.",
            "Set their versions ABSENT until dataset and volume are gone, then PRESENT; or make another ModelSource.",
            "spec.config" if source.spec.config else "spec.type",
        )


def _datasets(model: Model, source: ModelSource, facts: Facts) -> Iterator[str]:
    synced = {entry.name: entry for entry in model.status.synced_versions}
    for version in model.spec.versions:
        name = dataset_name(model, version.name, synced.get(version.name))
        found = facts.get(DATASETS, model.metadata.namespace, name)
        if version.state == ABSENT or not isinstance(found, Dataset) or not found.spec.source.type:
            continue
        # an edit of the version itself is told at the Model; here only what cannot come from its repo
        other_type = found.spec.source.type != source.spec.type
        other_place = not version.repo and drift(version, source, found.spec.source.uri) is not None
        if other_type or other_place or (_fixed(source) and drift(version, source, found.spec.source.uri)):
            yield name


def _fixed(source: ModelSource) -> bool:
    """Whether the address comes from the settings whatever the version says, wholly or at its beginning."""
    return "uri" in source.spec.config or source.spec.type in ("PVC", "NFS")
