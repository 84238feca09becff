"""Dataset -> row. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.dataset.phases import phase_of
from modeltui.systems.dataset.types import DEFAULT_STORAGE, Dataset
from modeltui.systems.protocol import Facts

NEVER: Final = "never"

COLUMNS: Final = (
    Column("name", "NAME", max_width=48),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24, help="The Dataset's own phase. FAILED also means a bad configuration."),
    Column("type", "TYPE", max_width=16),
    Column("uri", "URI", max_width=48),
    Column("model", "MODEL", max_width=32, help="The modelfs Model that made it."),
    Column("round", "ROUND", ColumnKind.RATIO, help="Last round that succeeded / round asked for."),
    Column("pvc", "CLAIM", max_width=40, help="The PersistentVolumeClaim that holds the data."),
    Column("storage", "STORAGE", max_width=12, help=f"Requested size; {DEFAULT_STORAGE} when nobody asked for one."),
    Column("last_sync", "LAST SYNC", ColumnKind.AGE, help="End of the last successful round; never before the first."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("shared", "SHARED", wide=True, help="Whether other namespaces may refer to it."),
    Column("read_only", "READ ONLY", wide=True),
    Column("secret", "SECRET", wide=True, max_width=32),
)


def row(dataset: Dataset, facts: Facts) -> Row:
    spec, status = dataset.spec, dataset.status
    return Row(
        dataset.metadata.key,
        (
            dataset.metadata.name,
            dataset.metadata.namespace,
            status_of(dataset),
            spec.source.type or UNKNOWN,
            redact_text(spec.source.uri) or UNKNOWN,
            model_of(dataset),
            f"{status.last_succeed_round}/{spec.data_sync_round}",
            claim_of(dataset),
            storage_of(dataset),
            last_sync_of(dataset),
            metadata.age(dataset),
            spec.share,
            status.read_only,
            spec.secret_ref or None,
        ),
        dataset.metadata.labels,
    )


def status_of(dataset: Dataset) -> Status:
    """The phase, and behind it the conditions that do not hold: FAILED alone says little."""
    if (going := metadata.deleting(dataset)) is not None:
        return going
    phase, word = phase_of(dataset.status.phase), dataset.status.phase
    if phase is Phase.READY:
        return Status(phase, word)
    return Status(phase, word, reason=why(dataset))


def why(dataset: Dataset) -> str:
    """One line from the conditions. Their reason is "<Type>Ready" even when they do not hold, so only status and message count."""
    broken = [
        f"{condition.type}: {redact_text(condition.message) or 'not ready'}"
        for condition in dataset.status.conditions
        if condition.status == "False"
    ]
    if broken:
        return "; ".join(broken)
    if not dataset.status.phase:
        return "The Dataset controller has not reported yet."
    if dataset.status.in_processing:
        return f"Round {dataset.status.in_processing_round} is under way; no field reports how far."
    asked, succeeded = dataset.spec.data_sync_round, dataset.status.last_succeed_round
    if succeeded != asked:
        job = next((entry.job_name for entry in dataset.status.sync_round_statuses if entry.round == asked), "")
        if job:
            return f"Round {asked} did not succeed; the log of job {job} says why."
        return f"Round {asked} was asked for; the last one that succeeded is {succeeded or 'none'}."
    return ""


def model_of(dataset: Dataset) -> Value:
    """Name of the owning Model; None when nobody owns it."""
    return next((owner.name for owner in dataset.metadata.owner_references if owner.kind == "Model"), None)


def claim_of(dataset: Dataset) -> Value:
    """As the controller reports it; before that, the one that is referred to."""
    reference = dataset.spec.volume_claim_ref
    return dataset.status.pvc_name or (reference.name if reference else None) or UNKNOWN


def storage_of(dataset: Dataset) -> Value:
    """Requested size; None when the volume is not made for this Dataset."""
    if dataset.spec.volume_claim_ref is not None or dataset.spec.source.type in ("PVC", "REFERENCE"):
        return None
    template = dataset.spec.volume_claim_template
    size = template.spec.resources.requests.get("storage") if template else None
    return str(size) if size is not None else DEFAULT_STORAGE


def last_sync_of(dataset: Dataset) -> datetime | str:
    """`lastSyncTime` is the creation time until a round has succeeded."""
    moment = dataset.status.last_sync_time
    if moment is None or not dataset.status.last_succeed_round or moment == dataset.metadata.creation_timestamp:
        return NEVER
    return moment
