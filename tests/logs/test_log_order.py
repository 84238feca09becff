"""The order of lines, how many are kept, and going on after a break."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modeltui.kube.log_overlap import Overlap
from modeltui.logs.entries import Entry, LogTarget
from modeltui.logs.merging import Merger
from modeltui.logs.ring import Ring
from modeltui.logs.stamps import SECOND

A, B = LogTarget("n", "a", ""), LogTarget("n", "b", "")


def entry(stamp: int, text: str = "x", target: LogTarget = A) -> Entry:
    return Entry(target, stamp, text)


def test_a_line_that_comes_later_within_the_window_goes_before() -> None:
    merger = Merger()
    merger.put(entry(20), due=0.3)
    merger.put(entry(10, target=B), due=0.4)
    assert merger.take(0.2) == []
    assert [one.stamp for one in merger.take(0.3)] == [10, 20]
    assert merger.next_due is None
    merger.put(entry(5), due=0.9)
    assert [one.stamp for one in merger.take(0.9)] == [5]


def test_what_is_held_is_bounded() -> None:
    merger = Merger(most=3)
    for stamp in range(5):
        merger.put(entry(stamp), due=9.0)
    assert [one.stamp for one in merger.take(0.0)] == [0, 1]
    assert [one.stamp for one in merger.rest()] == [2, 3, 4]
    assert len(merger) == 0


@given(st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), max_size=60))
def test_every_line_comes_out_once_and_equal_times_keep_their_order(found: list[tuple[int, float]]) -> None:
    merger = Merger()
    put = [entry(stamp, str(number)) for number, (stamp, _) in enumerate(found)]
    out: list[Entry] = []
    for number, (one, (_, hold)) in enumerate(zip(put, found, strict=True)):
        merger.put(one, due=number / 10 + hold)
        out += merger.take(number / 10)
    out += merger.take(1_000)
    assert sorted(out, key=lambda one: int(one.text)) == put
    for stamp in range(51):
        same = [int(one.text) for one in out if one.stamp == stamp]
        assert same == sorted(same)


@given(st.lists(st.lists(st.integers(0, 400), max_size=40), max_size=10), st.integers(1, 50), st.integers(1_000, 20_000))
def test_the_ring_keeps_the_last_lines_under_their_numbers(batches: list[list[int]], lines: int, size: int) -> None:
    ring = Ring(lines=lines, size=size)
    every: list[Entry] = []
    for batch in batches:
        found = [entry(0, "y" * length) for length in batch]
        every += found
        ring.extend(found)
        assert ring.end == len(every)
        assert list(ring) == every[ring.first :]
        assert len(ring) <= lines
        assert len(ring) <= 1 or sum(one.size for one in ring) <= size
        assert all(ring[number] is every[number] for number in range(ring.first, ring.end))


def test_the_ring_goes_on_for_long_without_growing() -> None:
    ring = Ring(lines=10)
    for number in range(20_000):
        ring.extend([entry(number)])
    assert [one.stamp for one in ring] == list(range(19_990, 20_000))
    assert len(ring._kept) < 10_000


# ---- going on


def _cut(log: list[tuple[int, str]], since: int) -> list[tuple[int, str]]:
    """What a server sends from `since`, a whole second, on."""
    return [one for one in log if one[0] >= since]


@settings(max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 5 * SECOND // 10), st.sampled_from(["same", "other", "third"])), max_size=60),
    st.lists(st.integers(0, 60), max_size=6),
    st.integers(0, 10),
)
def test_no_line_is_lost_or_doubled_wherever_the_stream_breaks(steps: list[tuple[int, str]], cuts: list[int], tail: int) -> None:
    log, at = [], 1_000 * SECOND
    for step, text in steps:
        at += step if step > SECOND // 10 else 0  # many lines of the very same nanosecond
        log.append((at, text))
    if tail and tail < len(log) and log[-tail - 1][0] == log[-tail][0]:
        return  # a tail that begins within one nanosecond cannot be told from what stood before it
    wanted = log[-tail:] if tail else log
    overlap, got = Overlap(), []
    for cut in [*cuts, len(log)]:
        overlap.begin()
        begins = overlap.newest // SECOND * SECOND - SECOND
        sent = _cut(log, begins) if overlap.since else wanted
        for stamp, text in sent[: max(cut, 0)]:
            if overlap.fresh(stamp, text):
                assert not overlap.gap
                got.append((stamp, text))
    assert got == wanted


def test_a_line_that_comes_before_those_that_had_come_is_not_lost() -> None:
    overlap = Overlap()
    overlap.begin()
    assert overlap.fresh(10 * SECOND, "out")
    overlap.begin()
    assert overlap.since == "1970-01-01T00:00:09Z"
    assert overlap.fresh(10 * SECOND + 5, "late")
    assert not overlap.fresh(10 * SECOND, "out")


def test_a_gap_is_seen_and_told_once() -> None:
    overlap = Overlap()
    overlap.begin()
    assert overlap.fresh(10 * SECOND, "before")
    assert not overlap.gap
    overlap.begin()
    assert overlap.fresh(99 * SECOND, "after the rotation")
    assert overlap.gap
    overlap.expect_nothing()
    assert overlap.fresh(99 * SECOND + 1, "more")
    assert not overlap.gap


def test_what_is_remembered_is_two_seconds_worth_and_bounded() -> None:
    overlap = Overlap(remembered=100)
    overlap.begin()
    for number in range(1_000):
        overlap.fresh(number * SECOND // 10 + SECOND, str(number))
    assert len(overlap._lines) <= 20
    for number in range(1_000):
        overlap.fresh(500 * SECOND, str(number))
    assert len(overlap._lines) == 100
