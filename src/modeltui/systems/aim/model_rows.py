"""AIMModel and AIMServiceTemplate, of either scope -> row. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import redact_text
from modeltui.systems.aim import hardware
from modeltui.systems.aim.model_types import AIMModel, AIMTemplate, RecommendedDeployment
from modeltui.systems.aim.selection import model_name
from modeltui.systems.aim.status import status_of
from modeltui.systems.aim.types import CLUSTER_TEMPLATES, ORIGIN_LABEL, TEMPLATES, Hardware
from modeltui.systems.core import metadata
from modeltui.systems.protocol import Facts

MODEL_COLUMNS: Final = (
    Column("name", "NAME", max_width=40),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("model", "MODEL", ColumnKind.TAGS, max_width=40, help="The id under which it is known: of the image, or of its own weights."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24),
    Column("source_type", "SOURCE", max_width=8, help="Image: the weights are those that the image knows. Custom: its own."),
    Column("templates", "TEMPLATES", ColumnKind.RATIO, help="Profiles of it that are ready / there."),
    Column("recommended", "RECOMMENDED", ColumnKind.TAGS, max_width=40, help="Hardware that it is made for."),
    Column("token", "HF TOKEN", help="Whether fetching its weights needs a token of the Hub."),
    Column("age", "AGE", ColumnKind.AGE),
    Column("image", "IMAGE", wide=True, max_width=56),
    Column("sources", "WEIGHTS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("origin", "MADE BY", wide=True, max_width=20, help="auto-generated: a service brought it about, and leaves it behind."),
    Column("title", "TITLE", wide=True, max_width=32),
    Column("tags", "TAGS", ColumnKind.TAGS, wide=True, max_width=32),
)

TEMPLATE_COLUMNS: Final = (
    Column("name", "NAME", max_width=48),
    Column("namespace", "NAMESPACE", max_width=24),
    Column("model", "MODEL", max_width=40, help="The AIMModel or AIMClusterModel that it is a profile of."),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=24, help="NotAvailable: no node has the GPU that it wants."),
    Column("hardware", "HARDWARE", max_width=24, help="Of one replica."),
    Column("metric", "METRIC", max_width=10),
    Column("precision", "PRECISION", max_width=10),
    Column("type", "TYPE", max_width=12, help="Only optimized ones are chosen, unless a service allows the others."),
    Column("engine", "ENGINE", max_width=10),
    Column("age", "AGE", ColumnKind.AGE),
    Column("profile", "PROFILE", wide=True, max_width=40),
    Column("sources", "WEIGHTS", ColumnKind.TAGS, wide=True, max_width=48),
    Column("cached", "CACHED", wide=True, help="Whether it fetches its weights before a service asks for them."),
    Column("origin", "MADE BY", wide=True, max_width=20, help="derived: the overrides of a service brought it about."),
)


def model_row(model: AIMModel, facts: Facts) -> Row:
    about = model.about
    found = templates_of(model, facts)
    return Row(
        model.metadata.key,
        (
            model.metadata.name,
            model.metadata.namespace,
            model_ids(model) or UNKNOWN,
            metadata.deleting(model) or status_of(model, model.status),
            model.status.source_type or ("Custom" if model.spec.model_sources else "Image"),
            UNKNOWN if found is None else f"{sum(one.status.status == 'Ready' for one in found)}/{len(found)}",
            recommended(model) or None,
            UNKNOWN if about is None or about.hf_token_required is None else about.hf_token_required,
            metadata.age(model),
            model.spec.image or UNKNOWN,
            tuple(redact_text(source.source_uri) for source in model.spec.model_sources) or None,
            model.metadata.labels.get(ORIGIN_LABEL) or None,
            (about.title if about is not None else "") or None,
            (about.tags if about is not None else ()) or None,
        ),
        model.metadata.labels,
    )


def templates_of(model: AIMModel, facts: Facts) -> list[AIMTemplate] | None:
    """Those that AIM Engine makes of it, which have its scope; None when they may not be seen."""
    namespace, name = model.metadata.key
    resource = TEMPLATES if namespace else CLUSTER_TEMPLATES
    if not facts.known(resource, namespace):
        return None
    return [one for one in facts.where(resource, namespace, model_name, name) if isinstance(one, AIMTemplate)]


def model_ids(model: AIMModel) -> tuple[str, ...]:
    if model.spec.model_sources:
        return tuple(source.model_id or source.source_uri for source in model.spec.model_sources)
    about = model.about
    return (about.canonical_name,) if about is not None and about.canonical_name else ()


def recommended(model: AIMModel) -> tuple[str, ...]:
    """What the image is made for, or what the spec of one with its own weights asks for."""
    about = model.about
    if about is not None and about.recommended_deployments:
        told = [_deployment(one) for one in about.recommended_deployments]
        return tuple(dict.fromkeys(told))
    return tuple(dict.fromkeys(text for one in _wanted(model) if (text := hardware.summary(one))))


def _deployment(one: RecommendedDeployment) -> str:
    count = "?" if one.gpu_count is None else one.gpu_count
    return " ".join(part for part in (f"{count} x {one.gpu_model or 'GPU'}", one.precision, one.metric) if part)


def _wanted(model: AIMModel) -> Iterable[Hardware | None]:
    base = model.spec.custom.hardware if model.spec.custom is not None else None
    return [one.hardware or base for one in model.spec.custom_templates] or [base]


def template_row(template: AIMTemplate, facts: Facts) -> Row:
    spec, told = template.spec, template.status
    sources = spec.model_sources or told.model_sources
    return Row(
        template.metadata.key,
        (
            template.metadata.name,
            template.metadata.namespace,
            spec.model_name or UNKNOWN,
            metadata.deleting(template) or template_status(template),
            told.hardware_summary or hardware.summary(told.resolved_hardware or spec.hardware) or UNKNOWN,
            template.metric or None,
            template.precision or None,
            template.profile.type or spec.type or UNKNOWN,
            template.profile.engine.lower() or UNKNOWN,
            metadata.age(template),
            spec.profile_id or None,
            tuple(redact_text(source.source_uri) for source in sources) or None,
            cached(template),
            template.metadata.labels.get(ORIGIN_LABEL) or None,
        ),
        template.metadata.labels,
    )


def template_status(template: AIMTemplate) -> Status:
    found = status_of(template, template.status)
    if found.reason or found.phase in (Phase.READY, Phase.UNKNOWN):
        return found
    if found.raw == "NotAvailable":
        gpu = template.gpu_model
        return Status(found.phase, found.raw, f"No node has the GPU that it wants{f': {gpu}' if gpu else ''}.")
    failure = template.status.discovery.last_failure_reason if template.status.discovery is not None else ""
    return Status(found.phase, found.raw, redact_text(failure))


def cached(template: AIMTemplate) -> Value:
    """Cluster-wide templates cannot: weights are fetched into a namespace."""
    if not template.metadata.namespace:
        return None
    return template.spec.caching is not None and template.spec.caching.enabled
