"""What the table tells its screen; handled as `on_resource_table_<message>` or by `@on(ResourceTable.<Message>)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from modeltui.domain import RowKey

if TYPE_CHECKING:
    from modeltui.ui.table.widget import ResourceTable


class Counts(NamedTuple):
    total: int
    """Rows known."""
    shown: int
    """Rows that pass the filter."""
    marked: int
    """Shown rows that are marked."""


class TableMessage(Message, namespace="resource_table"):
    def __init__(self, table: ResourceTable) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> ResourceTable:
        return self.table


class CursorMoved(TableMessage, namespace="resource_table"):
    """The cursor stands on another key, by the user's hand or because its row went away."""

    def __init__(self, table: ResourceTable, key: RowKey | None) -> None:
        super().__init__(table)
        self.key = key


class Opened(TableMessage, namespace="resource_table"):
    """Enter, or a double click."""

    def __init__(self, table: ResourceTable, key: RowKey) -> None:
        super().__init__(table)
        self.key = key


class Sorted(TableMessage, namespace="resource_table"):
    """The user chose an order; remember it."""

    def __init__(self, table: ResourceTable, column: str, reverse: bool) -> None:
        super().__init__(table)
        self.column = column
        self.reverse = reverse


class ColumnsChanged(TableMessage, namespace="resource_table"):
    """The user chose wide or narrow; remember it."""

    def __init__(self, table: ResourceTable, wide: bool) -> None:
        super().__init__(table)
        self.wide = wide


class MarksChanged(TableMessage, namespace="resource_table"):
    """The user marked or unmarked rows."""


class CountsChanged(TableMessage, namespace="resource_table"):
    """At most once a frame."""

    def __init__(self, table: ResourceTable, counts: Counts) -> None:
        super().__init__(table)
        self.counts = counts
