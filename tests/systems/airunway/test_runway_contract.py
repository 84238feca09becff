"""Every sentence about AI Runway is shown by something, and every trap belongs to a sentence."""

from __future__ import annotations

from tests.systems.airunway.runway_contract import CONTRACT, SECTIONS
from tests.systems.airunway.test_runway_traps import BY_NAME, TRAPS
from tests.systems.contract import gaps


def test_every_sentence_is_shown_by_something() -> None:
    assert len(BY_NAME) == len(TRAPS), "each has a name of its own"
    assert list(gaps(CONTRACT, BY_NAME, SECTIONS)) == []
