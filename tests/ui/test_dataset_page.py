"""The page of a Dataset says of what stands beside it whether it is missing or not known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from modeltui.document import text_of
from modeltui.kube.objects import ObjectMeta
from modeltui.pages.dataset import page
from modeltui.systems.dataset.types import Dataset, DatasetStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("why_not", "said"),
    [("", "weights  (not found)"), ("unknown: stale (the connection was refused)", "weights  (unknown: stale (the conn")],
)
def test_a_claim_that_is_not_known_is_not_missing(why_not: str, said: str) -> None:
    dataset = Dataset(metadata=ObjectMeta(name="d", namespace="n"), status=DatasetStatus(pvc_name="weights"))
    lines = page(dataset, jobs=None, claim=None, why_no_claim=why_not, events=None, why_no_events="", now=NOW)
    (line,) = [text for text in map(text_of, lines) if text.lstrip().startswith("PVC ")]
    assert said in line
