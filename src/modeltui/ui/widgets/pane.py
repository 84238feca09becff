"""A titled part of a page, with a sign of what does not fit in it and of the key that goes there."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from modeltui.document import Line, clip, plain, width_of
from modeltui.ui.theme import content
from modeltui.ui.widgets.line_view import Extent, LineView


def rule(title: str, extent: Extent, *, focused: bool, key: str, width: int) -> Line:
    """The title, a line across, and at its end which lines are in sight when not all are."""
    sign = extent.sign
    hint = f"{sign} · {key}" if sign and not focused and key else sign
    right: Line = ((f" {hint} ", "accent" if focused else "warn"), ("─", "dim")) if hint else ()
    left: Line = (("─ ", "dim"), (plain(title), "title" if focused else "label"), (" ", ""))
    left = clip(left, max(width - width_of(right) - 1, 4))
    return (*left, ("─" * max(width - width_of(left) - width_of(right), 0), "dim"), *right)


class Rule(Widget):
    can_focus = False
    DEFAULT_CSS = "Rule { height: 1; }"

    def __init__(self, title: str, *, key: str) -> None:
        super().__init__()
        self._title, self._key = title, key
        self._extent = Extent(0, 0, 0)
        self._focused = False
        self._painted: Line = ()

    def show(self, *, title: str | None = None, extent: Extent | None = None, focused: bool | None = None) -> None:
        self._title = self._title if title is None else title
        self._extent = self._extent if extent is None else extent
        self._focused = self._focused if focused is None else focused
        if self.size.width and self._line() != self._painted:
            self.refresh()

    def _line(self) -> Line:
        return rule(self._title, self._extent, focused=self._focused, key=self._key, width=self.size.width)

    def render(self) -> Content:
        self._painted = self._line()
        return content(self._painted)


class Pane(Vertical):
    """A `LineView` under a rule. `key` is the one that moves to the next pane."""

    def __init__(self, title: str, text: LineView, *, key: str, classes: str) -> None:
        super().__init__(classes=classes)
        self.text = text
        self.rule = Rule(title, key=key)

    def compose(self) -> ComposeResult:
        yield self.rule
        yield self.text

    def show(self, title: str, lines: list[Line]) -> None:
        self.rule.show(title=title)
        self.text.show(lines)

    def on_line_view_viewed(self, event: LineView.Viewed) -> None:
        event.stop()
        self.rule.show(extent=event.extent)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        self.rule.show(focused=True)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        self.rule.show(focused=False)
