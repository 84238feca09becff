from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui import cells
from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TEXT = Column("name", "NAME")
AGE = Column("age", "AGE", ColumnKind.AGE)
RATIO = Column("ready", "READY", ColumnKind.RATIO)
STATUS = Column("status", "STATUS", ColumnKind.STATUS)

moments = st.integers(min_value=-(10**9), max_value=10**9).map(lambda seconds: NOW + timedelta(seconds=seconds))
statuses = st.builds(Status, st.sampled_from(Phase), st.text(max_size=12), st.text(max_size=12))
values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.just(UNKNOWN),
    st.text(max_size=40),
    st.integers(),
    st.floats(),
    st.booleans(),
    moments,
    statuses,
    st.lists(st.text(max_size=8), max_size=4).map(tuple),
)
columns = st.sampled_from([Column("c", "C", kind) for kind in ColumnKind])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (UNKNOWN, "unknown"),
        (0, "0"),
        (1.5, "1.5"),
        (float("nan"), "unknown"),
        (True, "yes"),
        ((), "-"),
        (("chat", "vision"), "chat, vision"),
        (Status(Phase.READY), "Ready"),
        (Status(Phase.READY, raw="READY"), "Ready"),
        (Status(Phase.FAILED, raw="ReconcileError"), "Failed (ReconcileError)"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=2))), "2026-01-02 01:04:00 UTC"),
    ],
)
def test_what_a_cell_reads(value: Value, expected: str) -> None:
    assert cells.text(TEXT, value, NOW) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-7200, "in 2h"),
        (-30, "<1m"),
        (0, "<1m"),
        (59, "<1m"),
        (60, "1m"),
        (9 * 60 + 59, "9m"),
        (14 * 60, "10m"),
        (59 * 60, "55m"),
        (3600, "1h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (729 * 86400, "729d"),
        (730 * 86400, "2y"),
    ],
)
def test_ages_are_coarse(seconds: int, expected: str) -> None:
    assert cells.text(AGE, NOW - timedelta(seconds=seconds), NOW) == expected


@given(values, columns)
def test_no_value_can_steer_the_terminal(value: Value, column: Column) -> None:
    text = cells.text(column, value, NOW)
    for character in text:
        assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
        assert unicodedata.bidirectional(character) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    text.encode("utf-8")


@given(st.lists(st.tuples(columns, values), min_size=3, max_size=3))
def test_sort_keys_are_a_total_order(pairs: list[tuple[Column, Value]]) -> None:
    a, b, c = (cells.sort_key(column, value) for column, value in pairs)
    assert (a < b) + (b < a) + (a == b) == 1
    assert not (a <= b <= c) or a <= c


def test_ascending_order() -> None:
    def ordered(column: Column, *wanted: Value) -> None:
        keys = [cells.sort_key(column, value) for value in wanted]
        assert keys == sorted(keys)
        assert len(set(keys)) == len(keys)

    ordered(TEXT, "v1", "v2", "v10", "w", UNKNOWN, None)
    ordered(TEXT, "a", "A", "B")
    ordered(RATIO, "0/3", "1/3", "1/2", "0/0", "3/3", UNKNOWN, None)
    ordered(STATUS, Status(Phase.FAILED), Status(Phase.DEGRADED), Status(Phase.READY), Status(Phase.UNKNOWN), UNKNOWN)
    ordered(AGE, NOW, NOW - timedelta(hours=1), NOW - timedelta(days=3), None)
    ordered(TEXT, -2, 1.5, 10, "text")


@given(values)
def test_json_values_are_json_and_unknown_is_never_zero(value: Value) -> None:
    json.loads(json.dumps(cells.json_value(value), allow_nan=False))
    assert cells.json_value(UNKNOWN) == "unknown"
    assert cells.json_value(None) is None


def test_json_object_keeps_the_systems_own_word() -> None:
    row = Row(("ns", "m"), ("m", Status(Phase.FAILED, "SyncError", "no such secret"), NOW, ("chat",)))
    found = cells.json_object((TEXT, STATUS, AGE, Column("tags", "TAGS", ColumnKind.TAGS)), row)
    assert found == {
        "name": "m",
        "status": "Failed",
        "status_raw": "SyncError",
        "status_reason": "no such secret",
        "age": "2026-05-04T12:00:00Z",
        "tags": ["chat"],
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ""),
        (UNKNOWN, "unknown"),
        ("=cmd()", "'=cmd()"),
        (("a", "b"), "a;b"),
        (True, "true"),
        (-3, "-3"),
        (NOW, "2026-05-04T12:00:00Z"),
        (Status(Phase.FAILED, "Oops"), "Failed (Oops)"),
    ],
)
def test_csv_fields(value: Value, expected: str) -> None:
    assert cells.csv_text(value) == expected


def test_points_in_time_are_utc_and_say_so() -> None:
    then = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
    now = datetime(2026, 1, 2, 4, 4, 5, tzinfo=UTC)
    assert cells.moment(then) == "2026-01-02 01:04:05 UTC"
    assert cells.clock(then) == "01:04:05 UTC"
    assert cells.since(then, now) == "3h ago (2026-01-02 01:04:05 UTC)"
    assert cells.since(now, then) == "in 3h (2026-01-02 04:04:05 UTC)"
