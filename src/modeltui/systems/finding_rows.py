"""Findings as rows of a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from modeltui.domain import Column, Row, RowKey, Severity
from modeltui.systems.doctor import Diagnosis
from modeltui.systems.protocol import Table

FINDINGS: Final = Table(
    name="doctor",
    title="Findings",
    aliases=("findings", "checks"),
    columns=(
        Column("name", "NAME", max_width=26),
        Column("namespace", "NAMESPACE", max_width=14),
        Column("severity", "SEVERITY", help="error: it cannot work so, or has failed; warning; info."),
        Column("kind", "KIND", max_width=14),
        Column("reason", "FINDING", max_width=240, help="What is wrong; the whole of it stands below."),
        Column("field", "FIELD", wide=True, max_width=40, help="Where in the object; none when it is about the whole."),
        Column("remedy", "REMEDY", wide=True, max_width=120, help="What to do."),
    ),
    default_sort="severity",
)


def key_of(found: Diagnosis) -> RowKey:
    """Stays the same as long as the finding says the same, so that the cursor stays on it. The name comes first: rows are ordered by it."""
    return (found.namespace, "\n".join((found.name, found.kind, found.finding.field, found.finding.reason)))


def row(found: Diagnosis, labels: Mapping[str, str]) -> Row:
    """`labels`: of the object."""
    finding = found.finding
    values = (found.name, found.namespace, finding.severity, found.kind, finding.reason, finding.field or None, finding.remedy or None)
    return Row(key_of(found), values, labels, fault=finding.severity is Severity.ERROR)
