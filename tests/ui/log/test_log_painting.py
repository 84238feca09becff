"""What is in sight, how it is broken into rows, which cells are written again, and how often: the pure parts of the log view."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from modeltui import characters
from modeltui.document import Line, text_of, width_of
from modeltui.logs.entries import Entry, LogTarget
from modeltui.logs.ring import Ring
from modeltui.ui.filters import FilterError
from modeltui.ui.log.filtering import compile_filter
from modeltui.ui.log.pace import BUDGET, SCREENFUL, Pace
from modeltui.ui.log.painted import Row, differences, row
from modeltui.ui.log.rows import MATCH, Look, line_of, plain_text, rows_of, tones_of
from modeltui.ui.log.window import Window

TARGET = LogTarget("team-a", "web-1", "main")
NAMES = {TARGET: "web-1"}
TONES = tones_of(NAMES)
texts = st.text(alphabet=st.sampled_from("ab 中🙂é\u0301xyz"), max_size=60).map(characters.printable)


def entry(text: str, **more: object) -> Entry:
    return Entry(TARGET, 1_782_993_600_123_000_000, text, **more)  # type: ignore[arg-type]  # by name


# ---- rows


@given(texts, st.integers(10, 40))
def test_wrapping_loses_nothing_and_never_goes_beyond_the_edge(text: str, room: int) -> None:
    rows = rows_of(((text, ""),), room, wrapped=True)
    assert "".join(map(text_of, rows)) == text
    assert all(width_of(one) <= room for one in rows)
    assert rows_of(((text, ""),), room, wrapped=False) == (((text, ""),),)


def test_a_huge_line_is_cut_with_a_sign_and_whole_when_wrapped() -> None:
    huge = "x" * 100_000
    cut = text_of(line_of(entry(huge), Look(), NAMES, TONES))
    assert cut.endswith("… (100,000 characters; w wraps them)")
    assert len(cut) < 5_000
    whole = line_of(entry(huge), Look(wrapped=True), NAMES, TONES)
    assert "".join(map(text_of, rows_of(whole, 100, wrapped=True))) == f"web-1 {huge}"


def test_what_stands_before_a_line() -> None:
    assert text_of(line_of(entry("hi"), Look(), {}, {})) == "hi"
    assert text_of(line_of(entry("hi"), Look(timestamps=True), NAMES, TONES)) == "2026-07-02T12:00:00.123Z web-1 hi"
    assert text_of(line_of(entry("the log ends", note="dim"), Look(timestamps=True), NAMES, TONES)) == "web-1 » the log ends"
    assert [tone for _, tone in line_of(entry("x", level="error"), Look(), {}, {})] == ["bad"]
    assert plain_text(entry("hi"), NAMES, timestamps=True) == "2026-07-02T12:00:00.123000000Z [web-1/main] hi"
    assert plain_text(entry("hi"), {TARGET: ""}, timestamps=False) == "hi"


def test_matches_are_marked() -> None:
    found = compile_filter("er+or !later")
    assert found is not None
    spans = line_of(entry("an Error and an error"), Look(marked=found.marked), {}, {})
    assert [text for text, tone in spans if tone == MATCH] == ["Error", "error"]
    assert text_of(spans) == "an Error and an error"


# ---- filters


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("boom", True),
        ("BOOM now", True),
        ("!boom", False),
        ('"boom now"', False),
        ("level:error", True),
        ("level:warn", False),
        ("pod:web", True),
        ("container:main boom", True),
        ("container:proxy", False),
        ("namespace:team-a", True),
        ("-f bmnw", True),
        ("ERROR: boom", False),
        ("[", False),
    ],
)
def test_the_consoles_own_filter(typed: str, matches: bool) -> None:
    found = compile_filter(typed)
    assert found is not None
    assert found.matches(entry("boom: right now", level="error")) is matches
    assert not found.matches(entry("boom right now [", note="warn"))
    assert found.passes(entry("the console's own", note="dim"))


def test_the_name_before_a_line_can_be_looked_for() -> None:
    for typed, matches in (("web-1", True), ("!web-1", False), ("web-1 boom", True), ("web-2", False), ("^boom", True)):
        found = compile_filter(typed, lambda target: NAMES.get(target, ""))
        assert found is not None
        assert found.matches(entry("boom: right now")) is matches, typed


def test_nothing_and_nonsense() -> None:
    assert compile_filter("  ") is None
    with pytest.raises(FilterError):
        compile_filter("! x")


# ---- cells

STYLES = {"": Style(), "bad": Style(color="red"), "dim": Style(dim=True)}
BASE, SIGN = STYLES[""], Style(bold=True)
lines = st.lists(st.tuples(texts, st.sampled_from(["", "bad", "dim"])), min_size=1, max_size=3).map(tuple)


def painted(one: Line, *, left: int = 0, room: int = 30) -> Row:
    return row(one, left=left, room=room, base=BASE, style=lambda tone: STYLES[tone], mark=SIGN)


@given(lines, st.integers(0, 40), st.integers(2, 40))
def test_a_row_fills_its_room_exactly(one: Line, left: int, room: int) -> None:
    made = painted(one, left=left, room=room)
    assert len(made.characters) == len(made.styles) == room
    assert sum(characters.width(character) for character in made.characters) == room
    assert sum(cell.width for cell in made.line.cells) == room
    assert "".join(cell.text for cell in made.line.cells) == "".join(made.characters)
    whole = width_of(one)
    assert (made.characters[0] == "‹") is bool(left and whole)
    assert (made.characters[-1] == "›") is (whole > left + room)


@given(lines, lines, st.integers(2, 40))
def test_what_differs_is_enough_and_cuts_no_wide_character(old: Line, new: Line, room: int) -> None:
    was, now = painted(old, room=room), painted(new, room=room)
    spans = differences(was, now, room)
    result = list(zip(was.characters, was.styles, strict=True))
    wanted = list(zip(now.characters, now.styles, strict=True))
    for start, end in spans:
        assert 0 <= start < end <= room
        for state in (was, now):
            assert state.characters[start]
            assert end == room or state.characters[end]
        result[start:end] = wanted[start:end]
    assert result == wanted
    assert differences(now, now, room) == []
    assert differences(None, now, room) == [(0, room)]


# ---- the pace


def test_the_first_frame_after_a_pause_is_at_once_and_a_flood_stays_under_the_budget() -> None:
    pace = Pace()
    assert pace.wait(100.0) <= 0.1
    now, written = 100.0, 0
    while now < 160.0:
        pace.painted(now, SCREENFUL)
        written += SCREENFUL
        now += pace.wait(now)
    assert 0.8 * BUDGET < written / 60 < 1.1 * BUDGET
    assert pace.wait(now + 5) <= 0.1


def test_no_second_takes_20_kb() -> None:
    pace, frames, now = Pace(), list[tuple[float, int]](), 0.0
    while now < 20.0:
        size = 200 if len(frames) % 7 else 6_000
        pace.painted(now, size)
        frames.append((now, size))
        now += pace.wait(now)
    for start, _ in frames:
        assert sum(size for at, size in frames if start <= at < start + 1) < 20_000


# ---- what is in sight


class Sight:
    """A window over lines that take as many rows as their text says."""

    def __init__(self, *, kept: int = 1_000, jump: bool = False) -> None:
        self.ring = Ring(lines=kept)
        self.window = Window(self.ring, jump=jump)
        self.count = 0

    def add(self, *rows: int) -> None:
        self.ring.extend(entry(str(count)) for count in rows)

    def rows(self, number: int) -> Sequence[Line]:
        count = int(self.ring[number].text)
        return [((f"{number}.{part}", ""),) for part in range(count)]

    def see(self, height: int) -> list[str]:
        return [text_of(line) for _, _, line in self.window.view(self.rows, height)[0]]


def test_the_end_is_in_sight_until_somebody_goes_up() -> None:
    sight = Sight()
    sight.add(1, 1, 3, 1)
    assert sight.see(4) == ["2.0", "2.1", "2.2", "3.0"]
    assert sight.see(3) == ["2.1", "2.2", "3.0"]
    sight.add(1)
    assert sight.see(3) == ["2.2", "3.0", "4.0"]
    sight.window.move(sight.rows, 3, -1)
    assert sight.see(3) == ["2.1", "2.2", "3.0"]
    sight.add(1, 1, 1)
    assert sight.see(3) == ["2.1", "2.2", "3.0"], "it stays where it is"
    sight.window.move(sight.rows, 3, 100)
    assert sight.see(3) == ["5.0", "6.0", "7.0"]
    assert sight.window.following
    sight.window.home()
    assert sight.see(2) == ["0.0", "1.0"]


def test_the_place_stays_while_old_lines_go() -> None:
    sight = Sight(kept=5)
    sight.add(*[1] * 5)
    sight.see(2)
    sight.window.move(sight.rows, 2, -1)
    assert sight.see(2) == ["2.0", "3.0"]
    sight.add(1)
    assert sight.see(2) == ["2.0", "3.0"]
    sight.add(1, 1, 1)
    assert sight.see(2) == ["4.0", "5.0"], "its line has gone; the oldest is next to it"


def test_a_filter_keeps_the_place() -> None:
    sight = Sight()
    sight.add(1, 2, 1, 2, 1, 2)
    sight.see(2)
    sight.window.go(3, above=0)
    assert sight.see(2) == ["3.0", "3.1"]
    sight.window.narrow(lambda one: one.text == "1")
    assert sight.see(2) == ["4.0"]
    sight.window.narrow(None)
    assert sight.see(2) == ["4.0", "5.0"]


def test_on_a_thin_line_half_a_page_is_left_free_at_a_time() -> None:
    sight = Sight(jump=True)
    sight.add(*[1] * 6)
    assert sight.see(6) == [f"{number}.0" for number in range(6)]
    sight.add(1)
    assert sight.see(6) == ["4.0", "5.0", "6.0"]
    sight.add(1, 1, 1)
    assert sight.see(6) == ["4.0", "5.0", "6.0", "7.0", "8.0", "9.0"], "those that were there did not move"
    sight.add(1)
    assert sight.see(6) == ["8.0", "9.0", "10.0"]


def test_a_ring_that_was_cleared_begins_anew() -> None:
    sight = Sight()
    sight.add(1, 1, 1)
    sight.see(5)
    sight.ring.clear()
    sight.add(1, 1, 1, 1)
    assert sight.see(5) == ["0.0", "1.0", "2.0", "3.0"]


@given(
    st.lists(
        st.one_of(
            st.lists(st.integers(1, 4), min_size=1, max_size=8).map(lambda rows: ("add", rows)),
            st.integers(-12, 12).map(lambda by: ("move", by)),
            st.sampled_from([("home", 0), ("end", 0), ("narrow", 0), ("widen", 0)]),
        ),
        max_size=30,
    ),
    st.integers(1, 9),
    st.booleans(),
)
def test_whatever_is_done_rows_in_sight_follow_each_other(steps: list[tuple[str, object]], height: int, jump: bool) -> None:
    sight = Sight(kept=12, jump=jump)
    window = sight.window
    for what, how in steps:
        match what, how:
            case "add", list(rows):
                sight.add(*rows)
            case "move", int(by):
                window.move(sight.rows, height, by)
            case "home", _:
                window.home()
            case "end", _:
                window.end()
            case "narrow", _:
                window.narrow(lambda one: one.text in "13")
            case _:
                window.narrow(None)
        seen = sight.see(height)
        every = [text_of(line) for number in window.shown for line in sight.rows(number)]
        assert len(seen) <= height
        assert "|".join(seen) in "|".join(every)
        if every:
            assert seen
        if window.following and every:
            assert seen[-1] == every[-1]
        if not jump and len(every) >= height and window.following:
            assert len(seen) == height
