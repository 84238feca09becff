"""The lines around the data: bar, crumbs, hints, documents. Pure, so tested at any width."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.document import LONGEST_VALUE, Line, bounded, clip, facts, grid, plain, text_of, width_of, wrap
from modeltui.ui.bar import BarState, Counts, lines
from modeltui.ui.keys import shown
from modeltui.ui.widgets.bottombar import Message, crumb_line, hint_line

FULL = BarState(
    context="prod-eu",
    server="https://10.0.0.1:6443",
    namespaces=("team-a", "team-b", "team-c", "team-d"),
    identity="alice@example.com",
    read_only=True,
    connection=("≠", "disconnected, data from 14:02:07, next try 14:02:15", "bad"),
    title="Models",
    counts=Counts(12, 3, 1),
    filter="/llama",
    selector="app=chat",
)


def test_the_bar_says_everything_when_there_is_room() -> None:
    first, second = (text_of(one) for one in lines(FULL, 140))
    assert "prod-eu ▸ team-a, team-b and 2 more" in first
    assert first.rstrip().endswith("≠ disconnected, data from 14:02:07, next try 14:02:15")
    assert "Models 3/12 · 1 marked · -l app=chat · /llama" in second
    assert second.rstrip().endswith("https://10.0.0.1:6443  alice@example.com  READ-ONLY")


def test_what_matters_least_goes_first() -> None:
    _, second = (text_of(one) for one in lines(FULL, 80))
    assert "10.0.0.1" not in second
    assert "READ-ONLY" in second


@given(st.integers(40, 200))
def test_the_bar_never_overflows(width: int) -> None:
    assert all(width_of(one) <= width for one in lines(FULL, width)[1:])
    assert "disconnected" in text_of(lines(FULL, max(width, 70))[0])


@given(st.text(max_size=200))
def test_text_of_the_cluster_is_harmless(text: str) -> None:
    safe = plain(text)
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2066\u200f" for char in safe)


def test_long_text_is_kept_whole() -> None:
    assert plain("é" * 5000) == "é" * 5000


texts = st.text(alphabet="ab 漢é", max_size=120)


@given(texts, st.integers(20, 60))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    one: Line = (("  label  ", "label"), (text, ""))
    wrapped = wrap(one, width)
    assert all(width_of(part) <= width + 1 for part in wrapped)
    assert "".join("".join(map(text_of, wrapped)).split()) == "".join(text_of(one).split())


@given(texts, st.integers(1, 60))
def test_clipping_keeps_the_width(text: str, width: int) -> None:
    assert width_of(clip(((text, ""), (text, "dim")), width)) <= width


@pytest.mark.parametrize(
    "word", ["x" * 300_000, "漢" * 300_000, "e\u0301" * 100_000, "漢é x" * 60_000], ids=["ascii", "wide", "marks", "mixed"]
)
def test_a_huge_word_is_wrapped_in_no_time(word: str) -> None:
    """In quadratic time, which a few lines of such code are quick to take, this would be minutes."""
    one: Line = ((plain(word), ""),)
    started = time.process_time()
    wrapped = wrap(one, 81)
    assert time.process_time() - started < 20
    assert all(width_of(((text_of(part).rstrip(), ""),)) <= 81 for part in wrapped)
    assert "".join("".join(map(text_of, wrapped)).split()) == "".join(text_of(one).split())


def test_a_huge_value_is_cut_and_says_so() -> None:
    value = "v" * (LONGEST_VALUE + 100)
    told = f"… ({LONGEST_VALUE + 100:,} characters; the YAML has them all)"
    assert bounded(bounded(value)) == bounded(value)
    assert bounded(f"one two{value}").startswith("one… (")
    assert text_of(facts([("A", value)])[0]).endswith("v" + told)
    assert text_of(grid(("K", "V"), [("k", value)])[1]).endswith("v" + told)
    assert text_of(facts([("A", value[100:])])[0]).endswith("v")


def test_facts_align_and_continue() -> None:
    assert [text_of(one) for one in facts([("A", "1"), ("Long", "2\n3")])] == ["  A     1", "  Long  2", "        3"]


def test_a_grid_aligns_wide_characters() -> None:
    shown_lines = [text_of(one) for one in grid(("k", "v"), [("漢字", "1"), ("a", "2")])]
    assert shown_lines == ["  k     v", "  漢字  1", "  a     2"]


@given(texts, texts, texts, st.integers(20, 90))
def test_wrapping_a_grid_keeps_every_word_and_the_width(first: str, second: str, last: str, width: int) -> None:
    (_, one) = grid(("A", "B", "C"), [(first, second, last)])
    wrapped = wrap(one, width)
    assert all(width_of(((text_of(part).rstrip(), ""),)) <= width for part in wrapped)
    assert "".join("".join(map(text_of, wrapped)).split()) == "".join(text_of(one).split())


def test_the_last_column_of_a_grid_hangs_under_itself_or_goes_below() -> None:
    _, one = grid(("TYPE", "MESSAGE"), [("Config", "one two three four five six seven eight")])
    assert [text_of(part).rstrip() for part in wrap(one, 40)] == ["  Config  one two three four five six", "          seven eight"]
    assert [text_of(part).rstrip() for part in wrap(one, 30)] == ["  Config", "      one two three four five", "      six seven eight"]


def test_a_cell_of_a_grid_is_never_cut() -> None:
    _, one = grid(("KEY", "VALUE"), [("k" * 90, "v")])
    assert text_of(one) == f"  {'k' * 90}  v"


@pytest.mark.parametrize(
    ("key", "name"),
    [("ctrl+a", "ctrl-a"), ("N", "shift-n"), ("left_square_bracket", "["), ("escape", "esc"), ("ctrl+backslash", "ctrl-\\"), ("f8", "f8")],
)
def test_keys_are_spelled_as_people_do(key: str, name: str) -> None:
    assert shown(key) == name


def test_hints_that_do_not_fit_are_left_out_but_the_ways_out_stay() -> None:
    hints = [("enter", "open"), ("ctrl-z", "faults only"), (":", "command"), ("?", "help")]
    assert text_of(hint_line(hints, 120)) == " enter open  ctrl-z faults only  : command  ? help  "
    assert text_of(hint_line(hints, 34)) == " enter open  : command  ? help  "
    assert text_of(hint_line(hints, 22)) == " : command  ? help  "


def test_a_message_takes_the_place_of_the_crumbs() -> None:
    assert text_of(crumb_line(("models", "llama"), None, 80)) == " models ▸ llama"
    assert text_of(crumb_line(("models",), Message("no\x1b[31m way", error=True), 80)) == " ✕ no\ufffd[31m way"
    cut = text_of(crumb_line(("models",), Message("long " * 50), 40))
    assert len(cut) <= 40
    assert cut.endswith("… (:messages)")
    assert text_of(crumb_line(("yaml",), None, 30, place="1-9 of 20 ▼")) == " yaml             1-9 of 20 ▼ "
