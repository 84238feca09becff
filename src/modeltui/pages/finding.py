"""One finding in full: what it is about, what is wrong, and what to do."""

from __future__ import annotations

from modeltui.document import Line, Span, line, plain
from modeltui.domain import Severity
from modeltui.pages.common import SEVERITIES
from modeltui.systems.doctor import Diagnosis


def title(found: Diagnosis) -> str:
    return f"{found.kind} {'/'.join(part for part in (found.namespace, found.name) if part)}"


def page(found: Diagnosis) -> list[Line]:
    finding = found.finding
    glyph, tone = SEVERITIES[finding.severity]
    head: list[Span] = [(f"{glyph} {finding.severity}", tone)]
    if where := ", ".join(filter(None, (finding.field, finding.about))):
        head.append((f"  {plain(where)}", "dim"))
    lines: list[Line] = [tuple(head), line(finding.reason, "bad" if finding.severity is Severity.ERROR else "")]
    if finding.remedy:
        lines.append((("→ ", "label"), (plain(finding.remedy), "")))
    return lines
