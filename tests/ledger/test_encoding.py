from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.builders import record

from modeltui.ledger import encoding
from modeltui.ledger.records import ChangedField, State

any_text = st.text(st.characters(exclude_categories=()), max_size=20)
"""Lone surrogates too: JSON can carry them."""
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
)


@given(any_text, any_json, any_json, st.dictionaries(any_text, any_json, max_size=3) | st.none(), st.datetimes(timezones=st.just(UTC)))
def test_what_is_kept_is_read_back(text: str, before: object, after: object, manifest: dict[str, object] | None, at: datetime) -> None:
    kept = record(name=text, result=f"failed: {text}", difference=(ChangedField(text, "changed", before, after),), before=manifest, at=at)
    assert encoding.record(json.loads(encoding.canonical(encoding.whole(kept)))) == kept
    text_kept = encoding.body(kept, before_hash="ab")
    assert text_kept.isascii()
    entry = encoding.entry(text_kept, id=7, previous_hash="p", hash="h", before=manifest)
    assert (entry.name, entry.result, entry.difference, entry.at, entry.before_hash) == (text, kept.result, kept.difference, at, "ab")


@given(any_json)
def test_equal_values_have_one_spelling(value: object) -> None:
    assert encoding.canonical(json.loads(encoding.canonical(value))) == encoding.canonical(value)


def test_times_of_other_zones_are_the_same_moment() -> None:
    there = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    assert encoding.moment(encoding.micros(there)) == there
    assert encoding.moment(encoding.micros(there)).tzinfo is UTC


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        record(at=datetime(2026, 1, 1))  # noqa: DTZ001  # the point


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("begun", State.BEGUN),
        ("done", State.DONE),
        ("failed: no", State.FAILED),
        ("note: x", State.NOTE),
        ("unknown: timeout", State.UNKNOWN),
        ("gone with the wind", State.UNKNOWN),
    ],
)
def test_the_first_word_of_a_result_is_its_state(result: str, state: State) -> None:
    assert record(result=result).state is state


def test_an_outcome_belongs_to_its_step_and_has_its_own_time() -> None:
    begun = record()
    ended = begun.ended("done")
    assert (ended.step_id, ended.change_id, ended.difference) == (begun.step_id, begun.change_id, begun.difference)
    assert ended.at != begun.at
    assert begun.ended("done", difference=()).difference == ()
