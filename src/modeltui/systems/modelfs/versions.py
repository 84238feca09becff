"""What is true of each version of a Model: what is wanted, what the controller reported, which Dataset stands behind it. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from modeltui.domain import UNKNOWN, Phase, Special, Status
from modeltui.redaction import redact_text
from modeltui.systems.core.types import RawQuantity
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.rows import NEVER, last_sync_of, why
from modeltui.systems.dataset.types import DATASETS, Dataset
from modeltui.systems.modelfs.types import ABSENT, SOURCES, Model, SyncedVersion, Version
from modeltui.systems.modelfs.uri import Drift, drift
from modeltui.systems.protocol import Facts


@dataclass(frozen=True, slots=True)
class VersionState:
    """One version, from the spec, the status and its Dataset."""

    name: str
    spec: Version | None
    """None when only the status still knows the version."""
    synced: SyncedVersion | None
    """None when the controller has not reported on it."""
    dataset_name: str
    dataset: Dataset | None
    """None when it is not there, or not known: `dataset_known` says which."""
    dataset_known: bool
    drift: Drift | None
    """What the spec asks for and the Dataset holds, when a wanted version was edited after its Dataset was made."""
    status: Status
    last_sync: datetime | str | Special
    """The time, "never", or UNKNOWN."""

    @property
    def wanted(self) -> bool:
        return self.spec is not None and self.spec.state != ABSENT

    @property
    def requested_storage(self) -> RawQuantity | None:
        """None when the version does not say, which makes modelfs ask for 100Ti."""
        storage = self.spec.storage if self.spec else None
        return storage.resources.requests.get("storage") if storage else None

    @property
    def observed_storage(self) -> RawQuantity | None:
        return self.synced.observed_storage if self.synced else None

    @property
    def pvc_name(self) -> str:
        """Empty when nobody has told us."""
        return (self.synced.pvc_name if self.synced else "") or (self.dataset.status.pvc_name if self.dataset else "")


def version_states(model: Model, facts: Facts) -> tuple[VersionState, ...]:
    """The versions of the spec in their order, then those that only the status still knows."""
    synced = {entry.name: entry for entry in model.status.synced_versions}
    wanted = [_state(model, entry.name, entry, synced.get(entry.name), facts) for entry in model.spec.versions]
    names = {entry.name for entry in model.spec.versions}
    leftover = [_state(model, name, None, entry, facts) for name, entry in synced.items() if name not in names]
    return (*wanted, *leftover)


def dataset_name(model: Model, version: str, synced: SyncedVersion | None) -> str:
    """As the controller reports it; before that, the name that modelfs will give it."""
    return (synced.active_dataset if synced else "") or f"mdl-{model.metadata.name}-{version}"


def datasets_of(model: Model) -> Iterable[str]:
    """Names of the Datasets that a Model's versions stand on; an index function."""
    synced = {entry.name: entry for entry in model.status.synced_versions}
    return {dataset_name(model, name, synced.get(name)) for name in (*(entry.name for entry in model.spec.versions), *synced)}


def reported(model: Model) -> bool:
    """Whether the controller has ever written a status."""
    return bool(model.status.synced_versions or model.status.conditions or model.status.observed_generation)


def _state(model: Model, name: str, spec: Version | None, synced: SyncedVersion | None, facts: Facts) -> VersionState:
    dataset = dataset_name(model, name, synced)
    found = facts.get(DATASETS, model.metadata.namespace, dataset)
    behind = found if isinstance(found, Dataset) else None
    known = facts.known(DATASETS, model.metadata.namespace) and (found is None or behind is not None)
    drifted = None
    if spec is not None and spec.state != ABSENT and behind is not None:
        drifted = drift(spec, facts.get(SOURCES, model.metadata.namespace, model.spec.source_ref), behind.spec.source.uri)
    return VersionState(
        name=name,
        spec=spec,
        synced=synced,
        dataset_name=dataset,
        dataset=behind,
        dataset_known=known,
        drift=drifted,
        status=_status(model, spec, synced, dataset, behind, drifted),
        last_sync=_last_sync(model, spec, synced, behind),
    )


def _status(
    model: Model, spec: Version | None, synced: SyncedVersion | None, name: str, dataset: Dataset | None, drifted: Drift | None
) -> Status:
    """The phase that modelfs reports. It copies the Dataset's, so where it has reported none the Dataset's word stands for it,
    and is named as such. Where the Dataset holds something else than is asked for, its phase is about the wrong thing."""
    word = synced.phase if synced else ""
    if spec is None:
        return Status(Phase.PAUSED, word, reason=f"No longer in the spec; dataset {name} {'is still there' if dataset else 'was its'}.")
    if spec.state == ABSENT:
        return Status(Phase.PAUSED, word, reason=f"Wanted ABSENT; dataset {name} is still there." if dataset else "Wanted ABSENT.")
    if drifted is not None and phase_of(word) is not Phase.FAILED:
        reason = f"dataset {name} holds {redact_text(drifted.held)}, not {redact_text(drifted.asked)}: a Dataset's source is immutable."
        return Status(Phase.DEGRADED, word, reason=reason)
    if not word and dataset is not None and dataset.status.phase:
        said = dataset.status.phase
        behind = f": {detail}" if phase_of(said) is not Phase.READY and (detail := why(dataset)) else ""
        reason = f"modelfs has not reported on it; dataset {name} says {said}{behind}"
        return Status(phase_of(said), f"dataset says {said}", reason=reason)
    if not word:
        # Asked for and seen by the controller is pending; never seen by it is not known to be anything.
        phase = Phase.PENDING if reported(model) else Phase.UNKNOWN
        return Status(phase, "", reason=f"modelfs has not reported on it yet (dataset {name}).")
    phase = phase_of(word)
    if phase is Phase.READY:
        return Status(phase, word)
    behind = f"dataset {name}" + (f": {detail}" if dataset and (detail := why(dataset)) else "")
    if phase is Phase.UNKNOWN:
        return Status(phase, word, reason=f"{word} is not a phase this console knows ({behind})")
    return Status(phase, word, reason=behind)


def _last_sync(model: Model, spec: Version | None, synced: SyncedVersion | None, dataset: Dataset | None) -> datetime | str | Special:
    """modelfs repeats the Dataset's `lastSyncTime`, which is its creation time until a round has succeeded."""
    if synced is None:
        # an absent version may well have been there once
        return NEVER if reported(model) and spec is not None and spec.state != ABSENT else UNKNOWN
    if phase_of(synced.phase) is Phase.READY:
        return synced.last_sync_time or UNKNOWN
    if dataset is not None:
        return last_sync_of(dataset)
    return NEVER if synced.last_sync_time is None and synced.observed_state != ABSENT else UNKNOWN
