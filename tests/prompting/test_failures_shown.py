"""What is told of a failed prompt is shown with secrets masked; the masking must leave the sentence whole."""

from __future__ import annotations

import pytest

from modeltui.prompting import failures
from modeltui.redaction import redact_text


@pytest.mark.parametrize("pieces", [0, 1, 2, 30])
def test_no_word_of_a_failure_is_taken_for_a_secret(pieces: int) -> None:
    for failure in (
        failures.broken_off(pieces, "error forwarding port 8000 to pod llm-0"),
        failures.said_in_stream(pieces, "EngineCore encountered an issue"),
        failures.stalled(pieces, 120),
        failures.ended_early(pieces),
        failures.unreadable(pieces, "{"),
    ):
        assert redact_text(failure.sentence) == failure.sentence
