from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain import UNKNOWN, Column, ColumnKind, Phase, Row, Status, Value
from modeltui.ui import filters, label_selector
from modeltui.ui.filters import FilterError
from modeltui.ui.label_selector import SelectorError

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
COLUMNS = (
    Column("name", "NAME"),
    Column("namespace", "NAMESPACE"),
    Column("status", "STATUS", ColumnKind.STATUS),
    Column("ready", "READY", ColumnKind.RATIO),
    Column("tags", "TAGS", ColumnKind.TAGS),
    Column("storage", "STORAGE"),
    Column("source_type", "TYPE", hidden=True),
    Column("age", "AGE", ColumnKind.AGE),
)


def row(name: str, *, labels: dict[str, str] | None = None, **cells: Value) -> Row:
    defaults: dict[str, Value] = {
        "name": name,
        "namespace": "team-a",
        "status": Status(Phase.READY),
        "ready": "3/3",
        "tags": (),
        "storage": "10Gi",
        "source_type": "huggingface",
        "age": NOW - timedelta(hours=1),
    }
    return Row(("team-a", name), tuple((defaults | cells).values()), labels or {})


LLAMA = row("llama-3-8b", status=Status(Phase.FAILED, "SyncError"), ready="0/3", tags=("chat", "vision"), labels={"app": "x", "tier": "a"})
QWEN = row("qwen-2", tags=("embed",), source_type="s3", storage="900Gi", age=NOW - timedelta(days=3), labels={"app": "y"})
PHI = row("phi-4", status=UNKNOWN, ready=UNKNOWN, storage=None)
BROKEN = Row(("team-b", "broken"), (), problem="status.phase: expected str, got int")
ROWS = (LLAMA, QWEN, PHI, BROKEN)


def matched(text: str) -> list[str]:
    passes = filters.compile(text, COLUMNS, now=lambda: NOW).predicate
    return [row.key[1] for row in ROWS if passes(row)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["llama-3-8b", "qwen-2", "phi-4", "broken"]),
        ("LLAMA", ["llama-3-8b"]),
        ("llama team-a", ["llama-3-8b"]),  # a space is a second term, and does not switch the filter off
        ("^(qwen|phi)", ["qwen-2", "phi-4"]),
        ("!team-a", ["broken"]),
        ("!team-a !broken", []),
        ('"3/3"', ["qwen-2"]),
        ('"chat, vision"', ["llama-3-8b"]),
        ("expected.str", ["broken"]),
        ("1h", []),  # ages are not free text
        ("huggingface", []),  # nor are hidden columns
        ("status:failed", ["llama-3-8b"]),
        ("phase:fail", ["llama-3-8b"]),
        ("stat:syncerror", ["llama-3-8b"]),
        ("status:unknown", ["phi-4"]),
        ("!status:ready team", ["llama-3-8b", "phi-4", "broken"]),
        ("tag:chat", ["llama-3-8b"]),
        ("tags:cha", []),
        ("tag:cha*", ["llama-3-8b"]),
        ("type:s3", ["qwen-2"]),
        ("source_type:hugging", ["llama-3-8b", "phi-4"]),
        ("ready:<1", ["llama-3-8b"]),
        ("ready:>=100%", ["qwen-2"]),
        ("storage:>500Gi", ["qwen-2"]),
        ("storage:<=10Gi", ["llama-3-8b"]),
        ("storage:=900gi", ["qwen-2"]),
        ("storage:-", ["phi-4", "broken"]),
        ("age:>2d", ["qwen-2"]),
        ("age:<1h30m", ["llama-3-8b", "phi-4"]),
        ("-l app=x", ["llama-3-8b"]),
        ("-l app in (x,y),tier", ["llama-3-8b"]),
        ("-l !app", ["phi-4", "broken"]),
        ("-l app=x failed", ["llama-3-8b"]),
        ("qwen -l app in (x, y)", ["qwen-2"]),
        ("-f lm8b", ["llama-3-8b"]),
        ("-f zz", []),
        ("[", []),
        ("nginx:latest", []),  # not a column, so it is text
    ],
)
def test_grammar(text: str, expected: list[str]) -> None:
    assert matched(text) == expected


@pytest.mark.parametrize(
    ("text", "words", "position"),
    [
        ("status:", "Say a value", 7),
        ("llama !", "write it without a space", 6),
        ('"open', "not closed", 0),
        ("-l", "label selector", 2),
        ("-l app in x", "list in brackets", 10),
        ("-l app in", "list in brackets", 9),
        ("-l app in (a", "not closed", 12),
        ("-l -app", "not a label key", 3),
        ("-l app=x)", "did not expect", 8),
        ("-f", "letters of the name", 2),
        ("age:>2", "wants a time", 5),
        ("storage:>big", "wants a number", 9),
        ("na:x", "could be name or namespace", 0),
        ("!-l app", "Turn round a label selector inside it", 0),
    ],
)
def test_mistakes_are_explained_in_one_sentence_with_the_place(text: str, words: str, position: int) -> None:
    with pytest.raises(FilterError, match=re.escape(words)) as found:
        filters.compile(text, COLUMNS)
    assert found.value.position == position


def test_an_invalid_expression_is_taken_literally_and_said_so() -> None:
    found = filters.compile("a(b", COLUMNS)
    assert "literally" in found.description
    assert found.predicate(row("x", storage="a(b"))
    assert not found.predicate(row("ab"))


def test_what_the_server_can_filter() -> None:
    found = filters.compile("llama -l tier  in (a, b) -l !canary", COLUMNS)
    assert found.server_selector == "tier in (a,b),!canary"
    assert filters.compile("llama", COLUMNS).server_selector == ""


def test_only_ages_depend_on_the_time() -> None:
    assert filters.compile("x !age:<2d", COLUMNS).timed
    assert not filters.compile("x ready:<1", COLUMNS).timed
    assert not filters.compile("", COLUMNS)


def test_free_text_looks_only_at_the_columns_given() -> None:
    passes = filters.compile("huggingface", COLUMNS, visible={"name", "source_type"}).predicate
    assert passes(LLAMA)


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_explained(text: str) -> None:
    found = compiled_or_explained(text)
    if found is not None:
        assert {type(found.predicate(candidate)) for candidate in ROWS} == {bool}
        assert bool(found.description) == bool(text.strip())


def compiled_or_explained(text: str) -> filters.Filter | None:
    try:
        return filters.compile(text, COLUMNS, now=lambda: NOW)
    except FilterError as error:
        explained = error
    assert 0 <= explained.position <= len(text)
    assert explained.sentence.endswith(".")
    return None


words = st.from_regex(re.compile(r"[a-z0-9]{1,8}", re.ASCII), fullmatch=True)


@given(words, words)
def test_terms_are_and_and_bang_is_not(first: str, second: str) -> None:
    one, two = set(matched(f'"{first}"')), set(matched(f'"{second}"'))
    assert set(matched(f'"{first}" "{second}"')) == one & two
    assert set(matched(f'!"{first}"')) == {row.key[1] for row in ROWS} - one


# ---- label selectors

keys = st.sampled_from(["app", "tier", "example.com/team"])
label_values = st.sampled_from(["", "a", "b", "v1.0"])


@st.composite
def requirements(draw: st.DrawFn) -> label_selector.Requirement:
    operator = draw(st.sampled_from(label_selector.Operator))
    match operator:
        case label_selector.Operator.EXISTS | label_selector.Operator.ABSENT:
            wanted: tuple[str, ...] = ()
        case label_selector.Operator.IN | label_selector.Operator.NOT_IN:
            wanted = tuple(draw(st.lists(label_values, min_size=1, max_size=3)))
        case label_selector.Operator.GREATER | label_selector.Operator.LESS:
            wanted = (str(draw(st.integers(0, 99))),)
        case _:
            wanted = (draw(label_values),)
    return label_selector.Requirement(draw(keys), operator, wanted)


@given(st.lists(requirements(), min_size=1, max_size=4))
def test_a_printed_selector_parses_back(wanted: list[label_selector.Requirement]) -> None:
    assert label_selector.parse(",".join(map(str, wanted))) == tuple(wanted)


@given(requirements(), st.dictionaries(keys, label_values))
def test_operators_and_their_opposites(requirement: label_selector.Requirement, labels: dict[str, str]) -> None:
    opposites = {
        label_selector.Operator.EXISTS: label_selector.Operator.ABSENT,
        label_selector.Operator.EQUALS: label_selector.Operator.DIFFERS,
        label_selector.Operator.IN: label_selector.Operator.NOT_IN,
    }
    if (opposite := opposites.get(requirement.operator)) is not None:
        turned = label_selector.Requirement(requirement.key, opposite, requirement.values)
        assert requirement.matches(labels) != turned.matches(labels)


def test_numbers_compare_as_numbers() -> None:
    assert label_selector.matches(label_selector.parse("rank>9"), {"rank": "10"})
    assert not label_selector.matches(label_selector.parse("rank>9"), {"rank": "x"})
    assert not label_selector.matches(label_selector.parse("rank<9"), {})
    with pytest.raises(SelectorError, match="whole number"):
        label_selector.parse("rank>high")
