"""A text that grows at its end: what is shown is as if it were shown anew, and only what is new of it is broken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from modeltui.document import GridLine, Line, line
from modeltui.ui.widgets import line_view
from modeltui.ui.widgets.line_view import LineView

WORDS = st.lists(st.sampled_from(["a", "token", "推理", "λ", "by-one-and-one", "x" * 70]), max_size=30).map(" ".join)
LINES = st.lists(
    st.builds(lambda text: line(text), WORDS) | st.builds(lambda text: GridLine((("Label  ", "label"), (text, ""))), WORDS), max_size=8
)


class Shown(App[None]):
    def __init__(self, *, wrapped: bool) -> None:
        super().__init__()
        self.view = LineView(wrapped=wrapped)

    def compose(self) -> ComposeResult:
        yield self.view


def state(view: LineView) -> tuple[Any, ...]:
    return (list(view.lines), view._starts, view._widths, view.matches, view.virtual_size)


@pytest.mark.parametrize("wrapped", [True, False])
async def test_whatever_was_shown_before(wrapped: bool) -> None:
    app = Shown(wrapped=wrapped)
    async with app.run_test(size=(40, 10)):
        view = app.view
        view._needle = "token"

        @settings(deadline=None, max_examples=80)
        @given(first=LINES, second=LINES, same=st.integers(0, 8))
        def shown(first: list[Line], second: list[Line], same: int) -> None:
            after = [*first[:same], *second]
            view.show(first)
            view.show(after)
            grown = state(view)
            view.show([])
            view.show(after)
            assert grown == state(view)

        shown()


async def test_only_the_last_paragraph_is_broken_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    broken: list[Line] = []
    real = line_view.wrap

    def wrap(one: Line, width: int) -> list[Line]:
        broken.append(one)
        return real(one, width)

    monkeypatch.setattr(line_view, "wrap", wrap)
    app = Shown(wrapped=True)
    async with app.run_test(size=(40, 10)) as pilot:
        paragraphs = [line(f"{number} " + "many words " * 20) for number in range(100)]
        app.view.show([*paragraphs, line("the last")], follow=True)
        await pilot.pause()
        broken.clear()
        app.view.show([*paragraphs, line("the last one")], follow=True)
        assert broken == [line("the last one")]
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert len(broken) > 100, "another width breaks all of it"


async def test_a_full_page_moves_up_by_half_and_stands_still_in_between() -> None:
    app = Shown(wrapped=True)
    async with app.run_test(size=(40, 10)) as pilot:
        tops = []
        for count in range(1, 31):
            app.view.show([line(f"line {number}") for number in range(count)], follow=True)
            await pilot.pause()
            tops.append(app.view.scroll_offset.y)
            assert app.view.extent.last == count, "the end is always in sight"
        assert tops == [0] * 10 + [6] * 6 + [12] * 6 + [18] * 6 + [24] * 2


async def test_who_reads_further_up_is_left_there() -> None:
    app = Shown(wrapped=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show([line(f"line {number}") for number in range(30)], follow=True)
        await pilot.pause()
        app.view.scroll_to(y=3, animate=False, immediate=True)
        for count in (31, 50):
            app.view.show([line(f"line {number}") for number in range(count)], follow=True)
            await pilot.pause()
            assert app.view.extent == line_view.Extent(4, 13, count)
        app.view.scroll_end(animate=False, immediate=True)
        app.view.show([line(f"line {number}") for number in range(51)], follow=True)
        await pilot.pause()
        assert app.view.extent.last == 51
