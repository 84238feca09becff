"""InferenceProviderConfig -> row. Pure."""

from __future__ import annotations

from typing import Final

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.redaction import redact_text
from modeltui.systems.airunway.reading import provider_of
from modeltui.systems.airunway.types import DEPLOYMENTS, ModelDeployment, ProviderConfig
from modeltui.systems.core import metadata
from modeltui.systems.protocol import Facts

PROVIDER_COLUMNS: Final = (
    Column("name", "NAME", max_width=32),
    Column("namespace", "NAMESPACE", hidden=True),
    Column("status", "STATUS", ColumnKind.STATUS, max_width=20, help="Whether the provider says that it is ready."),
    Column("engines", "ENGINES", ColumnKind.TAGS, max_width=40),
    Column("disaggregated", "DISAGGREGATED", ColumnKind.TAGS, max_width=24, help="Engines that it serves with prefill and decode apart."),
    Column("cpu", "WITHOUT GPU", ColumnKind.TAGS, max_width=20, help="Engines that it runs without GPUs."),
    Column("deployments", "USED BY", ColumnKind.NUMBER, help="ModelDeployments that name it, or were given to it."),
    Column("heartbeat", "HEARTBEAT", ColumnKind.AGE),
    Column("age", "AGE", ColumnKind.AGE),
    Column("version", "VERSION", wide=True, max_width=24),
    Column("rules", "RULES", ColumnKind.TAGS, wide=True, max_width=64, help="What makes AI Runway choose it, with the priority."),
)


def provider_row(provider: ProviderConfig, facts: Facts) -> Row:
    engines = provider.spec.capabilities.engines if provider.spec.capabilities else ()
    return Row(
        provider.metadata.key,
        (
            provider.metadata.name,
            provider.metadata.namespace,
            status_of(provider),
            tuple(engine.name for engine in engines) or None,
            tuple(engine.name for engine in engines if "disaggregated" in engine.serving_modes) or None,
            tuple(engine.name for engine in engines if engine.cpu_support) or None,
            _used(provider, facts),
            provider.status.last_heartbeat or UNKNOWN,
            metadata.age(provider),
            provider.status.version or None,
            tuple(f"{redact_text(rule.condition)} ({rule.priority})" for rule in provider.spec.selection_rules) or None,
        ),
        provider.metadata.labels,
    )


def status_of(provider: ProviderConfig) -> Status:
    if (going := metadata.deleting(provider)) is not None:
        return going
    told = next((redact_text(one.message) or one.reason for one in provider.status.conditions if one.status == "False"), "")
    match provider.status.ready:
        case True:
            return Status(Phase.READY, "ready")
        case False:
            return Status(Phase.FAILED, "not ready", told or "Its controller says that it is not ready, and not why.")
    return Status(Phase.UNKNOWN, "", "Its controller has not reported yet: AI Runway chooses only providers that are ready.")


def _used(provider: ProviderConfig, facts: Facts) -> Value:
    """Of all namespaces that are looked at; a provider belongs to none."""
    found = [one for one in facts.all(DEPLOYMENTS, "") if isinstance(one, ModelDeployment)]
    if not found and not facts.known(DEPLOYMENTS, ""):
        return UNKNOWN
    return sum(provider_of(one) == provider.metadata.name for one in found)
