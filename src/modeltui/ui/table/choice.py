"""Which columns are on show: wide or not, hidden, chosen by name, scrolled away; and the one that is selected for sorting."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from modeltui.domain import Column
from modeltui.ui.table import bindings
from modeltui.ui.table.layout import shown_columns


class ColumnChoice:
    """Indices are into `columns`, and so into a row's values."""

    def __init__(self, columns: Sequence[Column], *, wide: bool, hidden: Collection[str]) -> None:
        self._columns = tuple(columns)
        self._wide, self._hidden = wide, frozenset(hidden)
        self._chosen: frozenset[str] | None = None
        self.selected: int | None = None
        self.skip = 0
        """Columns after the first that are scrolled away."""
        self._renew()

    @property
    def wide(self) -> bool:
        return self._wide

    def toggle_wide(self) -> None:
        """Takes the place of a choice by name."""
        self._wide, self._chosen = not self._wide, None
        self._renew()

    def choose(self, keys: Collection[str] | None) -> None:
        """These and no others, whatever is wide or hidden; None goes back to what the columns themselves say."""
        self._chosen = None if keys is None else frozenset(keys)
        self._renew()

    def _renew(self) -> None:
        self.skip = 0
        self.shown = shown_columns(self._columns, wide=self._wide, hidden=self._hidden, chosen=self._chosen)

    def scroll(self, by: int, *, furthest: int) -> None:
        self.skip = min(max(self.skip + by, 0), furthest)

    def select(self, by: int, *, sort: str) -> None:
        """The next one on show, from the one sorted by if none is selected yet."""
        current = self.selected
        if current not in self.shown:
            current = next((index for index in self.shown if self._columns[index].key == sort), self.shown[0])
        self.selected = self.shown[(self.shown.index(current) + by) % len(self.shown)]

    def meant(self, role: str, *, sort: str) -> str | None:
        """The column that a sort key means, "" the selected one; None if there is none, or it is left out since all its cells are alike."""
        if role:
            meant = bindings.sort_column(self._columns, role)
            return None if meant in self._hidden else meant
        return self._columns[self.selected].key if self.selected is not None and self.selected in self.shown else sort
