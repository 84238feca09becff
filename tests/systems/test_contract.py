"""The table that keeps the checks complete: it says what it lacks."""

from __future__ import annotations

from tests.systems.contract import Said, gaps


def test_a_table_that_is_whole_has_no_gaps() -> None:
    rows = [
        Said("1", "a limit", ("long",)),
        Said("1", "a status", tests=("test_contract.test_a_table_that_is_whole_has_no_gaps",)),
        Said("2", "a wish", why_not="nobody has built it"),
    ]
    assert list(gaps(rows, ["long"], ["1", "2"])) == []


def test_each_gap_is_told() -> None:
    rows = [
        Said("1", "nothing behind it"),
        Said("1", "both shown and not", ("long",), why_not="because"),
        Said("1", "a trap that is gone", ("short",)),
        Said("1", "a test that is gone", tests=("test_contract.test_gone", "test_nowhere.test_gone")),
        Said("1", "a test that is gone", ("long",)),
    ]
    assert list(gaps(rows, ["long", "unspoken"], ["1", "2"])) == [
        "nothing behind it: what shows it, or why nothing does?",
        "both shown and not: what shows it, or why nothing does?",
        "a trap that is gone: there is no trap short",
        "a test that is gone: there is no test test_contract.test_gone",
        "a test that is gone: there is no test test_nowhere.test_gone",
        "no row speaks of trap unspoken",
        "section 2 has no rows",
        "said twice: a test that is gone",
    ]
