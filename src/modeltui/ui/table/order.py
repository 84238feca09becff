"""Which rows a table shows and in which order. No widget, no clock: changes are staged, `settle` applies them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final

from modeltui import cells
from modeltui.domain import Column, Row, RowKey

Predicate = Callable[[Row], bool]

Entry = tuple[cells.SortKey, tuple[object, ...], RowKey]
"""Where a row belongs: the sorted column's key, then the natural name, then (namespace, name)."""

FEW: Final = 64
"""Up to this many moves are done one by one (a bisection and a memory move each); more are done by one sort."""


def _any(_: Row) -> bool:
    return True


class RowOrder:
    """Rows by key, and the shown ones in order.

    `upsert` and `remove` are O(1) a row and move nothing; `settle` lets arrivals in and departures out. A row whose sorted
    value changed keeps its place until a settle that may resort, so that rows do not jump while somebody aims at one.
    """

    def __init__(self, columns: Sequence[Column], *, sort: str, reverse: bool = False) -> None:
        self._columns = tuple(columns)
        self._index = {column.key: index for index, column in enumerate(columns)}
        self.rows: dict[RowKey, Row] = {}
        self._placed: dict[RowKey, Entry] = {}
        self._order: list[Entry] = []
        self._pending: set[RowKey] = set()
        """Keys that arrived, left, or may have moved since the last settle."""
        self._misplaced: set[RowKey] = set()
        """Shown keys whose sorted value changed; they move at the next resort."""
        self.resorted = False
        """Whether the last settle moved rows to where their new values belong."""
        self._predicate: Predicate | None = None
        self.sort = sort if sort in self._index else columns[0].key
        self.reverse = reverse

    # ---- changes

    def upsert(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.rows[row.key] = row
            self._pending.add(row.key)

    def remove(self, keys: Iterable[RowKey]) -> None:
        for key in keys:
            if self.rows.pop(key, None) is not None:
                self._pending.add(key)

    def clear(self) -> None:
        self.rows.clear()
        self._forget_places()

    def set_filter(self, predicate: Predicate | None) -> None:
        self._predicate = predicate
        if self._pending or self._misplaced:
            self._rebuild()
        else:
            self._refilter(predicate or _any)

    def sort_by(self, column: str, *, reverse: bool = False) -> None:
        """Raises KeyError for a column that the table does not have."""
        self._index[column]
        self.sort, self.reverse = column, reverse
        self._rebuild()

    @property
    def unsorted(self) -> bool:
        """Whether a resort would move something."""
        return bool(self._misplaced)

    def settle(self, *, resort: bool) -> bool:
        """Apply what is staged; True when the shown keys or their order changed."""
        arrivals, departures = self._take_pending()
        self.resorted = resort and bool(self._misplaced)
        if self.resorted:
            for key in self._misplaced:
                departures.append(self._placed[key])
                arrivals.append(self._entry(self.rows[key]))
            self._misplaced.clear()
        self._leave(departures)
        self._arrive(arrivals)
        return bool(arrivals or departures)

    def _take_pending(self) -> tuple[list[Entry], list[Entry]]:
        arrivals: list[Entry] = []
        departures: list[Entry] = []
        for key in self._pending:
            row, placed = self.rows.get(key), self._placed.get(key)
            shown = row is not None and (self._predicate is None or self._predicate(row))
            if row is not None and shown:
                entry = self._entry(row)
                if placed is None:
                    arrivals.append(entry)
                elif placed != entry:
                    self._misplaced.add(key)
                else:
                    self._misplaced.discard(key)
            elif placed is not None:
                departures.append(placed)
                self._misplaced.discard(key)
        self._pending.clear()
        return arrivals, departures

    # ---- reading

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[RowKey]:
        return map(itemgetter(2), self._order)

    def __contains__(self, key: object) -> bool:
        return key in self._placed

    def keys(self, start: int, stop: int) -> list[RowKey]:
        return [entry[2] for entry in self._order[max(start, 0) : max(stop, 0)]]

    def key_at(self, index: int) -> RowKey | None:
        return self._order[index][2] if 0 <= index < len(self._order) else None

    def index_of(self, key: RowKey) -> int | None:
        """The shown row's index, by bisection."""
        return None if (entry := self._placed.get(key)) is None else self._position(entry)

    def place_of(self, key: RowKey) -> Entry | None:
        """Where a shown row stands, to ask later for what has come to stand there."""
        return self._placed.get(key)

    def index_near(self, place: Entry) -> int:
        """The index of the row now standing at, or next after, a place of the same sort order; -1 in an empty table."""
        return min(self._position(place), len(self._order) - 1)

    # ---- places

    def _entry(self, row: Row) -> Entry:
        index = self._index[self.sort]
        name: tuple[object, ...] = cells.natural(row.key[1])
        values = row.values
        if (leader := row.leader) is not None:
            after = (leader.key != row.key) != (self.reverse and index == 0)  # names run backwards there, but nobody goes before his leader
            name, values = (cells.natural(leader.key[1]), leader.key, after, name), leader.values
        if index == 0:
            return ((0, 0, ()), name, row.key)
        value = values[index] if index < len(values) else None
        return (cells.sort_key(self._columns[index], value), name, row.key)

    def _before(self, left: Entry, right: Entry) -> bool:
        """What is missing comes last in both directions, and names run forwards in both."""
        ours, theirs = left[0], right[0]
        if ours != theirs:
            if ours[0] or theirs[0]:
                return ours < theirs
            return theirs < ours if self.reverse else ours < theirs
        if self.reverse and self._by_name:
            return right[1:] < left[1:]
        return left[1:] < right[1:]

    @property
    def _by_name(self) -> bool:
        return self._index[self.sort] == 0

    def _position(self, entry: Entry) -> int:
        low, high = 0, len(self._order)
        while low < high:
            middle = (low + high) // 2
            if self._before(self._order[middle], entry):
                low = middle + 1
            else:
                high = middle
        return low

    def _leave(self, departures: list[Entry]) -> None:
        for entry in departures if len(departures) <= FEW else ():
            del self._order[self._position(entry)]
        for _, _, key in departures:
            del self._placed[key]
        if len(departures) > FEW:
            self._order = [entry for entry in self._order if entry[2] in self._placed]

    def _arrive(self, arrivals: list[Entry]) -> None:
        for entry in arrivals:
            self._placed[entry[2]] = entry
        if len(arrivals) <= FEW:
            for entry in arrivals:
                self._order.insert(self._position(entry), entry)
        else:
            self._order.extend(arrivals)
            self._sort_all()

    def _sort_all(self) -> None:
        """Stable passes of the built-in sort: far faster than one pass with a comparison written in Python."""
        order = self._order
        order.sort(key=itemgetter(1, 2), reverse=self.reverse and self._by_name)
        if not self._by_name:
            present = [entry for entry in order if not entry[0][0]]
            missing = [entry for entry in order if entry[0][0]]
            present.sort(key=itemgetter(0), reverse=self.reverse)
            missing.sort(key=itemgetter(0))
            self._order = present + missing

    def _forget_places(self) -> None:
        self._placed.clear()
        self._order.clear()
        self._pending.clear()
        self._misplaced.clear()

    def _refilter(self, passes: Predicate) -> None:
        """What stays stands where it stood: only what comes in needs its place worked out, which takes longer than the filter."""
        placed, rows = self._placed, self.rows
        arrivals = [self._entry(row) for key, row in rows.items() if key not in placed and passes(row)]
        self._order = [entry for entry in self._order if passes(rows[entry[2]])]
        self._placed = {entry[2]: entry for entry in self._order}
        self._arrive(arrivals)

    def _rebuild(self) -> None:
        self._forget_places()
        passes = self._predicate
        self._arrive([self._entry(row) for row in self.rows.values() if passes is None or passes(row)])
