"""Runtimes and caches -> rows. Pure. (Those of what serves are made by `systems.serving`.)"""

from __future__ import annotations

from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.kube.resource import Resource
from modeltui.redaction import redact_text
from modeltui.systems.core import metadata
from modeltui.systems.kserve import runtimes
from modeltui.systems.kserve.cache_types import LocalModelCache
from modeltui.systems.kserve.types import CLUSTER_RUNTIMES, RUNTIMES, SERVICES, InferenceService, ServingRuntime
from modeltui.systems.protocol import Facts
from modeltui.systems.serving import command_line, gpus, uris

RUNTIME_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("formats", "FORMATS", ColumnKind.TAGS, max_width=36, help="Model formats that it serves; * is chosen automatically."),
    Column("engine", "ENGINE", max_width=12),
    Column("enabled", "ENABLED", max_width=8),
    Column(
        "used_by", "USED BY", ColumnKind.NUMBER, help="InferenceServices that run on it; unknown while not all namespaces are looked at."
    ),
    Column("age", "AGE", ColumnKind.AGE),
    Column("image", "IMAGE", max_width=56),
    Column("protocols", "PROTOCOLS", ColumnKind.TAGS, wide=True, max_width=20),
    Column("gpus", "GPUS", ColumnKind.NUMBER, wide=True, help="That it asks for itself, before the InferenceService says anything."),
    Column("multi_node", "MULTI-NODE", wide=True, max_width=10),
)


def runtime_row(runtime: ServingRuntime, facts: Facts) -> Row:
    spec = runtime.spec
    container = next((one for one in spec.containers if one.name == runtimes.CONTAINER), next(iter(spec.containers), None))
    return Row(
        runtime.metadata.key,
        (
            runtime.metadata.name,
            runtime.metadata.namespace or None,
            tuple(_format(one.name, one.version, chosen=one.auto_select) for one in spec.supported_model_formats) or None,
            (command_line.engine_of(container) if container else "") or UNKNOWN,
            not spec.disabled,
            _users(runtime, facts),
            metadata.age(runtime),
            redact_text(container.image) if container and container.image else UNKNOWN,
            spec.protocol_versions or None,
            sum(gpus.of_containers(spec.containers).values()),
            spec.worker_spec is not None,
        ),
        runtime.metadata.labels,
    )


def _format(name: str, version: str | None, *, chosen: bool) -> str:
    return f"{name}{':' + version if version else ''}{'*' if chosen else ''}"


def kind_of(runtime: ServingRuntime) -> Resource:
    return RUNTIMES if runtime.metadata.namespace else CLUSTER_RUNTIMES


def users(runtime: ServingRuntime, facts: Facts) -> list[InferenceService]:
    """Those that run on it, as far as they are known."""
    found = facts.where(SERVICES, runtime.metadata.namespace, runtime_of, runtime.metadata.name)
    mine = [one for one in found if isinstance(one, InferenceService)]
    return [one for one in mine if (chosen := runtimes.of(one, facts)) is not None and chosen.resource == kind_of(runtime)]


def runtime_of(service: InferenceService) -> tuple[str, ...]:
    """Name of the runtime that an InferenceService runs on."""
    model = service.spec.predictor.predicted
    name = (model.runtime if model else None) or service.status.serving_runtime_name or service.status.cluster_serving_runtime_name
    return (name,) if name else ()


def _users(runtime: ServingRuntime, facts: Facts) -> Value:
    return len(users(runtime, facts)) if facts.known(SERVICES, runtime.metadata.namespace) else UNKNOWN


CACHE_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=12),
    Column("model", "MODEL", max_width=48),
    Column("size", "SIZE", max_width=10, help="As the spec says it: KServe plans disks by it and does not measure."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=20),
    Column("copies", "COPIES", ColumnKind.RATIO, help="Nodes that have it / that shall have it."),
    Column("failed", "FAILED", ColumnKind.NUMBER),
    Column("node_groups", "NODE GROUPS", ColumnKind.TAGS, max_width=30),
    Column("used_by", "USED BY", ColumnKind.NUMBER),
    Column("age", "AGE", ColumnKind.AGE),
    Column("source", "SOURCE", wide=True, max_width=64),
)


def cache_row(cache: LocalModelCache, facts: Facts) -> Row:
    spec, status = cache.spec, cache.status
    copies = status.copies
    return Row(
        cache.metadata.key,
        (
            cache.metadata.name,
            None,
            redact_text(uris.model_name(spec.source_model_uri)) or UNKNOWN,
            str(spec.model_size) or UNKNOWN,
            metadata.deleting(cache) or cache_status(cache),
            f"{_number(copies.available)}/{_number(copies.total)}" if copies else UNKNOWN,
            UNKNOWN if copies is None else copies.failed or 0,
            spec.node_groups or None,
            len(status.used_by),
            metadata.age(cache),
            redact_text(spec.source_model_uri) or UNKNOWN,
        ),
        cache.metadata.labels,
    )


def _number(number: int | None) -> str:
    return "?" if number is None else str(number)


def cache_status(cache: LocalModelCache) -> Status:
    """KServe gives no phase: it comes of the state of each node. There is no progress in bytes."""
    nodes, copies = cache.status.node_status, cache.status.copies
    raw = ", ".join(sorted(set(nodes.values())))
    if not nodes and (copies is None or not copies.total):
        return Status(Phase.PENDING, raw, "No node is in its groups, or KServe has not taken it up yet.")
    failed = sorted(node for node, state in nodes.items() if state == "NodeDownloadError")
    done = [node for node, state in nodes.items() if state == "NodeDownloaded"]
    if failed:
        some = f"The download failed on {', '.join(failed[:3])}{' and others' if len(failed) > 3 else ''}."
        return Status(Phase.DEGRADED if done else Phase.FAILED, raw, some)
    if len(done) == len(nodes) and nodes:
        return Status(Phase.READY, raw)
    return Status(Phase.PROCESSING, raw, f"{len(done)} of {len(nodes)} nodes have it.")
