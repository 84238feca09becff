"""Label and field selectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.demo import errors, selectors
from modeltui.demo.selectors import labels_match, parse_fields, parse_labels

LABELS = {"app": "x", "tier": "1", "n": "5"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        ("app=x", True),
        ("app==x", True),
        ("app!=x", False),
        ("other!=x", True),
        ("app in (x, y)", True),
        ("app notin (x)", False),
        ("other notin (x)", True),
        ("app", True),
        ("!app", False),
        ("!other,app", True),
        ("n>4", True),
        ("n<5", False),
        ("app=", False),
        ("app in (x),tier=1,!other", True),
    ],
)
def test_label_selectors(text: str, expected: bool) -> None:
    assert labels_match(parse_labels(text), LABELS) is expected


@pytest.mark.parametrize("text", ["a b c", "app=x,", "=x", "app in x", "app in (x", "a=b=c", "n>x", "-a=b", "a=b c"])
def test_what_is_no_selector_is_a_bad_request(text: str) -> None:
    with pytest.raises(errors.StatusError) as refused:
        parse_labels(text)
    assert refused.value.code == 400


@given(st.text(alphabet="ab,=!() in\t<>/.-", max_size=20))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        labels_match(parse_labels(text), LABELS)
    except errors.StatusError as refused:
        assert refused.code == 400  # noqa: PT017  either outcome is right, a crash is not


def test_field_selectors() -> None:
    terms = parse_fields("metadata.name=a\\,b,status.phase!=Running", lambda path: None)
    values = {"metadata.name": "a,b", "status.phase": "Pending"}
    assert selectors.fields_match(terms, values.__getitem__)
    assert not selectors.fields_match(terms, {**values, "status.phase": "Running"}.__getitem__)
    with pytest.raises(errors.StatusError, match=r"field label not supported: spec\.x"):
        parse_fields("spec.x=1", lambda path: f"field label not supported: {path}")
