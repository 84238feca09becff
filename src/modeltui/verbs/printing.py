"""Rows as text for people and programs: table, wide, JSON, YAML, CSV. Pure: everything returns text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from modeltui import cells, characters, yaml_output
from modeltui.domain import Column, ColumnKind, Row
from modeltui.systems.protocol import Table

_GAP: Final = 3
_RIGHT: Final = (ColumnKind.NUMBER, ColumnKind.RATIO)
_HARMFUL: Final = re.compile(rf"[\x7f-\x9f\u2028\u2029{characters.REORDERING}\ud800-\udfff]")
"""What a terminal may take for commands, or show in another order; and halves of characters, which cannot be printed."""


def shown(view: Table, *, wide: bool) -> list[tuple[int, Column]]:
    """The columns of a table with their places in the row."""
    return [(place, column) for place, column in enumerate(view.columns) if not column.hidden and (wide or not column.wide)]


def lines(view: Table, rows: Iterable[Row], *, now: datetime, wide: bool, headers: bool, widths: list[int] | None = None) -> list[str]:
    """A table, one line per row, nothing cut. `widths` is grown as needed and can be handed on, so that later rows line up."""
    columns = shown(view, wide=wide)
    table = [[column.title for _, column in columns]] if headers else []
    table += [_cells(columns, row, now) for row in rows]
    widths = widths if widths is not None else []
    for line in table:
        for place, cell in enumerate(line[: len(columns)]):
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], characters.width(cell))
    right = [column.kind in _RIGHT for _, column in columns]
    return [_line(line, widths, right) for line in table]


def _cells(columns: Sequence[tuple[int, Column]], row: Row, now: datetime) -> list[str]:
    if row.problem:
        identity = [cells.text(column, row.values[place], now) for place, column in columns[:2]]
        return [*identity, *[""] * (len(columns) - 2), characters.printable(row.problem)]
    return [cells.text(column, row.values[place], now) for place, column in columns]


def _line(line: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    if len(line) > len(widths):  # a row that could not be read: its problem stands right after its name
        line, widths, right = [line[0], line[1], line[-1]], [*widths[:2], 0], [False] * 3
    parts = []
    for cell, width, aligned in zip(line, widths, right, strict=True):
        room = " " * (width - characters.width(cell))
        parts.append(room + cell if aligned else cell + room)
    return (" " * _GAP).join(parts).rstrip()


def document(view: Table, row: Row, *, kind: str) -> dict[str, Any]:
    """A row for programs: kind, name, namespace and every column by its key. A column `kind` says it better."""
    found: dict[str, Any] = {"kind": kind, **cells.json_object(view.columns, row)}
    if row.problem:
        found["problem"] = row.problem
    return found


def as_json(documents: Sequence[dict[str, Any]]) -> str:
    return _json(documents, indent=2)


def as_json_document(document: dict[str, Any]) -> str:
    return _json(document, indent=2)


def as_json_line(document: dict[str, Any]) -> str:
    return _json(document)


def _json(value: Any, *, indent: int | None = None) -> str:
    """JSON escapes the other control characters by itself; these can only stand inside its strings, too."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return text if text.isascii() else _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_yaml(document: Any) -> str:
    return yaml_output.dump(document).removesuffix("\n")


def as_csv(view: Table, rows: Iterable[Row], *, headers: bool) -> str:
    """RFC 4180, every column, hidden and wide ones too."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if headers:
        writer.writerow([column.key for column in view.columns])
    for row in rows:
        writer.writerow([cells.csv_text(value) for value in row.values])
    return out.getvalue().rstrip("\n")
