"""Places visited and lines typed."""

from hypothesis import given
from hypothesis import strategies as st

from modeltui.ui.navigation import History, Lines, Place

A, B, C = Place("models", ("a",)), Place("sources", ("a",)), Place("datasets", ("b",), filter="x")


def test_back_forward_and_last() -> None:
    history = History()
    for place in (A, B, C):
        history.visit(place)
    assert history.back() == B
    assert history.back() == A
    assert history.back() is None
    assert history.here == A
    assert history.forward() == B
    history.visit(A)
    assert history.forward() is None
    assert history.last() == B
    assert history.last() == A


def test_a_typed_filter_belongs_to_its_place() -> None:
    history = History()
    history.visit(A)
    history.amend(filter="llama")
    history.visit(B)
    assert history.back() == Place("models", ("a",), filter="llama")


def test_an_empty_history_has_nowhere_to_go() -> None:
    history = History()
    history.amend(filter="x")
    assert (history.here, history.back(), history.forward(), history.last()) == (None, None, None, None)


@given(st.lists(st.sampled_from([A, B, C]), max_size=30))
def test_history_is_bounded_and_ends_where_we_are(visited: list[Place]) -> None:
    history = History(limit=5)
    for place in visited:
        history.visit(place)
    assert len(history.places) <= 5
    assert history.here == (visited[-1] if visited else None)


def test_lines_keep_the_draft() -> None:
    lines = Lines()
    for line in ("models", "sources", "models", " "):
        lines.add(line)
    assert lines.lines == ["sources", "models"]
    assert lines.older("dra") == "models"
    assert lines.older("models") == "sources"
    assert lines.older("sources") == "sources"
    assert lines.newer("sources") == "models"
    assert lines.newer("models") == "dra"
    assert lines.newer("dra") == "dra"
