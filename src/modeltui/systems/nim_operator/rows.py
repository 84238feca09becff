"""NIMCache -> row. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Row
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.nim_operator import reading
from modeltui.systems.nim_operator.types import SERVICES, NIMCache, NIMService
from modeltui.systems.protocol import Facts

CACHE_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("model", "MODEL", max_width=48),
    Column("source", "SOURCE", max_width=14),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=20),
    Column("profiles", "PROFILES", ColumnKind.NUMBER, help="Profiles of the model that it holds."),
    Column("claim", "CLAIM", max_width=40),
    Column("size", "SIZE", max_width=10, help="That its claim asks for; how much is in it, nobody says."),
    Column("used_by", "USED BY", ColumnKind.NUMBER),
    Column("age", "AGE", ColumnKind.AGE),
)


def cache_of(service: NIMService) -> tuple[str, ...]:
    """Name of the NIMCache that a NIMService reads from."""
    named = service.spec.storage.nim_cache
    return (named.name,) if named is not None and named.name else ()


def users(cache: NIMCache, facts: Facts) -> list[str]:
    found = facts.where(SERVICES, cache.metadata.namespace, cache_of, cache.metadata.name)
    return [one.metadata.name for one in found]


def cache_row(cache: NIMCache, facts: Facts) -> Row:
    pvc = cache.spec.storage.pvc
    return Row(
        cache.metadata.key,
        (
            cache.metadata.name,
            cache.metadata.namespace,
            redact_text(reading.model_of(cache)) or UNKNOWN,
            reading.source_of(cache) or UNKNOWN,
            metadata.deleting(cache) or reading.cache_status(cache),
            len(cache.status.profiles) if cache.status.profiles or cache.status.state == "Ready" else UNKNOWN,
            cache.status.pvc or pvc.name or (None if cache.spec.storage.host_path else UNKNOWN),
            pvc.size or None,
            len(users(cache, facts)) if facts.known(SERVICES, cache.metadata.namespace) else UNKNOWN,
            metadata.age(cache),
        ),
        cache.metadata.labels,
    )
