"""What one answers with: a line, a hidden line, several lines, a choice, a switch. Each holds text, and says when it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Input, TextArea

from modeltui.ui.messages import Said
from modeltui.ui.widgets.fields import Harmless, TextField
from modeltui.ui.wizards.form import NO, YES, Field, Kind

Names = Callable[[], tuple[str, ...] | None]
"""The live names that fit a question, as far as they are known by now; None when they cannot be had."""


@dataclass
class Answered(Message):
    """The answer to the field that `control` stands for is now `value`."""

    sender: Widget
    value: str


def fitting(names: Iterable[str], typed: str) -> list[str]:
    """Those that begin with what is typed, then those of which the part after the last "/" does, in any case; all of them when nothing
    is typed, none when one is typed whole."""
    known, wanted = list(names), typed.casefold()
    if typed in known:
        return []
    first = [name for name in known if name.casefold().startswith(wanted)]
    return first + [name for name in known if name not in first and name.casefold().rpartition("/")[2].startswith(wanted)]


class _Ghost(Suggester):
    """The rest of the first name that begins with what is typed and is none itself; not cached, since names come and go."""

    def __init__(self, names: Names) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._names = names

    async def get_suggestion(self, value: str) -> str | None:
        head, comma, last = value.rpartition(",")
        start = last.lstrip()
        names = self._names() or ()
        found = next((name for name in names if start and name.startswith(start)), None) if start not in names else None
        return f"{head}{comma}{last[: len(last) - len(start)]}{found}" if found else None


class LineControl(Input):
    """One line. A cursor that does not blink: blinking costs 3 KB/s over SSH."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "app.focus_next", "next field", show=False),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("tab", "take", "take the suggestion, or next field", show=False),
    ]

    def __init__(self, field: Field, value: str, names: Names) -> None:
        secret = field.kind is Kind.SECRET
        super().__init__(
            value, password=secret, suggester=None if secret else _Ghost(names), highlighter=Harmless(), select_on_focus=False, compact=True
        )
        self.cursor_blink = False
        self.disabled = field.fixed
        self._secret = secret
        self._names = names

    def on_paste(self, event: events.Paste) -> None:
        """Of several lines a secret takes all, such as a private key; anything else the first, and says so."""
        event.prevent_default()
        event.stop()
        lines = event.text.splitlines()
        several = len([one for one in lines if one.strip()]) > 1
        if several and not self._secret:
            self.post_message(Said(f"This is a field of one line: of {len(lines)} pasted lines it took the first.", error=True))
        text = event.text if several and self._secret else next((one for one in lines if one.strip()), "").strip()
        selection = self.selection
        if selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *selection)

    async def action_take(self) -> None:
        """What is offered first, in place of the last of several."""
        head, comma, last = self.value.rpartition(",")
        typed = last.lstrip()
        offered = fitting(self._names() or (), typed) if typed and not self._secret else []
        if offered:
            self.value = f"{head}{comma}{last[: len(last) - len(typed)]}{offered[0]}"
            self.cursor_position = len(self.value)
        else:
            await self.run_action("app.focus_next")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(Answered(self, event.value))


class LinesControl(TextField):
    """Several lines; tab leaves it."""

    def __init__(self, value: str) -> None:
        super().__init__(value, soft_wrap=True, tab_behavior="focus", compact=True, show_line_numbers=False, highlight_cursor_line=False)
        self.cursor_blink = False

    @property
    def value(self) -> str:
        return self.text

    @value.setter
    def value(self, text: str) -> None:
        self.text = text

    def action_cursor_up(self, select: bool = False) -> None:
        """Beyond the first line is the field before, as everywhere in a form."""
        if select or not self.cursor_at_first_line:
            super().action_cursor_up(select)
        else:
            self.screen.focus_previous()

    def action_cursor_down(self, select: bool = False) -> None:
        if select or not self.cursor_at_last_line:
            super().action_cursor_down(select)
        else:
            self.screen.focus_next()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(Answered(self, self.text))


class _Picked(Widget, can_focus=True):
    """A value that is changed without typing it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "app.focus_next", "next field", show=False),
        Binding("up", "app.focus_previous", "field before", show=False),
        Binding("right,space", "turn(1)", "next choice", show=False),
        Binding("left", "turn(-1)", "choice before", show=False),
    ]

    value = reactive("", init=False)
    """Set from outside, it is shown; only what is picked here is told."""

    def __init__(self, value: str, choices: tuple[str, ...], *, fixed: bool) -> None:
        super().__init__()
        self.set_reactive(_Picked.value, value)
        self._choices = choices
        self.disabled = fixed

    def action_turn(self, by: int) -> None:
        at = self._choices.index(self.value) if self.value in self._choices else -1 if by > 0 else 0
        self._take(self._choices[(at + by) % len(self._choices)])

    def on_key(self, event: events.Key) -> None:
        """A letter goes to the next choice that begins with it."""
        letter = (event.character or "").casefold()
        if not letter.isalnum():
            return
        event.stop()
        at = self._choices.index(self.value) + 1 if self.value in self._choices else 0
        following = (*self._choices[at:], *self._choices[:at])
        if found := next((choice for choice in following if choice.casefold().startswith(letter)), None):
            self._take(found)

    def _take(self, value: str) -> None:
        if value != self.value:
            self.value = value
            self.post_message(Answered(self, value))


class ChoiceControl(_Picked):
    def __init__(self, field: Field, value: str) -> None:
        super().__init__(value, field.choices, fixed=field.fixed)

    def render(self) -> Text:
        at = f"{self._choices.index(self.value) + 1}/{len(self._choices)}" if self.value in self._choices else "not one of the choices"
        return Text.assemble("‹ ", (self.value or "(none)", "bold"), " ›  ", (at, "dim"))


class SwitchControl(_Picked):
    def __init__(self, field: Field, value: str) -> None:
        super().__init__(value if value in (YES, NO) else NO, (NO, YES), fixed=field.fixed)

    def render(self) -> Text:
        return Text(f"[{'x' if self.value == YES else ' '}] {self.value}")


def control(field: Field, value: str, names: Names) -> LineControl | LinesControl | ChoiceControl | SwitchControl:
    """What that field is answered with."""
    match field.kind:
        case Kind.CHOICE:
            return ChoiceControl(field, value)
        case Kind.SWITCH:
            return SwitchControl(field, value)
        case Kind.LINES:
            return LinesControl(value)
        case _:
            return LineControl(field, value, names)
