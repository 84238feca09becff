"""AIMRuntimeConfig of either scope, and AIMClusterModelSource -> row. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status
from modeltui.systems.aim.config_types import AIMConfig, AIMModelSource
from modeltui.systems.aim.status import status_of
from modeltui.systems.core import metadata
from modeltui.systems.protocol import Facts

CONFIG_COLUMNS: Final = (
    Column("name", "NAME", max_width=40, help='"default" applies to what names none.'),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("storage_class", "STORAGE CLASS", max_width=24),
    Column("headroom", "HEAD-ROOM %", ColumnKind.NUMBER, help="Added to the size of weights when a claim is made."),
    Column("routing", "ROUTING", help="Whether services get a route, unless they say otherwise."),
    Column("gateway", "GATEWAY", max_width=40),
    Column("path", "PATH", max_width=48),
    Column("env", "ENV", ColumnKind.TAGS, max_width=40, help="Names of the variables that every service gets; no values."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("timeout", "TIMEOUT", wide=True, max_width=10),
    Column("labels_passed", "LABELS PASSED ON", ColumnKind.TAGS, wide=True, max_width=32),
    Column("status", "STATUS", ColumnKind.STATUS, wide=True, max_width=24),
)

SOURCE_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("registry", "REGISTRY", max_width=24),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=28),
    Column("models", "MODELS", ColumnKind.RATIO, help="AIMClusterModels that it made / images that its filters match."),
    Column("limit", "LIMIT", ColumnKind.NUMBER, help="At most so many are made."),
    Column("last_sync", "LAST SYNC", ColumnKind.AGE),
    Column("filters", "FILTERS", ColumnKind.TAGS, max_width=48),
    Column("age", "AGE", ColumnKind.AGE),
    Column("versions", "VERSIONS", ColumnKind.TAGS, wide=True, max_width=32),
    Column("interval", "INTERVAL", wide=True, max_width=10),
)


def config_row(config: AIMConfig, facts: Facts) -> Row:
    spec = config.spec
    storage, routing = spec.storage, spec.routing
    headroom = storage.pvc_headroom_percent if storage is not None else spec.pvc_headroom_percent
    gateway = routing.gateway_ref if routing is not None else None
    passed = spec.label_propagation
    return Row(
        config.metadata.key,
        (
            config.metadata.name,
            config.metadata.namespace,
            (storage.default_storage_class_name if storage is not None else "") or spec.default_storage_class_name or None,
            headroom,
            routing.enabled if routing is not None else None,
            None if gateway is None else "/".join(part for part in (gateway.namespace, gateway.name) if part),
            (routing.path_template if routing is not None else "") or None,
            tuple(variable.name for variable in spec.env) or None,
            metadata.age(config),
            (routing.request_timeout if routing is not None else "") or None,
            passed.match if passed is not None and passed.enabled else None,
            metadata.deleting(config) or _config_status(config),
        ),
        config.metadata.labels,
    )


def _config_status(config: AIMConfig) -> Status:
    """It has conditions only, and needs none of them to apply."""
    if not config.status.conditions and not config.status.status:
        return Status(Phase.READY)
    return status_of(config, config.status)


def source_row(source: AIMModelSource, facts: Facts) -> Row:
    spec, told = source.spec, source.status
    found = "?" if told.available_models is None else str(told.available_models)
    made = "?" if told.discovered_models is None else str(told.discovered_models)
    return Row(
        source.metadata.key,
        (
            source.metadata.name,
            source.metadata.namespace,
            spec.registry,
            metadata.deleting(source) or source_status(source),
            f"{made}/{found}",
            spec.max_models,
            told.last_sync_time or UNKNOWN,
            tuple(one.image for one in spec.filters) or None,
            metadata.age(source),
            spec.versions or None,
            spec.sync_interval,
        ),
        source.metadata.labels,
    )


def source_status(source: AIMModelSource) -> Status:
    found = status_of(source, source.status)
    if found.phase is Phase.READY and source.status.models_limit_reached:
        return Status(Phase.DEGRADED, found.raw, f"It stops at {source.spec.max_models} models (spec.maxModels): there are more.")
    return found
