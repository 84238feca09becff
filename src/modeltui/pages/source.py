"""A ModelSource: its settings with secrets masked, its credentials, and who refers to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from modeltui.document import Line, Tone, facts, grid, heading, line, plain
from modeltui.domain import Severity
from modeltui.kube.events import Event
from modeltui.pages import common
from modeltui.systems.modelfs import explain_source
from modeltui.systems.modelfs.types import CREDENTIALS_READY, ModelSource
from modeltui.systems.protocol import Facts
from modeltui.systems.source_types import source_types


def page(
    source: ModelSource, known: Facts, *, secret: str, events: Sequence[Event] | None, why_no_events: str, now: datetime
) -> list[Line]:
    """`secret`: what looking the Secret up told, in a sentence."""
    kind = source_types().get(source.spec.type)
    ready = next((entry for entry in source.status.conditions if entry.type == CREDENTIALS_READY), None)
    glyph, tone = _mark(ready.status if ready else "")
    pairs: list[tuple[str, str | Line]] = [
        ("Type", source.spec.type or "unknown"),
        ("Secret", source.spec.secret_ref or "none"),
        ("Secret check", secret),
        ("Credentials", ((f"{glyph} ", tone), (plain(explain_source.credentials_sentence(source)), ""))),
    ]
    lines = facts(pairs, indent=1)
    found = explain_source.findings(source, known)
    lines += common.findings([finding for finding in found if finding.severity is not Severity.INFO])
    lines += heading("Config")
    config = explain_source.config_lines(source)
    lines += grid(("KEY", "VALUE", "DESCRIPTION"), config) if config else [line("  No settings.", "dim")]
    lines += _models(source, known)
    if kind is not None and kind.config:
        unset = [(key, what) for key, what in sorted(kind.config.items()) if key not in source.spec.config]
        if unset:
            lines += [*heading(f"Other settings of {source.spec.type}"), *grid(("KEY", "DESCRIPTION"), unset)]
    lines += common.findings([finding for finding in found if finding.severity is Severity.INFO], "Notes")
    lines += common.conditions(source.status.conditions, now)
    lines += common.events(events, now, why_not=why_no_events)
    lines += [*heading("Metadata"), *facts(common.identity(source.metadata, now), indent=1)]
    return [*lines, *common.commands(explain_source.snippets(source))]


def _mark(status: str) -> tuple[str, Tone]:
    if status == "True":
        return ("✓", "good")
    return ("✗", "bad") if status == "False" else ("?", "warn")


def _models(source: ModelSource, known: Facts) -> list[Line]:
    names = explain_source.referring_models(source, known)
    lines = heading("Models that refer to it (u shows them as a table)")
    if names is None:
        return [*lines, line("  unknown: Models cannot be listed here, or are still loading", "dim")]
    return [*lines, *([line(f"  {name}") for name in names] or [line("  None.", "dim")])]
