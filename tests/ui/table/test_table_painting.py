"""Layout, lines and their differences, without a screen."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from tests.ui.table.sample import COLUMNS, NOW, READY, row
from textual.strip import Strip

from modeltui import characters
from modeltui.domain import Column, ColumnKind
from modeltui.ui.table.cadence import Cadence, frames_per_second
from modeltui.ui.table.frame import thumb_lines
from modeltui.ui.table.layout import EDGE, GUTTER, Widths, arrange, furthest_skip, shown_columns
from modeltui.ui.table.painting import Cell, Line, changed_columns, differences, texts_of
from modeltui.ui.table.palette import GLYPHS
from modeltui.ui.table.sparse import SparseStrip
from modeltui.ui.table.viewport import follow, reveal

STYLES = [Style(), Style(bold=True), Style(color="red")]
LIMITS = [48] * len(COLUMNS)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    found, x = [], 0
    for _ in range(draw(st.integers(0, 5))):
        x += draw(st.integers(0, 9))
        text = draw(st.text("ab日", max_size=5))
        found.append(Cell(x, text, characters.width(text), draw(st.sampled_from(STYLES))))
        x += characters.width(text)
    return Line(tuple(found), draw(st.sampled_from(STYLES[:2])))


def painted(line: Line, room: int) -> list[tuple[str, Style | None]]:
    """One (text, style) per terminal cell; a wide character's second cell is empty."""
    found: list[tuple[str, Style | None]] = []
    for text, style, _ in line.strip(room):
        for character in text:
            found.append((character, style))
            found.extend([("", style)] * (characters.width(character) - 1))
    return found


@given(lines(), lines())
def test_what_is_not_written_again_did_not_change(old: Line, new: Line) -> None:
    room = 120
    before, after = painted(old, room), painted(new, room)
    assert len(after) == room
    written = {x for start, end in differences(old, new, room) for x in range(start, end)}
    assert all(before[x] == after[x] for x in range(room) if x not in written)


@given(lines())
def test_a_line_that_did_not_change_is_not_written(line: Line) -> None:
    assert differences(line, Line(line.cells, line.base), 120) == []


@given(lines())
def test_neighbours_of_one_style_are_one_segment(line: Line) -> None:
    segments = list(line.strip(120))
    assert all(left.style != right.style for left, right in pairwise(segments))


def test_a_sparse_strip_writes_only_its_span() -> None:
    strip = Strip([Segment("abcdefghij")], 10)
    (chop,) = SparseStrip(strip, {6: 4}).divide([10])
    assert chop.crop(0, 6).text == "\x1b[4Cef"
    assert chop.crop(0, 7).text == "abcdefg"  # not a span it knows: everything up to there, as Textual would
    assert chop.text == "abcdefghij"
    left, right = SparseStrip(strip, {6: 4}).divide([5, 10])  # another widget stands over the line
    assert (left.crop(0, 4).text, right.crop(0, 1).text) == ("abcd", "f")


def test_glyphs_tell_phases_apart_without_colour() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS)
    assert {characters.width(glyph) for glyph in GLYPHS.values()} == {1}


def test_only_what_reads_differently_counts_as_changed() -> None:
    before = texts_of(COLUMNS, row("a", ready="1/3"), NOW, LIMITS)
    after = texts_of(COLUMNS, row("a", ready="2/3"), NOW, LIMITS)
    assert changed_columns(before, after) == [READY]
    assert changed_columns(before, texts_of(COLUMNS, row("a", ready="1/3"), NOW, LIMITS)) == []


@given(st.integers(0, 3), st.integers(20, 200), st.booleans())
def test_columns_stand_side_by_side_within_the_line(skip: int, room: int, wide: bool) -> None:
    widths = Widths(COLUMNS)
    shown = shown_columns(COLUMNS, wide=wide, hidden=())
    layout = arrange(COLUMNS, shown, widths, skip=skip, room=room)
    x = GUTTER
    for slot in layout.slots:
        assert slot.x >= x
        x = slot.x + slot.width
        assert x <= room - EDGE
    assert layout.slots[0].index == 0
    assert layout.before == (skip > 0)
    last = furthest_skip(COLUMNS, shown, widths, room=room)
    assert 0 <= last < len(shown)


def test_widths_only_grow_and_stop_at_the_maximum() -> None:
    widths = Widths((Column("name", "NAME", max_width=10), Column("n", "A VERY LONG TITLE", ColumnKind.NUMBER, max_width=5)))
    assert widths.grow(0, 8)
    assert not widths.grow(0, 3)
    assert widths.grow(0, 300)
    assert widths[0] == 10
    assert widths[1] == len("A VERY LONG TITLE ↑")


def test_hidden_columns_and_the_users_choice() -> None:
    def keys(**options: bool | set[str]) -> list[str]:
        return [COLUMNS[index].key for index in shown_columns(COLUMNS, **({"wide": False, "hidden": set()} | options))]  # type: ignore[arg-type]

    assert keys() == ["name", "namespace", "status", "ready", "tags", "age"]
    assert keys(wide=True) == ["name", "namespace", "status", "ready", "tags", "path", "age"]
    assert keys(hidden={"name", "tags"}) == ["name", "namespace", "status", "ready", "age"]


@given(st.integers(0, 500), st.integers(0, 499), st.integers(1, 60), st.integers(1, 500))
def test_the_cursor_is_always_in_sight(top: int, index: int, page: int, total: int) -> None:
    index = min(index, total - 1)
    found = reveal(top, index=index, page=page, total=total)
    assert found <= index < found + page
    assert 0 <= found <= max(total - page, 0)


def test_the_cursors_line_stays_where_it_is_while_rows_come_above() -> None:
    assert follow(10, was=15, index=18, page=20, total=100) == 13
    assert follow(0, was=0, index=1, page=20, total=100) == 0  # at the top new first rows are seen
    assert follow(0, was=0, index=50, page=20, total=100) == 31


@given(st.integers(1, 60), st.integers(0, 5000), st.floats(0, 1))
def test_the_thumb_is_within_the_page(page: int, total: int, part: float) -> None:
    lines = thumb_lines(round(part * max(total - page, 0)), page, total)
    assert (len(lines) == 0) == (total <= page)
    assert all(0 <= y < page for y in lines)


class Timers:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.due: list[tuple[float, object]] = []

    def later(self, delay: float, callback: object) -> Timers:
        self.due.append((self.now + delay, callback))
        return self

    def stop(self) -> None:
        self.due.clear()

    def advance(self, to: float) -> None:
        for when, callback in sorted(self.due, key=lambda pair: pair[0]):
            if when <= to:
                self.due.remove((when, callback))
                self.now = when
                callback()  # type: ignore[operator]
        self.now = to


def test_a_lone_event_is_painted_at_once_and_a_storm_four_times_a_second() -> None:
    timers, painted_at = Timers(), list[float]()
    cadence = Cadence(lambda: painted_at.append(timers.now), fps=4, later=timers.later, clock=lambda: timers.now)
    cadence.request()
    assert painted_at == [0.0]
    for step in range(1, 101):
        timers.advance(step / 100)
        cadence.request()
    assert painted_at == [0.0, 0.25, 0.5, 0.75, 1.0]
    timers.advance(9.0)
    cadence.request()
    assert painted_at[-1] == 9.0


def test_frames_per_second_by_the_line() -> None:
    assert frames_per_second({}) == 4
    assert frames_per_second({"SSH_CONNECTION": "10.0.0.1 1 10.0.0.2 22"}) == 2
    assert frames_per_second({}, low_bandwidth=True) == 1
