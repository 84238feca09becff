from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modeltui.systems.core import quantity, selector
from modeltui.systems.core.types import LabelSelector, LabelSelectorRequirement


@pytest.mark.parametrize(
    ("text", "size"),
    [
        *(("12Gi", 12 * 1024**3), ("1.5T", 1_500_000_000_000), ("512", 512), (512, 512), ("100m", Decimal("0.1")), ("1e3", 1000)),
        *(("", None), ("Gi", None), ("12 Gi", None), ("12GB", None), ("lots", None)),
    ],
)
def test_quantities_are_read_as_kubernetes_writes_them(text: str | int, size: Decimal | None) -> None:
    assert quantity.parse(text) == size


@pytest.mark.parametrize(("size", "text"), [(0, "0"), (512, "512"), (1024, "1Ki"), (12 * 1024**3, "12Gi"), (1536 * 1024**3, "1.5Ti")])
def test_sizes_are_written_in_the_largest_unit(size: int, text: str) -> None:
    assert quantity.binary(size) == text


@given(st.integers(1, 10**18))
def test_what_is_written_is_close_to_what_was_meant(size: int) -> None:
    back = quantity.parse(quantity.binary(size))
    assert back is not None
    assert abs(back - size) <= Decimal(size) * Decimal("0.051")


def _requirement(operator: str, *values: str) -> LabelSelector:
    return LabelSelector(match_expressions=(LabelSelectorRequirement("team", operator, values),))


@pytest.mark.parametrize(
    ("wanted", "matching", "text"),
    [
        (LabelSelector(), ["nlp", "cv", None], ""),
        (LabelSelector(match_labels={"team": "nlp"}), ["nlp"], "team=nlp"),
        (_requirement("In", "nlp", "cv"), ["nlp", "cv"], "team in (nlp,cv)"),
        (_requirement("NotIn", "nlp"), ["cv", None], "team notin (nlp)"),
        (_requirement("Exists"), ["nlp", "cv"], "team"),
        (_requirement("DoesNotExist"), [None], "!team"),
        (_requirement("Near", "nlp"), [], "team Near?"),
    ],
)
def test_label_selectors(wanted: LabelSelector, matching: list[str | None], text: str) -> None:
    teams: list[str | None] = ["nlp", "cv", None]
    assert [team for team in teams if selector.matches(wanted, {} if team is None else {"team": team})] == matching
    assert selector.text(wanted) == text
