"""When the count in a title is not all."""

from __future__ import annotations

import pytest
from fake import NOW

from modeltui.document import text_of
from modeltui.kube.state import Sync, SyncState
from modeltui.ui import bar
from modeltui.ui.bar import BarState, Counts
from modeltui.ui.completeness import complete, missing


@pytest.mark.parametrize(
    ("syncs", "all_there", "why"),
    [
        ([], False, ""),
        ([Sync.LIVE], True, ""),
        ([Sync.LIVE, Sync.POLLING, Sync.NO_NAMESPACE], True, ""),
        ([Sync.STALE], False, ""),
        ([Sync.SYNCING], False, "still loading"),
        ([Sync.LIVE, Sync.SYNCING], False, "1 of 2 namespaces still loading"),
        ([Sync.LIVE, Sync.DENIED, Sync.DENIED], False, "2 of 3 namespaces denied"),
        ([Sync.LIVE, Sync.SYNCING, Sync.UNAUTHORIZED], False, "2 of 3 namespaces still loading or unauthorized"),
    ],
)
def test_what_is_missing(syncs: list[Sync], all_there: bool, why: str) -> None:
    states = {f"ns-{place}": SyncState(sync, NOW) for place, sync in enumerate(syncs)}
    assert (complete(states), missing(states)) == (all_there, why)


def test_the_title_says_that_there_may_be_more() -> None:
    def title(counts: Counts) -> str:
        return text_of(bar.lines(BarState(title="Models", counts=counts), 80)[1]).strip()

    assert title(Counts(12, 12)) == "Models 12"
    assert title(Counts(12, 12, missing="1 of 3 namespaces denied")) == "Models 12+ · 1 of 3 namespaces denied"
    assert title(Counts(12, 4, missing="still loading")) == "Models 4/12+ · still loading"
