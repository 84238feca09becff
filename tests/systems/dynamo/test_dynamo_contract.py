"""Every sentence about Dynamo is shown by something, and every trap belongs to a sentence."""

from __future__ import annotations

from tests.systems.contract import gaps
from tests.systems.dynamo.dynamo_contract import CONTRACT, SECTIONS
from tests.systems.dynamo.test_graph_traps import TRAPS


def test_every_sentence_is_shown_by_something() -> None:
    assert list(gaps(CONTRACT, TRAPS, SECTIONS)) == []
