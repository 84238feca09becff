"""The parts that all detail pages share: findings, conditions, events, commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from modeltui import cells
from modeltui.domain import UNKNOWN, Column, ColumnKind, Finding, Phase, Severity, Status, Value
from modeltui.kube.events import Event
from modeltui.kube.objects import Condition
from modeltui.redaction import redact_text
from modeltui.ui.document import Line, Span, Tone, grid, heading, line, plain

SEVERITIES: Final[dict[Severity, tuple[str, Tone]]] = {
    Severity.ERROR: ("✕", "bad"),
    Severity.WARNING: ("▲", "warn"),
    Severity.INFO: ("·", "dim"),
}
PHASES: Final[dict[Phase, tuple[str, Tone]]] = {
    Phase.FAILED: ("✗", "bad"),
    Phase.DEGRADED: ("▲", "warn"),
    Phase.PROCESSING: ("◐", "busy"),
    Phase.PENDING: ("○", "warn"),
    Phase.READY: ("✓", "good"),
    Phase.PAUSED: ("□", "dim"),
    Phase.UNKNOWN: ("?", "dim"),
}


def status(value: Status) -> Line:
    glyph, tone = PHASES[value.phase]
    spans: list[Span] = [(f"{glyph} {cells.status_text(value)}", tone)]
    if value.reason:
        spans.append((f"  {plain(value.reason)}", ""))
    return tuple(spans)


def shown(value: Value, now: datetime) -> str:
    """A value that is not in a table: "unknown" is said, a time is both coarse and exact."""
    if isinstance(value, datetime):
        return f"{cells.age_text(value, now)} ago ({value.astimezone():%Y-%m-%d %H:%M:%S})"
    return cells.text(Column("", "", ColumnKind.TEXT), value, now)


def findings(found: Sequence[Finding], title: str = "To know") -> list[Line]:
    if not found:
        return []
    lines = heading(title)
    for finding in found:
        lines += finding_lines(finding)
    return lines


def finding_lines(finding: Finding) -> list[Line]:
    glyph, tone = SEVERITIES[finding.severity]
    where: list[Span] = [(f"  ({plain(finding.field)})", "dim")] if finding.field else []
    lines: list[Line] = [((f"  {glyph} ", tone), (plain(finding.reason), tone if finding.severity is Severity.ERROR else ""), *where)]
    if finding.remedy:
        lines.append((("    → ", "dim"), (plain(finding.remedy), "dim")))
    return lines


def conditions(found: Iterable[Condition], now: datetime, *, inverted: frozenset[str] = frozenset()) -> list[Line]:
    """`inverted`: types whose False means trouble although their name says error. The polarity is spelled out."""
    rows: list[tuple[Span, Span, Span, Span]] = []
    for condition in found:
        good = condition.status == "True"
        if condition.type in inverted:
            word: Span = ("reported", "warn") if condition.status == "False" else ("not reported", "good")
        elif condition.status not in ("True", "False"):
            word = ("unknown", "warn")
        else:
            word = ("✓ yes", "good") if good else ("✗ no", "bad")
        since = cells.age_text(condition.last_transition_time, now) if condition.last_transition_time else "unknown"
        said = redact_text(condition.message) or ("" if good else condition.reason)
        rows.append(((condition.type, ""), word, (since, "dim"), (said, "")))
    if not rows:
        return [*heading("Conditions"), line("  None has been reported.", "dim")]
    return [*heading("Conditions"), *grid(("is it so?", "", "since", "what the controller says"), rows)]


def events(found: Sequence[Event] | None, now: datetime, *, why_not: str = "") -> list[Line]:
    """Newest first. None: they are not known, and `why_not` says why."""
    lines = heading("Events")
    if found is None:
        return [*lines, line(f"  {why_not or 'Loading ...'}", "dim")]
    if not found:
        return [*lines, line("  None in the last hour or so: clusters forget events soon.", "dim")]
    rows: list[tuple[Span, Span, Span, Span]] = []
    for event in found[:50]:
        seen = cells.age_text(event.last_seen, now) if event.last_seen else "unknown"
        times = f" ×{event.times}" if event.times > 1 else ""
        tone: Tone = "warn" if event.type == "Warning" else "dim"
        rows.append(((seen, "dim"), (event.type or "Normal", tone), (event.reason + times, ""), (redact_text(event.message), "")))
    return [*lines, *grid(("last seen", "type", "reason", "message"), rows)]


def commands(found: Sequence[tuple[str, str]]) -> list[Line]:
    if not found:
        return []
    return [*heading("By kubectl (x copies the first)"), *([((f"  {what}: ", "dim"), (plain(text), "code")) for what, text in found])]


def or_unknown(text: str) -> Value:
    return text or UNKNOWN
