"""Rows for the benchmarks: ten columns like the Models table's, the same rows for both tables that are compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from modeltui.domain import Column, ColumnKind, Phase, Row, RowKey, Status, Value

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
COLUMNS = (
    Column("name", "NAME"),
    Column("namespace", "NAMESPACE"),
    Column("status", "STATUS", ColumnKind.STATUS),
    Column("ready", "READY", ColumnKind.RATIO),
    Column("source", "SOURCE"),
    Column("tags", "TAGS", ColumnKind.TAGS),
    Column("storage", "STORAGE"),
    Column("restarts", "RESTARTS", ColumnKind.NUMBER),
    Column("last_sync", "LAST SYNC", ColumnKind.AGE),
    Column("age", "AGE", ColumnKind.AGE),
)
STATUS, RESTARTS = 2, 7
_PHASES = tuple(Phase)


def key(index: int) -> RowKey:
    return (f"team-{index % 7}", f"llama-3-{index}-instruct")


def row(index: int) -> Row:
    namespace, name = key(index)
    values: tuple[Value, ...] = (
        name,
        namespace,
        Status(_PHASES[index % len(_PHASES)]),
        f"{index % 4}/3",
        f"hub-{index % 12}",
        ("chat", "vision") if index % 2 else ("embed",),
        f"{index % 900}Gi",
        index % 10,
        NOW - timedelta(hours=index % 400),
        NOW - timedelta(days=index % 700),
    )
    return Row((namespace, name), values, {"app": "llama"})


def changed(before: Row, column: int, value: Value) -> Row:
    return replace(before, values=(*before.values[:column], value, *before.values[column + 1 :]))
