"""Which columns are on show, and which one is selected."""

from __future__ import annotations

from modeltui.ui.table.choice import ColumnChoice
from sample import COLUMNS


def keys(choice: ColumnChoice) -> list[str]:
    return [COLUMNS[index].key for index in choice.shown]


def test_wide_takes_the_place_of_a_choice_by_name_and_goes_back() -> None:
    choice = ColumnChoice(COLUMNS, wide=False, hidden={"namespace"})
    narrow = keys(choice)
    assert "namespace" not in narrow
    choice.choose({"namespace"})
    assert keys(choice) == ["name", "namespace"]
    choice.toggle_wide()
    assert choice.wide
    assert set(narrow) < set(keys(choice))
    choice.toggle_wide()
    assert keys(choice) == narrow


def test_scrolling_stays_within_bounds_and_begins_anew_with_other_columns() -> None:
    choice = ColumnChoice(COLUMNS, wide=True, hidden=())
    choice.scroll(5, furthest=2)
    assert choice.skip == 2
    choice.scroll(-9, furthest=2)
    assert choice.skip == 0
    choice.scroll(1, furthest=2)
    choice.choose(None)
    assert choice.skip == 0


def test_selecting_begins_at_the_column_sorted_by_and_goes_round() -> None:
    choice = ColumnChoice(COLUMNS, wide=False, hidden=())
    assert choice.meant("", sort="age") == "age"
    choice.select(1, sort="name")
    assert choice.meant("", sort="name") == keys(choice)[1]
    for _ in choice.shown:
        choice.select(1, sort="name")
    assert choice.meant("", sort="name") == keys(choice)[1]
    choice.choose({"name"})
    assert choice.meant("", sort="name") == "name"
    assert choice.meant("status", sort="name") == "status"


def test_what_is_left_out_since_it_is_alike_everywhere_is_not_sorted_by() -> None:
    assert ColumnChoice(COLUMNS, wide=False, hidden={"namespace"}).meant("namespace", sort="name") is None
    assert ColumnChoice(COLUMNS, wide=False, hidden=()).meant("namespace", sort="name") == "namespace"
