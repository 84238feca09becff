"""The two lines at the bottom: crumbs or a message (or the prompt, in the same place), and the keys that help here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from modeltui.document import Line, Span, Tone, clip, plain, width_of
from modeltui.ui.theme import content

Hint = tuple[str, str]
"""Key as shown, and what it does, in a word or two."""


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for the user, with the raw words behind it kept for `:messages`."""

    text: str
    error: bool = False
    raw: str = ""


ALWAYS: Final = 2
"""Hints at the end of the line that are never left out."""
_MORE: Final = "… (:messages)"
"""Where the rest of a message can be read."""


def hint_line(hints: list[Hint], width: int) -> Line:
    """As many hints as fit, in their order, and always the last two: command and help are the way out of everywhere."""
    always = hints[-ALWAYS:]
    room = width - 1 - sum(map(_need, always))
    kept: list[Hint] = []
    for hint in hints[:-ALWAYS]:
        room -= _need(hint)
        if room < 0:
            break
        kept.append(hint)
    spans: list[Span] = [(" ", "")]
    for key, does in [*kept, *always]:
        spans += [(key, "key"), (f" {does}  ", "dim")]
    return tuple(spans)


def _need(hint: Hint) -> int:
    return len(hint[0]) + len(hint[1]) + 3


def crumb_line(crumbs: tuple[str, ...], message: Message | None, width: int, *, place: str = "") -> Line:
    """The message when there is one, else the way here; at the end `place`, such as which lines are in sight."""
    end: Line = ((f" {place} ", "accent"),) if place else ()
    room = width - width_of(end)
    left = _said(message, room) if message is not None else clip(_way(crumbs), room)
    return (*left, (" " * (room - width_of(left)), ""), *end) if end else left


def _said(message: Message, room: int) -> Line:
    text = plain(message.text)
    tone: Tone = "bad" if message.error else "good"
    spoken: Line = ((f" {'✕' if message.error else '›'} {text}", tone),)
    if width_of(spoken) <= room:
        return spoken
    return (*clip(spoken, room - len(_MORE)), (_MORE[1:], "dim"))


def _way(crumbs: tuple[str, ...]) -> Line:
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
        self._place = ""

    def show_place(self, place: str) -> None:
        if place != self._place:
            self._place = place
            self.refresh()

    def show(self, crumbs: tuple[str, ...] | None = None, message: Message | None = None) -> None:
        crumbs = self._crumbs if crumbs is None else crumbs
        if (crumbs, message) != (self._crumbs, self._message):
            self._crumbs, self._message = crumbs, message
            self.refresh()

    def render(self) -> Content:
        return content(crumb_line(self._crumbs, self._message, self.size.width, place=self._place))


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
