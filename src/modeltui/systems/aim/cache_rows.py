"""AIMTemplateCache and AIMArtifact -> row: what is fetched, how far that is, and on which claims it lies. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import redact_text
from modeltui.systems.aim.cache_types import AIMArtifact, AIMTemplateCache
from modeltui.systems.aim.conditions import is_true, reason_of
from modeltui.systems.aim.status import status_of
from modeltui.systems.aim.types import MAKER_LABELS
from modeltui.systems.core import metadata, quantity
from modeltui.systems.protocol import Facts

ARTIFACT_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("source", "SOURCE", max_width=48),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=28),
    Column("percent", "%", ColumnKind.NUMBER, help="Of the download, as it reports itself: 100 is all there, and then it is verified."),
    Column("bytes", "DOWNLOADED", max_width=20, help="Of how much; the downloader tells every few seconds."),
    Column("protocol", "PROTOCOL", max_width=12, help="Which way of fetching from the Hub is being tried."),
    Column("attempt", "ATTEMPT", ColumnKind.RATIO, help="Of the sequence of protocols."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("mode", "MODE", wide=True, max_width=10, help="Shared: stays until somebody deletes it. Dedicated: goes with its service."),
    Column("size", "SIZE", wide=True, max_width=12),
    Column("allocated", "ALLOCATED", wide=True, max_width=12, help="What the claim asks for: the size, and some head-room."),
    Column("claim", "CLAIM", wide=True, max_width=40),
    Column("model", "MODEL", wide=True, max_width=40),
    Column("sequence", "PROTOCOLS", wide=True, max_width=24),
    Column("last_used", "LAST USED", ColumnKind.AGE, wide=True),
)

CACHE_COLUMNS: Final = (
    Column("name", "NAME", max_width=48),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("template", "TEMPLATE", max_width=48),
    Column("scope", "SCOPE", max_width=10, help="Of the template."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24),
    Column("artifacts", "ARTIFACTS", ColumnKind.RATIO, help="That are ready / that it needs."),
    Column("mode", "MODE", max_width=10, help="Shared: what it fetched stays. Dedicated: goes with its service."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("claims", "CLAIMS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("models", "MODELS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("storage_class", "STORAGE CLASS", wide=True, max_width=20),
    Column("made_by", "MADE FOR", wide=True, max_width=32, help="The service that brought it about."),
)


def artifact_row(artifact: AIMArtifact, facts: Facts) -> Row:
    spec, told = artifact.spec, artifact.status
    return Row(
        artifact.metadata.key,
        (
            artifact.metadata.name,
            artifact.metadata.namespace,
            redact_text(spec.source_uri) or UNKNOWN,
            metadata.deleting(artifact) or artifact_status(artifact),
            percent(artifact),
            downloaded(artifact),
            (told.download.protocol if told.download is not None else "") or None,
            attempt(artifact),
            metadata.age(artifact),
            told.mode or UNKNOWN,
            size(artifact),
            UNKNOWN if told.allocated_size is None else str(told.allocated_size),
            told.persistent_volume_claim or UNKNOWN,
            spec.model_id or None,
            (told.download.protocol_sequence if told.download is not None else "") or None,
            told.last_used,
        ),
        artifact.metadata.labels,
    )


def artifact_status(artifact: AIMArtifact) -> Status:
    """While it is fetched, how far that is stands in the reason: 100 percent means that verification has begun."""
    found = status_of(artifact, artifact.status)
    if found.phase not in (Phase.PROCESSING, Phase.PENDING):
        return found
    if reason_of(artifact.status.conditions, "Ready") == "Verifying" or is_true(artifact.status.conditions, "DownloadComplete"):
        return Status(Phase.PROCESSING, found.raw, "Downloaded, and being verified.")
    done = percent(artifact)
    if not isinstance(done, int):
        return found
    if done >= 100:
        return Status(Phase.PROCESSING, found.raw, "Downloaded, and being verified.")
    how = artifact.status.download
    by = f", by {how.protocol}" if how is not None and how.protocol else ""
    bytes_told = downloaded(artifact)
    much = f" ({bytes_told.replace('/', ' of ')})" if isinstance(bytes_told, str) else ""
    return Status(Phase.PROCESSING, found.raw, f"Being downloaded: {done} %{much}{by}.")


def percent(artifact: AIMArtifact) -> Value:
    progress = artifact.status.progress
    if progress is None or progress.percentage is None:
        return UNKNOWN if artifact.status.status in ("", "Pending", "Progressing") else None
    return progress.percentage


def downloaded(artifact: AIMArtifact) -> Value:
    """ "3.2Gi/7.1Gi"."""
    progress = artifact.status.progress
    if progress is None or progress.downloaded_bytes is None:
        return UNKNOWN if artifact.status.status in ("", "Pending", "Progressing") else None
    total = "?" if not progress.total_bytes else quantity.binary(progress.total_bytes)
    return f"{quantity.binary(progress.downloaded_bytes)}/{total}"


def attempt(artifact: AIMArtifact) -> Value:
    how = artifact.status.download
    if how is None or how.attempt is None:
        return None
    return f"{how.attempt}/{'?' if how.total_attempts is None else how.total_attempts}"


def size(artifact: AIMArtifact) -> Value:
    told = artifact.status
    if told.display_size:
        return told.display_size
    if told.discovered_size_bytes:
        return quantity.binary(told.discovered_size_bytes)
    return UNKNOWN if artifact.spec.size is None else str(artifact.spec.size)


def cache_row(cache: AIMTemplateCache, facts: Facts) -> Row:
    spec, told = cache.spec, cache.status
    held = [artifact for _, artifact in sorted(told.artifacts.items())]
    wanted = max(len(held), len(spec.model_sources))
    return Row(
        cache.metadata.key,
        (
            cache.metadata.name,
            cache.metadata.namespace,
            spec.template_name or UNKNOWN,
            spec.template_scope or UNKNOWN,
            metadata.deleting(cache) or status_of(cache, told),
            f"{sum(one.status == 'Ready' for one in held)}/{wanted}" if wanted else UNKNOWN,
            spec.mode or "Shared",
            metadata.age(cache),
            tuple(one.persistent_volume_claim for one in held if one.persistent_volume_claim) or None,
            tuple(one.model for one in held if one.model) or tuple(one.model_id for one in spec.model_sources) or None,
            spec.storage_class_name or None,
            next((found for label in MAKER_LABELS if (found := cache.metadata.labels.get(label))), None),
        ),
        cache.metadata.labels,
    )
