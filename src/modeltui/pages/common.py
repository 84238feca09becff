"""The parts that all detail pages share: findings, conditions, events, commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final

from modeltui import cells
from modeltui.document import Line, Span, Tone, grid, heading, line, plain
from modeltui.domain import UNKNOWN, Column, ColumnKind, Finding, Phase, Severity, Status, Value
from modeltui.kube.events import Event
from modeltui.kube.objects import Condition, ObjectMeta
from modeltui.redaction import redact_text

MOST_EVENTS: Final = 200
"""Events shown of one object; what is left out is counted."""
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
    Phase.COMPLETED: ("■", "dim"),
    Phase.UNKNOWN: ("?", "dim"),
}


def status(value: Status) -> Line:
    glyph, tone = PHASES[value.phase]
    spans: list[Span] = [(f"{glyph} {cells.status_text(value)}", tone)]
    if value.reason:
        spans.append((f"  {plain(redact_text(value.reason))}", ""))
    return tuple(spans)


def shown(value: Value, now: datetime) -> str:
    """A value that is not in a table: "unknown" is said, a time is both coarse and exact."""
    if isinstance(value, datetime):
        return cells.since(value, now)
    return cells.text(Column("", "", ColumnKind.TEXT), value, now)


def identity(metadata: ObjectMeta, now: datetime) -> list[tuple[str, str | Line]]:
    """What every object has, whole: titles and tables cut long names."""
    pairs: list[tuple[str, str | Line]] = [("Name", metadata.name)]
    if metadata.namespace:
        pairs.append(("Namespace", metadata.namespace))
    if metadata.labels:
        pairs.append(("Labels", ", ".join(f"{key}={value}" for key, value in sorted(metadata.labels.items()))))
    pairs.append(("Created", shown(metadata.creation_timestamp or UNKNOWN, now)))
    if metadata.deletion_timestamp is not None:
        pairs.append(("Deletion", f"asked for {shown(metadata.deletion_timestamp, now)}; waits for {_finalizers(metadata)}"))
    return pairs


def _finalizers(metadata: ObjectMeta) -> str:
    return ", ".join(metadata.finalizers) or "no finalizer"


def findings(found: Sequence[Finding], title: str = "Findings") -> list[Line]:
    if not found:
        return []
    lines = heading(title)
    for finding in found:
        lines += finding_lines(finding)
    return lines


def finding_lines(finding: Finding) -> list[Line]:
    glyph, tone = SEVERITIES[finding.severity]
    place = finding.field or finding.about
    where: list[Span] = [(f"  ({plain(place)})", "dim")] if place else []
    lines: list[Line] = [((f"  {glyph} ", tone), (plain(finding.reason), tone if finding.severity is Severity.ERROR else ""), *where)]
    if finding.remedy:
        lines.append((("    → ", "dim"), (plain(finding.remedy), "dim")))
    return lines


def conditions(
    found: Iterable[Condition], now: datetime, *, title: str = "Conditions", inverted: frozenset[str] = frozenset()
) -> list[Line]:
    """As kubectl has them. `inverted`: types whose False means trouble although their name says error."""
    rows: list[tuple[Span, ...]] = []
    for condition in found:
        tone = _tone(condition.status, inverted=condition.type in inverted)
        rows.append(_condition(condition, tone, now))
    if not rows:
        return [*heading(title), line("  None has been reported.", "dim")]
    return [*heading(title), *grid(("TYPE", "STATUS", "REASON", "AGE", "MESSAGE"), rows)]


def _condition(condition: Condition, tone: Tone, now: datetime) -> tuple[Span, ...]:
    """TYPE, STATUS, REASON, AGE, MESSAGE."""
    since = cells.age_text(condition.last_transition_time, now) if condition.last_transition_time else "unknown"
    return (
        (condition.type, ""),
        (condition.status, tone),
        (condition.reason or "-", "dim"),
        (since, "dim"),
        (redact_text(condition.message) or "-", ""),
    )


def conditions_by(found: Iterable[Condition], good_when: Callable[[str], bool | None], now: datetime) -> list[Line]:
    """With what each means beside it: a reader need not know which names are good news. `good_when`: as `Serves.good_when`."""
    rows: list[tuple[Span, ...]] = []
    for condition in found:
        meaning, tone = _meaning(condition, good_when(condition.type))
        rows.append(((meaning, tone), *_condition(condition, tone, now)))
    if not rows:
        return [*heading("Conditions"), line("  None has been reported.", "dim")]
    return [*heading("Conditions"), *grid(("", "TYPE", "STATUS", "REASON", "AGE", "MESSAGE"), rows)]


_UNDER_WAY: Final = re.compile(
    r"(?i)in_?progress|\w*creating|\w*progressing|creating\w*|\w*pending|waiting\w*|\w*running|initializing|downloading|verifying|starting|"
    r"deploying|provisioning|scaling|updating"
)
"""Reasons that say that somebody is at it; as systems spell them."""


def _meaning(condition: Condition, good: bool | None) -> tuple[str, Tone]:
    if good is None:
        return "·", "dim"
    if condition.status not in ("True", "False"):
        return "?", "warn"
    if (condition.status == "True") == good:
        return "✓", "good"
    return PHASES[Phase.PROCESSING] if _UNDER_WAY.fullmatch(condition.reason) else ("✗", "bad")


def _tone(status: str, *, inverted: bool) -> Tone:
    if status == "True":
        return "warn" if inverted else "good"
    if status == "False":
        return "warn" if inverted else "bad"
    return "warn"


def events(found: Sequence[Event] | None, now: datetime, *, why_not: str = "") -> list[Line]:
    """Newest first. None: they are not known, and `why_not` says why."""
    lines = heading("Events")
    if found is None:
        return [*lines, line(f"  {why_not or 'Loading ...'}", "dim")]
    if not found:
        return [*lines, line("  None. The API server keeps events for an hour by default.", "dim")]
    rows: list[tuple[Span, ...]] = []
    for event in found[:MOST_EVENTS]:
        seen = cells.age_text(event.last_seen, now) if event.last_seen else "unknown"
        times = f" (x{event.times})" if event.times > 1 else ""
        tone: Tone = "warn" if event.type == "Warning" else "dim"
        rows.append(((seen, "dim"), (event.type or "Normal", tone), (event.reason + times, ""), (redact_text(event.message), "")))
    lines += grid(("LAST SEEN", "TYPE", "REASON", "MESSAGE"), rows)
    if len(found) > MOST_EVENTS:
        lines.append(line(f"  {len(found) - MOST_EVENTS:,} older events are left out.", "dim"))
    return lines


def commands(found: Sequence[tuple[str, str]]) -> list[Line]:
    if not found:
        return []
    return [*heading("kubectl (x copies the first)"), *([((f"  {what}: ", "dim"), (plain(text), "code")) for what, text in found])]
