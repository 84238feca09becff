"""The table's keys: k9s's, each with an id that the user's keymap and the help use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.binding import Binding, BindingType

from modeltui.domain import Column, ColumnKind

MOVING: Final[list[BindingType]] = [
    Binding("up,k", "move(-1)", "Row up", show=False, id="table.up"),
    Binding("down,j", "move(1)", "Row down", show=False, id="table.down"),
    Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False, id="table.page.up"),
    Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False, id="table.page.down"),
    Binding("home,g", "top", "First row", show=False, id="table.top"),
    Binding("end,G", "bottom", "Last row", show=False, id="table.bottom"),
    Binding("left", "scroll_columns(-1)", "Columns to the left", show=False, id="table.left"),
    Binding("right", "scroll_columns(1)", "Columns to the right", show=False, id="table.right"),
    Binding("enter", "open", "Open", show=False, id="table.open"),
]

MARKING: Final[list[BindingType]] = [
    Binding("space", "mark", "Mark", show=False, id="table.mark"),
    # A terminal sends NUL for ctrl-space, which Textual calls ctrl+@.
    Binding("ctrl+space,ctrl+@", "mark_range", "Mark range from the last mark", show=False, id="table.mark.range"),
    Binding("ctrl+backslash", "clear_marks", "Clear marks", show=False, id="table.mark.clear"),
]

SORTING: Final[list[BindingType]] = [
    Binding("N", "sort('name')", "Sort by name", show=False, id="table.sort.name"),
    Binding("A", "sort('age')", "Sort by age", show=False, id="table.sort.age"),
    Binding("S", "sort('status')", "Sort by status", show=False, id="table.sort.status"),
    Binding("P", "sort('namespace')", "Sort by namespace", show=False, id="table.sort.namespace"),
    Binding("O", "sort('')", "Sort by the selected column", show=False, id="table.sort.selected"),
    Binding("shift+left", "select_column(-1)", "Select the column to the left", show=False, id="table.column.left"),
    Binding("shift+right", "select_column(1)", "Select the column to the right", show=False, id="table.column.right"),
    Binding("ctrl+w", "toggle_wide", "Wide columns", show=False, id="table.wide"),
]

BINDINGS: Final[list[BindingType]] = [*MOVING, *MARKING, *SORTING]


def sort_column(columns: Sequence[Column], role: str) -> str | None:
    """The column meant by "name", "namespace", "age" or "status": by its key, else the first of that kind."""
    if role == "name":
        return columns[0].key
    shown = [column for column in columns if not column.hidden]
    kind = {"age": ColumnKind.AGE, "status": ColumnKind.STATUS}.get(role)
    return next((column.key for column in (*(c for c in shown if c.key == role), *(c for c in shown if c.kind is kind))), None)
