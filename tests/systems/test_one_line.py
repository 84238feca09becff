"""A finding is a sentence on one line, whatever of the object's own text is in it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from modeltui.domain import Finding, Severity
from modeltui.systems.core.names import name_problem, name_sentence, quoted


@given(st.text())
def test_line_ends_are_spelled_out(text: str) -> None:
    reason = Finding(Severity.ERROR, f"The value {text} is none.").reason
    assert len(reason.split("\n")) == len(reason.split("\r")) == 1
    assert reason.replace("\\n", "\n").replace("\\r", "\r") == f"The value {text} is none.".replace("\\n", "\n").replace("\\r", "\r")


@given(st.text())
def test_what_is_no_name_is_quoted_so_that_it_can_be_read_back(text: str) -> None:
    assert json.loads(quoted(text)) == text
    if problem := name_problem(text):
        assert name_sentence(text) == (f"The name {quoted(text)} {problem}." if text else "The name is missing.")
    else:
        assert name_sentence(text) == ""
