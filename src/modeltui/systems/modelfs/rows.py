"""Model and ModelSource -> row. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import mask_config, redact_text
from modeltui.systems.core import metadata, quantity
from modeltui.systems.dataset.rows import NEVER
from modeltui.systems.modelfs.cause import cause_of
from modeltui.systems.modelfs.types import CREDENTIALS_READY, DEFAULT_STORAGE, MODELS, SOURCES, Model, ModelSource
from modeltui.systems.modelfs.versions import VersionState, version_states
from modeltui.systems.protocol import Facts

MODEL_COLUMNS: Final = (
    Column("name", "NAME", max_width=48),
    Column("namespace", "NAMESPACE", max_width=24),
    Column(
        "status",
        "STATUS",
        ColumnKind.STATUS,
        max_width=28,
        help="Worst of the wanted versions. Degraded: its Dataset holds something else than the spec asks for.",
    ),
    Column("versions", "VERSIONS", ColumnKind.RATIO, help="Versions that are ready / wanted (PRESENT)."),
    Column("source", "SOURCE", max_width=32),
    Column("source_type", "SOURCE TYPE", wide=True, max_width=16),
    Column("last_sync", "LAST SYNC", ColumnKind.AGE, help="Last success of any version; never before the first."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("tags", "TAGS", ColumnKind.TAGS, wide=True, max_width=32),
    Column(
        "storage", "REQUESTED", wide=True, max_width=12, help=f"Sum over the wanted versions; one that does not say gets {DEFAULT_STORAGE}."
    ),
    Column("observed_storage", "OBSERVED", wide=True, max_width=12, help="Sum of what the claims request, as modelfs reports it."),
    Column("repos", "REPOS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("shared", "SHARED", wide=True, help="Whether any wanted version asks to be shared with other namespaces."),
)

SOURCE_COLUMNS: Final = (
    Column("name", "NAME", max_width=48),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("type", "TYPE", max_width=16),
    Column("secret", "SECRET", max_width=32),
    Column(
        "credentials",
        "CREDENTIALS",
        ColumnKind.STATUS,
        max_width=32,
        help="Condition CredentialsReady; Secrets are not watched by modelfs.",
    ),
    Column("models", "MODELS", ColumnKind.NUMBER, help="Models of the namespace that refer to it, counted from the Models."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("config", "CONFIG", ColumnKind.TAGS, wide=True, max_width=48),
)


def model_row(model: Model, facts: Facts) -> Row:
    states = version_states(model, facts)
    wanted = [state for state in states if state.wanted]
    ready = sum(state.status.phase is Phase.READY for state in wanted)
    return Row(
        model.metadata.key,
        (
            model.metadata.name,
            model.metadata.namespace,
            model_status(model, states, facts),
            f"{ready}/{len(wanted)}",
            model.spec.source_ref or UNKNOWN,
            source_type(model, facts),
            last_sync(states),
            metadata.age(model),
            model.spec.display.tags or None,
            requested(wanted),
            observed(wanted),
            tuple(dict.fromkeys(redact_text(version.repo) for version in model.spec.versions)) or None,
            any(state.spec is not None and state.spec.share is not None and state.spec.share.enabled for state in wanted),
        ),
        model.metadata.labels,
        fault=at_fault(model, states, facts),
    )


def at_fault(model: Model, states: Sequence[VersionState], facts: Facts) -> bool:
    """What the phases do not say: versions that nothing will sync as things stand."""
    wanted = [state for state in states if state.wanted]
    unready = any(state.status.phase is not Phase.READY for state in wanted)
    return unready and (cause := cause_of(model, facts)) is not None and cause.stands


def model_status(model: Model, states: Sequence[VersionState], facts: Facts) -> Status:
    """The worst of the wanted versions, with the versions and datasets behind it."""
    if (going := metadata.deleting(model)) is not None:
        return going
    wanted = [state for state in states if state.wanted]
    if not wanted:
        return (
            Status(Phase.PAUSED, "ABSENT", "All versions are wanted ABSENT.")
            if states
            else Status(Phase.UNKNOWN, "", "It has no versions.")
        )
    worst = max(wanted, key=lambda state: state.status.phase.severity)
    told = [f"{state.name}: {state.status.reason}" for state in worst_first(wanted) if state.status.phase is not Phase.READY]
    if told and (cause := cause_of(model, facts)) is not None and cause.holds:
        told.insert(0, cause.sentence)
    return Status(worst.status.phase, worst.status.raw, "; ".join(dict.fromkeys(part.rstrip(".") for part in told)))


def worst_first(states: Iterable[VersionState]) -> list[VersionState]:
    return sorted(states, key=lambda state: -state.status.phase.severity)


def source_type(model: Model, facts: Facts) -> Value:
    source = facts.get(SOURCES, model.metadata.namespace, model.spec.source_ref)
    return (isinstance(source, ModelSource) and source.spec.type) or UNKNOWN


def last_sync(states: Iterable[VersionState]) -> Value:
    """The latest success of any version; "never" only when that is known of all."""
    moments = [state.last_sync for state in states]
    times = [moment for moment in moments if isinstance(moment, datetime)]
    if times:
        return max(times)
    return NEVER if moments and all(moment == NEVER for moment in moments) else UNKNOWN


def requested(wanted: Iterable[VersionState]) -> Value:
    """What the wanted versions ask for together, counting what modelfs asks for when a version does not say."""
    return _sum([DEFAULT_STORAGE if state.requested_storage is None else state.requested_storage for state in wanted])


def observed(wanted: Iterable[VersionState]) -> Value:
    return _sum([state.observed_storage for state in wanted])


def _sum(sizes: Sequence[str | int | float | None]) -> Value:
    """None without sizes; UNKNOWN when one is not known; a single one as it was written."""
    if not sizes:
        return None
    parsed = [quantity.parse(size) if size is not None else None for size in sizes]
    if len(sizes) == 1 and parsed[0] is not None:
        return str(sizes[0])
    numbers = [number for number in parsed if number is not None]
    return quantity.binary(sum(numbers, Decimal(0))) if len(numbers) == len(sizes) else UNKNOWN


def source_of(model: Model) -> tuple[str, ...]:
    """Name of the ModelSource that a Model refers to; an index function."""
    return (model.spec.source_ref,)


def source_row(source: ModelSource, facts: Facts) -> Row:
    config = mask_config(source.spec.type, source.spec.config)
    return Row(
        source.metadata.key,
        (
            source.metadata.name,
            source.metadata.namespace,
            source.spec.type or UNKNOWN,
            source.spec.secret_ref or None,
            credentials(source),
            referring(source, facts),
            metadata.age(source),
            tuple(f"{key}={value}" for key, value in sorted(config.items())) or None,
        ),
        source.metadata.labels,
    )


def credentials(source: ModelSource) -> Status:
    """Condition CredentialsReady; the raw word is its reason."""
    if (going := metadata.deleting(source)) is not None:
        return going
    condition = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    if condition is None:
        return Status(Phase.UNKNOWN, "", "modelfs has not checked the credentials yet.")
    match condition.status:
        case "True":
            return Status(Phase.READY, condition.reason, redact_text(condition.message))
        case "False":
            return Status(Phase.FAILED, condition.reason, redact_text(condition.message))
    return Status(Phase.UNKNOWN, condition.reason or condition.status, redact_text(condition.message))


def referring(source: ModelSource, facts: Facts) -> Value:
    """How many Models refer to it. `status.referencedBy` is filled in only while a deletion is blocked, so it is not asked."""
    if not facts.known(MODELS, source.metadata.namespace):
        return UNKNOWN
    return len(facts.where(MODELS, source.metadata.namespace, source_of, source.metadata.name))
