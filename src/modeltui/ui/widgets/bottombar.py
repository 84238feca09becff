"""The two lines at the bottom: crumbs or a message (or the prompt, in the same place), and the keys that help here."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from modeltui.ui.document import Line, Span, plain
from modeltui.ui.theme import content

Hint = tuple[str, str]
"""Key as shown, and what it does, in a word or two."""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for the user, with the raw words behind it kept for `:messages`."""

    text: str
    error: bool = False
    raw: str = ""


def hint_line(hints: list[Hint], width: int) -> Line:
    """As many hints as fit, in their order, and always the last one: that is help."""
    room = width - 1 - sum(_need(hint) for hint in hints[-1:])
    kept: list[Hint] = []
    for hint in hints[:-1]:
        room -= _need(hint)
        if room < 0:
            break
        kept.append(hint)
    spans: list[Span] = [(" ", "")]
    for key, does in [*kept, *hints[-1:]]:
        spans += [(key, "key"), (f" {does}  ", "dim")]
    return tuple(spans)


def _need(hint: Hint) -> int:
    return len(hint[0]) + len(hint[1]) + 3


def crumb_line(crumbs: tuple[str, ...], message: Message | None, width: int) -> Line:
    """The message when there is one, else the way here."""
    if message is not None:
        text = plain(message.text)
        glyph = "✕" if message.error else "›"
        text = text if len(text) + 4 <= width else text[: max(0, width - 5)] + "…"
        return ((f" {glyph} {text}", "bad" if message.error else "good"),)
    spans: list[Span] = [(" ", "")]
    for index, crumb in enumerate(crumbs):
        spans.append((" ▸ " if index else "", "dim"))
        spans.append((plain(crumb), "title" if index == len(crumbs) - 1 else "label"))
    return tuple(spans)


class TextLine(Widget):
    """One line of text that knows its width."""

    can_focus = False

    def on_resize(self) -> None:
        self.refresh()


class CrumbLine(TextLine):
    def __init__(self, crumbs: tuple[str, ...]) -> None:
        super().__init__()
        self._crumbs = crumbs
        self._message: Message | None = None

    def show(self, crumbs: tuple[str, ...] | None = None, message: Message | None = None) -> None:
        crumbs = self._crumbs if crumbs is None else crumbs
        if (crumbs, message) != (self._crumbs, self._message):
            self._crumbs, self._message = crumbs, message
            self.refresh()

    def render(self) -> Content:
        return content(crumb_line(self._crumbs, self._message, self.size.width))


class HintLine(TextLine):
    def __init__(self, hints: list[Hint]) -> None:
        super().__init__()
        self._hints = hints

    def show(self, hints: list[Hint]) -> None:
        if hints != self._hints:
            self._hints = hints
            self.refresh()

    def render(self) -> Content:
        return content(hint_line(self._hints, self.size.width))


class BottomBar(Vertical):
    """Holds both lines; the prompt is mounted here in place of the crumbs, so that the table above does not move."""

    def __init__(self, crumbs: tuple[str, ...], hints: list[Hint]) -> None:
        super().__init__()
        self.crumbs = CrumbLine(crumbs)
        self.hints = HintLine(hints)

    def compose(self) -> ComposeResult:
        yield self.crumbs
        yield self.hints
