"""Columns and rows that the table's tests share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from textual.app import App, ComposeResult

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.ui.widgets.resource_table import ResourceTable

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
COLUMNS = (
    Column("name", "NAME"),
    Column("namespace", "NAMESPACE"),
    Column("status", "STATUS", ColumnKind.STATUS),
    Column("ready", "READY", ColumnKind.RATIO),
    Column("tags", "TAGS", ColumnKind.TAGS),
    Column("path", "PATH", wide=True),
    Column("type", "TYPE", hidden=True),
    Column("age", "AGE", ColumnKind.AGE),
)
STATUS, READY, TAGS, PATH, AGE = 2, 3, 4, 5, 7
PHASES = tuple(Phase)


def row(name: str, *, namespace: str = "team-a", **cells: Value) -> Row:
    values: dict[str, Value] = {
        "name": name,
        "namespace": namespace,
        "status": Status(Phase.READY),
        "ready": "3/3",
        "tags": ("chat",),
        "path": f"/models/{name}",
        "type": "s3",
        "age": NOW - timedelta(hours=5),
    }
    return Row((namespace, name), tuple((values | cells).values()))


def zoo() -> list[Row]:
    """Every phase, what is unknown, what does not apply, a problem, and text from people who mean no good."""
    found = [row(f"model-{phase.lower()}", status=Status(phase), ready=f"{index % 4}/3") for index, phase in enumerate(PHASES)]
    return [
        *found,
        row("llama-3-8b", status=Status(Phase.FAILED, "ReconcileError"), ready=UNKNOWN, tags=()),
        row("日本語モデル", tags=("翻訳", "👍"), ready=None),
        row("combining-e\u0301", tags=("e\u0301",)),
        row("x" * 300),
        row("evil\x1b[31m\nname\u202e", tags=("\x1b]52;c;Zm9v\x07",)),
        Row(("team-b", "broken"), (), problem="status.phase: expected str, got int\x1b[2J"),
    ]


class TableApp(App[None]):
    def __init__(self, rows: list[Row], **options: object) -> None:
        super().__init__()
        self.rows = rows
        self.table = ResourceTable(COLUMNS, now=lambda: NOW, **options)  # type: ignore[arg-type]
        self.messages: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()
        self.table.upsert(self.rows)

    def on_resource_table_opened(self, message: ResourceTable.Opened) -> None:
        self.messages.append(("opened", message.key))

    def on_resource_table_cursor_moved(self, message: ResourceTable.CursorMoved) -> None:
        self.messages.append(("cursor", message.key))

    def on_resource_table_sorted(self, message: ResourceTable.Sorted) -> None:
        self.messages.append(("sorted", message.column, message.reverse))

    def on_resource_table_marks_changed(self, message: ResourceTable.MarksChanged) -> None:
        self.messages.append(("marks", message.table.marked_keys))

    def on_resource_table_counts_changed(self, message: ResourceTable.CountsChanged) -> None:
        self.messages.append(("counts", message.counts))

    def lines(self) -> list[str]:
        """What stands on the screen."""
        return [self.table.render_line(y).text for y in range(self.table.size.height)]
