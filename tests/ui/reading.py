"""Reading a screen as a person does: with its keys, and only what is painted."""

from __future__ import annotations

from driving import until
from textual.pilot import Pilot

from modeltui.document import text_of
from modeltui.ui.console import ConsoleApp
from modeltui.ui.widgets.line_view import LineView

MARKS = "‹›"
"""Where a line goes on; the character beneath is on another page."""
PRESSES = 400


def painted(app: ConsoleApp) -> list[str]:
    """The lines of the terminal."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


async def focus(pilot: Pilot[int], view: LineView) -> None:
    """By tab, as often as there are panes."""
    for _ in range(6):
        if view.has_focus:
            return
        await pilot.press("tab")
        await pilot.pause(0.02)
    raise AssertionError("tab does not reach the pane")


async def read(pilot: Pilot[int], app: ConsoleApp, view: LineView) -> str:
    """All that can be seen of a pane by paging down and scrolling to the right, put together; checked against its lines."""
    await focus(pilot, view)
    await pilot.press("home")
    seen: dict[tuple[int, int], str] = {}
    for _ in range(PRESSES):
        while "›" in _look(app, view, seen):  # the only sign that a person has of more to the right
            assert await _moved(pilot, view, "right")
        while view.scroll_offset.x:
            assert await _moved(pilot, view, "left")
        if not await _moved(pilot, view, "pagedown"):
            break
    shown = []
    for row, one in enumerate(view.lines):
        text = text_of(one)
        there = "".join(seen.get((row, column), "\0") for column in range(len(text.rstrip())))
        assert there.rstrip() == text.rstrip(), f"line {row}: {text!r} was seen as {there!r}"
        shown.append(there)
    return "\n".join(shown)


async def _moved(pilot: Pilot[int], view: LineView, key: str) -> bool:
    before = view.scroll_offset
    await pilot.press(key)
    await pilot.pause()
    return view.scroll_offset != before


def _look(app: ConsoleApp, view: LineView, seen: dict[tuple[int, int], str]) -> str:
    """Adds what is painted of the pane now, and gives it."""
    lines, region, offset = painted(app), view.scrollable_content_region, view.scroll_offset
    for y in range(region.height):
        for x, char in enumerate(lines[region.y + y][region.x : region.x + region.width]):
            if char not in MARKS:
                seen[(offset.y + y, offset.x + x)] = char
    return "\n".join(lines[region.y + y][region.x : region.x + region.width] for y in range(region.height))


async def signs(pilot: Pilot[int], app: ConsoleApp, view: LineView) -> None:
    """What does not fit is said on the screen."""
    assert view.extent.sign, "the page is too short to prove anything"
    # asked anew each time: a log that is followed may still be on its way to its end
    await until(pilot, lambda: view.extent.sign in "\n".join(painted(app)), f"{view.extent.sign!r} is nowhere on the screen")
