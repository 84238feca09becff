"""RowOrder against the obvious way: sort everything, every time."""

from __future__ import annotations

from functools import cmp_to_key

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from modeltui import cells
from modeltui.domain import UNKNOWN, Column, ColumnKind, Row, RowKey, Value
from modeltui.ui.table import order as order_module
from modeltui.ui.table.order import RowOrder

COLUMNS = (Column("name", "NAME"), Column("size", "SIZE", ColumnKind.NUMBER), Column("note", "NOTE"))
keys = st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["v1", "v2", "v10", "x", "X", "y"]))
sizes: st.SearchStrategy[Value] = st.one_of(st.none(), st.just(UNKNOWN), st.integers(0, 3), st.sampled_from(["big", "3"]))


def row(key: RowKey, size: Value) -> Row:
    return Row(key, (key[1], size, "note"))


def naive(rows: dict[RowKey, Row], *, sort: str, reverse: bool, least: int | None) -> list[RowKey]:
    """Present values first, in the asked direction; then what is missing; names and namespaces forwards within."""

    def size(row: Row) -> cells.SortKey:
        return cells.sort_key(COLUMNS[1], row.values[1])

    def name(row: Row) -> tuple[object, ...]:
        return (cells.natural(row.key[1]), row.key)

    def compare(left: Row, right: Row) -> int:
        if sort == "size" and size(left) != size(right):
            before = size(left) < size(right)
            if reverse and not size(left)[0] and not size(right)[0]:
                before = not before
            return -1 if before else 1
        before = name(left) < name(right)
        return -1 if before != (reverse and sort == "name") else 1

    passing = [row for row in rows.values() if least is None or passes(row, least)]
    return [row.key for row in sorted(passing, key=cmp_to_key(compare))]


def passes(row: Row, least: int) -> bool:
    size = row.values[1]
    return isinstance(size, int) and size >= least


class Machine(RuleBasedStateMachine):
    known = Bundle("known")

    @initialize(few=st.sampled_from([0, 1, 64]))
    def start(self, few: int) -> None:
        # With 0 every change takes the path for many changes at once, with 64 the one by bisection.
        order_module.FEW = few  # type: ignore[misc]
        self.order = RowOrder(COLUMNS, sort="name")
        self.rows: dict[RowKey, Row] = {}
        self.sort, self.reverse, self.least = "name", False, None

    def teardown(self) -> None:
        order_module.FEW = 64  # type: ignore[misc]

    @rule(changes=st.lists(st.tuples(keys, sizes), max_size=6))
    def upsert(self, changes: list[tuple[RowKey, Value]]) -> None:
        fresh = [row(key, size) for key, size in changes]
        self.order.upsert(fresh)
        self.rows.update((each.key, each) for each in fresh)

    @rule(gone=st.lists(keys, max_size=4))
    def remove(self, gone: list[RowKey]) -> None:
        self.order.remove(gone)
        for key in gone:
            self.rows.pop(key, None)

    @rule()
    def clear(self) -> None:
        self.order.clear()
        self.rows.clear()

    @rule(sort=st.sampled_from(["name", "size"]), reverse=st.booleans())
    def sort_by(self, sort: str, reverse: bool) -> None:
        self.order.sort_by(sort, reverse=reverse)
        self.sort, self.reverse = sort, reverse

    @rule(least=st.one_of(st.none(), st.integers(0, 3)))
    def filter(self, least: int | None) -> None:
        self.order.set_filter(None if least is None else lambda row: passes(row, least))
        self.least = least

    @rule()
    def settle_without_resorting(self) -> None:
        """Who is shown is right at once, even if some stand where they stood."""
        before = list(self.order)
        self.order.settle(resort=False)
        expected = naive(self.rows, sort=self.sort, reverse=self.reverse, least=self.least)
        assert sorted(self.order) == sorted(expected)
        stayed = [key for key in before if key in self.order]
        assert [key for key in self.order if key in set(stayed)] == stayed
        self.check_indices()

    @rule()
    def settle(self) -> None:
        self.order.settle(resort=True)
        assert list(self.order) == naive(self.rows, sort=self.sort, reverse=self.reverse, least=self.least)
        assert not self.order.unsorted
        assert not self.order.settle(resort=True)
        self.check_indices()

    @invariant()
    def rows_are_the_last_ones_given(self) -> None:
        assert self.order.rows == self.rows

    def check_indices(self) -> None:
        for index, key in enumerate(self.order):
            assert self.order.index_of(key) == index
            assert self.order.key_at(index) == key
        assert len(self.order) == len(list(self.order))


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestOrder = Machine.TestCase


@given(st.lists(st.tuples(keys, st.integers(0, 5)), unique_by=lambda pair: pair[0], min_size=1), st.data())
def test_a_removed_rows_place_leads_to_its_neighbour(pairs: list[tuple[RowKey, int]], data: st.DataObject) -> None:
    order = RowOrder(COLUMNS, sort="size")
    order.upsert([row(key, size) for key, size in pairs])
    order.settle(resort=True)
    before = list(order)
    gone = data.draw(st.sampled_from(before))
    place = order.place_of(gone)
    order.remove([gone])
    order.settle(resort=True)
    assert place is not None
    assert order.index_near(place) == min(before.index(gone), len(before) - 2)


def test_sorting_by_a_column_that_is_not_there_is_refused() -> None:
    order = RowOrder(COLUMNS, sort="nonsense")
    assert order.sort == "name"
    with pytest.raises(KeyError):
        order.sort_by("nonsense")
