"""Choosing columns."""

from __future__ import annotations

import pytest

from modeltui.domain import Column
from modeltui.ui import columns
from modeltui.ui.table.layout import shown_columns

COLUMNS = (
    Column("name", "NAME"),
    Column("status", "STATUS"),
    Column("last_sync", "LAST SYNC"),
    Column("tags", "TAGS", wide=True),
    Column("type", "TYPE", hidden=True),
)
SHOWN = ("name", "status", "last_sync")


@pytest.mark.parametrize(
    ("line", "chosen"),
    [
        ("status", ("name", "status")),
        ("tags, status", ("name", "status", "tags")),
        ("+tags", ("name", "status", "last_sync", "tags")),
        ("-status +tags", ("name", "last_sync", "tags")),
        ("LAST_SYNC", ("name", "last_sync")),
        ("-name", ("name", "status", "last_sync")),
        ("default", None),
    ],
)
def test_what_is_chosen(line: str, chosen: tuple[str, ...] | None) -> None:
    assert columns.choose(line, COLUMNS, SHOWN) == chosen


def test_a_wrong_name_is_told_with_what_was_probably_meant() -> None:
    with pytest.raises(columns.NoColumn, match=r'There is no column "statsu"; did you mean status\?'):
        columns.choose("+statsu", COLUMNS, SHOWN)
    with pytest.raises(columns.NoColumn, match="there are name, status, last_sync, tags"):
        columns.choose("xyzzy", COLUMNS, SHOWN)


def test_the_choice_wins_over_wide_and_hidden() -> None:
    assert shown_columns(COLUMNS, wide=False, hidden={"status"}, chosen={"status", "tags"}) == (0, 1, 3)


def test_what_there_is_is_listed() -> None:
    assert columns.listed(COLUMNS, SHOWN).startswith("Columns: name, status, last_sync. More: tags.")
